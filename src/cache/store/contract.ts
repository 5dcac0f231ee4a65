// The store's contract: what the data plane and `purge/` may ask of it.  `store.contract.ts` is the suite each
// implementation passes.
//
//   find(key) ──► entry ──► variants ──► content(variant)          reading
//   begin()   ──► Fill: write… ──► finish() ──► put(response)      writing
//                   └────────────► abort()
//
// I1  A body that `content` delivers has the bytes that its digest names, all of them, or `content` answers undefined
//     and the variant is gone.
// I2  `put` before `finish` is impossible: a StoredBody comes only from a finished fill or from another stored response.
// I3  A reader of a fill reads every byte from 0 at its own speed; readers that are slow or gone never stop the fill.
// I4  Memory and disk stay within their limits, whatever is written.  Room is made by evicting whole variants.
// I5  No method throws for want of disk: the store degrades to memory, reports `store-degraded`, and the fill goes on.

import type { Bytes } from '../../base/index.ts'
import type { CacheKey, StoredBody, StoredResponse } from '../stored-response.ts'

/** A stored response in the store, with the store's and the edge's own mutable marks beside the immutable record. */
export type Variant = {
  readonly response: StoredResponse
  /** Journal revision up to which no purge concerns this variant; compared on every hit. */
  checkedRevision: number
  /** Set by the edge when an invalidation (soft purge) marked it stale: the instant, else undefined. */
  invalidatedAt: number | undefined
  /** Set by the edge when a CORS epoch has come since: what the response grants must be said anew before it goes out. */
  grantsVoid: boolean
  /** Owned by the edge: the answer prepared for the current second. */
  prepared: unknown
}

/** All variants under one primary key, the newest first; never empty. */
export type Entry = {
  readonly key: CacheKey
  readonly variants: readonly Variant[]
}

/** The bytes of a stored body, ready to be sent. */
export type Content =
  /** In memory.  `blob` shares the bytes: a Response made of it copies nothing. */
  | { readonly kind: 'memory'; readonly length: Bytes; readonly bytes: Uint8Array<ArrayBuffer>; readonly blob: Blob }
  /** A whole file on disk, for the kernel to send. */
  | { readonly kind: 'file'; readonly length: Bytes; readonly path: string }

export interface CacheStore {
  /** The entry under `key` if the memory tier has it.  Synchronous: this is the hot path.  Counts as a use. */
  peek(key: CacheKey): Entry | undefined
  /** The entry under `key` from any tier; one found on disk is brought to memory. */
  find(key: CacheKey): Entry | undefined
  /**
   * The variants under `key` from any tier, the newest first, without counting as a use and without bringing any to
   * memory: for who only wants to know.
   */
  inspect(key: CacheKey): readonly Variant[]
  /** The bytes of a variant if they can be had without waiting (memory, or a file already verified). */
  peekContent(variant: Variant): Content | undefined
  /** The bytes of a variant, or undefined when they are lost or damaged (the variant is then removed). */
  content(variant: Variant): Promise<Content | undefined>
  /**
   * Opens a body to be written.  `expected` is the Content-Length if known; one that turns out longer than `longest` goes on
   * to the readers that it has and is not kept.
   */
  begin(expected?: Bytes, longest?: Bytes): Fill
  /** Stores a response under its key; replaces the variant with the same selecting values.  Durable within 3 s. */
  put(response: StoredResponse): Variant
  /** Removes one variant. */
  remove(variant: Variant): void
  /**
   * Removes every variant that `mustGo` names, in small steps that never hold the event loop for more than a few
   * milliseconds; answers how many variants and distinct bodies went.  `giveWay` is waited for between steps: one turn of
   * the event loop when absent.  What `mustGo` throws ends the sweep and is thrown on.
   */
  sweep(
    mustGo: (response: StoredResponse) => boolean,
    giveWay?: () => Promise<void>,
  ): Promise<{ variants: number; bodies: number }>
  /** Every stored response, from any tier, for dry runs and reports. */
  responses(): Iterable<StoredResponse>
  stats(): StoreStats
  /** Everything put so far is durable. */
  flush(): Promise<void>
  /**
   * Everything put and removed so far outlasts a power cut, and the loss of the index's log.  `pending`: the disk does not
   * have it all yet; what was removed can be back after the next start.
   */
  secure(): Promise<Secured>
  close(): Promise<void>
}

export type Secured = 'secured' | 'pending'

export type StoreStats = {
  readonly variants: number
  readonly bodies: number
  readonly memoryBytes: Bytes
  readonly diskBytes: Bytes
  readonly degraded: boolean
}

/** A body being written.  Holds at most a window in memory; the rest is in a file. */
export interface Fill {
  /** Bytes written so far. */
  readonly length: Bytes
  readonly state: 'open' | 'finished' | 'aborted'
  /** Whether it may still become a stored body, and so can be read from its first byte. */
  readonly isKept: boolean
  /** Takes a chunk; a promise asks the writer to wait for it before the next chunk. */
  write(chunk: Uint8Array): undefined | Promise<void>
  /** The body is whole: names it by its digest and makes it storable. */
  finish(): Promise<StoredBody>
  /** The body will never be whole: readers end with an error, the bytes are forgotten. */
  abort(reason: Error): void
  /**
   * The body from its first byte, as it arrives.  Cancelling it concerns this reader only.  A reader opened after
   * `finish` reads the whole body.
   */
  reader(): ReadableStream<Uint8Array>
}
