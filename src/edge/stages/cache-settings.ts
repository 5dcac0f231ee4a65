// May this request be answered from the store, and under which key?  Decided before any look-up.
// CF cache/concepts/default-cache-behavior, cache/how-to/cache-keys
//
// A request that may not is passed on: DYNAMIC.  One whose Origin is no serialised origin is passed on too, but BYPASS: it
// would have been looked up, and must never reach the store.

import { type CacheKey, collectOverrides, INELIGIBLE_REASONS, type KeyRequest } from '../../cache/index.ts'
import { parseWebOrigin } from '../../cors/index.ts'
import { sortQuery } from '../../http/index.ts'
import type { EdgeServices } from '../edge.ts'
import { fieldReader, type KeyedExchange, keyed, type RoutedExchange, setPlan } from '../exchange.ts'
import { planUnder, planUnderKnobs } from '../plan.ts'
import { contextOf } from '../rule-facts.ts'
import { chosenKey, outsideKey } from '../script-keys.ts'

export type CacheEntrance =
  | { readonly kind: 'eligible'; readonly exchange: KeyedExchange }
  | { readonly kind: 'ineligible' }
  | { readonly kind: 'bypass' }

/**
 * Settings, eligibility and key of a request, by the zone and by its cache rules.  Sorts the query where the settings say so,
 * for origin server and key alike.
 */
export function applyCacheSettings(exchange: RoutedExchange, edge: EdgeServices): CacheEntrance {
  runCacheRules(exchange, edge)
  const { plan } = exchange
  if (plan.settings.sortQuery && exchange.query !== '') exchange.query = sortQuery(exchange.query)
  const decision = plan.decideEligible(exchange.method, exchange.path, exchange.query, exchange.port)
  if (decision.kind === 'ineligible') {
    exchange.trail.push(`not eligible: ${INELIGIBLE_REASONS[decision.reason]}`)
    return { kind: 'ineligible' }
  }
  if (parseWebOrigin(exchange.presented.get('origin')).kind === 'invalid') {
    exchange.trail.push('not looked up: Origin is no serialised origin')
    return { kind: 'bypass' }
  }
  const { key, location, common } = keyFor(exchange, edge)
  return { kind: 'eligible', exchange: keyed(exchange, key, location, common) }
}

/** Lays the cache rules that match over the settings of the zone. */
export function runCacheRules(exchange: RoutedExchange, edge: EdgeServices): void {
  const { plan, trail } = exchange
  const settings = plan.rules.cacheSettings?.run(contextOf(exchange, edge), plan.base, trail)
  if (settings !== undefined) setPlan(exchange, planUnder(plan, settings))
  const { caller } = exchange
  if (caller !== undefined) setPlan(exchange, planUnderKnobs(exchange.plan, caller.knobs))
}

/** What the store knows a request by. */
export function keyFor(
  exchange: RoutedExchange,
  edge: EdgeServices,
): Pick<KeyedExchange, 'key' | 'location' | 'common'> {
  const field = fieldReader(exchange.presented)
  const { origin, authority, path, query, plan } = exchange
  const request = keyRequest(exchange, field, countryOf(exchange, edge))
  const overrides = collectOverrides(field)
  return {
    key: scopedKey(exchange, plan.keys.make(request, overrides)),
    common: isApart(exchange) ? undefined : plan.keys.common(request, overrides),
    location: {
      zone: plan.zone.id,
      scheme: origin.scheme,
      host: authority,
      path,
      query,
    },
  }
}

function isApart({ caller }: RoutedExchange): boolean {
  return caller !== undefined && (caller.knobs.cacheKey !== undefined || caller.isOutside)
}

/** What a script fetches from elsewhere, or under a key of its own, is apart from what visitors ask for. */
function scopedKey({ caller, plan }: RoutedExchange, key: CacheKey): CacheKey {
  if (caller === undefined) return key
  if (caller.knobs.cacheKey !== undefined) return chosenKey(plan.zone.id, caller.knobs.cacheKey)
  return caller.isOutside ? outsideKey(key) : key
}

/** What the key is made of, from the request that the origin server would receive. */
export function keyRequest(
  {
    origin,
    scheme,
    authority,
    hostHeader,
    path,
    query,
  }: Pick<RoutedExchange, 'origin' | 'scheme' | 'authority' | 'hostHeader' | 'path' | 'query'>,
  field: KeyRequest['field'],
  country: KeyRequest['country'],
): KeyRequest {
  return {
    originScheme: origin.scheme,
    visitorScheme: scheme,
    host: authority,
    hostHeader,
    resolvedHost: origin.hostname,
    path,
    query,
    origin: field('origin'),
    field,
    country,
  }
}

/** The visitor's country, where the key asks for it and a database of addresses knows it. */
export function countryOf(
  { plan, peer }: Pick<RoutedExchange, 'plan' | 'peer'>,
  { locate }: Pick<EdgeServices, 'locate'>,
): string | undefined {
  if (locate === undefined || plan.settings.key.custom?.user.geo !== true) return undefined
  return locate(peer)?.country
}
