// After an unsafe method succeeded, what is stored for its target no longer counts.  RFC 9111 §4.4
//
// Only what can be named without a search is dropped: the copies without Origin and with the request's own, of the target
// and of the same-host URIs in Location and Content-Location.  Copies of other Origins live on to their end or to a purge.

import { type CacheKey, collectOverrides } from '../../cache/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { RoutedExchange } from '../exchange.ts'
import { removeEverywhere } from '../outdating.ts'
import type { PassingAnswer } from '../response.ts'
import { countryOf, keyRequest } from './cache-settings.ts'

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Whether a method asks for nothing to be changed.  RFC 9110 §9.2.1 */
export function isSafe(method: string): boolean {
  return SAFE.has(method)
}

/** Drops what an answer outdates; a promise where other processes have to drop it too. */
export function invalidate(
  exchange: RoutedExchange,
  answer: PassingAnswer,
  edge: EdgeServices,
): Promise<void> | undefined {
  // "A cache MUST invalidate the target URI when it receives a non-error status code in response to an unsafe request
  // method": 2xx and 3xx.
  const { status } = answer.answer
  if (isSafe(exchange.method) || status < 200 || status > 399) return undefined
  const keys = outdatedTargets(exchange, answer).flatMap(({ path, query }) =>
    [...new Set([null, exchange.presented.get('origin')])].flatMap((origin) =>
      keysOf(exchange, { path, query, origin }, edge),
    ),
  )
  const { found, settled } = removeEverywhere(keys, edge)
  for (const _ of found) exchange.trail.push(`${exchange.method} outdated what was stored`)
  return settled
}

type Target = { readonly path: string; readonly query: string }

function outdatedTargets(exchange: RoutedExchange, { answer: { headers } }: PassingAnswer): readonly Target[] {
  const base = `${exchange.scheme}://${exchange.authority}`
  const targets: Target[] = [{ path: exchange.path, query: exchange.query }]
  for (const name of ['location', 'content-location']) {
    const reference = headers.get(name)
    const url = reference === null ? null : URL.parse(reference, `${base}${exchange.path}`)
    // "A cache MUST NOT invalidate ... if the origin of the URI ... differs": nobody may drop what another host has.
    if (url !== null && url.origin === base) targets.push({ path: url.pathname, query: url.search })
  }
  return targets
}

/** The keys of a target: an Origin's own, and the one that Origins share. */
function keysOf(
  exchange: RoutedExchange,
  { path, query, origin }: Target & { origin: string | null },
  edge: EdgeServices,
): readonly CacheKey[] {
  const { presented } = exchange
  const field = (name: string): string | null => (name === 'origin' ? origin : presented.get(name))
  const { keys } = exchange.plan
  const asked = keyRequest({ ...exchange, path, query }, field, countryOf(exchange, edge))
  const overrides = collectOverrides(field)
  const shared = keys.common(asked, overrides)?.shared
  return [keys.make(asked, overrides), ...(shared === undefined ? [] : [shared])]
}
