// Under which key is the answer to a plain GET stored?  What key.ts and eligibility.ts say is worked out once for a URL and an
// Origin, and found again by them.
//
// K1  A remembered key is the one that would be worked out: what else it could be made of is looked for each time.

import type { EpochMillis } from '../base/index.ts'
import { type CacheKey, collectOverrides, type Overrides } from '../cache/index.ts'
import { isSerializedOrigin } from '../cors/index.ts'
import { normalizeUrl } from '../http/index.ts'
import type { EdgeServices } from './edge.ts'
import type { Scheme } from './exchange.ts'
import type { ZonePlan } from './plan.ts'
import type { HostRoute, KnownKey } from './routes.ts'
import { keyRequest } from './stages/cache-settings.ts'

/** What is known of a request when a key is asked for. */
export type Asked = {
  readonly route: Extract<HostRoute, { kind: 'found' }>
  readonly scheme: Scheme
  readonly plan: ZonePlan
  readonly headers: Headers
  readonly now: EpochMillis
}

/** The value of a request's field, its lines joined, or null. */
export type ReadField = (name: string) => string | null

/** What is known of a request's key, or undefined when the pipeline must find out. */
export function findKnown(url: string, asked: Asked, field: ReadField, edge: EdgeServices): KnownKey | undefined {
  return asked.plan.sharesCopies ? commonKeyOf(url, asked, field, edge) : keyOf(url, asked, field, edge)
}

/** Keys that are remembered; more than that is forgotten and worked out again. */
const MAX_KNOWN_KEYS = 16_384

/**
 * The key of a request, or undefined when it is not eligible or not plain.  A key that is made of URL and Origin alone is
 * worked out once and found by them again; only keys of what is stored are remembered, so that strangers cannot fill it.
 */
function keyOf(url: string, asked: Asked, field: ReadField, edge: EdgeServices): KnownKey | undefined {
  const { route, plan } = asked
  if (!plan.isKeyedByOriginOnly) return unknown(asked, workOut(url, asked, field)?.key)
  const origin = field('origin')
  // Neither a URL nor a field can have a line's end, so no two requests are one text.
  const seen = origin === null ? url : `${url}\n${origin}`
  const known = edge.routes.knownKeys.get(seen)
  if (known?.route === route && known.plan === plan && collectOverrides(field).length === 0) return known
  const made = workOut(url, asked, field)
  const found = unknown(asked, made?.key)
  return made?.overrides.length === 0 ? remembered(seen, found, edge) : found
}

/**
 * Where Origins share copies: the key for everybody when something is stored under it, else the Origin's own.  The first is
 * found again by the URL alone, whoever asks.
 */
function commonKeyOf(url: string, asked: Asked, field: ReadField, edge: EdgeServices): KnownKey | undefined {
  const { route, plan } = asked
  const origin = field('origin')
  if (origin !== null && origin !== 'null' && !isSerializedOrigin(origin)) return undefined
  const isPlain = plan.isKeyedByOriginOnly && collectOverrides(field).length === 0
  const known = isPlain ? edge.routes.knownKeys.get(url) : undefined
  if (known?.route === route && known.plan === plan && isHeld(known, edge)) return known
  const made = workOut(url, asked, field)
  if (made?.shared === undefined || edge.store.peek(made.shared) === undefined) return unknown(asked, made?.key)
  const shared = unknown(asked, made.shared)
  return isPlain ? remembered(url, shared, edge) : shared
}

function unknown({ route, plan }: Asked, key: CacheKey | undefined): KnownKey | undefined {
  return key === undefined ? undefined : { route, plan, key, first: undefined }
}

function remembered(seen: string, found: KnownKey | undefined, edge: EdgeServices): KnownKey | undefined {
  const { knownKeys } = edge.routes
  if (found === undefined || !isHeld(found, edge)) return found
  if (knownKeys.size >= MAX_KNOWN_KEYS) knownKeys.clear()
  knownKeys.set(seen, found)
  return found
}

/** Whether something is stored under the key, in memory. */
function isHeld({ first, key }: KnownKey, { store }: EdgeServices): boolean {
  return first !== undefined || store.peek(key) !== undefined
}

type WorkedOut = { readonly key: string; readonly shared: string | undefined; readonly overrides: Overrides }

function workOut(url: string, { route, scheme, plan }: Asked, field: ReadField): WorkedOut | undefined {
  const target = targetOf(url)
  if (target === undefined) return undefined
  const { settings, rules } = plan
  const { path, query } = target
  if (settings.sortQuery && query !== '') return undefined
  // A key with the visitor's country, or of another spelling of the path: the pipeline works it out.
  if (settings.key.custom?.user.geo === true) return undefined
  const { scope, type } = rules.urlNormalization
  if (scope === 'both' && normalizeUrl(target, type) !== target) return undefined
  if (plan.decideEligible('GET', path, query, route.port).kind !== 'eligible') return undefined
  const { origin, authority } = route
  const overrides = collectOverrides(field)
  const asked = keyRequest({ origin, scheme, authority, hostHeader: undefined, path, query }, field, undefined)
  const shared = plan.sharesCopies ? plan.keys.common(asked, overrides)?.shared : undefined
  return { key: plan.keys.make(asked, overrides), shared, overrides }
}

/** Path and query; undefined for a URL that is not plain. */
export function targetOf(url: string): { readonly path: string; readonly query: string } | undefined {
  const start = url.indexOf('/', 8)
  if (start < 0 || url.includes('#')) return undefined
  const question = url.indexOf('?', start)
  if (question < 0) return { path: url.slice(start), query: '' }
  return { path: url.slice(start, question), query: url.slice(question) }
}
