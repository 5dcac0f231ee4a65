// The bodies that are files: `blobs/ab/<digest>`, and `tmp/` for those that are not whole yet.
//
//   tmp/… ──whole──► blobs/ab/<digest>: placed ──its row is written──► known to the index
//                          │                                                 │
//                          └────────────nothing points to it────────────────►┴──► doomed ──grace over──► gone
//
// B1  A file under its digest was whole when it got that name.
// B2  `looseBytes` counts what the index does not: temporary and placed files; `doomedBytes` those about to go.

import { join } from 'node:path'
import type { Bytes, Clock, EpochMillis } from '../../base/index.ts'
import { type DiskFiles, errorCode } from './disk-files.ts'
import { bodyCost } from './disk-index.ts'
import { FILE_GRACE_MILLIS } from './limits.ts'
import { SpillFile, type SpillParts } from './spill-file.ts'

/** Files are hashed and read back in steps of this length. */
const READ_STEP_BYTES = 1024 * 1024
/** A disk with less room than this is as good as full. */
const PROBE_BYTES = 64 * 1024

type Doomed = { readonly since: EpochMillis; readonly cost: number }

export class BlobFiles {
  readonly #directory: string
  readonly #files: DiskFiles
  readonly #clock: Clock
  /** Tells our temporary files from those that a process with our id left behind. */
  readonly #prefix = `${process.pid}.${crypto.randomUUID()}.`
  #temporaries = 0
  readonly #placing = new Map<string, Promise<void>>()
  readonly #removing = new Map<string, Promise<void>>()
  readonly #placed = new Set<string>()
  readonly #doomed = new Map<string, Doomed>()
  readonly #loose = new Map<string, number>()
  #looseBytes = 0
  #doomedBytes = 0

  constructor(directory: string, files: DiskFiles, clock: Clock) {
    this.#directory = directory
    this.#files = files
    this.#clock = clock
  }

  get doomedBytes(): number {
    return this.#doomedBytes
  }

  get looseBytes(): number {
    return this.#looseBytes
  }

  pathOf(digest: string): string {
    return join(this.#directory, 'blobs', digest.slice(0, 2), digest)
  }

  /** Writes and removes a file, to see whether that works. */
  async probe(): Promise<void> {
    const path = this.#temporaryPath()
    const file = await this.#files.create(path)
    try {
      await file.write([new Uint8Array(PROBE_BYTES)], 0)
    } finally {
      await file.close()
      await this.#files.remove(path)
    }
  }

  // Writing

  /** A temporary file; `mayGrow` is asked before each write, and `failed` told when one does. */
  openSpill(mayGrow: SpillParts['grow'], failed: SpillParts['failed']): SpillFile {
    const path = this.#temporaryPath()
    const grow = (by: number, length: number): 'fits' | 'too-large' => {
      if (mayGrow(by, length) === 'too-large') return 'too-large'
      this.#count(path, length)
      return 'fits'
    }
    return new SpillFile({ files: this.#files, path, grow, failed })
  }

  async discardSpill(spill: SpillFile): Promise<void> {
    await spill.ready()
    await this.#files.remove(spill.path)
    this.#uncount(spill.path)
  }

  /** Makes a spill, which holds the whole body, the body's file. */
  async placeSpill(digest: string, length: number, spill: SpillFile): Promise<void> {
    const running = this.#place(digest, length, spill.path).finally(() => this.#placing.delete(digest))
    this.#placing.set(digest, running)
    await running
    this.#uncount(spill.path)
  }

  /** Writes a body to its file, once however often it is asked. */
  placeBytes(digest: string, body: Uint8Array): Promise<void> {
    if (this.#placed.has(digest)) return Promise.resolve()
    const running = this.#placing.get(digest) ?? this.#writeAndPlace(digest, body)
    this.#placing.set(digest, running)
    return running
  }

  async #writeAndPlace(digest: string, body: Uint8Array): Promise<void> {
    const path = this.#temporaryPath()
    try {
      const file = await this.#files.create(path)
      await file.write([body], 0).finally(() => file.close())
      await this.#place(digest, body.byteLength, path)
    } catch (cause) {
      await this.#files.remove(path).catch(() => {})
      throw cause
    } finally {
      this.#placing.delete(digest)
    }
  }

  async #place(digest: string, length: number, from: string): Promise<void> {
    const path = this.pathOf(digest)
    await this.#removing.get(digest)
    // Before the move, so that whoever looks for orphans meanwhile finds this one cared for.
    this.#pardon(digest)
    this.#placed.add(digest)
    this.#count(path, bodyCost(length, false))
    try {
      await this.#files.move(from, path)
    } catch (cause) {
      this.settle(digest)
      throw cause
    }
  }

  #temporaryPath(): string {
    this.#temporaries += 1
    return join(this.#directory, 'tmp', this.#prefix + this.#temporaries)
  }

  // From hand to hand

  isPlaced(digest: string): boolean {
    return this.#placed.has(digest) && !this.#placing.has(digest)
  }

  /** The index counts this file from now on. */
  settle(digest: string): void {
    this.#placed.delete(digest)
    this.#pardon(digest)
    this.#uncount(this.pathOf(digest))
  }

  /** The index does not count this file any more, but a variant in memory needs it still. */
  unsettle(digest: string, length: number): void {
    this.#placed.add(digest)
    this.#count(this.pathOf(digest), bodyCost(length, false))
  }

  /** Nothing points to this file any more. */
  doom(digest: string, length: number): void {
    this.settle(digest)
    const cost = bodyCost(length, false)
    this.#doomed.set(digest, { since: this.#clock.now(), cost })
    this.#doomedBytes += cost
  }

  #pardon(digest: string): void {
    this.#doomedBytes -= this.#doomed.get(digest)?.cost ?? 0
    this.#doomed.delete(digest)
  }

  /** Removes doomed files whose grace is over, or all of them. */
  async removeDoomed(which: 'grace-over' | 'all'): Promise<void> {
    const now = this.#clock.now()
    for (const [digest, { since }] of this.#doomed) {
      if (which === 'grace-over' && now - since < FILE_GRACE_MILLIS) break
      this.#pardon(digest)
      await this.#removeBlob(digest)
    }
  }

  /** A body of the same digest that arrives meanwhile waits: else its file might be the one that is removed. */
  #removeBlob(digest: string): Promise<void> {
    const path = this.pathOf(digest)
    this.#uncount(path)
    const running = this.#files.remove(path).finally(() => this.#removing.delete(digest))
    this.#removing.set(digest, running)
    return running
  }

