// A hit in memory in a zone with rules: those that a hit can be asked about without a promise (plan.ts, `Shortcut`).
//
// H3  Rules see what they would see in the pipeline: the same fields of request and response, in the same order of phases.
// H4  Edits that are the same as last time cost no new fields: rules with static values answer the same object.

import type { EpochMillis } from '../base/index.ts'
import type { FieldList } from '../http/index.ts'
import type { HeaderEdits } from '../rulesets/index.ts'
import type { EdgeServices } from './edge.ts'
import { makeExchange, type PeerSource, type RoutedExchange, routed, type Scheme } from './exchange.ts'
import { applyEdits } from './header-edits.ts'
import { UNKNOWN_PEER } from './nobody.ts'
import type { ZonePlan } from './plan.ts'
import { nextRay } from './ray.ts'
import type { HostRoute } from './routes.ts'
import { contextOf, responseFacts, setContext } from './rule-facts.ts'
import { runCacheRules } from './stages/cache-settings.ts'
import { normalizeTarget } from './stages/normalize-url.ts'

export type Incoming = {
  readonly request: Request
  readonly server: PeerSource
  readonly scheme: Scheme
  readonly route: Extract<HostRoute, { kind: 'found' }>
  readonly plan: ZonePlan
  readonly now: EpochMillis
  readonly path: string
  readonly query: string
}

/** The exchange after the phases of the request, its plan that of the cache rules that matched.  Its peer is not asked for. */
export function openUnderRules(incoming: Incoming, edge: EdgeServices): RoutedExchange {
  const { request, server, scheme, route, plan, now, path, query } = incoming
  const { origin, host, authority, port } = route
  const exchange = makeExchange({
    clientRequest: request,
    method: request.method,
    scheme,
    peer: UNKNOWN_PEER,
    peerPort: undefined,
    receivedAt: now,
    ray: nextRay(),
    path,
    query,
  })
  const found = routed(exchange, { plan, origin, host, authority, port })
  setContext(found, () => server.requestIP(request), edge)
  normalizeTarget(found, edge)
  runCacheRules(found, edge)
  return found
}

/** Fields that edits made of others, remembered by both. */
type Edited = { readonly from: Headers; readonly edits: HeaderEdits; readonly headers: Headers }

/** What rules last made of one prepared answer. */
export type RuledHeaders = { managed: Edited | undefined; own: Edited | undefined }

/** The fields of a stored answer after the phases of the response; undefined: the pipeline decides. */
export function headersUnderRules(
  exchange: RoutedExchange,
  prepared: Headers,
  known: RuledHeaders,
  edge: EdgeServices,
): Headers | undefined {
  const { managedResponse, responseHeaders } = exchange.plan.rules
  if (managedResponse === undefined && responseHeaders === undefined) return prepared
  const context = contextOf(exchange, edge)
  let headers = prepared
  let raw: FieldList | undefined
  if (managedResponse !== undefined) {
    raw = [...headers]
    exchange.response = responseFacts(200, headers, undefined, raw)
    known.managed = edited(headers, managedResponse.run(context, exchange.trail), known.managed)
    headers = known.managed.headers
    headers.set('cf-ray', exchange.ray)
  }
  if (responseHeaders !== undefined) {
    exchange.response = responseFacts(200, headers, undefined, raw)
    const edits = responseHeaders.run(context, exchange.trail)
    // A fault has a page, and no promise is made here.
    if (edits?.kind === 'fault') return undefined
    if (edits !== undefined) {
      known.own = edited(headers, edits, known.own)
      headers = known.own.headers
    }
  }
  // The runtime would name a type of its own.
  return headers.has('content-type') ? headers : undefined
}

function edited(headers: Headers, edits: HeaderEdits, known: Edited | undefined): Edited {
  if (known?.edits === edits && known.from === headers) return known
  const changed = new Headers(headers)
  applyEdits(changed, edits)
  return { from: headers, edits, headers: changed }
}
