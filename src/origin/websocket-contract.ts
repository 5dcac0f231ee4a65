// What a WebSocket handshake with an origin server takes and gives.

import type { Millis } from '../base/index.ts'
import type { OriginAddress, OriginAnswer } from './contract.ts'
import type { OriginSocket } from './websocket-socket.ts'

export type WebSocketRequest = {
  readonly address: OriginAddress
  readonly target: string
  /** The client's fields, Host and Sec-WebSocket-Protocol among them; what belongs to the connection is replaced. */
  readonly headers: Headers
  /** The longest silence before the answer. */
  readonly timeout: Millis
  readonly signal: AbortSignal | undefined
}

export type WebSocketHandshake =
  | { readonly kind: 'open'; readonly socket: OriginSocket }
  /** The origin answered something else than 101: its answer, as it came. */
  | { readonly kind: 'refused'; readonly answer: OriginAnswer }

export type WebSocketOptions = {
  readonly connectTimeout: Millis
  readonly handshakeTimeout: Millis
}
