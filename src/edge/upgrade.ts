// WebSocket: the handshake leaves the pipeline here, and what follows is between client and origin server.  RFC 6455
//
// The origin is asked first.  Its refusal is answered as it came; its acceptance is repeated to the client, with the
// subprotocol that it chose.  Then messages and the close go both ways, one for one; extensions end at the edge.

import { EdgeError } from '../base/index.ts'
import { splitTarget } from '../http/index.ts'
import { connectWebSocket, type OriginAnswer, type WebSocketHandshake } from '../origin/index.ts'
import { isBareFailure, type Tunnel } from '../runtime/index.ts'
import type { Script } from '../scripts/index.ts'
import type { EdgeServices } from './edge.ts'
import type { Exchange, RoutedExchange } from './exchange.ts'
import { passingFields } from './origin-request.ts'
import { admit, finish } from './pipeline.ts'
import { faultAnswer } from './refusal.ts'
import { type Relay, relayedFields } from './relay.ts'
import type { EdgeResponse, RelayedAnswer } from './response.ts'
import { passing, readTimeoutOf } from './stages/forward.ts'
import { chooseScripts, visitOf } from './stages/run-scripts.ts'
import { noteVisitor } from './visitors.ts'

type Client = Bun.ServerWebSocket<Tunnel>

/** Whether a request asks for a WebSocket.  RFC 6455 §4.2.1 */
export function isWebSocketHandshake(request: Request): boolean {
  return request.method === 'GET' && request.headers.get('upgrade')?.toLowerCase() === 'websocket'
}

/** Connects both ends, or answers as the origin server did. */
export async function upgrade(
  exchange: Exchange,
  server: Bun.Server<Tunnel>,
  edge: EdgeServices,
): Promise<Response | undefined> {
  let response: EdgeResponse | RelayedAnswer
  try {
    const admission = admit(exchange, edge)
    if (admission.kind === 'answered') response = admission.response
    else {
      const outcome = await connect(admission.exchange, server, edge)
      if (outcome === 'connected') return undefined
      response = outcome
    }
  } catch (cause) {
    response = faultAnswer(exchange, cause instanceof EdgeError ? cause : new EdgeError('edge-internal', '', { cause }))
  }
  return finish(exchange, response, edge)
}

async function connect(
  exchange: RoutedExchange,
  server: Bun.Server<Tunnel>,
  edge: EdgeServices,
): Promise<EdgeResponse | RelayedAnswer | 'connected'> {
  const { clientRequest } = exchange
  // Snippets are for requests only.  CF rules/snippets §Limits
  const worker = chooseScripts(exchange, edge)?.stages.find(({ kind }) => kind === 'worker')
  const relay = worker === undefined ? undefined : edge.relay
  const handshake = await dialFor(exchange, worker, edge)
  if (handshake.kind === 'refused') {
    if (worker === undefined) return passing(handshake.answer, 'ineligible')
    if (relay !== undefined) return { kind: 'relayed', response: responseOf(handshake.answer) }
    if (isBareFailure(handshake.answer)) throw new EdgeError('worker-exception', worker.name)
    return { kind: 'scripted', response: responseOf(handshake.answer) }
  }
  const headers = new Headers({ 'cf-ray': exchange.ray })
  if (handshake.socket.protocol !== '') headers.set('sec-websocket-protocol', handshake.socket.protocol)
  const isOpen = server.upgrade(clientRequest, { headers, data: { origin: handshake.socket } })
  if (isOpen) return 'connected'
  handshake.socket.close(1001, 'the client is gone')
  throw new EdgeError('client-bad-request', 'the WebSocket handshake is not valid')
}

function dialFor(
  exchange: RoutedExchange,
  worker: Script | undefined,
  edge: EdgeServices,
): Promise<WebSocketHandshake> {
  if (worker === undefined) return dial(exchange)
  return edge.relay === undefined ? dialWorker(exchange, worker, edge) : dialKeeper(exchange, edge.relay)
}

/** Asks the process that runs scripts for the WebSocket of a visitor. */
function dialKeeper(exchange: RoutedExchange, { socket }: Relay): Promise<WebSocketHandshake> {
  const { path, query } = splitTarget(exchange.clientRequest.url)
  return connectWebSocket({
    address: unixAddress(socket),
    target: path + query,
    headers: relayedFields(exchange),
    timeout: readTimeoutOf(exchange),
    signal: exchange.clientRequest.signal,
  })
}

/** A socket of this machine as the address of an origin server; its name is nobody's. */
function unixAddress(unixSocket: string) {
  return { scheme: 'http', hostname: 'worker.invalid', port: 80, base: 'http://worker.invalid:80', unixSocket } as const
}

/** Asks the origin server of an exchange for a WebSocket. */
export function dial(exchange: RoutedExchange): Promise<WebSocketHandshake> {
  const { clientRequest, origin, path, query } = exchange
  return connectWebSocket({
    address: origin,
    target: path + query,
    headers: passingFields(exchange),
    timeout: readTimeoutOf(exchange),
    signal: clientRequest.signal,
  })
}

async function dialWorker(exchange: RoutedExchange, worker: Script, edge: EdgeServices): Promise<WebSocketHandshake> {
  const visit = visitOf(exchange, { stages: [worker], failOpen: false }, edge)
  noteVisitor(visit, exchange)
  const entrance = await edge.scripts?.openSocket(visit)
  if (entrance === undefined) throw new EdgeError('worker-unavailable', worker.name)
  const { path, query, clientRequest } = exchange
  return connectWebSocket({
    address: unixAddress(entrance.path),
    ...{
      target: path + query,
      headers: entrance.headers,
      timeout: readTimeoutOf(exchange),
      signal: clientRequest.signal,
    },
  })
}

/** RFC 9110 §15: these have no content, and the runtime insists. */
const WITHOUT_CONTENT: ReadonlySet<number> = new Set([204, 205, 304])

function responseOf({ status, headers, body }: OriginAnswer): Response {
  return new Response(WITHOUT_CONTENT.has(status) ? null : body, { status, headers })
}

/** What the runtime does with the client's ends. */
export const tunnelHandlers: Bun.WebSocketHandler<Tunnel> = {
  // RFC 6455 §7.1.5 keeps close codes apart from their reasons; both pass as they are.
  open: (client: Client) => {
    client.data.origin.attach({
      message: (data) => void client.send(data),
      close: (code, reason) => client.close(code, reason),
    })
  },
  message: (client: Client, message) => client.data.origin.send(message),
  close: (client: Client, code, reason) => client.data.origin.close(code, reason),
}
