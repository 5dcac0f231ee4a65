// A store without a disk: what does not fit is forgotten.

import { type Bytes, bytes, type Clock, type EventSink, systemClock } from '../../base/index.ts'
import type { StoredResponse } from '../stored-response.ts'
import { memoryContent } from './content.ts'
import type { CacheStore, Content, Entry, Fill, Secured, StoreStats, Variant } from './contract.ts'
import { type FillHome, type KeptBody, StreamingFill } from './fill.ts'
import { type HeldEntry, HeldVariant, heldVariant } from './held.ts'
import { MAX_SHARE_OF_MEMORY, MAX_VARIANTS_PER_KEY, SWEEP_STEP_ITEMS } from './limits.ts'
import { MemoryTier } from './memory.ts'
import { turnOfTheLoop } from './turn.ts'

export type MemoryStoreParts = {
  readonly memoryLimit: Bytes
  readonly events: EventSink
  readonly clock?: Clock
}

/** A store that keeps everything in memory, within `memoryLimit`. */
export function makeMemoryStore({ memoryLimit, clock = systemClock }: MemoryStoreParts): CacheStore {
  return new MemoryStore(memoryLimit, clock)
}

class MemoryStore implements CacheStore {
  readonly #memory: MemoryTier
  readonly #clock: Clock
  readonly #fills = new Set<Fill>()
  readonly #fillHome: FillHome
  #sequence = 0

  constructor(limit: Bytes, clock: Clock) {
    this.#memory = new MemoryTier(limit)
    this.#clock = clock
    this.#fillHome = this.#makeFillHome()
  }

  peek(key: string): Entry | undefined {
    return this.#memory.peek(key)
  }

  find(key: string): Entry | undefined {
    return this.#memory.peek(key)
  }

  inspect(key: string): readonly Variant[] {
    return this.#memory.get(key)?.variants ?? []
  }

  peekContent(variant: Variant): Content | undefined {
    const held = heldVariant(variant)
    if (held === undefined) return undefined
    held.used = true
    return held.body?.content
  }

  content(variant: Variant): Promise<Content | undefined> {
    return Promise.resolve(this.peekContent(variant))
  }

  begin(expected?: Bytes, longest?: Bytes): Fill {
    const fill = new StreamingFill(this.#fillHome, { expected, longest })
    this.#fills.add(fill)
    return fill
  }

  #makeFillHome(): FillHome {
    const memory = this.#memory
    return {
      hold: (count) => {
        memory.hold(count)
        return memory.makeRoom(() => {})
      },
      release: (count) => memory.release(count),
      mayCollect: (length) => length <= memory.limit * MAX_SHARE_OF_MEMORY,
      openSpill: () => undefined,
      keepBytes: (digest, body) => Promise.resolve(this.#keepBytes(digest, body)),
      keepFile: (digest, length) => Promise.resolve({ body: { digest, length }, content: undefined }),
      discard: () => {},
      ended: (fill) => {
        this.#fills.delete(fill)
      },
    }
  }

  #keepBytes(digest: string, body: Uint8Array<ArrayBuffer>): KeptBody {
    const known = this.#memory.findBody(digest)
    if (known !== undefined) return { body: known.stored, content: known.content }
    const content = memoryContent(body)
    const { stored } = this.#memory.offer({ digest, length: content.length }, content, this.#clock.now())
    return { body: stored, content }
  }

  put(response: StoredResponse): Variant {
    const body = this.#memory.findBody(response.body.digest)
    const twin = this.#memory.twinIn(this.#memory.peek(response.key), response.selecting)
    this.#sequence += 1
    const variant =
      body === undefined
        ? new HeldVariant(response, this.#sequence, undefined)
        : this.#memory.add(response, this.#sequence, body)
    if (twin !== undefined) this.#memory.drop(twin)
    this.#dropSurplus(variant.entry)
    this.#memory.makeRoom(() => {})
    return variant
  }

  #dropSurplus(entry: HeldEntry | undefined): void {
    const oldest = entry?.variants[MAX_VARIANTS_PER_KEY]
    if (oldest !== undefined) this.#memory.drop(oldest)
  }

  remove(variant: Variant): void {
    const held = heldVariant(variant)
    if (held !== undefined) this.#memory.drop(held)
  }

  async sweep(
    mustGo: (response: StoredResponse) => boolean,
    giveWay = turnOfTheLoop,
  ): Promise<{ variants: number; bodies: number }> {
    const gone = { variants: 0, bodies: 0 }
    let judged = 0
    for (const entry of this.#memory.entries()) {
      for (const variant of entry.variants) {
        if (mustGo(variant.response)) {
          this.#memory.drop(variant)
          gone.variants += 1
          if (variant.body?.holders === 0) gone.bodies += 1
        }
        judged += 1
        if (judged % SWEEP_STEP_ITEMS === 0) await giveWay()
      }
    }
    return gone
  }

  *responses(): Iterable<StoredResponse> {
    for (const entry of this.#memory.entries()) {
      for (const { response } of entry.variants) yield response
    }
  }

  stats(): StoreStats {
    return {
      variants: this.#memory.variantCount,
      bodies: this.#memory.bodyCount,
      memoryBytes: this.#memory.used,
      diskBytes: bytes(0),
      degraded: false,
    }
  }

  secure(): Promise<Secured> {
    // It goes with the process, whatever was removed.
    return Promise.resolve('secured')
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    for (const fill of this.#fills) fill.abort(new Error('the store is closing'))
    return Promise.resolve()
  }
}
