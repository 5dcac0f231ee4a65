// What is on its way to disk: puts, removals and marks of use, written together.
//
// W1  A put is written at most BATCH_MILLIS after it came, plus the time its body's file takes, while the disk works.
// W2  A removal counts at once for every look-up, and is never forgotten while the disk is degraded.

import type { DiskTier } from './disk.ts'
import type { HeldVariant } from './held.ts'
import {
  BATCH_MILLIS,
  BATCH_PUTS,
  BATCH_REMOVALS,
  BATCH_USES,
  DISK_RETRY_MILLIS,
  MAX_INLINE_BODY_BYTES,
  PLACING_BACKLOG_BYTES,
  SHARED_BATCH_MILLIS,
} from './limits.ts'
import { turnOfTheLoop } from './turn.ts'

export class WriteBehind {
  readonly #disk: DiskTier
  readonly #puts = new Set<HeldVariant>()
  readonly #removals = new Set<number>()
  readonly #replaced = new Map<HeldVariant, readonly number[]>()
  readonly #overtaken = new Set<HeldVariant>()
  readonly #uses = new Set<number>()
  /** Bodies on their way to files. */
  readonly #placing = new Map<string, Promise<void>>()
  #placingBytes = 0
  readonly #backlog: number
  readonly #batchMillis: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #hurried = false
  #closed = false

  constructor(disk: DiskTier, memoryLimit: number) {
    this.#disk = disk
    this.#batchMillis = disk.isShared ? SHARED_BATCH_MILLIS : BATCH_MILLIS
    this.#backlog = Math.min(PLACING_BACKLOG_BYTES, memoryLimit / 4)
  }

  get pending(): ReadonlySet<HeldVariant> {
    return this.#puts
  }

  get removalCount(): number {
    return this.#removals.size
  }

  isRemoved(sequence: number): boolean {
    return this.#removals.has(sequence)
  }

  // Taking

