// The journal's contract: an ordered, durable record of purges and invalidations, and the judgement they amount to.
//
// I1  `revision` rises by one with each accepted entry and never falls, across restarts too.
// I2  An entry is durable (survives kill -9) before `append` answers, and effective for the very next `standing`.
// I3  `standing` is O(selectors kinds), not O(entries): its cost does not grow with the number of purges.
// I4  Memory and disk are bounded, whatever is appended: past a limit one zone's names become `everything`.
// I5  What the journal cannot vouch for is purged: a response older than the journal, or newer than its last entry.

import type { StoredResponse } from '../cache/index.ts'
import type { JournalEntry, PurgeAction, Selector, Standing } from './selector.ts'

export interface PurgeJournal {
  /** The revision of the newest entry; a fetch that begins now remembers it. */
  readonly revision: number
  append(zone: string, action: PurgeAction, selectors: readonly Selector[]): number
  /** What the entries later than the response's own revision say of it. */
  standing(response: StoredResponse): Standing
  /**
   * Entries up to `revision` have been applied to the whole store and no fetch began before: they may be forgotten.
   * With an action, only entries of that action.
   */
  compact(revision: number, action?: PurgeAction): void
  /** How many names the journal still holds against stored responses; 0 when everything was compacted. */
  readonly size: number
  /** Calls the listener with each entry after it is durable and effective; answers how to stop. */
  onAppend(listener: AppendListener): () => void
  /** What another process needs to answer `standing` as this one does (journal-replica.ts). */
  state(): JournalState
  close(): void
}

/** A journal as it is at one moment. */
export type JournalState = {
  /** The revision before the first that the journal can vouch for. */
  readonly birth: number
  readonly revision: number
  /** The entries that were not compacted, in their order. */
  readonly entries: readonly JournalEntry[]
}

/** Told of each accepted entry, in order; must not throw and must not wait. */
export type AppendListener = (entry: JournalEntry) => void
