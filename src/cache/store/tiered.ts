// A store of two tiers: memory over disk.
//
//   put ──► memory ──batch──► disk        find: memory, else the index        content: memory, else the index or a file
//             │ evicted when full           │ evicted when full
//             └──► found on disk again      └──► gone
//
// T1  A variant that is both in memory and on disk has one sequence in both, and goes from both when it is removed.
// T2  An entry in memory that is `complete` has every variant of its key.
// T3  Memory lets go of a variant that is on its way to disk only after writing it, or when the disk is degraded.

import { type Bytes, bytes, type Clock, type EventSink, systemClock } from '../../base/index.ts'
import type { CacheKey, StoredBody, StoredResponse } from '../stored-response.ts'
import { fileContent, memoryContent } from './content.ts'
import type { CacheStore, Content, Entry, Fill, Secured, StoreStats, Variant } from './contract.ts'
import { DiskTier } from './disk.ts'
import { type DiskFiles, diskFiles } from './disk-files.ts'
import type { GoneRow, VariantRow } from './disk-index.ts'
import { type FillHome, type KeptBody, StreamingFill } from './fill.ts'
import { type HeldBody, type HeldEntry, HeldVariant, heldVariant } from './held.ts'
import {
  MAX_INLINE_BODY_BYTES,
  MAX_MEMORY_BODY_BYTES,
  MAX_SHARE_OF_MEMORY,
  MAX_VARIANTS_PER_KEY,
  SWEEP_STEP_ITEMS,
} from './limits.ts'
import { MemoryTier } from './memory.ts'
import { nextSequence, type SharedDirectory } from './shared-directory.ts'
import type { SpillFile } from './spill-file.ts'
import { turnOfTheLoop } from './turn.ts'
import { WriteBehind } from './write-behind.ts'

export type TieredStoreParts = {
  readonly directory: string
  readonly memoryLimit: Bytes
  readonly diskLimit: Bytes
  readonly events: EventSink
  readonly clock?: Clock
  /** Stands for the machine's file system; a test makes it fail. */
  readonly files?: DiskFiles
  /** What it is among several processes; absent: the directory is this one's alone. */
  readonly shared?: SharedDirectory | undefined
}

/**
 * A store that keeps what is in use in memory and everything in `directory`, each within its limit.  It never fails to
 * open: a directory that cannot be used leaves it with memory alone, and is tried again later.
 */
export function makeTieredStore(parts: TieredStoreParts): TieredCacheStore {
  return new TieredStore(parts)
}

/** A store over a disk that other processes may have stores over, too. */
export interface TieredCacheStore extends CacheStore {
  /**
   * Drops what memory has under these keys: others have written there since.  `pending`: what is on its way to the disk goes
   * too, since it is outdated.
   */
  forget(keys: readonly CacheKey[], pending: 'kept' | 'too'): void
  /** Bodies that nobody needs any more, as far as others know: their files go when no row names them.  The keeper's to do. */
  discardFiles(digests: readonly string[]): void
  /** Removes the files whose grace is over; done by itself, too. */
  removeDueFiles(): void
  /** Another process is gone: what it had begun to write goes.  The keeper's to do. */
  removeAbandoned(): Promise<void>
}

/** Sequences begin with the time, so that those of one run lie above those of an earlier one, seen or unseen. */
const SEQUENCES_PER_MILLI = 1000
/** Bodies whose files were found whole in this run, remembered while their variants are out of memory. */
const MAX_VERIFIED_FILES = 16_384

class TieredStore implements TieredCacheStore {
  readonly #clock: Clock
  readonly #events: EventSink
  readonly #memory: MemoryTier
  readonly #disk: DiskTier
  readonly #writes: WriteBehind
  readonly #fills = new Set<Fill>()
  readonly #fillHome: FillHome<SpillFile>
  readonly #verified = new Set<string>()
  readonly #shared: SharedDirectory | undefined
  #sequence: number

