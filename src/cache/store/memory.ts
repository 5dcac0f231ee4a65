// The memory tier: entries by key, bodies by digest, and the order in which they leave.
//
// M1  `used` is the sum of every variant's cost, of what they share and of every body in memory, each once, and of what
//     fills hold.
// M2  A body is known as long as a variant in memory points to it, or until its fill's claim runs out.
// M3  After `makeRoom`, `used` is within the limit or no variant is left.

import { type Bytes, bytes, type EpochMillis } from '../../base/index.ts'
import type { CacheKey, Selecting, StoredBody, StoredResponse } from '../stored-response.ts'
import type { Content } from './contract.ts'
import { type HeldBody, HeldEntry, HeldVariant, makeHeldBody } from './held.ts'
import { MAX_UNCLAIMED_BODIES, UNCLAIMED_BODY_MILLIS } from './limits.ts'
import { BODY_RECORD_BYTES, recordCost } from './record-cost.ts'
import { isSameSelecting } from './selecting.ts'
import { SharedParts } from './shared-parts.ts'
import { Sieve } from './sieve.ts'

export class MemoryTier {
  readonly limit: Bytes
  readonly #bodyForgotten: (body: HeldBody) => void
  readonly #entries = new Map<CacheKey, HeldEntry>()
  readonly #bodies = new Map<string, HeldBody>()
  /** Finished bodies that no variant points to yet, by the instant of their finish; the oldest first. */
  readonly #unclaimed = new Map<HeldBody, EpochMillis>()
  readonly #queue = new Sieve<HeldVariant>(takeMark)
  readonly #shared = new SharedParts()
  #variants = 0
  #used = 0

  /** `bodyForgotten` is told of each body to which nothing in memory points any more. */
  constructor(limit: Bytes, bodyForgotten: (body: HeldBody) => void = () => {}) {
    this.limit = limit
    this.#bodyForgotten = bodyForgotten
  }

  get used(): Bytes {
    return bytes(this.#used + this.#shared.bytes)
  }

  get variantCount(): number {
    return this.#variants
  }

  get bodyCount(): number {
    return this.#bodies.size - this.#unclaimed.size
  }

  /** The hot path: one look-up and one mark. */
  peek(key: CacheKey): HeldEntry | undefined {
    const entry = this.#entries.get(key)
    if (entry !== undefined) entry.used = true
    return entry
  }

  /** Like `peek`, but no use. */
  get(key: CacheKey): HeldEntry | undefined {
    return this.#entries.get(key)
  }

  /** Whether a variant is in memory and was used since this was last asked. */
  takeMark(variant: HeldVariant | undefined): boolean {
    return variant !== undefined && takeMark(variant)
  }

  entries(): IterableIterator<HeldEntry> {
    return this.#entries.values()
  }

  // Variants

  /** Takes a response in, where its sequence belongs: entries list the newest first. */
  add(response: StoredResponse, sequence: number, body: HeldBody): HeldVariant {
    const variant = new HeldVariant(this.#shared.take(response, body.stored), sequence, body)
    const { key } = variant.response
    const entry = this.#entries.get(key) ?? this.#openEntry(key)
    for (const other of entry.variants) forgetPrepared(other)
    entry.variants = withVariant(entry.variants, variant)
    variant.entry = entry
    this.#used += recordCost(variant.response)
    this.#variants += 1
    this.#hold(body)
    this.#queue.add(variant)
    return variant
  }

  #openEntry(key: CacheKey): HeldEntry {
    const entry = new HeldEntry(key)
    this.#entries.set(key, entry)
    return entry
  }

  /** Takes a variant out.  The last list of an entry is left as it was: entries that were given out are never empty. */
  drop(variant: HeldVariant): void {
    const { entry } = variant
    if (entry === undefined) return
    variant.entry = undefined
    forgetPrepared(variant)
    if (entry.variants.length === 1) this.#entries.delete(entry.key)
    else entry.variants = entry.variants.filter((other) => other !== variant)
    this.#queue.remove(variant)
    this.#shared.release(variant.response)
    this.#used -= recordCost(variant.response)
    this.#variants -= 1
    if (variant.body !== undefined) this.#letGo(variant.body)
  }

  /** The variants of an entry that answer the same requests: one, but where several processes write to one disk. */
  twinsIn(entry: HeldEntry | undefined, selecting: Selecting): readonly HeldVariant[] {
    return entry?.variants.filter((other) => isSameSelecting(other.response.selecting, selecting)) ?? []
  }

  // Bodies

  findBody(digest: string): HeldBody | undefined {
    return this.#bodies.get(digest)
  }

  /** Registers a body that a fill has just finished; some `put` is expected to claim it. */
  offer(stored: StoredBody, content: Content, now: EpochMillis): HeldBody {
    this.#forgetUnclaimed(now)
    const body = makeHeldBody(stored, false)
    this.#bodies.set(stored.digest, body)
    this.#used += bodyCost(body)
    this.#unclaimed.set(body, now)
    this.setContent(body, content)
    return body
  }

  /** The body that a row of the index points to; it is registered when its variant is added. */
  bodyOnDisk(stored: StoredBody): HeldBody {
    return this.#bodies.get(stored.digest) ?? makeHeldBody(stored, true)
  }

  setContent(body: HeldBody, content: Content | undefined): void {
    const known = this.#bodies.get(body.stored.digest) === body
    if (known) this.#used -= bodyCost(body)
    body.content = content
    if (known) this.#used += bodyCost(body)
  }

  #hold(body: HeldBody): void {
    if (body.holders === 0 && this.#bodies.get(body.stored.digest) !== body) {
      this.#bodies.set(body.stored.digest, body)
      this.#used += bodyCost(body)
    }
    body.holders += 1
    this.#unclaimed.delete(body)
  }

