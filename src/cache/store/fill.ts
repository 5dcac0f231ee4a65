// A body being written, and read by many while it is written.
//
//   collecting ──longer than memory bodies are──► spilling ──the disk failed──► passing
//        ├──────────no room, and no disk─────────────────────────────────────────►┤
//        └──────────longer than its owner keeps────────◄──┘───────────────────────►┘
//
// collecting: everything is in memory.  spilling: everything goes to a file, memory keeps a window for readers that keep
// pace, laggards read the file, and the writer waits when the disk is behind.  passing: the body will not be stored; a
// window is kept for the readers there are, and the writer waits for the slowest of them.
//
// F1  In `collecting` and `spilling` every byte from 0 can be read; in `passing` every byte that some reader has yet to
//     read can.
// F2  A fill holds at most FILL_BACKLOG_BYTES plus FILL_WINDOW_BYTES plus one chunk, if its writer waits when asked to.

import { type Bytes, bytes, InvariantError } from '../../base/index.ts'
import type { StoredBody } from '../stored-response.ts'
import { BlockList } from './block-list.ts'
import { contentStream } from './content.ts'
import type { Content, Fill } from './contract.ts'
import { FillReader, type Supply } from './fill-reader.ts'
import { FILL_BACKLOG_BYTES, FILL_WINDOW_BYTES, LAGGARD_READ_BYTES, SPILL_WRITE_BYTES } from './limits.ts'

/** A file that takes what a fill cannot keep in memory. */
export interface Spill {
  /** Writes all the pieces behind what is there; rejects when the disk fails, and then is never asked again. */
  append(pieces: readonly Uint8Array[]): Promise<void>
  /** At least one byte from `position`, at most `limit`. */
  read(position: number, limit: number): Promise<Uint8Array>
  /** Nobody reads or writes any more. */
  close(): void
}

/** What is known of a body before it arrives. */
export type FillLimits = {
  /** Its length, when somebody said it. */
  readonly expected: Bytes | undefined
  /** A longer one is not kept; undefined: as long as the store has room for. */
  readonly longest: Bytes | undefined
}

/** A finished body as its store took it. */
export type KeptBody = {
  readonly body: StoredBody
  /** undefined: the store does not have it. */
  readonly content: Content | undefined
}

/** What a fill asks of its store. */
export type FillHome<File extends Spill = Spill> = {
  /** Counts bytes that fills hold in memory; answers whether they still fit. */
  hold(count: number): 'fits' | 'crowded'
  release(count: number): void
  /** A body of this length so far may stay in memory. */
  mayCollect(length: number): boolean
  /** A file for the body, or undefined when there is no disk to write to. */
  openSpill(expected: Bytes | undefined): File | undefined
  keepBytes(digest: string, body: Uint8Array<ArrayBuffer>): Promise<KeptBody>
  keepFile(digest: string, length: Bytes, file: File): Promise<KeptBody>
  /** The file's body will never be whole or is not wanted. */
  discard(file: File): void
  ended(fill: Fill): void
}

type Mode = 'collecting' | 'spilling' | 'passing'

export class StreamingFill<File extends Spill> implements Fill {
  readonly #home: FillHome<File>
  readonly #limits: FillLimits
  readonly #hash = new Bun.CryptoHasher('sha256')
  readonly #window = new BlockList()
  readonly #readers = new Set<FillReader>()
  #mode: Mode = 'collecting'
  #state: Fill['state'] = 'open'
  /** Finished or aborted, and the store has taken or dropped the body. */
  #settled = false
  #failure: Error | undefined
  #file: File | undefined
  #inFile = 0
  #pumping: Promise<void> | undefined
  #held = 0
  #content: Content | undefined
  #resumeWriter: (() => void) | undefined
  #writerWait: Promise<void> | undefined

  constructor(home: FillHome<File>, limits: FillLimits) {
    this.#home = home
    this.#limits = limits
  }