  constructor(parts: TieredStoreParts) {
    const { directory, memoryLimit, diskLimit, events, clock = systemClock, files = diskFiles, shared } = parts
    this.#shared = shared
    this.#clock = clock
    this.#events = events
    this.#memory = new MemoryTier(memoryLimit, ({ stored }) => this.#disk.forgetBody(stored.digest, stored.length))
    this.#disk = new DiskTier({
      directory,
      limit: diskLimit,
      files,
      clock,
      events,
      memory: this.#memoryView(),
      writePending: () => this.#writes.writeBatch(),
      shared,
    })
    this.#writes = new WriteBehind(this.#disk, memoryLimit)
    this.#sequence = Math.max(this.#disk.lastSequence, clock.now() * SEQUENCES_PER_MILLI)
    this.#fillHome = this.#makeFillHome()
  }

  #memoryView(): ConstructorParameters<typeof DiskTier>[0]['memory'] {
    return {
      needsBody: (digest) => this.#memory.findBody(digest)?.lost === false,
      isInUse: (row) => this.#memory.takeMark(this.#inMemory(row.key, row.sequence)),
      evicted: (row) => this.#rowEvicted(row),
      lost: (variant) => this.#memory.drop(variant),
      bodyLeftIndex: (digest) => {
        const body = this.#memory.findBody(digest)
        if (body !== undefined) body.inIndex = false
      },
      indexChanged: (how, lastSequence) => this.#indexChanged(how, lastSequence),
    }
  }

  // Looking up

  peek(key: string): Entry | undefined {
    return this.#memory.peek(key)
  }

  find(key: string): Entry | undefined {
    return this.#findHeld(key)
  }

  #findHeld(key: string): HeldEntry | undefined {
    if (this.#shared !== undefined) return this.#findShared(key)
    const entry = this.#memory.peek(key)
    if (entry?.complete === true) return entry
    let found = entry
    for (const row of this.#disk.rowsOf(key)) found = this.#bringToMemory(row)?.entry ?? found
    if (found === undefined) return undefined
    found.complete = true
    // What was just asked for is in use: it must not be the first to go.
    found.used = true
    this.#memory.makeRoom(this.#leaving)
    return found
  }

  /** The disk is the truth: what others removed goes, what they put comes. */
  #findShared(key: string): HeldEntry | undefined {
    const rows = this.#rowsOf(key)
    if (!this.#disk.health.degraded) {
      const there = new Set(rows.map(({ sequence }) => sequence))
      for (const held of this.#memory.get(key)?.variants ?? []) {
        if (held.row === 'written' && !there.has(held.sequence)) this.#memory.drop(held)
      }
    }
    for (const row of rows) if (this.#inMemory(key, row.sequence) === undefined) this.#bringToMemory(row)
    const found = this.#memory.peek(key)
    if (found !== undefined) this.#memory.makeRoom(this.#leaving)
    return this.#memory.get(key)
  }

  /** The rows of a key that count here: those that a put on its way will replace do not. */
  #rowsOf(key: string): readonly VariantRow[] {
    const rows = this.#disk.rowsOf(key)
    const pending = this.#memory.get(key)?.variants.filter(({ row }) => row === 'pending') ?? []
    const replaced = new Set(pending.flatMap((variant) => this.#writes.replacedBy(variant)))
    return replaced.size === 0 ? rows : rows.filter(({ sequence }) => !replaced.has(sequence))
  }

  forget(keys: readonly CacheKey[], pending: 'kept' | 'too'): void {
    for (const key of keys) {
      for (const held of this.#memory.get(key)?.variants ?? []) {
        if (held.row === 'pending' && pending === 'kept') this.#writes.overtake(held)
        else {
          if (held.row === 'pending') this.#writes.remove(held)
          this.#memory.drop(held)
        }
      }
    }
  }

  discardFiles(digests: readonly string[]): void {
    this.#disk.discardFiles(digests)
  }

  removeDueFiles(): void {
    this.#disk.removeDueFiles()
  }

  removeAbandoned(): Promise<void> {
    return this.#disk.removeAbandoned()
  }

  inspect(key: string): readonly Variant[] {
    const entry = this.#memory.get(key)
    if (entry?.complete === true && this.#shared === undefined) return entry.variants
    const found = new Map(entry?.variants.map((variant) => [variant.sequence, variant]))
    for (const row of this.#rowsOf(key)) {
      const variant = found.has(row.sequence) ? undefined : this.#variantOfRow(row.sequence, key, row.response)
      if (variant !== undefined) found.set(row.sequence, variant)
    }
    return [...found.values()].sort((one, other) => other.sequence - one.sequence)
  }

  /** The variant of a row, in memory from now on; undefined when it was removed or is damaged. */
  #bringToMemory({ sequence, key, response }: VariantRow): HeldVariant | undefined {
    if (this.#writes.isRemoved(sequence)) return undefined
    const known = this.#inMemory(key, sequence)
    if (known !== undefined) return known
    if (response === undefined) {
      this.#writes.removeRow(sequence)
      return undefined
    }
    const variant = this.#memory.add(response, sequence, this.#memory.bodyOnDisk(response.body))
    variant.row = 'written'
    this.#writes.markUsed(sequence)
    return variant
  }

  #inMemory(key: string, sequence: number): HeldVariant | undefined {
    return this.#memory.get(key)?.variants.find((variant) => variant.sequence === sequence)
  }

  // Content

  peekContent(variant: Variant): Content | undefined {
    const held = heldVariant(variant)
    if (held === undefined) return undefined
    held.used = true
    return held.body?.content ?? this.#inlineContent(held)
  }

  /** The bytes of a short body, which the index has: read and verified at once. */
  #inlineContent({ body }: HeldVariant): Content | undefined {
    if (body === undefined || body.lost || !body.inIndex || body.stored.length > MAX_INLINE_BODY_BYTES) return undefined
    const { digest } = body.stored
    const found = this.#disk.inlineContent(digest)
    if (found === undefined && this.#wentElsewhere(body)) return undefined
    if (found === undefined || sha256(found) !== digest) {
      this.#damaged(body, found === undefined ? 'its bytes are missing' : 'its bytes do not match its digest')
      return undefined
    }
    return this.#bringContent(body, memoryContent(found))
  }

  #bringContent(body: HeldBody, content: Content): Content {
    this.#memory.setContent(body, content)
    this.#memory.makeRoom(this.#leaving)
    return content
  }

  async content(variant: Variant): Promise<Content | undefined> {
    const ready = this.peekContent(variant)
    if (ready !== undefined) return ready
    const body = heldVariant(variant)?.body
    if (body === undefined) return undefined
    body.loading ??= this.#loadFile(body).finally(() => {
      body.loading = undefined
    })
    const content = await body.loading
    if (content === undefined && body.lost) this.remove(variant)
    return content
  }

  async #loadFile(body: HeldBody): Promise<Content | undefined> {
    const { digest, length } = body.stored
    if (body.lost) return undefined
    try {
      const content = length <= MAX_MEMORY_BODY_BYTES ? await this.#readFile(body) : await this.#verifyFile(body)
      if (content !== undefined) return this.#bringContent(body, content)
      if (this.#wentElsewhere(body)) return undefined
      this.#damaged(body, 'its file is missing or does not match its digest')
    } catch (cause) {
      // Fail open: the file may be whole; this answer is made without it.
      this.#events({ kind: 'background-failed', name: `reading the body ${digest}`, reason: String(cause) })
    }
    return undefined
  }

  async #readFile({ stored: { digest, length } }: HeldBody): Promise<Content | undefined> {
    if (length <= MAX_INLINE_BODY_BYTES) return undefined
    const found = await this.#disk.blobs.read(digest, length)
    return found === undefined ? undefined : memoryContent(found)
  }

  async #verifyFile({ stored: { digest, length } }: HeldBody): Promise<Content | undefined> {
    if (!this.#verified.has(digest) && !(await this.#disk.blobs.verify(digest, length))) return undefined
    return this.#verifiedFile(digest, length)
  }

  #verifiedFile(digest: string, length: Bytes): Content {
    if (this.#verified.size >= MAX_VERIFIED_FILES) this.#verified.clear()
    this.#verified.add(digest)
    return fileContent(this.#disk.blobs.pathOf(digest), length)
  }

  /** Whether a body is missing because another process removed the last response that had it. */
  #wentElsewhere(body: HeldBody): boolean {
    if (this.#shared === undefined || this.#disk.hasBody(body.stored.digest)) return false
    body.lost = true
    return true
  }

  #damaged(body: HeldBody, reason: string): void {
    const { digest } = body.stored
    body.lost = true
    this.#verified.delete(digest)
    this.#memory.setContent(body, undefined)
    this.#disk.strikeOut(digest)
    this.#events({ kind: 'store-corrupt', digest, reason })
  }

  // Filling

  begin(expected?: Bytes, longest?: Bytes): Fill {
    const fill = new StreamingFill(this.#fillHome, { expected, longest })
    this.#fills.add(fill)
    return fill
  }

  #makeFillHome(): FillHome<SpillFile> {
    const memory = this.#memory
    return {
      hold: (count) => {
        memory.hold(count)
        return memory.makeRoom(this.#leaving)
      },
      release: (count) => memory.release(count),
      mayCollect: (length) => length <= this.#longestInMemory(),
      openSpill: (expected) => this.#disk.openSpill(expected),
      keepBytes: (digest, body) => this.#keepBytes(digest, body),
      keepFile: (digest, length, file) => this.#keepFile(digest, length, file),
      discard: (file) => void this.#disk.discardSpill(file),
      ended: (fill) => {
        this.#fills.delete(fill)
      },
    }
  }

  /** Without a disk, memory takes what it can. */
  #longestInMemory(): number {
    if (!this.#disk.health.degraded) return MAX_MEMORY_BODY_BYTES
    return Math.max(MAX_MEMORY_BODY_BYTES, this.#memory.limit * MAX_SHARE_OF_MEMORY)
  }

  async #keepBytes(digest: string, body: Uint8Array<ArrayBuffer>): Promise<KeptBody> {
    await this.#writes.roomForBody()
    return this.#keep({ digest, length: bytes(body.byteLength) }, memoryContent(body))
  }

  async #keepFile(digest: string, length: Bytes, file: SpillFile): Promise<KeptBody> {
    const known = this.#memory.findBody(digest)
    if (known?.content !== undefined) {
      void this.#disk.discardSpill(file)
      return { body: known.stored, content: known.content }
    }
    if ((await this.#disk.placeSpill(digest, length, file)) === 'failed') {
      return { body: { digest, length }, content: undefined }
    }
    return this.#keep({ digest, length }, this.#verifiedFile(digest, length))
  }

  /** Equal bodies are one: the content that is there stays, and heals one that was lost. */
  #keep(stored: StoredBody, content: Content): KeptBody {
    const known = this.#memory.findBody(stored.digest)
    const body = known ?? this.#memory.offer(stored, content, this.#clock.now())
    if (body.content === undefined) this.#memory.setContent(body, content)
    if (body.lost || known === undefined) body.inIndex = this.#disk.hasBody(stored.digest)
    body.lost = false
    this.#memory.makeRoom(this.#leaving)
    return { body: body.stored, content: body.content }
  }

  // Storing and removing

  put(response: StoredResponse): Variant {
    const twins = this.#memory.twinsIn(this.#findHeld(response.key), response.selecting)
    const body = this.#findBody(response.body)
    this.#sequence = this.#nextSequence()
    const variant = body === undefined ? undefined : this.#memory.add(response, this.#sequence, body)
    if (variant !== undefined && this.#shared !== undefined) this.#replace(twins, variant)
    else for (const twin of twins) this.#discard(twin)
    if (variant === undefined) return new HeldVariant(response, this.#sequence, undefined)
    const surplus = variant.entry?.variants[MAX_VARIANTS_PER_KEY]
    if (surplus !== undefined) this.#discard(surplus)
    this.#writes.put(variant)
    this.#memory.makeRoom(this.#leaving)
    return variant
  }

  /** Their rows go with the write of the new one: in between other processes would find nothing. */
  #replace(twins: readonly HeldVariant[], variant: HeldVariant): void {
    this.#writes.replace(
      twins.flatMap((twin) => (twin.row === 'written' ? [twin.sequence] : this.#writes.takeReplaced(twin))),
      variant,
    )
    for (const twin of twins) {
      this.#memory.drop(twin)
      if (twin.row === 'pending') this.#writes.remove(twin)
    }
  }

  #nextSequence(): number {
    if (this.#shared === undefined) return this.#sequence + 1
    return nextSequence(this.#sequence, this.#clock.now(), this.#shared.place)
  }

  #findBody(stored: StoredBody): HeldBody | undefined {
    const known = this.#memory.findBody(stored.digest)
    if (known !== undefined) return known.lost ? undefined : known
    return this.#disk.hasBody(stored.digest) ? this.#memory.bodyOnDisk(stored) : undefined
  }

  remove(variant: Variant): void {
    const held = heldVariant(variant)
    if (held === undefined) return
    const { key, selecting } = held.response
    // Two processes may have stored the same at once; what is removed of one must not come back as the other's.
    const twins = this.#shared === undefined ? [] : this.#memory.twinsIn(this.#findHeld(key), selecting)
    for (const twin of twins) if (twin.sequence < held.sequence) this.#discard(twin)
    this.#discard(this.#inMemory(key, held.sequence) ?? held)
  }

  #discard(variant: HeldVariant): void {
    this.#memory.drop(variant)
    this.#writes.remove(variant)
  }

  // Making room

  /** Memory is about to let a variant go. */
  readonly #leaving = (variant: HeldVariant): void => {
    if (variant.row === 'pending') this.#writes.writeBatch()
    if (variant.row === 'pending') this.#writes.remove(variant)
    if (variant.entry !== undefined && variant.row === 'written') variant.entry.complete = false
  }

  #rowEvicted({ key, sequence }: GoneRow): void {
    const variant = this.#inMemory(key, sequence)
    if (variant === undefined) return
    variant.row = 'none'
    this.#memory.drop(variant)
  }

  /** What memory believes of the disk is no longer so. */
  #indexChanged(how: 'reopened' | 'begun-anew', lastSequence: number): void {
    this.#sequence = Math.max(this.#sequence, lastSequence)
    for (const entry of this.#memory.entries()) {
      entry.complete = how === 'begun-anew'
      if (how === 'reopened') continue
      for (const variant of entry.variants) this.#writeAnew(variant)
    }
  }

  #writeAnew(variant: HeldVariant): void {
    if (variant.body !== undefined) variant.body.inIndex = false
    if (variant.row !== 'written') return
    if (variant.body?.content === undefined) this.#memory.drop(variant)
    else this.#writes.put(variant)
  }

  // Walking

  async sweep(
    mustGo: (response: StoredResponse) => boolean,
    giveWay = turnOfTheLoop,
  ): Promise<{ variants: number; bodies: number }> {
    const digests = new Set<string>()
    const gone = new Set<number>()
    let judged = 0
    for (const variant of this.#everyVariant()) {
      // A row that was read before its removal was written is met once more.
      if (variant !== undefined && !gone.has(variant.sequence) && mustGo(variant.response)) {
        this.#discard(variant)
        gone.add(variant.sequence)
        digests.add(variant.response.body.digest)
      }
      judged += 1
      if (judged % SWEEP_STEP_ITEMS === 0) await giveWay()
    }
    return { variants: gone.size, bodies: await this.#countGone(digests, giveWay) }
  }

  /**
   * Every variant at least once, from both tiers: one that moves between them during a walk is met in one or the other.
   * Those on disk are given without being brought to memory; a row that is not to be judged is undefined.
   */
  *#everyVariant(): Iterable<HeldVariant | undefined> {
    for (const entry of this.#memory.entries()) yield* entry.variants
    // The keeper walks over what is on the disk, for all.
    if ((this.#shared?.place ?? 0) > 0) return
    let last = 0
    for (let rows = this.#disk.rowsAfter(last); rows.length > 0; rows = this.#disk.rowsAfter(last)) {
      for (const { sequence, key, response } of rows) {
        last = sequence
        yield this.#variantOfRow(sequence, key, response)
      }
    }
  }

  #variantOfRow(sequence: number, key: string, response: StoredResponse | undefined): HeldVariant | undefined {
    if (this.#writes.isRemoved(sequence)) return undefined
    const known = this.#inMemory(key, sequence)
    if (known !== undefined) return known
    if (response === undefined) {
      this.#writes.removeRow(sequence)
      return undefined
    }
    const variant = new HeldVariant(response, sequence, undefined)
    variant.row = 'written'
    return variant
  }

  async #countGone(digests: ReadonlySet<string>, giveWay: () => Promise<void>): Promise<number> {
    if (digests.size === 0) return 0
    await this.#writes.flush()
    let gone = 0
    let looked = 0
    for (const digest of digests) {
      if (this.#memory.findBody(digest) === undefined && !this.#disk.hasBody(digest)) gone += 1
      looked += 1
      if (looked % SWEEP_STEP_ITEMS === 0) await giveWay()
    }
    return gone
  }

  *responses(): Iterable<StoredResponse> {
    const met = new Set<number>()
    for (const variant of this.#everyVariant()) {
      if (variant === undefined || met.has(variant.sequence)) continue
      met.add(variant.sequence)
      yield variant.response
    }
  }

  // The whole

  stats(): StoreStats {
    this.#disk.refreshTotals()
    const { variants, bodies } = this.#disk.totals
    const unwritten = new Set<HeldBody>()
    for (const { body } of this.#writes.pending) if (body !== undefined && !body.inIndex) unwritten.add(body)
    return {
      variants: variants + this.#writes.pending.size - this.#writes.removalCount,
      bodies: bodies + unwritten.size,
      memoryBytes: this.#memory.used,
      diskBytes: bytes(this.#disk.used),
      degraded: this.#disk.health.degraded,
    }
  }

  async flush(): Promise<void> {
    await this.#writes.flush()
    this.#disk.sendReport()
  }

  async secure(): Promise<Secured> {
    return (await this.#writes.flush()) === 'done' ? this.#disk.checkpoint() : 'pending'
  }

  async close(): Promise<void> {
    for (const fill of this.#fills) fill.abort(new Error('the store is closing'))
    await this.#writes.close()
    await this.#disk.removeDoomed('all')
    this.#disk.close()
  }
}

function sha256(body: Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(body).digest('hex')
}
