// The journal: an index that answers, over a keeper that remembers.  journal-file.ts has the keeper that lasts; the one
// here forgets everything with the process and is for tests.
//
//   append ──► keep (durable) ──► note (effective) ──► listeners
//
// The order is the contract: what a listener hears of is already effective, and what is effective survives a crash.

import type { Clock, EventSink } from '../base/index.ts'
import type { AppendListener, PurgeJournal } from './journal-contract.ts'
import type { JournalEntry, Standing } from './selector.ts'
import { makeStandingIndex, type StandingIndex } from './standing.ts'

/** Where entries are kept so that they survive the process. */
export interface EntryKeeper {
  /** Keeps the entry and answers its revision; throws when it cannot, and then nothing was kept. */
  keep(entry: Omit<JournalEntry, 'revision'>): number
  /** Replaces all of the entry's zone and action, up to its revision, by the entry. */
  replace(entry: JournalEntry): void
  forget(upTo: number, action: JournalEntry['action'] | undefined): void
  /** What is kept, in its order. */
  entries(): readonly JournalEntry[]
  close(): void
}

/** A journal over a keeper.  `birth` is the revision before the first that this journal can vouch for. */
export type JournalParts = {
  readonly keeper: EntryKeeper
  readonly clock: Clock
  readonly birth: number
  /** The revision of the newest entry ever kept. */
  readonly revision: number
  /** Entries up to `revision` that were not compacted are already noted in it. */
  readonly index: StandingIndex
  /** Told when a zone's names became too many. */
  readonly events?: EventSink | undefined
}

/** An empty journal in memory.  `maxZoneMarks` is for tests of its bound. */
export function makeMemoryJournal(clock: Clock, maxZoneMarks?: number): PurgeJournal {
  let revision = 0
  let entries: JournalEntry[] = []
  const keeper: EntryKeeper = {
    keep: (entry) => {
      revision += 1
      entries.push({ ...entry, revision })
      return revision
    },
    replace: (entry) => {
      const others = entries.filter(({ zone, action }) => zone !== entry.zone || action !== entry.action)
      entries = [...others, entry].toSorted((a, b) => a.revision - b.revision)
    },
    forget: (upTo, action) => {
      entries = entries.filter((entry) => entry.revision > upTo || (action ?? entry.action) !== entry.action)
    },
    entries: () => [...entries],
    close: () => {},
  }
  return makeJournal({ keeper, clock, birth: 0, revision: 0, index: makeStandingIndex(maxZoneMarks) })
}

/** The journal that its parts amount to. */
export function makeJournal(parts: JournalParts): PurgeJournal {
  const { keeper, clock, birth, index } = parts
  const listeners = new Set<AppendListener>()
  let revision = parts.revision

  return {
    get revision() {
      return revision
    },
    get size() {
      return index.size
    },
    append: (zone, action, selectors) => {
      const kept = { zone, action, selectors, at: clock.now() }
      const entry = { ...kept, revision: keeper.keep(kept) }
      revision = entry.revision
      const collapsed = index.note(entry)
      if (collapsed !== undefined) {
        keeper.replace(collapsed)
        parts.events?.({ kind: 'notice', message: collapseNotice(collapsed) })
      }
      for (const listener of listeners) listener(entry)
      return revision
    },
    standing: (response) => {
      if (response.revision < birth || response.revision > revision) return UNVOUCHED
      return index.standing(response)
    },
    compact: (upTo, action) => {
      index.forget(upTo, action)
      keeper.forget(upTo, action)
    },
    onAppend: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    state: () => ({ birth, revision, entries: keeper.entries() }),
    close: () => {
      listeners.clear()
      keeper.close()
    },
  }
}

const DONE: Readonly<Record<JournalEntry['action'], string>> = {
  purge: 'purged',
  invalidate: 'invalidated',
  'cors-epoch': 'put into a new CORS epoch',
}

function collapseNotice({ zone, action }: JournalEntry): string {
  const done = DONE[action]
  return `zone ${zone} was ${done} by so many names that everything in it is ${done} now; name less, or purge everything`
}

/** I5: its purges may have been lost with another journal, so it counts as purged. */
const UNVOUCHED: Standing = { kind: 'purged' }
