// The answer side of the scripted origin: whole answers, answers in pieces, and bytes that are not HTTP at all.

import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../../src/base/index.ts'
import type { ByteStream } from './byte-stream.ts'
import { encodeChunk, encodeHead, type FieldLine, FieldLines, toBytes } from './http1.ts'

export type AnswerHead = {
  /** 200 when absent. */
  readonly status?: number
  readonly reason?: string
  readonly fields?: readonly FieldLine[]
}

/** How an answer's content is delimited, when the script's own fields do not say it. */
export type AnswerFraming = 'length' | 'chunked' | 'close'

export type Answer = AnswerHead & {
  readonly body?: string | Uint8Array
  /** 'length' when absent. */
  readonly framing?: AnswerFraming
}

/** Content that is being sent piece by piece. */
export type PieceWriter = {
  /** Resolves when the operating system took the bytes. */
  write(piece: string | Uint8Array): Promise<void>
  /** Ends the content properly. */
  end(): Promise<void>
  /** Cuts the connection in the middle. */
  cut(): void
}

export class OriginResponse {
  readonly #socket: Socket
  readonly #stream: ByteStream
  readonly #method: string
  readonly #clock: Clock | undefined
  #finish: () => void = () => undefined
  #persists = true
  /** Resolves when the answer was sent to its end, cut, or given up. */
  readonly finished: Promise<void>

  constructor(socket: Socket, stream: ByteStream, method: string, clock: Clock | undefined) {
    this.#socket = socket
    this.#stream = stream
    this.#method = method
    this.#clock = clock
    this.finished = Promise.race([
      stream.closed,
      new Promise<void>((resolve) => {
        this.#finish = resolve
      }),
    ])
  }

  /** May another answer follow on this connection? */
  get persists(): boolean {
    return this.#persists
  }

  /** Sends a whole answer. */
  async send(answer: Answer): Promise<void> {
    const body = toBytes(answer.body ?? '')
    const content = this.#method === 'HEAD' || hasNoContent(answer.status ?? 200) ? new Uint8Array() : body
    if (answer.framing === 'chunked' || answer.framing === 'close') {
      const writer = await this.start(answer, answer.framing)
      if (content.length > 0) await writer.write(content)
      return writer.end()
    }
    const lines = this.#head(answer, 'length', body.length)
    await this.#write(Buffer.concat([lines, content]))
    this.#finish()
  }

  /** Sends the head and lets the script send the content; with 'length' the script gives Content-Length itself. */
  async start(head: AnswerHead, framing: AnswerFraming = 'chunked'): Promise<PieceWriter> {
    await this.#write(this.#head(head, framing))
    const chunked = framing === 'chunked'
    return {
      write: (piece) => this.#write(chunked ? encodeChunk(toBytes(piece)) : toBytes(piece)),
      end: async () => {
        if (chunked) await this.#write(encodeChunk(new Uint8Array()))
        if (framing === 'close') this.#persists = false
        this.#finish()
      },
      cut: () => this.cut(),
    }
  }

  /** Sends an interim (1xx) answer. */
  interim(status: number, fields: readonly FieldLine[] = []): Promise<void> {
    return this.#write(encodeHead(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Interim'}`, fields))
  }

  /** Sends these very bytes; `finish` or `cut` must follow. */
  raw(data: string | Uint8Array): Promise<void> {
    return this.#write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
  }

  /** Ends the answer and closes the connection in order. */
  finish(): void {
    this.#persists = false
    this.#finish()
  }

  /** Cuts the connection now. */
  cut(): void {
    this.#persists = false
    this.#socket.destroy()
    this.#finish()
  }

  /** Never answers; the connection stays until the peer or the test closes it. */
  hang(): void {
    this.#persists = false
  }

  /** The connection itself, after an upgrade: read from `stream`, write with `raw`. */
  get stream(): ByteStream {
    return this.#stream
  }

  #head(head: AnswerHead, framing: AnswerFraming, length?: number): Buffer {
    const status = head.status ?? 200
    const fields = new FieldLines(head.fields ?? [])
    const lines: FieldLine[] = [...fields.lines]
    if (this.#clock !== undefined && !fields.has('date'))
      lines.push(['Date', new Date(this.#clock.now()).toUTCString()])
    if (framing === 'chunked') lines.push(['Transfer-Encoding', 'chunked'])
    if (framing === 'close') lines.push(['Connection', 'close'])
    if (
      length !== undefined &&
      !fields.has('content-length') &&
      !fields.has('transfer-encoding') &&
      !hasNoContent(status)
    ) {
      lines.push(['Content-Length', String(length)])
    }
    if (fields.get('connection')?.toLowerCase() === 'close') this.#persists = false
    return encodeHead(`HTTP/1.1 ${status} ${head.reason ?? STATUS_CODES[status] ?? ''}`, lines)
  }

  #write(data: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) resolve()
      else this.#socket.write(data, () => resolve())
    })
  }
}

function hasNoContent(status: number): boolean {
  return status < 200 || status === 204 || status === 304
}
