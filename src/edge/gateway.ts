// What scripts reach: the way from a script's request into the pipeline, and where it enters.
//
//   the zone's own URLs     at cache-settings: neither its scripts nor its request phases run again
//   another zone of ours    at the front door, as a visitor with CF-Worker
//   anything else           at the zone's cache, then out; private addresses are refused (origin/foreign.ts)
//
// G1  Nothing that a script sends says where it comes from: peer, ray and caller are written here.
// G2  Every request is answered.

import { EdgeError } from '../base/index.ts'
import { parseHost, splitTarget } from '../http/index.ts'
import type { WebSocketHandshake } from '../origin/index.ts'
import { type Gateway, NO_KNOBS, type SocketAnswer, type Subrequest } from '../runtime/index.ts'
import type { EdgeServices } from './edge.ts'
import { type Exchange, makeExchange, routed, type ScriptCaller, setOrigin } from './exchange.ts'
import { enterAtCache, enterWith, finish, handle } from './pipeline.ts'
import { outsidePlan } from './plan.ts'
import { nextRay } from './ray.ts'
import { faultAnswer } from './refusal.ts'
import type { EdgeResponse } from './response.ts'
import { deleteCached, matchCached, putCached } from './script-cache.ts'
import { outsideTarget } from './script-target.ts'
import { rememberedZones } from './script-zones.ts'
import { findZone } from './stages/find-zone.ts'
import { passing } from './stages/forward.ts'
import { askForSocket, dial, tunnelHandlers } from './upgrade.ts'
import { visitorOf } from './visitors.ts'

/** CF fundamentals/reference/http-headers: what CF-Connecting-IP says when a Worker asks another's origin server. */
const SCRIPT_PEER = '2a06:98c0:3600::103'

/** The ports that this edge itself listens at. */
export type OwnPorts = ReadonlySet<number>

export function makeGateway(edge: EdgeServices, ownPorts: OwnPorts): Gateway {
  const zoneOf = rememberedZones(edge, ownPorts)
  const callerOf = ({ zone, visit, knobs }: Subrequest, isOutside: boolean): ScriptCaller => ({
    zoneName: zone.name,
    depth: (visit?.depth ?? 0) + 1,
    knobs,
    isOutside,
  })
  return {
    zoneOf,
    throughZone: (subrequest) => {
      const exchange = open(subrequest, callerOf(subrequest, false), subrequest.visit?.peer ?? SCRIPT_PEER, edge)
      return enterAtCache(exchange, () => ownDestination(exchange, subrequest, edge), edge)
    },
    asVisitor: (subrequest) => {
      // What a script says about caching is for its own zone.
      const caller = { ...callerOf(subrequest, false), knobs: NO_KNOBS }
      return handle(open(subrequest, caller, SCRIPT_PEER, edge), edge)
    },
    outside: (subrequest) => {
      const exchange = open(subrequest, callerOf(subrequest, true), SCRIPT_PEER, edge)
      return enterAtCache(exchange, () => outsideDestination(exchange, subrequest, edge), edge)
    },
    connect: (subrequest, target) => connect(subrequest, target, callerOf(subrequest, target === 'outside'), edge),
    tunnelHandlers,
    match: (call) => matchCached(call, zoneOf(call.host) === call.zone.id, edge),
    put: (call, head, body) => putCached(call, head, body, zoneOf(call.host) === call.zone.id, edge),
    delete: (call) => deleteCached(call, zoneOf(call.host) === call.zone.id, edge),
  }
}

