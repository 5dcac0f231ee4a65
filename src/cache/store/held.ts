// What the memory tier holds: entries, their variants, and the bodies that variants share.

import type { StoredBody, StoredResponse } from '../stored-response.ts'
import type { Content, Entry, Prepared, Variant } from './contract.ts'

/** A body that something holds: variants in memory, or a fill that has just finished and waits for its `put`. */
export type HeldBody = {
  readonly stored: StoredBody
  /** The bytes, once they are known to be whole: in memory, or a verified file. */
  content: Content | undefined
  /** Variants in memory that point here. */
  holders: number
  /** The index has a row of this body. */
  inIndex: boolean
  /** The bytes turned out to be missing or damaged. */
  lost: boolean
  /** A read of the bytes that is under way. */
  loading: Promise<Content | undefined> | undefined
}

export function makeHeldBody(stored: StoredBody, inIndex: boolean): HeldBody {
  return { stored, content: undefined, holders: 0, inIndex, lost: false, loading: undefined }
}

const NO_VARIANTS: readonly HeldVariant[] = []

export class HeldEntry implements Entry {
  readonly key: string
  /** Replaced, never changed: a reader may be walking the old list. */
  variants = NO_VARIANTS
  /** Looked at since the eviction hand last came by. */
  used = false
  /** Whether every variant of this key is here; else the disk has more. */
  complete = true

  constructor(key: string) {
    this.key = key
  }
}

/** Twelve members: with one more, each would take 48 bytes more. */
export class HeldVariant implements Variant {
  readonly response: StoredResponse
  checkedRevision: number
  invalidatedAt: number | undefined = undefined
  grantsVoid = false
  used = false
  prepared: Prepared | undefined = undefined

  /** Counts puts; orders variants, and names the row on disk. */
  readonly sequence: number
  /** `pending`: on its way to disk.  `written`: there.  `none`: not meant to be there. */
  row: 'none' | 'pending' | 'written' = 'none'
  /** undefined: the store does not have the body, and so not the variant. */
  readonly body: HeldBody | undefined
  /** undefined: not in the memory tier. */
  entry: HeldEntry | undefined = undefined
  newer: HeldVariant | undefined = undefined
  older: HeldVariant | undefined = undefined

  constructor(response: StoredResponse, sequence: number, body: HeldBody | undefined) {
    this.response = response
    this.checkedRevision = response.revision
    this.sequence = sequence
    this.body = body
  }
}

/** The store's own view of a variant that it gave out. */
export function heldVariant(variant: Variant): HeldVariant | undefined {
  return variant instanceof HeldVariant ? variant : undefined
}
