// An answer while it comes: whole when it is short and quick, a stream otherwise.
//
//   head ──all of it there──────────────────────────► whole
//     ├──short, and soon all there─────────────────► whole
//     └──long, of unknown length, or it takes its time──► streaming ──► over
//
// Whole ones go on with their length and in one write, and cost no stream.
//
// A1  Bytes that have come are not kept from the reader for longer than GATHER_MILLIS.

import { Dechunker } from './chunks.ts'
import type { AnswerHead } from './head.ts'

/** Up to this much is waited for. */
const GATHERED_BYTES = 64 * 1024
/** How long; workerd writes the content of an answer right behind its head. */
const GATHER_MILLIS = 10
/** What may wait for a reader before the other end is told to pause. */
const WAITING_BYTES = 256 * 1024

export type AnswerParts = {
  /** The response is there. */
  onResponse(response: Response): void
  /** The reader can keep up again, or cannot. */
  onFlow(flows: boolean): void
  /** The reader has left. */
  onLeave(): void
  onMalformed(): void
  /** All of it has come; `isClean`: and nothing else. */
  onWhole(isClean: boolean): void
}

export class Answer {
  readonly #head: AnswerHead
  readonly #parts: AnswerParts
  readonly #dechunker: Dechunker | undefined
  /** Content that is to come; Infinity where only the end of the connection tells. */
  #left: number
  #pieces: Uint8Array<ArrayBuffer>[] = []
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(head: AnswerHead, parts: AnswerParts) {
    const { framing } = head
    this.#head = head
    this.#parts = parts
    this.#left =
      framing.kind === 'length' ? framing.length : framing.kind === 'until-end' ? Number.POSITIVE_INFINITY : 0
    this.#dechunker = framing.kind === 'chunked' ? new Dechunker((piece) => this.#push(piece)) : undefined
  }

  /** Takes what has come. */
  take(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#dechunker !== undefined) {
      const outcome = this.#dechunker.take(bytes)
      if (outcome === 'malformed') this.#parts.onMalformed()
      else if (outcome === 'done') this.#finish(true)
      else this.#await()
      return
    }
    // More than was announced belongs to no answer.
    const piece = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes
    this.#left -= piece.length
    this.#push(piece)
    if (this.#left === 0) this.#finish(piece.length === bytes.length)
    else this.#await()
  }

  /** The other end sends nothing more: the end of an answer that nothing else ends. */
  takeEnd(): void {
    if (this.#left === Number.POSITIVE_INFINITY) this.#finish(false)
  }

  /** It broke off.  Whether its reader was told; else there has been no answer. */
  fail(cause: Error): boolean {
    clearTimeout(this.#timer)
    this.#controller?.error(cause)
    return this.#controller !== undefined
  }

  #push(piece: Uint8Array<ArrayBuffer>): void {
    if (piece.length === 0) return
    if (this.#controller === undefined) {
      this.#pieces.push(piece)
      return
    }
    this.#controller.enqueue(piece)
    if ((this.#controller.desiredSize ?? 0) <= 0) this.#parts.onFlow(false)
  }

  /** What there is for now has come: who waits for more, and how long? */
  #await(): void {
    if (this.#controller !== undefined || this.#timer !== undefined) return
    const { framing } = this.#head
    if (framing.kind !== 'length' || framing.length > GATHERED_BYTES) this.#stream()
    else this.#timer = setTimeout(() => this.#stream(), GATHER_MILLIS)
  }

  #finish(isClean: boolean): void {
    clearTimeout(this.#timer)
    if (this.#controller === undefined) this.#parts.onResponse(this.#respond(this.#whole()))
    else this.#controller.close()
    this.#parts.onWhole(isClean)
  }

  #whole(): Uint8Array<ArrayBuffer> | null {
    const [first = null] = this.#pieces
    return this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : first
  }

  #stream(): void {
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          for (const piece of this.#pieces) controller.enqueue(piece)
          this.#pieces = []
          this.#controller = controller
        },
        pull: () => this.#parts.onFlow(true),
        cancel: () => this.#parts.onLeave(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: WAITING_BYTES }),
    )
    this.#parts.onResponse(this.#respond(body))
  }

  #respond(body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null): Response {
    const { status, statusText, headers } = this.#head
    return new Response(body, { status, statusText, headers })
  }
}