  // Shared with other processes (shared-directory.ts).  For use within a transaction.

  /** When the file of a body was written; undefined when there is none. */
  writtenAt(digest: string): number | undefined {
    return this.#files.writtenAt(this.pathOf(digest))
  }

  removeNow(digest: string): void {
    this.settle(digest)
    this.#files.removeNow(this.pathOf(digest))
  }

  // Reading

  /** The bytes of a body if they are what the digest names; undefined when the file is missing or differs. */
  async read(digest: string, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const body = new Uint8Array(length)
    let at = 0
    const whole = await this.#walk(digest, length, (piece) => {
      body.set(piece, at)
      at += piece.byteLength
    })
    return whole ? body : undefined
  }

  /** Whether the file is there and has the bytes that the digest names. */
  verify(digest: string, length: Bytes): Promise<boolean> {
    return this.#walk(digest, length, () => {})
  }

  async #walk(digest: string, length: number, take: (piece: Uint8Array) => void): Promise<boolean> {
    const file = await this.#files.openToRead(this.pathOf(digest)).catch((cause: unknown) => {
      if (errorCode(cause) === 'ENOENT') return undefined
      throw cause
    })
    if (file === undefined) return false
    const hash = new Bun.CryptoHasher('sha256')
    try {
      for (let at = 0; at < length; ) {
        const piece = await file.read(at, Math.min(READ_STEP_BYTES, length - at)).catch(missingEnd)
        if (piece === undefined) return false
        hash.update(piece)
        take(piece)
        at += piece.byteLength
      }
    } finally {
      await file.close()
    }
    return hash.digest('hex') === digest
  }

  // Orphans

  /** Removes temporary files of processes that are gone, and bodies that `isKnown` denies, by `remove`.  Slow, in small steps. */
  async removeOrphans(
    isKnown: (digest: string) => boolean,
    mayGoOn: () => boolean,
    remove = (digest: string): void | Promise<void> => this.#removeBlob(digest),
  ): Promise<void> {
    await this.removeAbandoned()
    for (const shard of await this.#files.list(join(this.#directory, 'blobs'))) {
      for (const digest of await this.#files.list(join(this.#directory, 'blobs', shard))) {
        if (!mayGoOn()) return
        if (!/^[0-9a-f]{64}$/.test(digest) || this.#isCaredFor(digest) || isKnown(digest)) continue
        await remove(digest)
      }
    }
  }

  /** Removes temporary files of processes that are gone. */
  async removeAbandoned(): Promise<void> {
    for (const name of await this.#files.list(join(this.#directory, 'tmp'))) {
      if (this.#isAbandoned(name)) await this.#files.remove(join(this.#directory, 'tmp', name))
    }
  }

  #isCaredFor(digest: string): boolean {
    return this.#placing.has(digest) || this.#placed.has(digest) || this.#doomed.has(digest)
  }

  #isAbandoned(name: string): boolean {
    if (name.startsWith(this.#prefix)) return false
    const [pid] = name.split('.', 1)
    const writer = Number(pid)
    return writer === process.pid || !Number.isSafeInteger(writer) || !isAlive(writer)
  }

  // Counting

  #count(path: string, cost: number): void {
    this.#uncount(path)
    this.#loose.set(path, cost)
    this.#looseBytes += cost
  }

  #uncount(path: string): void {
    this.#looseBytes -= this.#loose.get(path) ?? 0
    this.#loose.delete(path)
  }
}

/** A file that ends too early is damaged; any other failure says nothing about the file. */
function missingEnd(cause: unknown): undefined {
  if (errorCode(cause) === undefined) return undefined
  throw cause
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return errorCode(cause) === 'EPERM'
  }
}
