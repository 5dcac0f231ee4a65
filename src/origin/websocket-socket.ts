// The origin's end of a WebSocket connection, after the handshake: messages and the close, one for one.  RFC 6455 §5, §7
//
//   open ──origin's close frame, answered──► over         open ──`close`──► closing ──origin's close frame──► over
//     └──the connection is lost: 1006──────► over                              └──five seconds──► over
//
// W1  Nothing is read before `attach`, so no message is lost between the handshake and its listener.
// W2  The listener hears of the end once, and only of one that the origin made: not of its own `close`.

import type { Socket } from 'node:net'
import {
  closePayload,
  encodeFrame,
  type FrameEvent,
  FrameReader,
  isSendable,
  MAX_MESSAGE_BYTES,
  OPCODES,
} from './websocket-frames.ts'

export type OriginSocketListener = {
  message(data: string | Uint8Array<ArrayBuffer>): void
  /** 1005: it named no code.  1006: the connection was lost. */
  close(code: number, reason: string): void
}

export interface OriginSocket {
  /** The subprotocol that the origin chose; empty when none.  RFC 6455 §4.1 */
  readonly protocol: string
  /** Begins to read; once. */
  attach(listener: OriginSocketListener): void
  /** Sends text or binary; an origin that leaves too much unread loses its connection. */
  send(data: string | Uint8Array): void
  /** Stops reading, so that the origin slows down, until `resume`. */
  pause(): void
  resume(): void
  /** Closes with what the client said: 1005 and 1006 stand for no code, and for no close frame.  Later calls do nothing. */
  close(code: number, reason: string): void
}

/** How long an origin may take to answer our close frame. */
const CLOSE_WAIT_MILLIS = 5_000
const LOST = 1006

/** `head` is what came behind the handshake. */
export function makeOriginSocket(socket: Socket, head: Uint8Array, protocol: string): OriginSocket {
  return new TcpOriginSocket(socket, head, protocol)
}

class TcpOriginSocket implements OriginSocket {
  readonly protocol: string
  readonly #socket: Socket
  readonly #head: Uint8Array
  readonly #reader = new FrameReader()
  #listener: OriginSocketListener | undefined
  #state: 'open' | 'closing' | 'over' = 'open'

  constructor(socket: Socket, head: Uint8Array, protocol: string) {
    this.protocol = protocol
    this.#socket = socket
    this.#head = head
    socket.pause()
    // Without a listener an error would end the process; `close` follows it and is enough.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#end(LOST, ''))
  }

  attach(listener: OriginSocketListener): void {
    this.#listener = listener
    if (this.#state === 'over') {
      listener.close(LOST, '')
      return
    }
    if (this.#head.byteLength > 0) this.#take(this.#head)
    this.#socket.on('data', (bytes: Uint8Array) => this.#take(bytes))
    this.#socket.on('end', () => this.#socket.destroy())
    this.#socket.resume()
  }

  send(data: string | Uint8Array): void {
    if (this.#state !== 'open') return
    if (typeof data === 'string') this.#write(OPCODES.text, new TextEncoder().encode(data))
    else this.#write(OPCODES.binary, data)
    if (this.#socket.writableLength > 2 * MAX_MESSAGE_BYTES) this.#socket.destroy()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  close(code: number, reason: string): void {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    if (code !== 1005 && !isSendable(code)) {
      this.#socket.destroy()
      return
    }
    this.#write(OPCODES.close, closePayload(code, reason))
    // Paused, it would not see the answer.
    this.#socket.resume()
    setTimeout(() => this.#socket.destroy(), CLOSE_WAIT_MILLIS).unref()
  }

  #take(bytes: Uint8Array): void {
    for (const event of this.#reader.read(bytes)) this.#obey(event)
  }

  #obey(event: FrameEvent): void {
    switch (event.kind) {
      case 'message':
        if (this.#state === 'open') this.#listener?.message(event.data)
        return
      case 'ping':
        if (this.#state === 'open') this.#write(OPCODES.pong, event.data)
        return
      case 'pong':
        return
      case 'close':
      case 'violation':
        if (this.#state === 'open') this.#write(OPCODES.close, closePayload(event.code, event.reason))
        this.#socket.end()
        this.#end(event.code, event.reason)
        return
    }
  }

  #end(code: number, reason: string): void {
    const isOrigins = this.#state === 'open'
    this.#state = 'over'
    if (isOrigins) this.#listener?.close(code, reason)
  }

  #write(opcode: (typeof OPCODES)[keyof typeof OPCODES], payload: Uint8Array): void {
    this.#socket.write(encodeFrame(opcode, payload, crypto.getRandomValues(new Uint8Array(4))))
  }
}
