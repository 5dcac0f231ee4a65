// What the scripts of a zone ask: one unix socket for each zone, at which its workerd process is the only caller.
//
//   f3.0  fetch()     ──► next stage of the visit, the zone's cache, another zone of ours, or outside
//   c3.0  caches.*    ──► the zone's store                                                     (cache-wire.ts)
//   o3.0  tail worker ──► whoever listens
//
// The socket says whose zone it is, and a field that workerd writes over the script's own says which script.  Every
// request is answered: a connection that is just dropped makes workerd drop its visitor's.

import type { EventSink } from '../base/index.ts'
import type { Script } from '../scripts/index.ts'
import { answerCacheCall } from './cache-wire.ts'
import { NO_KNOBS, parseCfKnobs } from './cf-knobs.ts'
import type { Gateway, ScriptFault, Subrequest, TailItem, Tunnel } from './contract.ts'
import type { Generation } from './generation.ts'
import { RAY_FIELD, VISIT_FIELD } from './guard-source.ts'
import { type LiveVisit, noteContinued, noteSubrequest, type Visits } from './visits.ts'
import { CALLER_FIELD, CF_FIELD, PROTO_FIELD, parseCaller } from './workerd-config.ts'
import type { ZoneProcess } from './zone-process.ts'

export type DoorwayParts = {
  gateway(): Gateway
  readonly visits: Visits
  /** Goes on with the stage of a visit that follows `stage`. */
  goOn(live: LiveVisit, stage: number, subrequest: Subrequest): Promise<Response>
  onTail(script: Script, items: readonly TailItem[]): void
  readonly events: EventSink
}

/** Content passes; what may be too large for whom is decided behind the gateway. */
const RUNTIME_BODY_LIMIT_BYTES = Number.MAX_SAFE_INTEGER
/** What a tail worker may report at once. */
const MAX_TAIL_BYTES = 4 * 1024 * 1024
// DEVIATION CF workers/platform/limits: the subrequests of a Worker are limited by how many are under way, not by how many there
// were; docs/workers.md.
/** Requests of one zone's scripts that are under way at once: beyond it there is a loop, or soon no memory. */
export const MAX_ASKING = 2_000

/** Without it an answer that takes more than ten seconds to begin is cut off.  The types deny unix sockets the option; it works. */
const NO_IDLE_TIMEOUT: object = { idleTimeout: 0 }

/** Opens the socket at `path`. */
export function openDoorway(path: string, zone: ZoneProcess, parts: DoorwayParts): { close(): void } {
  const server = Bun.serve<Tunnel>({
    unix: path,
    development: false,
    ...NO_IDLE_TIMEOUT,
    maxRequestBodySize: RUNTIME_BODY_LIMIT_BYTES,
    fetch: (request, self) => receive(request, zone, parts, self),
    websocket: parts.gateway().tunnelHandlers,
    error: (cause) => {
      // The gateway never rejects; this is for what nobody expected, and the script gets an answer all the same.
      parts.events({ kind: 'unexpected', where: 'doorway', reason: cause.stack ?? cause.message })
      return new Response('the edge failed\n', { status: 500 })
    },
  })
  return { close: () => void server.stop(true) }
}

async function receive(
  request: Request,
  zone: ZoneProcess,
  parts: DoorwayParts,
  server: Bun.Server<Tunnel>,
): Promise<Response | undefined> {
  const caller = parseCaller(request.headers.get(CALLER_FIELD))
  const generation = caller === undefined ? undefined : zone.find(caller.generation)
  const script = generation?.scripts[caller?.index ?? 0]
  if (caller === undefined || generation === undefined || script === undefined) return refusal(403)
  if (caller.kind === 'tail') return takeTail(request, script, parts)
  if ((generation.asking.get(script.id) ?? 0) >= MAX_ASKING) return refusal(503)
  generation.countAsking(script, 1)
  try {
    const asked = { request, zone, script, generation }
    return caller.kind === 'cache'
      ? await answerCacheCall(request, zone.zone, parts.gateway())
      : await answerFetch(asked, parts, server)
  } finally {
    generation.countAsking(script, -1)
  }
}

type Asked = {
  readonly request: Request
  readonly zone: ZoneProcess
  readonly script: Script
  readonly generation: Generation
}