  #letGo(body: HeldBody): void {
    body.holders -= 1
    if (body.holders === 0) this.#forget(body)
  }

  #forget(body: HeldBody): void {
    this.#unclaimed.delete(body)
    this.#bodies.delete(body.stored.digest)
    this.#used -= bodyCost(body)
    this.#bodyForgotten(body)
  }

  /** Claims come in the same turn of the loop, or soon; those that do not come must not fill the memory. */
  #forgetUnclaimed(now: EpochMillis): void {
    for (const [body, since] of this.#unclaimed) {
      if (now - since < UNCLAIMED_BODY_MILLIS && this.#unclaimed.size <= MAX_UNCLAIMED_BODIES) break
      this.#forget(body)
    }
  }

  // Room

  /** Counts bytes that fills hold. */
  hold(count: number): void {
    this.#used += count
  }

  release(count: number): void {
    this.#used -= count
  }

  /** Evicts until the tier is within its limit, telling of each variant before it goes; answers whether it is. */
  makeRoom(leaving: (variant: HeldVariant) => void): 'fits' | 'crowded' {
    while (this.used > this.limit) {
      const variant = this.#queue.candidate()
      if (variant === undefined) return 'crowded'
      leaving(variant)
      this.drop(variant)
    }
    return 'fits'
  }
}

/** I6 of the contract. */
function forgetPrepared(variant: HeldVariant): void {
  variant.prepared?.forget()
  variant.prepared = undefined
}

function withVariant(variants: readonly HeldVariant[], added: HeldVariant): readonly HeldVariant[] {
  if (variants.length === 0) return [added]
  const newer = variants.filter((other) => other.sequence > added.sequence).length
  return [...variants.slice(0, newer), added, ...variants.slice(newer)]
}

/**
 * A look at an entry is a use of its variant when there is one; among several, only those whose content was asked for
 * were used.
 */
function takeMark(variant: HeldVariant): boolean {
  const { entry } = variant
  const used = variant.used || (entry?.used === true && entry.variants.length === 1)
  variant.used = false
  if (entry !== undefined && entry.variants.length === 1) entry.used = false
  return used
}

function bodyCost({ content }: HeldBody): number {
  return BODY_RECORD_BYTES + (content?.kind === 'memory' ? content.length : 0)
}
