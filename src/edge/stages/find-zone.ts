// Host to zone, plan and origin server.  RFC 9110 §7.2, §7.4 (misdirected requests are 421)

import type { EdgeServices } from '../edge.ts'
import { type Exchange, type RoutedExchange, routed } from '../exchange.ts'
import { refuse } from '../refusal.ts'
import type { Verdict } from '../verdict.ts'

export type Found = { readonly kind: 'found'; readonly exchange: RoutedExchange }

/** The exchange with its destination, or the answer to one that has none. */
export function findZone(exchange: Exchange, edge: EdgeServices): Found | Exclude<Verdict, { kind: 'continue' }> {
  const host = exchange.clientRequest.headers.get('host')
  const route = host === null ? undefined : edge.routes.find(host, exchange.scheme)
  if (route === undefined || route.kind === 'invalid') return answered(refuse(exchange, 'client-bad-host'))
  if (route.kind === 'unknown') return answered(refuse(exchange, 'client-unknown-host'))
  const { plans, origin, host: name, authority, port } = route
  return {
    kind: 'found',
    // DEVIATION RFC 9112 §3.2.2: of an absolute-form target the host is not heeded, because the runtime does not show it;
    // the Host field decides.
    exchange: routed(exchange, { plan: plans.at(exchange.receivedAt), origin, host: name, authority, port }),
  }
}

function answered(verdict: Verdict): Exclude<Verdict, { kind: 'continue' }> {
  if (verdict.kind === 'answered') return verdict
  throw new TypeError('a refusal is an answer')
}
