// May this request be answered from the store, and under which key?  Decided before any look-up.
// CF cache/concepts/default-cache-behavior, cache/how-to/cache-keys
//
// A request that may not is passed on: DYNAMIC.  One whose Origin is no serialised origin is passed on too, but BYPASS: it
// would have been looked up, and must never reach the store.

import { collectOverrides, INELIGIBLE_REASONS, type KeyRequest } from '../../cache/index.ts'
import { parseWebOrigin } from '../../cors/index.ts'
import { sortQuery } from '../../http/index.ts'
import { fieldReader, type KeyedExchange, keyed, type RoutedExchange } from '../exchange.ts'

export type CacheEntrance =
  | { readonly kind: 'eligible'; readonly exchange: KeyedExchange }
  | { readonly kind: 'ineligible' }
  | { readonly kind: 'bypass' }

/** Eligibility and key of a request.  Sorts the query where the settings say so, for origin server and key alike. */
export function applyCacheSettings(exchange: RoutedExchange): CacheEntrance {
  const { plan } = exchange
  if (plan.settings.sortQuery && exchange.query !== '') exchange.query = sortQuery(exchange.query)
  const decision = plan.decideEligible(exchange.method, exchange.path, exchange.query, exchange.port)
  if (decision.kind === 'ineligible') {
    exchange.trail.push(`not eligible: ${INELIGIBLE_REASONS[decision.reason]}`)
    return { kind: 'ineligible' }
  }
  if (parseWebOrigin(exchange.clientRequest.headers.get('origin')).kind === 'invalid') {
    exchange.trail.push('not looked up: Origin is no serialised origin')
    return { kind: 'bypass' }
  }
  return { kind: 'eligible', exchange: withKey(exchange) }
}

function withKey(exchange: RoutedExchange): KeyedExchange {
  const field = fieldReader(exchange.clientRequest.headers)
  const { origin, authority, path, query, plan } = exchange
  const request = keyRequest(exchange, field)
  const overrides = collectOverrides(field)
  const location = { zone: plan.zone.id, scheme: origin.scheme, host: authority, path, query }
  return keyed(exchange, plan.keys.make(request, overrides), location, plan.keys.common(request, overrides))
}

/** What the key is made of, from the request that the origin server would receive. */
export function keyRequest(
  {
    origin,
    scheme,
    authority,
    path,
    query,
  }: Pick<RoutedExchange, 'origin' | 'scheme' | 'authority' | 'path' | 'query'>,
  field: KeyRequest['field'],
): KeyRequest {
  return {
    originScheme: origin.scheme,
    visitorScheme: scheme,
    host: authority,
    resolvedHost: origin.hostname,
    path,
    query,
    origin: field('origin'),
    field,
    // No database of addresses yet: nobody's country is known.
    country: undefined,
  }
}