  get length(): Bytes {
    return bytes(this.#window.end)
  }

  get state(): Fill['state'] {
    return this.#state
  }

  get isKept(): boolean {
    return this.#state !== 'aborted' && this.#mode !== 'passing'
  }

  write(chunk: Uint8Array): undefined | Promise<void> {
    if (this.#state === 'finished') throw new InvariantError('I2', 'a fill was written to after finish')
    if (this.#state === 'aborted' || chunk.byteLength === 0) return undefined
    this.#hash.update(chunk)
    this.#window.append(chunk)
    const room = this.#hold(chunk.byteLength)
    if (this.#mode !== 'passing' && this.length > (this.#limits.longest ?? Number.POSITIVE_INFINITY)) this.#giveUp()
    if (this.#mode === 'collecting' && (room === 'crowded' || !this.#home.mayCollect(this.length))) this.#leaveMemory()
    if (this.#mode === 'spilling') this.#pumping ??= this.#pump()
    this.#wakeReaders()
    this.#trim()
    return this.#mustWait() ? this.#waitForRoom() : undefined
  }

  async finish(): Promise<StoredBody> {
    if (this.#state !== 'open') throw new InvariantError('I2', `a fill that is ${this.#state} cannot finish`)
    this.#state = 'finished'
    this.#resume()
    const kept = await this.#keep(this.#hash.digest('hex'))
    this.#content = kept.content
    this.#settled = true
    if (kept.content !== undefined && this.#mode === 'collecting') this.#dropHeld()
    this.#home.ended(this)
    this.#wakeReaders()
    this.#closeFileWhenUnread()
    return kept.body
  }

  async #keep(digest: string): Promise<KeptBody> {
    if (this.#mode === 'collecting') return this.#home.keepBytes(digest, this.#window.join())
    // Readers have all they need; the end is theirs before the disk has it.
    this.#wakeReaders()
    while (this.#pumping !== undefined) await this.#pumping
    if (this.#mode === 'spilling' && this.#file !== undefined) {
      return this.#home.keepFile(digest, this.length, this.#file)
    }
    return { body: { digest, length: this.length }, content: undefined }
  }

  abort(reason: Error): void {
    if (this.#state !== 'open') return
    this.#state = 'aborted'
    this.#settled = true
    this.#failure = reason
    this.#resume()
    this.#wakeReaders()
    this.#dropHeld()
    if (this.#file !== undefined && this.#mode === 'spilling') this.#home.discard(this.#file)
    this.#home.ended(this)
    this.#closeFileWhenUnread()
  }

  reader(): ReadableStream<Uint8Array> {
    if (this.#content !== undefined) return contentStream(this.#content)
    const reader = new FillReader(this)
    this.#readers.add(reader)
    return reader.stream
  }

  // The side of the readers.

  supplyAt(position: number): Supply {
    if (this.#failure !== undefined) return { kind: 'lost', reason: this.#failure }
    if (position === this.#window.end) return this.#state === 'finished' ? { kind: 'end' } : { kind: 'later' }
    const piece = this.#window.pieceAt(position)
    if (piece !== undefined) return { kind: 'piece', piece }
    if (this.#file !== undefined && position < this.#inFile) {
      const limit = Math.min(LAGGARD_READ_BYTES, this.#inFile - position)
      return { kind: 'in-file', read: this.#file.read(position, limit) }
    }
    return { kind: 'lost', reason: new Error('the beginning of this body is gone: it is too large to be kept') }
  }

  advanced(_reader: FillReader): void {
    if (this.#mode === 'passing') this.#relieve()
  }

  left(reader: FillReader): void {
    this.#readers.delete(reader)
    if (this.#mode === 'passing') this.#relieve()
    this.#closeFileWhenUnread()
  }

  #wakeReaders(): void {
    for (const reader of this.#readers) reader.wake()
  }

  // The side of the disk.

  #leaveMemory(): void {
    this.#file = this.#home.openSpill(this.#limits.expected)
    this.#mode = this.#file === undefined ? 'passing' : 'spilling'
  }

  async #pump(): Promise<void> {
    try {
      while (this.#inFile < this.#window.end && this.#state !== 'aborted' && this.#mode === 'spilling') {
        const pieces = this.#window.piecesFrom(this.#inFile, SPILL_WRITE_BYTES)
        await this.#file?.append(pieces)
        for (const piece of pieces) this.#inFile += piece.byteLength
        this.#relieve()
      }
    } catch {
      // Fail open: the readers go on without the disk, which reported its failure itself.
      this.#giveUp()
    }
    this.#pumping = undefined
    this.#relieve()
    this.#closeFileWhenUnread()
  }

  /** The body will not be stored.  What is in the file already stays for those who have yet to read it. */
  #giveUp(): void {
    if (this.#mode === 'passing') return
    this.#mode = 'passing'
    if (this.#file !== undefined) this.#home.discard(this.#file)
  }

  #closeFileWhenUnread(): void {
    if (!this.#settled || this.#readers.size > 0 || this.#pumping !== undefined) return
    this.#dropHeld()
    this.#closeFile()
  }

  /** In `passing` the body may have no end; a file that every reader has left behind must not wait for one. */
  #closeFileWhenBehind(): void {
    if (this.#file === undefined || this.#pumping !== undefined) return
    for (const { position } of this.#readers) if (position < this.#inFile) return
    this.#closeFile()
  }

  #closeFile(): void {
    this.#file?.close()
    this.#file = undefined
  }

  // The memory that it holds, and the writer that waits for some of it.

  #hold(count: number): 'fits' | 'crowded' {
    this.#held += count
    return this.#home.hold(count)
  }

  #dropHeld(): void {
    this.#home.release(this.#held)
    this.#held = 0
  }

  #trim(): void {
    const dropped = this.#window.dropBefore(this.#droppableBefore())
    const released = Math.min(dropped, this.#held)
    this.#held -= released
    this.#home.release(released)
  }

  #droppableBefore(): number {
    if (this.#mode === 'collecting') return 0
    if (this.#mode === 'spilling') return Math.min(this.#inFile, this.#window.end - FILL_WINDOW_BYTES)
    let slowest = this.#window.end
    for (const reader of this.#readers) slowest = Math.min(slowest, reader.position)
    return this.#file === undefined ? slowest : Math.max(slowest, this.#inFile)
  }

  #mustWait(): boolean {
    if (this.#state !== 'open') return false
    if (this.#mode === 'spilling') return this.#window.end - this.#inFile > FILL_BACKLOG_BYTES
    return this.#mode === 'passing' && this.#window.end - this.#window.start > FILL_BACKLOG_BYTES
  }

  #waitForRoom(): Promise<void> {
    this.#writerWait ??= new Promise((resolve) => {
      this.#resumeWriter = resolve
    })
    return this.#writerWait
  }

  #relieve(): void {
    if (this.#mode === 'passing') this.#closeFileWhenBehind()
    this.#trim()
    if (!this.#mustWait()) this.#resume()
  }

  #resume(): void {
    this.#writerWait = undefined
    this.#resumeWriter?.()
    this.#resumeWriter = undefined
  }
}
