// The disk tier: the index, the files, and what to do when either fails.
//
// Reads and writes that fail are reported to `DiskHealth` and answered as if there were nothing on disk; nothing here
// throws for want of disk.  An index that turns out to be damaged is set aside and begun anew.
//
// D4  What the tier occupies, doomed files apart, stays within its limit: rows are evicted before others are written.
// D5  A row that `hasRow` filters away is not there.

import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Bytes, Clock, EventSink } from '../../base/index.ts'
import { BlobFiles } from './blob-files.ts'
import type { Secured } from './contract.ts'
import type { DiskFiles } from './disk-files.ts'
import { errorCode } from './disk-files.ts'
import { DiskHealth } from './disk-health.ts'
import { bodyCost, DiskIndex, type GoneBody, type GoneRow, setIndexAside, type VariantRow } from './disk-index.ts'
import type { HeldVariant } from './held.ts'
import { KeyFilter } from './key-filter.ts'
import {
  MAX_INLINE_BODY_BYTES,
  MAX_SHARE_OF_DISK,
  USE_UNIT_MILLIS,
  WALK_STEP_HASHES,
  WALK_STEP_ROWS,
} from './limits.ts'
import type { SpillFile } from './spill-file.ts'
import { turnOfTheLoop } from './turn.ts'

export type DiskParts = {
  readonly directory: string
  readonly limit: Bytes
  readonly files: DiskFiles
  readonly clock: Clock
  readonly events: EventSink
  readonly memory: MemoryView
  /** Writes what is pending: only rows that are written can be evicted. */
  readonly writePending: () => void
}

/** What the disk tier asks of the memory tier. */
export type MemoryView = {
  /** Whether a variant in memory, or one about to be stored, needs this body. */
  needsBody(digest: string): boolean
  /** Whether the row's variant is in memory and was used lately. */
  isInUse(row: GoneRow): boolean
  /** The row was evicted. */
  evicted(row: GoneRow): void
  /** A body's last row went. */
  bodyLeftIndex(digest: string): void
  /** `reopened`: the disk may have rows of any key.  `begun-anew`: it has none. */
  indexChanged(how: 'reopened' | 'begun-anew', lastSequence: number): void
}

export type Batch = {
  readonly puts: readonly HeldVariant[]
  readonly removals: readonly number[]
  readonly uses: readonly number[]
}

/** Rows looked at, at once, when room is needed. */
const EVICTION_STEP_ROWS = 64
/** Rows in use that an eviction passes over before it takes one all the same. */
const MAX_SPARED_ROWS = 512
/** What an eviction frees beyond the need: this share of the limit. */
const EVICTION_HEADROOM = 1 / 64

export class DiskTier {
  readonly health: DiskHealth
  readonly blobs: BlobFiles
  readonly #parts: DiskParts
  readonly #indexPath: string
  #index: DiskIndex | undefined
  #filter = new KeyFilter()
  /** The filter knows every row up to here; at infinity, all. */
  #filteredUpTo = 0
  #closed = false
  #attempting: Promise<void> | undefined

  constructor(parts: DiskParts) {
    this.#parts = parts
    this.#indexPath = join(parts.directory, 'index.sqlite')
    this.health = new DiskHealth(parts.clock, parts.events)
    this.blobs = new BlobFiles(parts.directory, parts.files, parts.clock)
    this.#openIndex()
  }

  // Opening