/** A WebSocket where a request would go. */
async function connect(
  subrequest: Subrequest,
  target: 'own-zone' | 'other-zone' | 'outside',
  caller: ScriptCaller,
  edge: EdgeServices,
): Promise<SocketAnswer> {
  const peer = target === 'own-zone' ? (subrequest.visit?.peer ?? SCRIPT_PEER) : SCRIPT_PEER
  if (target === 'other-zone')
    return connectAsVisitor(open(subrequest, { ...caller, knobs: NO_KNOBS }, peer, edge), edge)
  const exchange = open(subrequest, caller, peer, edge)
  let handshake: WebSocketHandshake | undefined
  const response = await enterWith(exchange, edge, async () => {
    const find = target === 'outside' ? outsideDestination : ownDestination
    const found = find(exchange, subrequest, edge)
    if (found.kind === 'answered') return found.response
    handshake = await dial(found.exchange)
    return handshake.kind === 'open' ? OPEN : passing(handshake.answer, 'ineligible')
  })
  return handshake?.kind === 'open' ? { kind: 'open', socket: handshake.socket } : { kind: 'answered', response }
}

/** A WebSocket from another zone's front door: its rules and its Worker, then its origin server. */
async function connectAsVisitor(exchange: Exchange, edge: EdgeServices): Promise<SocketAnswer> {
  const asked = await askForSocket(exchange, edge)
  if (asked.kind === 'open') return asked
  return { kind: 'answered', response: await finish(exchange, asked.response, edge) }
}

/** Stands for the answer to a handshake that succeeded; nobody reads it. */
const OPEN: EdgeResponse = { kind: 'made', fault: undefined, status: 200, headers: new Headers(), text: '' }

function open(
  { request, headers, scheme, script, visit }: Subrequest,
  caller: ScriptCaller,
  peer: string,
  edge: EdgeServices,
): Exchange {
  forgetForwarded(headers, visit?.peer)
  const { path, query } = splitTarget(request.url)
  const exchange = makeExchange({
    clientRequest: request,
    method: request.method,
    scheme,
    peer,
    peerPort: undefined,
    caller,
    receivedAt: edge.clock.now(),
    ray: nextRay(),
    path,
    query,
  })
  exchange.trail.push(`fetched by the ${script.kind} ${script.name}${visit === undefined ? '' : ` for ${visit.ray}`}`)
  return exchange
}

/** The visitor's address, which the script was told and may have passed on: it is appended again on the way out. */
function forgetForwarded(headers: Headers, peer: string | undefined): void {
  const forwarded = headers.get('x-forwarded-for')
  if (peer === undefined || forwarded === null) return
  if (forwarded === peer) headers.delete('x-forwarded-for')
  else if (forwarded.endsWith(`, ${peer}`)) headers.set('x-forwarded-for', forwarded.slice(0, -peer.length - 2))
}

/** Where the zone's own URLs lead; what a visit goes on with leads where rules have sent its visitor. */
function ownDestination(exchange: Exchange, { visit }: Subrequest, edge: EdgeServices): ReturnType<typeof findZone> {
  const found = findZone(exchange, edge)
  const visitor = visitorOf(visit)
  if (found.kind !== 'found' || visitor === undefined || visitor.authority !== found.exchange.authority) return found
  const { plan, origin, host, authority, port, hostHeader } = visitor
  const destined = routed(exchange, { plan, origin, host, authority, port })
  setOrigin(destined, origin, hostHeader)
  return { kind: 'found', exchange: destined }
}

function outsideDestination(
  exchange: Exchange,
  { headers, scheme, zone }: Subrequest,
  edge: EdgeServices,
): ReturnType<typeof findZone> {
  const plans = edge.routes.plansOf(zone.id)
  const host = parseHost(headers.get('host') ?? '')
  if (plans === undefined || host === undefined) return refused(exchange)
  const plan = outsidePlan(plans.at(exchange.receivedAt))
  const target = outsideTarget(scheme, host, plan.zone.origins, edge)
  return { kind: 'found', exchange: routed(exchange, { plan, ...target }) }
}

function refused(exchange: Exchange): ReturnType<typeof findZone> {
  return { kind: 'answered', response: faultAnswer(exchange, new EdgeError('client-bad-host')) }
}
