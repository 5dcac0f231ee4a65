// The part of a fill that is in memory: a run of blocks, appended at the end and dropped from the front.
//
// Large chunks are kept as they came; small ones are gathered, so that a million chunks of one byte are not a million
// objects.  Pieces handed out are views: nobody copies, and nobody may write to them.

import { COPIED_BODY_BYTES, FIRST_GATHER_BLOCK_BYTES, GATHER_BLOCK_BYTES, SMALL_CHUNK_BYTES } from './limits.ts'

type Block = {
  /** Where in the body this block begins. */
  readonly start: number
  /** May be longer than what is filled. */
  readonly bytes: Uint8Array
  filled: number
}

export class BlockList {
  #blocks: Block[] = []
  #start = 0
  #end = 0

  /** Where in the body the part in memory begins. */
  get start(): number {
    return this.#start
  }

  /** Where it ends. */
  get end(): number {
    return this.#end
  }

  /** Takes a chunk, which the caller must not change afterwards. */
  append(chunk: Uint8Array): void {
    if (chunk.byteLength >= SMALL_CHUNK_BYTES) this.#push(chunk, chunk.byteLength)
    else this.#gather(chunk)
    this.#end += chunk.byteLength
  }

  #gather(chunk: Uint8Array): void {
    const last = this.#blocks.at(-1)
    if (last === undefined) {
      // Most small bodies are this one chunk.
      this.#push(chunk, chunk.byteLength)
    } else if (last.bytes.byteLength - last.filled < chunk.byteLength) {
      const block = new Uint8Array(this.#blocks.length < 2 ? FIRST_GATHER_BLOCK_BYTES : GATHER_BLOCK_BYTES)
      block.set(chunk)
      this.#push(block, chunk.byteLength)
    } else {
      last.bytes.set(chunk, last.filled)
      last.filled += chunk.byteLength
    }
  }

  #push(bytes: Uint8Array, filled: number): void {
    this.#blocks.push({ start: this.#end, bytes, filled })
  }

  /** What is in memory from `position` on, at most one block; undefined when nothing is. */
  pieceAt(position: number): Uint8Array | undefined {
    const block = this.#blocks[this.#indexAt(position)]
    if (block === undefined || position < block.start) return undefined
    const from = position - block.start
    if (from === 0 && block.filled === block.bytes.byteLength) return block.bytes
    return from < block.filled ? block.bytes.subarray(from, block.filled) : undefined
  }

  /** The pieces from `position` on, up to about `limit` bytes. */
  piecesFrom(position: number, limit: number): Uint8Array[] {
    const pieces: Uint8Array[] = []
    let at = position
    while (at - position < limit) {
      const piece = this.pieceAt(at)
      if (piece === undefined) break
      pieces.push(piece)
      at += piece.byteLength
    }
    return pieces
  }

  /** Forgets whole blocks that end at or before `position`; answers how many bytes went. */
  dropBefore(position: number): number {
    let count = 0
    for (const block of this.#blocks) {
      if (block.start + block.filled > position) break
      count += 1
    }
    if (count === 0) return 0
    this.#blocks.splice(0, count)
    const before = this.#start
    this.#start = this.#blocks[0]?.start ?? this.#end
    return this.#start - before
  }

  /** Everything in memory as one array; a single long chunk that has a buffer of its own is handed out as it is. */
  join(): Uint8Array<ArrayBuffer> {
    const only = this.#blocks.length === 1 ? this.#blocks[0]?.bytes : undefined
    const mayKeep = only !== undefined && only.byteLength === this.#end && only.byteLength > COPIED_BODY_BYTES
    if (mayKeep && ownsItsBuffer(only)) return only
    const whole = new Uint8Array(this.#end - this.#start)
    for (const { start, bytes, filled } of this.#blocks) whole.set(bytes.subarray(0, filled), start - this.#start)
    return whole
  }

  /** The last block that begins at or before `position`, by bisection; -1 when none does. */
  #indexAt(position: number): number {
    let low = 0
    let high = this.#blocks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#blocks[middle] as Block).start <= position) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** Whether keeping this view keeps no more memory alive than its own bytes.  Asking makes the runtime box the buffer. */
function ownsItsBuffer(view: Uint8Array): view is Uint8Array<ArrayBuffer> {
  return view.buffer instanceof ArrayBuffer && view.buffer.byteLength === view.byteLength
}
