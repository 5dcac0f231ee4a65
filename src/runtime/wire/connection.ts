// One connection to a script's socket: a request at a time, and what comes back.
//
//   idle ──ask──► asked ──head──► answering ──all of it──► idle, or closed where either end will not go on
//                   └──ended, left, overdue, malformed──┴──► closed
//
// C1  An exchange ends once: with its response and then its content, or with the reason why there is none.
// C2  A connection whose request or answer did not end where both sides expect it serves nobody again.

import type { Deadlines } from '../../origin/index.ts'
import { BrokenOff } from './broken-off.ts'
import { type Carrier, Exchange, type WireRequest } from './exchange.ts'
import { parseAnswerHead, writeRequestHead } from './head.ts'
import { HeadBuffer } from './head-buffer.ts'

/** What a script may answer with beside its content. */
const MAX_HEAD_BYTES = 256 * 1024

export type ConnectionParts = {
  /** Ends exchanges whose answer does not begin in time. */
  readonly deadlines: Deadlines
  /** It can be asked again. */
  onIdle(connection: Connection): void
  onClosed(connection: Connection): void
}

export class Connection implements Carrier {
  readonly #parts: ConnectionParts
  #socket: Bun.Socket<Connection> | undefined
  #exchange: Exchange | undefined
  readonly #head = new HeadBuffer()
  /** What the kernel has not taken yet. */
  #unsent: Uint8Array | undefined
  #onDrained: (() => void) | undefined
  #isPaused = false
  #isClosed = false

  private constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  /** Rejects when nobody listens at the path. */
  static async open(path: string, parts: ConnectionParts): Promise<Connection> {
    const connection = new Connection(parts)
    connection.#socket = await Bun.connect<Connection>({ unix: path, socket: HANDLERS, data: connection })
    return connection
  }

  /** Nothing can be asked on it any more. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Sends a request; rejects with `BrokenOff` when there will be no answer. */
  ask(request: WireRequest): Promise<Response> {
    const exchange = new Exchange(request, this)
    this.#exchange = exchange
    const head = writeRequestHead(request, request.body !== null)
    if (head === undefined) this.close(new BrokenOff('broken', `${request.method}: no such request can be sent`))
    else if (request.signal.aborted) exchange.onLeave()
    else {
      this.#parts.deadlines.join(exchange)
      this.write(Buffer.from(head, 'latin1'))
      exchange.begin()
    }
    return exchange.response
  }

  /** Ends it, and the exchange with it; the other end notices. */
  close(cause: Error): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#socket?.terminate()
    this.#parts.onClosed(this)
    this.#onDrained?.()
    const exchange = this.#exchange
    if (exchange === undefined) return
    this.#exchange = undefined
    this.#parts.deadlines.leave(exchange)
    exchange.fail(cause)
  }

  begun(exchange: Exchange): void {
    this.#parts.deadlines.leave(exchange)
  }

  leave(exchange: Exchange, cause: Error): void {
    if (this.#exchange === exchange) this.close(cause)
  }

  isAbout(exchange: Exchange): boolean {
    return this.#exchange === exchange
  }

  /** Sends bytes behind those that were sent before. */
  write(bytes: Uint8Array): void {
    if (this.#unsent !== undefined) {
      this.#unsent = Buffer.concat([this.#unsent, bytes])
      return
    }
    const count = Math.max(0, this.#socket?.write(bytes) ?? 0)
    if (count < bytes.length) this.#unsent = bytes.subarray(count)
  }

  /** Resolves when the kernel has taken all of it, or the connection is closed. */
  drained(): Promise<void> {
    if (this.#unsent === undefined || this.#isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onDrained = () => {
        this.#onDrained = undefined
        resolve()
      }
    })
  }

  flow(flows: boolean): void {
    if (this.#isPaused !== flows) return
    this.#isPaused = !flows
    if (flows) this.#socket?.resume()
    else this.#socket?.pause()
  }

  finish(exchange: Exchange, isKept: boolean): void {
    this.#exchange = undefined
    this.flow(true)
    if (isKept) this.#parts.onIdle(this)
    else this.close(new BrokenOff('left', 'it has served'))
    exchange.end()
  }

  // What the socket tells

  onData(bytes: Uint8Array<ArrayBuffer>): void {
    const exchange = this.#exchange
    if (exchange === undefined) this.close(new BrokenOff('broken', 'bytes that nobody asked for'))
    else if (exchange.answer !== undefined) exchange.answer.take(bytes)
    else this.#takeHead(exchange, bytes)
  }

  onDrain(): void {
    const bytes = this.#unsent
    this.#unsent = undefined
    if (bytes !== undefined) this.write(bytes)
    if (this.#unsent === undefined) this.#onDrained?.()
  }

  /** The other end will send nothing more. */
  onEnd(): void {
    this.#exchange?.answer?.takeEnd()
    const isUnseen = this.#exchange?.answer === undefined && this.#head.length === 0
    this.close(new BrokenOff(isUnseen ? 'unseen' : 'broken', 'the process closed the connection'))
  }

  #takeHead(exchange: Exchange, bytes: Uint8Array<ArrayBuffer>): void {
    const found = this.#head.add(bytes)
    if (found === undefined) {
      if (this.#head.length > MAX_HEAD_BYTES) this.close(new BrokenOff('broken', 'the head of the answer is too large'))
      return
    }
    const head = parseAnswerHead(found.text, exchange.request.method)
    if (head === undefined || head.status === SWITCHING_PROTOCOLS) {
      this.close(new BrokenOff('broken', 'what came is no answer'))
      return
    }
    // RFC 9110 §15.2: an interim answer comes before the one that is meant.
    if (head.status < 200) {
      if (found.rest.length > 0) this.#takeHead(exchange, found.rest)
      return
    }
    exchange.answered(head).take(found.rest)
  }
}

/** RFC 9110 §15.2.2; nobody asks for it here. */
const SWITCHING_PROTOCOLS = 101

const HANDLERS: Bun.SocketHandler<Connection> = {
  data: ({ data }, bytes) => data.onData(bytes as Uint8Array<ArrayBuffer>),
  drain: ({ data }) => data.onDrain(),
  end: ({ data }) => data.onEnd(),
  close: ({ data }) => data.onEnd(),
  error: ({ data }, cause) => data.close(cause),
  connectError: () => undefined,
}
