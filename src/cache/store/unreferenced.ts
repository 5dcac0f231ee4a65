// Files that nothing may point to any more, in a directory that several processes share: when and how they go (S1, S3).
//
// Kept by the keeper.  What it is given nobody has in memory under the keys that named it; a file whose body was written
// again meanwhile is young, and waits until its row had time to come.

import type { Clock } from '../../base/index.ts'
import { FILE_GRACE_MILLIS } from './limits.ts'

export type UnreferencedParts = {
  readonly clock: Clock
  /** Removes those of the files that are no younger than an instant and that no row names; answers which it left for now. */
  remove(digests: readonly string[], notSince: number): readonly string[]
}

/** Files that one transaction looks at. */
const STEP_FILES = 64

export class Unreferenced {
  readonly #parts: UnreferencedParts
  readonly #since = new Map<string, number>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(parts: UnreferencedParts) {
    this.#parts = parts
  }

  add(digests: readonly string[]): void {
    const now = this.#parts.clock.now()
    for (const digest of digests) {
      // At the young end, so that those before it are the older ones.
      this.#since.delete(digest)
      this.#since.set(digest, now)
    }
    this.#schedule()
  }

  /** Removes those whose grace is over, a step at a time. */
  removeDue(): void {
    const notSince = this.#parts.clock.now() - FILE_GRACE_MILLIS
    const due: string[] = []
    for (const [digest, since] of this.#since) {
      if (due.length === STEP_FILES || since > notSince) break
      due.push(digest)
    }
    for (const digest of due) this.#since.delete(digest)
    for (const digest of this.#parts.remove(due, notSince)) this.#since.set(digest, this.#parts.clock.now())
    this.#schedule(due.length === STEP_FILES ? 0 : FILE_GRACE_MILLIS)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#since.clear()
  }

  #schedule(delay = FILE_GRACE_MILLIS): void {
    if (this.#since.size === 0 || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.removeDue()
    }, delay)
    this.#timer.unref()
  }
}
