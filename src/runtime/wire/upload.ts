// The content of a request on its way to a script: piece by piece, as fast as the other end takes it.  RFC 9112 §6, §7.1

import { requestLength } from './head.ts'

/** Where it goes. */
export type UploadWriter = {
  write(bytes: Uint8Array): void
  /** Resolves when all of it has been taken. */
  drained(): Promise<void>
}

/** As much of a stream's reader as is needed; the runtime's types of it disagree with each other. */
type ContentReader = {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

export class Upload {
  isDone = false
  readonly #reader: ContentReader
  readonly #length: number | 'chunked' | undefined
  readonly #writer: UploadWriter
  readonly #isWanted: () => boolean

  constructor(body: ReadableStream<Uint8Array>, headers: Headers, writer: UploadWriter, isWanted: () => boolean) {
    this.#reader = body.getReader()
    this.#length = requestLength(headers, true)
    this.#writer = writer
    this.#isWanted = isWanted
  }

  /** Sends all of it, while it is wanted; resolves with what went wrong, never rejects. */
  async run(): Promise<string | undefined> {
    let sent = 0
    try {
      for (;;) {
        const { done, value } = await this.#reader.read()
        if (!this.#isWanted()) return undefined
        if (done || value === undefined) break
        sent += value.length
        // RFC 9112 §6.2: more would be read as another request.
        if (typeof this.#length === 'number' && sent > this.#length) return MISFRAMED
        this.#writer.write(this.#length === 'chunked' ? chunkOf(value) : value)
        await this.#writer.drained()
      }
    } catch (cause) {
      return `the content of the request broke off: ${String(cause)}`
    }
    if (this.#length === 'chunked') this.#writer.write(LAST_CHUNK)
    else if (sent !== this.#length) return MISFRAMED
    this.isDone = true
    return undefined
  }

  /** Nobody wants the rest. */
  stop(): void {
    // Fail open: where it came from is told, and whether it heard is its own matter.
    if (!this.isDone) this.#reader.cancel().catch(() => undefined)
  }
}

const MISFRAMED = 'the content of the request has another length than its head says'
const LAST_CHUNK = Buffer.from('0\r\n\r\n')
/** An empty chunk would be the last one. */
const NOTHING = new Uint8Array()

function chunkOf(piece: Uint8Array): Uint8Array {
  if (piece.length === 0) return NOTHING
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
}