async function answerFetch(
  { request, zone, script }: Asked,
  parts: DoorwayParts,
  server: Bun.Server<Tunnel>,
): Promise<Response | undefined> {
  const { headers } = request
  const live = parts.visits.find(zone.zone.id, headers.get(RAY_FIELD))
  const counted = live ?? parts.visits.find(zone.zone.id, headers.get(VISIT_FIELD))
  const subrequest = subrequestOf(request, zone, script, counted)
  const gateway = parts.gateway()
  const host = hostOf(headers)
  const target = decideTarget(
    zone.zone.id,
    gateway.zoneOf(host),
    live !== undefined && host === hostOf(live.visit.headers),
  )
  const stage =
    counted === undefined
      ? -1
      : counted.visit.stages.findIndex(({ name, kind }) => name === script.name && kind === script.kind)
  if (counted !== undefined && stage >= 0 && script.kind === 'snippet') {
    const step = target === 'onwards' ? noteContinued(counted, stage) : noteSubrequest(counted, stage)
    if (step.kind === 'refused') return refusal(503, step.fault)
  }
  if (headers.get('upgrade')?.toLowerCase() === 'websocket') {
    return connect(subrequest, target === 'onwards' ? 'own-zone' : target, gateway, server)
  }
  switch (target) {
    case 'onwards':
      return live === undefined || stage < 0 || live !== counted
        ? gateway.throughZone(subrequest)
        : parts.goOn(live, stage, subrequest)
    case 'own-zone':
      return gateway.throughZone(subrequest)
    case 'other-zone':
      return gateway.asVisitor(subrequest)
    case 'outside':
      return gateway.outside(subrequest)
  }
}

/** A WebSocket that a script asks for: past other scripts, to where its request leads. */
async function connect(
  subrequest: Subrequest,
  target: Exclude<SubrequestTarget, 'onwards'>,
  gateway: Gateway,
  server: Bun.Server<Tunnel>,
): Promise<Response | undefined> {
  const answer = await gateway.connect(subrequest, target)
  if (answer.kind === 'answered') return answer.response
  const { socket } = answer
  const headers = socket.protocol === '' ? {} : { 'sec-websocket-protocol': socket.protocol }
  if (server.upgrade(subrequest.request, { headers, data: { origin: socket } })) return undefined
  socket.close(1001, 'the script is gone')
  return refusal(400)
}

export type SubrequestTarget =
  /** The visit itself goes on. */
  | 'onwards'
  /** Something else of the same zone: enters at its cache. */
  | 'own-zone'
  /** Another zone of this edge: enters as a visitor. */
  | 'other-zone'
  /** Not ours. */
  | 'outside'

/** Where a script's request goes, by the zone that its host belongs to. */
export function decideTarget(own: string, zoneOfHost: string | undefined, isOfVisit: boolean): SubrequestTarget {
  if (zoneOfHost === undefined) return 'outside'
  if (zoneOfHost !== own) return 'other-zone'
  return isOfVisit ? 'onwards' : 'own-zone'
}

const INTERNAL_FIELDS = [CALLER_FIELD, PROTO_FIELD, CF_FIELD, VISIT_FIELD] as const

function subrequestOf(request: Request, zone: ZoneProcess, script: Script, live: LiveVisit | undefined): Subrequest {
  const { headers } = request
  const scheme = headers.get(PROTO_FIELD) === 'https' ? 'https' : 'http'
  const cf = headers.get(CF_FIELD)
  // A request that is passed on as it came brings the visit's own `cf` back, in which nobody has said anything about caching.
  const knobs = cf !== null && cf === live?.visit.cf ? NO_KNOBS : parseCfKnobs(cf)
  for (const name of INTERNAL_FIELDS) headers.delete(name)
  return { zone: zone.zone, script, request, headers, scheme, knobs, visit: live?.visit }
}

function hostOf(headers: Headers): string {
  return headers.get('host')?.toLowerCase() ?? ''
}

function refusal(status: number, fault?: ScriptFault): Response {
  return new Response(fault === undefined ? null : `${fault}\n`, { status, headers: { 'cache-control': 'no-store' } })
}

async function takeTail(request: Request, script: Script, { onTail }: DoorwayParts): Promise<Response> {
  const text = await request.text()
  if (text.length > MAX_TAIL_BYTES) return refusal(413)
  onTail(script, parseTail(text, script))
  return new Response(null, { status: 204 })
}

function parseTail(text: string, script: Script): readonly TailItem[] {
  try {
    const items: unknown = JSON.parse(text)
    return Array.isArray(items) ? items.map((item) => ({ ...item, scriptName: script.name })) : []
  } catch {
    // Fail open: our own tail worker wrote it; without it nothing but a line of a log is lost.
    return []
  }
}
