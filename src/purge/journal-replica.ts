// The journal as a process has it that is told of entries and makes none: the index alone.
//
// R1  It answers `standing` as the journal did when it had the same revision.
// R2  A response that is newer than the newest entry here stands: another process has heard of an entry a moment earlier,
//     and what it fetched afterwards is under none of the entries that are known here.

import type { JournalState, PurgeJournal } from './journal-contract.ts'
import { type Compaction, compact } from './peers.ts'
import type { JournalEntry } from './selector.ts'
import { makeStandingIndex } from './standing.ts'

export interface JournalReplica extends PurgeJournal {
  /** Makes the next entry effective; one that is known already changes nothing. */
  note(entry: JournalEntry): void
  forget(compaction: Compaction): void
}

/** A copy of a journal, which goes on from its state. */
export function makeJournalReplica(state: JournalState, maxZoneMarks?: number): JournalReplica {
  const { birth } = state
  const index = makeStandingIndex(maxZoneMarks)
  let { revision } = state
  for (const entry of state.entries) index.note(entry)
  const replica: JournalReplica = {
    get revision() {
      return revision
    },
    get size() {
      return index.size
    },
    note: (entry) => {
      if (entry.revision <= revision) return
      index.note(entry)
      revision = entry.revision
    },
    append: () => {
      throw new TypeError('only the process that keeps the journal appends to it')
    },
    standing: (response) => (response.revision < birth ? { kind: 'purged' } : index.standing(response)),
    compact: (upTo, action) => index.forget(upTo, action),
    forget: (compaction) => compact(replica, compaction),
    onAppend: () => () => {},
    state: () => {
      throw new TypeError('a copy of the journal is no source of others')
    },
    close: () => {},
  }
  return replica
}
