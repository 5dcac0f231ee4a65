// Connects to an origin server by WebSocket, if it will.  RFC 6455 §4.1
//
// The handshake (websocket-handshake.ts) is loaded with the first one: it stands on `node:http`, which is a good part of a
// start, and few edges ever see a WebSocket.

import type { Millis } from '../base/index.ts'
import { admitForeign } from './foreign.ts'
import type { WebSocketHandshake, WebSocketOptions, WebSocketRequest } from './websocket-contract.ts'

const DEFAULTS: WebSocketOptions = { connectTimeout: 19_000 as Millis, handshakeTimeout: 2_500 as Millis }

/** Rejects as `OriginClient.send` does: with an EdgeError of the origin's, or `ClientGone`. */
export async function connectWebSocket(
  request: WebSocketRequest,
  options: WebSocketOptions = DEFAULTS,
): Promise<WebSocketHandshake> {
  const { foreign } = request.address
  const address = foreign === undefined ? request.address : await admitForeign(request.address, foreign.allowed)
  const { shakeHands } = await import('./websocket-handshake.ts')
  return shakeHands({ ...request, address }, options)
}
