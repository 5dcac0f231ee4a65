// WebSocket: the handshake leaves the pipeline here, and what follows is between client and origin server.  RFC 6455
//
// The origin is asked first.  Its refusal is answered as it came; its acceptance is repeated to the client, with the
// subprotocol that it chose.  Then messages and the close go both ways, one for one; extensions end at the edge.

import { EdgeError } from '../base/index.ts'
import { connectWebSocket, type OriginAnswer, type WebSocketHandshake } from '../origin/index.ts'
import { isBareFailure, mayFailOpen, type SocketEntrance, type Tunnel } from '../runtime/index.ts'
import type { EdgeServices } from './edge.ts'
import type { Exchange, RoutedExchange } from './exchange.ts'
import { passingFields } from './origin-request.ts'
import { admit, finish } from './pipeline.ts'
import { faultAnswer } from './refusal.ts'
import type { EdgeResponse } from './response.ts'
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
  const asked = await askForSocket(exchange, edge)
  if (asked.kind === 'answered') return finish(exchange, asked.response, edge)
  const { socket } = asked
  const headers = new Headers({ 'cf-ray': exchange.ray })
  if (socket.protocol !== '') headers.set('sec-websocket-protocol', socket.protocol)
  if (server.upgrade(exchange.clientRequest, { headers, data: { origin: socket } })) return undefined
  socket.close(1001, 'the client is gone')
  const fault = new EdgeError('client-bad-request', 'the WebSocket handshake is not valid')
  return finish(exchange, faultAnswer(exchange, fault), edge)
}

/** The far end of a WebSocket, or why there is none. */
export type AskedSocket =
  | { readonly kind: 'open'; readonly socket: Tunnel['origin'] }
  | { readonly kind: 'answered'; readonly response: EdgeResponse }

/** Asks for a WebSocket as a visitor of the exchange's URL: its Worker, or the origin server.  Never rejects. */
export async function askForSocket(exchange: Exchange, edge: EdgeServices): Promise<AskedSocket> {
  try {
    const admission = admit(exchange, edge)
    return admission.kind === 'answered' ? admission : await connect(admission.exchange, edge)
  } catch (cause) {
    const fault = cause instanceof EdgeError ? cause : new EdgeError('edge-internal', '', { cause })
    return { kind: 'answered', response: faultAnswer(exchange, fault) }
  }
}

async function connect(exchange: RoutedExchange, edge: EdgeServices): Promise<AskedSocket> {
  const choice = chooseScripts(exchange, edge)
  // Snippets are for requests only.  CF rules/snippets §Limits
  const worker = choice?.stages.find(({ kind }) => kind === 'worker')
  if (choice === undefined || worker === undefined) return connectOrigin(exchange)
  const visit = visitOf(exchange, { ...choice, stages: [worker] }, edge)
  noteVisitor(visit, exchange)
  const entrance = await edge.scripts?.openSocket(visit)
  if (entrance === undefined) throw new EdgeError('worker-unavailable', 'this edge has no runtime')
  if (entrance.kind === 'failed') {
    if (!mayFailOpen(entrance, visit, 0)) throw new EdgeError(entrance.fault, entrance.detail)
    exchange.trail.push(`goes on without the Worker: ${entrance.fault} (${entrance.detail})`)
    return connectOrigin(exchange)
  }
  const handshake = await dialWorker(exchange, entrance)
  if (handshake.kind === 'open') return handshake
  if (isBareFailure(handshake.answer)) throw new EdgeError('worker-exception', worker.name)
  return { kind: 'answered', response: { kind: 'scripted', response: responseOf(handshake.answer) } }
}

async function connectOrigin(exchange: RoutedExchange): Promise<AskedSocket> {
  const handshake = await dial(exchange)
  return handshake.kind === 'open' ? handshake : { kind: 'answered', response: passing(handshake.answer, 'ineligible') }
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

function dialWorker(exchange: RoutedExchange, entrance: SocketEntrance): Promise<WebSocketHandshake> {
  const { path, query, clientRequest } = exchange
  return connectWebSocket({
    address: {
      scheme: 'http',
      hostname: 'worker.invalid',
      port: 80,
      base: 'http://worker.invalid:80',
      unixSocket: entrance.path,
    },
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
