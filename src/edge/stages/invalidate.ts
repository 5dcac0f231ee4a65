// After an unsafe method succeeded, what is stored for its target no longer counts.  RFC 9111 §4.4
//
// Only what can be named without a search is dropped: the copies without Origin and with the request's own, of the target
// and of the same-host URIs in Location and Content-Location.  Copies of other Origins live on to their end or to a purge.

import { type CacheKey, collectOverrides } from '../../cache/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { RoutedExchange } from '../exchange.ts'
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
  const dropped: CacheKey[] = []
  for (const { path, query } of outdatedTargets(exchange, answer)) {
    for (const origin of new Set([null, exchange.presented.get('origin')])) {
      dropped.push(...drop(exchange, { path, query, origin }, edge))
    }
  }
  return edge.siblings?.outdate(dropped)
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

function drop(
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
  const dropped = [keys.make(asked, overrides), ...(shared === undefined ? [] : [shared])]
  for (const key of dropped) {
    edge.flights.outdate(key)
    const entry = edge.store.find(key)
    if (entry === undefined) continue
    exchange.trail.push(`${exchange.method} outdated what was stored`)
    for (const variant of entry.variants) edge.store.remove(variant)
  }
  return dropped
}