  put(variant: HeldVariant): void {
    variant.row = 'pending'
    this.#puts.add(variant)
    this.#placeBody(variant)
    if (this.#disk.health.mayRetry) void this.retryIfDue()
    if (this.#puts.size >= BATCH_PUTS) this.#hurry()
    else this.#schedule(this.#batchMillis)
  }

  /** The variant need not be written, or must not be there any more. */
  remove(variant: HeldVariant): void {
    if (variant.row === 'written') this.removeRow(variant.sequence)
    // What it was to replace goes without it: nobody may find the older one again.
    for (const row of this.takeReplaced(variant)) this.removeRow(row)
    this.#puts.delete(variant)
    this.#overtaken.delete(variant)
    variant.row = 'none'
  }

  removeRow(sequence: number): void {
    this.#removals.add(sequence)
    this.#schedule(this.#batchMillis)
  }

  /** The row was used lately; worth remembering when the disk needs room, and not worth a write of its own. */
  markUsed(sequence: number): void {
    if (this.#uses.size < BATCH_USES) this.#uses.add(sequence)
  }

  // Where other processes write, too (shared-directory.ts)

  /** Rows that go when a variant's own is written: until then other processes find them. */
  replace(rows: readonly number[], variant: HeldVariant): void {
    if (rows.length > 0) this.#replaced.set(variant, rows)
  }

  replacedBy(variant: HeldVariant): readonly number[] {
    return this.#replaced.get(variant) ?? []
  }

  /** The same rows, which are the caller's to remove from now on. */
  takeReplaced(variant: HeldVariant): readonly number[] {
    const rows = this.replacedBy(variant)
    this.#replaced.delete(variant)
    return rows
  }

  /** Another process wrote under the variant's key while it was on its way: when it is written, the disk says what is newer. */
  overtake(variant: HeldVariant): void {
    this.#overtaken.add(variant)
  }

  // Bodies that are files

  #placeBody({ body }: HeldVariant): void {
    if (body?.content?.kind !== 'memory' || this.#disk.health.degraded) return
    const { stored, content } = body
    if (stored.length <= MAX_INLINE_BODY_BYTES || body.inIndex || this.#disk.blobs.isPlaced(stored.digest)) return
    if (this.#placing.has(stored.digest)) return
    this.#placingBytes += stored.length
    const placing = this.#disk.placeBytes(stored.digest, content.bytes).finally(() => {
      this.#placing.delete(stored.digest)
      this.#placingBytes -= stored.length
      this.#schedule(this.#batchMillis)
    })
    this.#placing.set(stored.digest, placing)
  }

  /** Waits while so much is on its way to files that memory would fill with it. */
  async roomForBody(): Promise<void> {
    while (this.#placingBytes > this.#backlog) await Promise.race(this.#placing.values())
  }

  #isReady({ body }: HeldVariant): boolean {
    if (body === undefined) return false
    const { digest, length } = body.stored
    return length <= MAX_INLINE_BODY_BYTES || body.inIndex || this.#disk.blobs.isPlaced(digest)
  }

  // Writing

  /** Writes one batch; answers whether it left anything that could be written. */
  writeBatch(): 'more' | 'done' | 'failed' {
    const puts = first(this.#puts, BATCH_PUTS, (variant) => this.#isReady(variant))
    const removals = first(this.#removals, BATCH_REMOVALS)
    const uses = first(this.#uses, BATCH_USES)
    if (puts.length + removals.length === 0) return 'done'
    if (this.#disk.write({ puts, replaced: this.#replaced, removals, uses }) === 'failed') return 'failed'
    for (const variant of puts) this.#settle(variant)
    for (const sequence of removals) this.#removals.delete(sequence)
    for (const sequence of uses) this.#uses.delete(sequence)
    return puts.length === BATCH_PUTS || removals.length === BATCH_REMOVALS ? 'more' : 'done'
  }

  #settle(variant: HeldVariant): void {
    const isLeft = variant.row === 'pending'
    if (isLeft && this.#disk.isShared && variant.body?.content?.kind === 'memory') {
      // Another process removed what was there of its body.
      this.#placeBody(variant)
      return
    }
    this.#puts.delete(variant)
    if (this.#overtaken.delete(variant)) this.#disk.lose(variant)
    this.#replaced.delete(variant)
    // Its body went meanwhile: it lives in memory only.
    if (isLeft) variant.row = 'none'
    if (isLeft && this.#disk.isShared) this.#disk.lose(variant)
  }

  /** Writes everything, trying a degraded disk once; answers whether it is written. */
  async flush(): Promise<'done' | 'failed'> {
    await this.#disk.attempt()
    for (const variant of this.#puts) this.#placeBody(variant)
    for (;;) {
      const outcome = this.writeBatch()
      if (outcome === 'failed') return outcome
      if (outcome === 'done' && this.#placing.size === 0) return outcome
      if (this.#placing.size > 0) await Promise.all(this.#placing.values())
      else await turnOfTheLoop()
    }
  }

  /** Writes everything, and nothing after it. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.flush()
  }

  // The timer

  #schedule(delay: number): void {
    if (this.#timer !== undefined || this.#closed) return
    this.#timer = setTimeout(() => void this.#tick(), this.#disk.health.degraded ? DISK_RETRY_MILLIS : delay)
    this.#timer.unref()
  }

  #hurry(): void {
    if (this.#hurried) return
    this.#hurried = true
    setImmediate(() => {
      this.#hurried = false
      if (!this.#closed && this.writeBatch() === 'more') this.#hurry()
    })
  }

  async #tick(): Promise<void> {
    await this.retryIfDue()
    let outcome = this.writeBatch()
    while (outcome === 'more' && !this.#closed) {
      await turnOfTheLoop()
      outcome = this.writeBatch()
    }
    await this.#disk.removeDoomed('grace-over')
    this.#timer = undefined
    if (this.#puts.size + this.#removals.size > 0 || this.#disk.mustReturn) this.#schedule(this.#batchMillis)
  }

  /** Tries a degraded disk again when it is time. */
  async retryIfDue(): Promise<void> {
    if (!this.#disk.health.mayRetry) return
    await this.#disk.attempt()
    if (this.#disk.health.degraded) return
    for (const variant of this.#puts) this.#placeBody(variant)
  }
}

function first<Item>(items: Iterable<Item>, limit: number, mayGo: (item: Item) => boolean = () => true): Item[] {
  const taken: Item[] = []
  for (const item of items) {
    if (taken.length === limit) break
    if (mayGo(item)) taken.push(item)
  }
  return taken
}
