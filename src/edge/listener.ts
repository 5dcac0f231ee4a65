// The edge's sockets: HTTP/1.1 on one, TLS with HTTP/1.1, HTTP/2 and HTTP/3 on the other.
//
// Everything that the runtime delivers goes through `receive`: a hit in memory is answered at once, an upgrade leaves the
// pipeline, all else becomes an Exchange and goes down it.

import type { Clock, EventSink } from '../base/index.ts'
import type { CacheStore } from '../cache/index.ts'
import type { EdgeConfig, Listen, Snapshot, TlsMaterial } from '../config/index.ts'
import type { Explain } from '../cors/index.ts'
import { type FindingsBook, makeVariantBudget, SHARING } from '../cors/sharing/index.ts'
import { isIpv4, isIpv6, splitTarget } from '../http/index.ts'
import { type AllowedTarget, isBrokenOff, type OriginClient } from '../origin/index.ts'
import type { PurgeJournal, PurgeTarget } from '../purge/index.ts'
import type { ScriptRuntime, Tunnel } from '../runtime/index.ts'
import { makeBackground } from './background.ts'
import type { EdgeServices } from './edge.ts'
import { type Exchange, makeExchange, type Scheme } from './exchange.ts'
import { Flights } from './flights.ts'
import { makeGateway } from './gateway.ts'
import { answerFromMemory } from './hot-path.ts'
import { UNKNOWN_PEER } from './nobody.ts'
import { handle } from './pipeline.ts'
import { makePurgeTarget } from './purge-target.ts'
import { nextRay } from './ray.ts'
import { makeRoutes } from './routes.ts'
import { isWebSocketHandshake, tunnelHandlers, upgrade } from './upgrade.ts'

export type EdgeParts = {
  readonly config: EdgeConfig
  readonly snapshot: Snapshot
  readonly store: CacheStore
  readonly journal: PurgeJournal
  readonly findings: FindingsBook
  readonly origins: OriginClient
  readonly clock: Clock
  readonly events: EventSink
  /** Runs Workers and Snippets; a zone that has some is served without them where this is absent. */
  readonly scripts?: ScriptRuntime | undefined
  /** Private addresses that scripts may reach. */
  readonly allowPrivate?: readonly AllowedTarget[]
}

export interface Edge {
  readonly httpUrl: string
  readonly httpsUrl: string | undefined
  /** Serves by this configuration from the next request on. */
  use(snapshot: Snapshot): void
  readonly purgeTarget: PurgeTarget
  /** What would become of a request, and what a browser would make of it. */
  readonly explain: Explain
  /** Accepts nothing more, lets exchanges and fetches under way finish within a bound, closes. */
  stop(): Promise<void>
}

/** A connection without traffic is closed after this many seconds; the most that the runtime counts to. */
const IDLE_SECONDS = 240
/** Request content is limited by zone (stages/limit-upload.ts), with a page of ours; the runtime only must not be stricter. */
const RUNTIME_BODY_LIMIT_BYTES = Number.MAX_SAFE_INTEGER
/** How long a stop waits for what is under way. */
const DRAIN_MILLIS = 10_000

/** Starts the data plane; throws when an address cannot be had. */
export function startEdge(parts: EdgeParts): Edge {
  const { config, snapshot, store, journal, findings, origins, clock, events } = parts
  const edge: EdgeServices = {
    ...{ store, journal, findings, origins, clock, events },
    sharing: SHARING,
    budget: makeVariantBudget(),
    routes: makeRoutes(snapshot),
    flights: new Flights(),
    background: makeBackground(events),
    locate: config.locate,
    scripts: parts.scripts,
    allowPrivate: parts.allowPrivate ?? [],
    addresses: addressesOf(config),
    debugHeaders: config.debugHeaders,
    accessLog: config.accessLog,
  }
  const http = listen(config.http, 'http', [], edge)
  const https = config.https === undefined ? undefined : listenTls(config.https, config.tls, edge, http)
  parts.scripts?.attach(makeGateway(edge, portsOf(http, https)))
  return {
    httpUrl: urlOf('http', config.http, http),
    httpsUrl: config.https === undefined || https === undefined ? undefined : urlOf('https', config.https, https),
    use: (next) => {
      edge.routes = makeRoutes(next)
    },
    purgeTarget: makePurgeTarget(edge),
    explain: explainOn(edge),
    stop: () => stop([http, ...(https === undefined ? [] : [https])], edge),
  }
}

