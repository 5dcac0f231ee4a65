// Other processes that serve from the same disk, each with a memory and a copy of the journal of its own: what a sweep asks
// of them before the journal forgets.
//
//   oldest fetch anywhere ──► each sweeps its memory ──► the disk is swept ──► the journal forgets ──► each sweeps, and forgets
//
// P1  Each forgets an entry after the disk was swept of what it named, and after sweeping its own memory once more: what came
//     from the disk to a memory in between is found there.

import type { PurgeJournal } from './journal-contract.ts'
import type { PurgeAction } from './selector.ts'

/** Up to which revision the entries of each action may be forgotten. */
export type Compaction = Readonly<Record<PurgeAction, number>>

export interface PurgePeers {
  /** The revision at which the oldest fetch under way in any of them began; each has applied every entry so far. */
  oldestFetch(): Promise<number | undefined>
  /** Each removes from its memory what was purged; answers the oldest revision of what is left and was invalidated. */
  sweep(): Promise<number | undefined>
  compact(compaction: Compaction): void
}

/** Forgets what a sweep has made superfluous. */
export function compact(journal: Pick<PurgeJournal, 'compact'>, compaction: Compaction): void {
  journal.compact(compaction.purge, 'purge')
  journal.compact(compaction.invalidate, 'invalidate')
  journal.compact(compaction['cors-epoch'], 'cors-epoch')
}
