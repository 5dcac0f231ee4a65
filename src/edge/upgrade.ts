// WebSocket: the handshake leaves the pipeline here, and what follows is between client and origin server.  RFC 6455
//
// The origin is asked first.  Its refusal is answered as it came; its acceptance is repeated to the client, with the
// subprotocol that it chose.  Then messages and the close go both ways, one for one; extensions end at the edge.

import { EdgeError } from '../base/index.ts'
import { connectWebSocket, type OriginSocket } from '../origin/index.ts'
import type { EdgeServices } from './edge.ts'
import type { Exchange, RoutedExchange } from './exchange.ts'
import { passingFields } from './origin-request.ts'
import { admit, finish } from './pipeline.ts'
import { faultAnswer } from './refusal.ts'
import type { EdgeResponse } from './response.ts'
import { passing, readTimeoutOf } from './stages/forward.ts'

/** The two ends of one WebSocket connection. */
export type Tunnel = {
  readonly origin: OriginSocket
}

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
  let response: EdgeResponse
  try {
    const admission = admit(exchange, edge)
    if (admission.kind === 'answered') response = admission.response
    else {
      const outcome = await connect(admission.exchange, server)
      if (outcome === 'connected') return undefined
      response = outcome
    }
  } catch (cause) {
    response = faultAnswer(exchange, cause instanceof EdgeError ? cause : new EdgeError('edge-internal', '', { cause }))
  }
  return finish(exchange, response, edge)
}

async function connect(exchange: RoutedExchange, server: Bun.Server<Tunnel>): Promise<EdgeResponse | 'connected'> {
  const { clientRequest, origin, path, query } = exchange
  const handshake = await connectWebSocket({
    address: origin,
    target: path + query,
    headers: passingFields(exchange),
    timeout: readTimeoutOf(exchange),
    signal: clientRequest.signal,
  })
  if (handshake.kind === 'refused') return passing(handshake.answer, 'ineligible')
  const headers = new Headers({ 'cf-ray': exchange.ray })
  if (handshake.socket.protocol !== '') headers.set('sec-websocket-protocol', handshake.socket.protocol)
  const isOpen = server.upgrade(clientRequest, { headers, data: { origin: handshake.socket } })
  if (isOpen) return 'connected'
  handshake.socket.close(1001, 'the client is gone')
  throw new EdgeError('client-bad-request', 'the WebSocket handshake is not valid')
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