/** The explainer, loaded when somebody asks. */
function explainOn(edge: EdgeServices): Explain {
  return async (question) => {
    const { makeExplain } = await import('./explain/explain.ts')
    return makeExplain(edge)(question)
  }
}

/** RFC 4291 §2.5.2 and its like: no address, but all that the machine has. */
const ALL_ADDRESSES: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

function addressesOf({ http, https }: EdgeConfig): EdgeServices['addresses'] {
  const isOne = ({ hostname }: Listen): boolean =>
    (isIpv4(hostname) || isIpv6(hostname)) && !ALL_ADDRESSES.has(hostname)
  return {
    ...(isOne(http) && { http: http.hostname }),
    ...(https !== undefined && isOne(https) && { https: https.hostname }),
  }
}

type Server = Bun.Server<Tunnel>

function portsOf(...servers: readonly (Server | undefined)[]): ReadonlySet<number> {
  return new Set(servers.flatMap((server) => server?.port ?? []))
}

/** Both or neither: a listener that cannot be had takes the first one with it. */
function listenTls(at: Listen, tls: readonly TlsMaterial[], edge: EdgeServices, http: Server): Server {
  try {
    return listen(at, 'https', tls, edge)
  } catch (cause) {
    void http.stop(true)
    throw cause
  }
}

function listen({ hostname, port }: Listen, scheme: Scheme, tls: readonly TlsMaterial[], edge: EdgeServices): Server {
  return Bun.serve({
    hostname,
    port,
    development: false,
    idleTimeout: IDLE_SECONDS,
    maxRequestBodySize: RUNTIME_BODY_LIMIT_BYTES,
    ...(scheme === 'https' ? { tls: tlsOptions(tls), http2: true, http3: true } : {}),
    fetch: (request, server) => receive(request, server, scheme, edge),
    websocket: tunnelHandlers,
    error: (cause) => answerForUnsent(cause, edge),
  })
}

/**
 * What goes out in place of a response that the runtime could not begin to send.  The pipeline never rejects, so nearly
 * always an origin broke off a passing answer before its first byte went on.
 */
function answerForUnsent(cause: Error, edge: EdgeServices): Response {
  const headers = { 'cache-control': 'private, no-store', 'content-type': 'text/plain;charset=utf-8' }
  if (isBrokenOff(cause)) return new Response('520: the origin server broke off its answer\n', { status: 520, headers })
  edge.events({ kind: 'unexpected', where: 'listener', reason: cause.stack ?? cause.message })
  return new Response('the edge failed\n', { status: 500, headers })
}

/** By SNI: each name with its certificate; the first one serves clients that name none, or another. */
function tlsOptions(tls: readonly TlsMaterial[]) {
  const [first] = tls
  return tls.flatMap(({ cert, key, serverNames }, index) => [
    ...(index === 0 && first !== undefined ? [{ cert: first.cert, key: first.key }] : []),
    ...serverNames.map((serverName) => ({ cert, key, serverName })),
  ])
}

function receive(
  request: Request,
  server: Server,
  scheme: Scheme,
  edge: EdgeServices,
): Response | Promise<Response | undefined> {
  const hit = answerFromMemory(request, server, scheme, edge)
  if (hit !== undefined) return hit
  const exchange = openExchange(request, server, scheme, edge)
  if (isWebSocketHandshake(request)) return upgrade(exchange, server, edge)
  return handle(exchange, edge)
}

function openExchange(request: Request, server: Server, scheme: Scheme, edge: EdgeServices): Exchange {
  const { path, query } = splitTarget(request.url)
  const peer = server.requestIP(request)
  return makeExchange({
    clientRequest: request,
    method: request.method,
    scheme,
    peer: peer?.address ?? UNKNOWN_PEER,
    peerPort: peer?.port,
    receivedAt: edge.clock.now(),
    ray: nextRay(),
    path,
    query,
  })
}

function urlOf(scheme: Scheme, { hostname, port }: Listen, server: Server): string {
  return `${scheme}://${hostname.includes(':') ? `[${hostname}]` : hostname}:${server.port ?? port}`
}

async function stop(servers: readonly Server[], edge: EdgeServices): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, DRAIN_MILLIS)
  })
  await Promise.race([Promise.all(servers.map((server) => server.stop())), bound])
  await Promise.race([edge.background.settled(), bound])
  clearTimeout(timer)
  edge.flights.abortAll()
  await Promise.all(servers.map((server) => server.stop(true)))
}
