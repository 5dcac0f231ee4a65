// The newest purge of each name, and the invalidations of each name: two indexes of one shape.
//
// Pure bookkeeping for standing.ts: names are strings, whatever kind of selector they came from.

import type { EpochMillis } from '../base/index.ts'

/** What has happened to one name, seen from a response's revision. */
export interface Marks<Found> {
  /** Notes an entry against a name; revisions only rise. */
  note(name: string, revision: number, at: EpochMillis): void
  /** What entries later than `revision` did to the name, or undefined. */
  find(name: string, revision: number): Found | undefined
  forget(upTo: number): void
  clear(): void
  /** How many marks are held. */
  readonly size: number
  /** The earliest instant that still counts, or undefined where instants do not matter. */
  readonly since: EpochMillis | undefined
}

/** Purges: only the newest of each name matters, since it kills all that an older one would. */
export function makePurgeMarks(): Marks<number> {
  const newest = new Map<string, number>()
  let latest = 0
  return {
    note: (name, revision) => {
      newest.set(name, revision)
      latest = revision
    },
    find: (name, revision) => {
      const found = newest.get(name)
      return found !== undefined && found > revision ? found : undefined
    },
    forget: (upTo) => {
      if (latest <= upTo) newest.clear()
      else for (const [name, revision] of newest) if (revision <= upTo) newest.delete(name)
    },
    clear: () => newest.clear(),
    get size() {
      return newest.size
    },
    since: undefined,
  }
}

type Invalidation = { readonly revision: number; readonly at: EpochMillis }

/**
 * Invalidations: the *first* one after a response's revision is when it went stale, and later ones must not restart its
 * stale windows (CF cache/guides/invalidate-cache); so all of them are kept, in order.
 */
export function makeInvalidationMarks(): Marks<EpochMillis> {
  const byName = new Map<string, Invalidation[]>()
  let size = 0
  return {
    note: (name, revision, at) => {
      const marks = byName.get(name)
      if (marks === undefined) byName.set(name, [{ revision, at }])
      else marks.push({ revision, at })
      size += 1
    },
    find: (name, revision) => {
      const marks = byName.get(name)
      return marks?.[firstAfter(marks, revision)]?.at
    },
    forget: (upTo) => {
      for (const [name, marks] of byName) {
        const kept = marks.slice(firstAfter(marks, upTo))
        size -= marks.length - kept.length
        if (kept.length === 0) byName.delete(name)
        else byName.set(name, kept)
      }
    },
    clear: () => {
      byName.clear()
      size = 0
    },
    get size() {
      return size
    },
    get since() {
      let earliest: EpochMillis | undefined
      for (const [first] of byName.values()) {
        if (first !== undefined && (earliest === undefined || first.at < earliest)) earliest = first.at
      }
      return earliest
    },
  }
}

/** The index of the first mark later than `revision`, by bisection. */
function firstAfter(marks: readonly Invalidation[], revision: number): number {
  let low = 0
  let high = marks.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((marks[middle]?.revision ?? 0) <= revision) low = middle + 1
    else high = middle
  }
  return low
}
