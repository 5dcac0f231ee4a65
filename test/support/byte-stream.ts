// Pull-style reading of a socket: the peer sends only as fast as a test reads.
//
// I1  At most WINDOW_BYTES wait here unread; beyond that the socket is paused, so back-pressure reaches the peer.
// I2  Bytes are delivered in order, each once.  A read that can never be satisfied rejects with `ClosedEarlyError`.

import type { Socket } from 'node:net'

const WINDOW_BYTES = 64 * 1024
const LF = 10

/** The peer closed, or the test did, before the bytes that were asked for arrived. */
export class ClosedEarlyError extends Error {
  /** What had arrived of them. */
  readonly partial: Buffer

  constructor(partial: Buffer) {
    super(`connection closed early, with ${partial.length} bytes of what was asked for`)
    this.name = 'ClosedEarlyError'
    this.partial = partial
  }
}

export class ByteStream {
  readonly #socket: Socket
  #chunks: Buffer[] = []
  #waiting = 0
  #ended = false
  #wake: (() => void) | undefined
  /** Resolves when the connection is gone in both directions. */
  readonly closed: Promise<void>

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('end', () => this.#finish())
    socket.on('error', () => this.#finish())
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#finish()
        resolve()
      })
    })
  }

  /** Bytes up to and without the next LF; a CR before it is dropped too. */
  async readLine(): Promise<string> {
    const line = await this.#readUntil((bytes) => bytes.indexOf(LF) + 1)
    return line.subarray(0, line.length - (line.at(-2) === 13 ? 2 : 1)).toString('latin1')
  }

  /** Exactly `length` bytes. */
  readExactly(length: number): Promise<Buffer> {
    return this.#readUntil((bytes) => (bytes.length >= length ? length : -1), length)
  }

  /** Whatever is there, at least one byte; undefined at the end. */
  async readSome(limit = Number.POSITIVE_INFINITY): Promise<Buffer | undefined> {
    while (this.#waiting === 0) {
      if (this.#ended) return undefined
      await this.#more()
    }
    const all = this.#join()
    return this.#consume(all, Math.min(all.length, limit))
  }

  /** Everything until the peer ends. */
  async readToEnd(): Promise<Buffer> {
    while (!this.#ended) await this.#more()
    const all = this.#join()
    return this.#consume(all, all.length)
  }

  get ended(): boolean {
    return this.#ended && this.#waiting === 0
  }

  async #readUntil(end: (bytes: Buffer) => number, atLeast = 1): Promise<Buffer> {
    for (;;) {
      if (this.#waiting >= atLeast) {
        const all = this.#join()
        const length = end(all)
        if (length > 0) return this.#consume(all, length)
      } else if (atLeast === 0) {
        return Buffer.alloc(0)
      }
      if (this.#ended) throw new ClosedEarlyError(this.#join())
      await this.#more()
    }
  }

  #join(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0] ?? Buffer.alloc(0)
  }

  #consume(all: Buffer, length: number): Buffer {
    const rest = all.subarray(length)
    this.#chunks = rest.length > 0 ? [rest] : []
    this.#waiting = rest.length
    return all.subarray(0, length)
  }

  #more(): Promise<void> {
    this.#socket.resume()
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#waiting += chunk.length
    if (this.#waiting >= WINDOW_BYTES) this.#socket.pause()
    this.#notify()
  }

  #finish(): void {
    this.#ended = true
    this.#notify()
  }

  #notify(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
