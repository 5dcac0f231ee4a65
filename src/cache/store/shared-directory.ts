// What changes for a store when other processes have theirs in the same directory; docs/decisions/0131.
//
// The disk is the truth and each memory a copy of parts of it: `find` looks at the disk whatever memory has, and who writes
// says under which keys, so that the others drop what they have.
//
// S1  A body's file is removed by the keeper only, in a transaction that has the write lock and in which no row names it.
// S2  A row that names a file is written only in a transaction in which that file is there.  So what a row names is there.
// S3  A file is removed only after every other process has dropped what it had in memory under the keys that named it, and
//     after the grace for answers that know its path.
// S4  No two processes give one sequence; sequences of one key follow each other in time.

export type SharedDirectory = {
  /** 0 is the keeper, which also sets a damaged index aside and clears away what a crash has left; the others are guests. */
  readonly place: number
  /** Told what was written, once it is: the keys of rows, and the bodies whose files nothing here needs any more. */
  changed(keys: readonly string[], digests: readonly string[]): void
  /** The keeper is told that it has set a damaged index aside: others write to that one until they open the new one. */
  begunAnew?(): void
}

/** More than there are places. */
const STRIDE = 65
/** Sequences begin with the time, so that they follow it. */
const SEQUENCES_PER_MILLI = 1000

/** The next sequence of a place, later than the last one and than those that any place gave a millisecond ago. */
export function nextSequence(last: number, now: number, place: number): number {
  const from = Math.max(last + 1, now * SEQUENCES_PER_MILLI)
  return from + ((place - (from % STRIDE) + STRIDE) % STRIDE)
}