  #openIndex(): void {
    try {
      for (const folder of ['blobs', 'tmp']) {
        mkdirSync(join(this.#parts.directory, folder), { recursive: true, mode: 0o700 })
      }
      this.#index = this.#openOrBeginIndex()
      this.#filter = new KeyFilter()
      this.#filteredUpTo = this.#index.lastSequence === 0 ? Number.POSITIVE_INFINITY : 0
      void this.#learnRows(this.#index)
    } catch (cause) {
      // Fail open: serve from memory, try again later.
      this.health.failed(cause)
    }
  }

  #openOrBeginIndex(): DiskIndex {
    try {
      return DiskIndex.open(this.#indexPath)
    } catch (cause) {
      if (isEnvironmental(cause) && !isSomethingElse(this.#indexPath)) throw cause
      const aside = setIndexAside(this.#indexPath)
      const reason = cause instanceof Error ? cause.message : String(cause)
      const message = `the cache index could not be used (${reason}); it was moved to ${aside} and a new one begun`
      this.#parts.events({ kind: 'notice', message })
      return DiskIndex.open(this.#indexPath)
    }
  }

  /** In the background: fills the filter, then removes files that nothing points to. */
  async #learnRows(index: DiskIndex): Promise<void> {
    try {
      await turnOfTheLoop()
      while (this.#index === index && this.#filteredUpTo < index.lastSequence) {
        const rows = index.hashesAfter(this.#filteredUpTo, WALK_STEP_HASHES)
        for (const [sequence, keyHash] of rows) if (sequence <= index.lastSequence) this.#filter.add(keyHash)
        this.#filteredUpTo = Math.min(rows.at(-1)?.[0] ?? index.lastSequence, index.lastSequence)
        await turnOfTheLoop()
      }
      if (this.#index !== index) return
      this.#filteredUpTo = Number.POSITIVE_INFINITY
      await this.blobs.removeOrphans(
        (digest) => this.#parts.memory.needsBody(digest) || index.hasBody(digest),
        () => this.#index === index,
      )
    } catch (cause) {
      if (this.#index === index) this.#met(cause)
    }
  }

  /** Tries a degraded disk once: a file, and a transaction. */
  attempt(): Promise<void> {
    if (!this.health.degraded || this.#closed) return Promise.resolve()
    this.#attempting ??= this.#attempt().finally(() => {
      this.#attempting = undefined
    })
    return this.#attempting
  }

  async #attempt(): Promise<void> {
    try {
      if (this.#index === undefined) this.#reopenIndex('reopened')
      if (this.#index === undefined) return
      await this.blobs.probe()
      this.#index?.transaction(() => {})
      this.health.worked()
    } catch (cause) {
      this.#met(cause)
    }
  }

  close(): void {
    this.#closed = true
    this.#index?.close()
    this.#index = undefined
  }

  // Failures

  /** What a failure means: the index is damaged, or the disk is. */
  #met(cause: unknown): void {
    if (this.#closed) return
    this.health.failed(cause)
    if (!isDamage(cause)) return
    this.#index?.close()
    this.#reopenIndex('begun-anew')
  }

  #reopenIndex(how: 'reopened' | 'begun-anew'): void {
    this.#index = undefined
    this.#openIndex()
    if (this.#index !== undefined) this.#parts.memory.indexChanged(how, this.lastSequence)
  }

  #read<Result>(work: (index: DiskIndex) => Result, otherwise: Result): Result {
    if (this.#index === undefined) return otherwise
    try {
      return work(this.#index)
    } catch (cause) {
      this.#met(cause)
      return otherwise
    }
  }

  /** Whether something is left to do later: a disk to try again, files to remove. */
  get mustReturn(): boolean {
    return this.health.degraded || this.blobs.doomedBytes > 0
  }

  // Reading

  get totals(): { readonly variants: number; readonly bodies: number; readonly cost: number } {
    return this.#index?.totals ?? { variants: 0, bodies: 0, cost: 0 }
  }

  /** Bytes on disk, doomed files apart. */
  get used(): number {
    return this.totals.cost + this.blobs.looseBytes
  }

  get lastSequence(): number {
    return this.#index?.lastSequence ?? 0
  }

  /** The rows of one key, the newest first. */
  rowsOf(key: string): readonly VariantRow[] {
    return this.#read((index) => (this.#mayHave(index, key) ? index.rowsOf(key) : []), [])
  }

  #mayHave(index: DiskIndex, key: string): boolean {
    return this.#filteredUpTo < Number.POSITIVE_INFINITY || this.#filter.mayHave(index.hashOf(key))
  }

  rowsAfter(sequence: number): readonly VariantRow[] {
    return this.#read((index) => index.rowsAfter(sequence, WALK_STEP_ROWS), [])
  }

  hasBody(digest: string): boolean {
    return this.#read((index) => index.hasBody(digest), false)
  }

  inlineContent(digest: string): Uint8Array<ArrayBuffer> | undefined {
    return this.#read((index) => index.inlineContent(digest), undefined)
  }

  // Writing

  /** A file for a fill, or undefined while there is no disk to write to. */
  openSpill(expected: number | undefined): SpillFile | undefined {
    const largest = this.#parts.limit * MAX_SHARE_OF_DISK
    if (this.health.degraded || this.#index === undefined || (expected ?? 0) > largest) return undefined
    return this.blobs.openSpill(
      (by, length) => {
        if (length > largest) return 'too-large'
        this.#makeRoom(by)
        return 'fits'
      },
      (cause) => this.health.failed(cause),
    )
  }

  async discardSpill(spill: SpillFile): Promise<void> {
    await this.#place(() => this.blobs.discardSpill(spill))
  }

  /** Gives a body in memory its file; tells nobody whether it worked: `blobs.isPlaced` does. */
  async placeBytes(digest: string, body: Uint8Array): Promise<void> {
    this.#makeRoom(body.byteLength)
    await this.#place(() => this.blobs.placeBytes(digest, body))
    this.forgetBody(digest, body.byteLength)
  }

  /** Makes a whole spill its body's file; answers whether it worked. */
  async placeSpill(digest: string, length: number, spill: SpillFile): Promise<'placed' | 'failed'> {
    const outcome = await this.#place(() => this.blobs.placeSpill(digest, length, spill))
    if (outcome === 'failed') await this.discardSpill(spill)
    // The new file took the place of the old one, which may have been damaged.
    else if (this.hasBody(digest)) this.blobs.settle(digest)
    return outcome
  }

  async #place(work: () => Promise<void>): Promise<'placed' | 'failed'> {
    try {
      await work()
      return 'placed'
    } catch (cause) {
      // Fail open: the body stays in memory, or is not stored.
      this.health.failed(cause)
      return 'failed'
    }
  }

  /** Dooms the file of a body to which nothing points: neither a row nor a variant in memory. */
  forgetBody(digest: string, length: number): void {
    if (this.blobs.isPlaced(digest) && !this.#parts.memory.needsBody(digest)) this.blobs.doom(digest, length)
  }

  #makeRoom(by: number): void {
    if (this.used + by <= this.#parts.limit) return
    this.#parts.writePending()
    if (this.used + by > this.#parts.limit) this.write({ puts: [], removals: [], uses: [] }, by)
  }

  /** Writes a batch in one transaction, evicting rows to make room for it and for `extra` bytes. */
  write(batch: Batch, extra = 0): 'written' | 'failed' {
    const index = this.#index
    if (index === undefined || this.health.degraded) return 'failed'
    try {
      const effects = index.transaction(() => this.#apply(index, batch, extra))
      this.#settle(effects)
      this.#removeDoomedIfCrowded()
      return 'written'
    } catch (cause) {
      this.#met(cause)
      return 'failed'
    }
  }

  /** Moves what is written from the index's log into the index. */
  async checkpoint(): Promise<Secured> {
    return this.#index === undefined || this.health.degraded ? 'pending' : this.#index.checkpoint()
  }

  #apply(index: DiskIndex, batch: Batch, extra: number): Effects {
    const effects: Effects = { inserted: [], hashes: [], evicted: [], removed: [], bodies: [] }
    this.#evict(index, effects, extra + costOf(batch))
    const used = this.#useUnit()
    for (const variant of batch.puts) {
      const { sequence, response } = variant
      const { inline, ready } = inlineBytes(variant, effects.bodies)
      if (!ready) continue
      effects.hashes.push(index.insert({ sequence, response, used, inline }).keyHash)
      effects.inserted.push(variant)
    }
    for (const sequence of batch.removals) this.#remove(index, sequence, effects)
    for (const sequence of batch.uses) index.markUsed(sequence, used)
    return effects
  }

  #remove(index: DiskIndex, sequence: number, effects: Effects): GoneRow | undefined {
    const gone = index.remove(sequence)
    if (gone === undefined) return undefined
    effects.removed.push(gone.row)
    if (gone.body !== undefined) effects.bodies.push(gone.body)
    return gone.row
  }

  #evict(index: DiskIndex, effects: Effects, need: number): void {
    const { limit, memory } = this.#parts
    if (this.used + need <= limit) return
    const target = Math.max(0, limit * (1 - EVICTION_HEADROOM) - need)
    let spared = 0
    while (index.totals.variants > 0 && this.used > target) {
      for (const row of index.leastUsed(EVICTION_STEP_ROWS)) {
        if (spared < MAX_SPARED_ROWS && memory.isInUse(row)) {
          index.markUsed(row.sequence, this.#useUnit())
          spared += 1
        } else if (this.#remove(index, row.sequence, effects) !== undefined) effects.evicted.push(row)
        if (this.used <= target) break
      }
    }
  }

  #useUnit(): number {
    return Math.floor(this.#parts.clock.now() / USE_UNIT_MILLIS)
  }

  /** What a transaction means outside the index, once it is certain. */
  #settle({ inserted, hashes, evicted, removed, bodies }: Effects): void {
    for (const hash of hashes) this.#filter.add(hash)
    for (const { sequence, keyHash } of removed) {
      if (this.#isFiltered(sequence)) this.#filter.remove(keyHash)
    }
    for (const body of bodies) this.#bodyWent(body)
    for (const variant of inserted) {
      variant.row = 'written'
      if (variant.body === undefined) continue
      variant.body.inIndex = true
      if (variant.body.stored.length > MAX_INLINE_BODY_BYTES) this.blobs.settle(variant.body.stored.digest)
    }
    for (const row of evicted) this.#parts.memory.evicted(row)
  }

  /** Rows that the filter has yet to learn of are not in it; those written since the index was opened are. */
  #isFiltered(sequence: number): boolean {
    return sequence <= this.#filteredUpTo || sequence > (this.#index?.lastSequence ?? 0)
  }

  #bodyWent({ digest, length, inline }: GoneBody): void {
    this.#parts.memory.bodyLeftIndex(digest)
    if (inline) return
    if (this.#parts.memory.needsBody(digest)) this.blobs.unsettle(digest, length)
    else this.blobs.doom(digest, length)
  }

  /** Removes the files that nothing points to any more: at once when there is no room for their grace. */
  async removeDoomed(which: 'grace-over' | 'all'): Promise<void> {
    try {
      await this.blobs.removeDoomed(which)
    } catch (cause) {
      this.health.failed(cause)
    }
  }

  #removeDoomedIfCrowded(): void {
    if (this.used + this.blobs.doomedBytes > this.#parts.limit) void this.removeDoomed('all')
  }

  /** A body turned out to be damaged: no row may point to it any more. */
  strikeOut(digest: string): void {
    const index = this.#index
    if (index === undefined) return
    try {
      const body = index.transaction(() => index.strikeOut(digest))
      this.#parts.memory.bodyLeftIndex(digest)
      if (body !== undefined && !body.inline) this.blobs.doom(digest, body.length)
    } catch (cause) {
      // Fail open: the body stays on disk and is found damaged again.
      this.#met(cause)
    }
  }
}

type Effects = {
  readonly inserted: HeldVariant[]
  readonly hashes: number[]
  readonly evicted: GoneRow[]
  readonly removed: GoneRow[]
  readonly bodies: GoneBody[]
}

/** The bytes that go into the row of a body: those of a short one that the index may lack. */
function inlineBytes(
  { body }: HeldVariant,
  gone: readonly GoneBody[],
): { readonly inline: Uint8Array | null; readonly ready: boolean } {
  if (body === undefined) return { inline: null, ready: false }
  if (body.stored.length > MAX_INLINE_BODY_BYTES) return { inline: null, ready: true }
  const inIndex = body.inIndex && !gone.some(({ digest }) => digest === body.stored.digest)
  if (inIndex) return { inline: null, ready: true }
  return body.content?.kind === 'memory' ? { inline: body.content.bytes, ready: true } : { inline: null, ready: false }
}

/** On the high side: bodies that the index has already are counted again. */
function costOf({ puts }: Batch): number {
  let cost = 0
  for (const { cost: record, body } of puts) {
    if (body !== undefined && !body.inIndex && body.stored.length <= MAX_INLINE_BODY_BYTES)
      cost += bodyCost(body.stored.length, true)
    cost += record
  }
  return cost
}

/** Codes that say something about the machine, not about the index. */
function isEnvironmental(cause: unknown): boolean {
  const code = errorCode(cause) ?? ''
  return /^(SQLITE_(FULL|READONLY|IOERR|CANTOPEN|BUSY|LOCKED|PERM|NOMEM|AUTH|NOLFS)|E[A-Z]+$)/.test(code)
}

function isDamage(cause: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(errorCode(cause) ?? '')
}

function isSomethingElse(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === false
}
