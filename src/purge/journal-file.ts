// The durable journal: one SQLite file of its own, so that a purge waits for no other writer.
//
//   entry(revision, zone, action, at, selectors)    one row a call, selectors as JSON; deleted by compaction
//   journal(birth)                                  one row: the revision at which this file began
//
// Each commit is on the disk before `append` answers (I2; sqlite/durable-file.ts); about half a millisecond.
// Revisions are AUTOINCREMENT row ids, so they go on rising when compaction has deleted the newest row (I1).
// A new file starts at the present instant in milliseconds, above anything an earlier file can have given out.  So
// after a lost or damaged file every response stored before counts as purged (I5): the purges that the file held may
// have named any of them.

import type { Database } from 'bun:sqlite'
import type { Clock, EventSink } from '../base/index.ts'
import { openDurableFile } from '../sqlite/index.ts'
import { type EntryKeeper, makeJournal } from './journal.ts'
import type { PurgeJournal } from './journal-contract.ts'
import type { JournalEntry, PurgeAction, Selector } from './selector.ts'
import { makeStandingIndex } from './standing.ts'

export type JournalOptions = {
  /** The journal's file; its folder exists. */
  readonly path: string
  readonly clock: Clock
  /** Told when a damaged file was set aside, and when a zone's names became too many. */
  readonly events?: EventSink
  /** For tests of the bound. */
  readonly maxZoneMarks?: number
}

/** Opens the journal with what was not compacted; a damaged file is set aside and the cache counts as purged. */
export function openJournal(options: JournalOptions): PurgeJournal {
  const { clock, events } = options
  const database = openFile(options)
  const index = makeStandingIndex(options.maxZoneMarks)
  const keeper = makeKeeper(database)
  for (const entry of entriesOf(database)) {
    const collapsed = index.note(entry)
    if (collapsed !== undefined) keeper.replace(collapsed)
  }
  return makeJournal({ keeper, clock, birth: birthOf(database), revision: newestRevision(database), index, events })
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entry (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    zone TEXT NOT NULL,
    action TEXT NOT NULL,
    at INTEGER NOT NULL,
    selectors TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS journal (birth INTEGER NOT NULL) STRICT;
`

function openFile({ path, clock, events }: JournalOptions): Database {
  return openDurableFile({
    path,
    clock,
    prepare: (database) => initialise(database, clock),
    // Fail closed: the cache counts as purged (I5), and the edge starts.
    onDamage: (aside) =>
      events?.({
        kind: 'notice',
        message: `the purge journal was damaged and is now ${aside}; everything stored before counts as purged`,
      }),
  })
}

function initialise(database: Database, clock: Clock): void {
  database.run(SCHEMA)
  if (database.query('SELECT birth FROM journal').get() !== null) return
  const birth = Math.max(clock.now(), newestRevision(database))
  database.query('INSERT INTO journal (birth) VALUES (?1)').run(birth)
  database.query("INSERT INTO sqlite_sequence (name, seq) VALUES ('entry', ?1)").run(birth)
}

function birthOf(database: Database): number {
  return database.query<{ birth: number }, []>('SELECT birth FROM journal').get()?.birth ?? 0
}

function newestRevision(database: Database): number {
  const row = database.query<{ seq: number }, []>("SELECT seq FROM sqlite_sequence WHERE name = 'entry'").get()
  return row?.seq ?? 0
}

type Row = { revision: number; zone: string; action: string; at: number; selectors: string }

function* entriesOf(database: Database): Generator<JournalEntry> {
  const rows = database.query<Row, []>('SELECT revision, zone, action, at, selectors FROM entry ORDER BY revision')
  for (const row of rows.all()) yield parseRow(row)
}

/** A row that cannot be read names everything in its zone: more is dropped than was asked, never less. */
function parseRow({ revision, zone, action, at, selectors }: Row): JournalEntry {
  try {
    const parsed: unknown = JSON.parse(selectors)
    if (action !== 'invalidate' && action !== 'purge' && action !== 'cors-epoch')
      throw new TypeError(`unknown action ${action}`)
    if (!Array.isArray(parsed)) throw new TypeError('selectors are not an array')
    return { revision, zone, at, action, selectors: parsed as Selector[] }
  } catch {
    // Fail closed, as said above.
    return { revision, zone, at, action: 'purge', selectors: [{ kind: 'everything' }] }
  }
}

function makeKeeper(database: Database): EntryKeeper {
  const insert = database.query<{ revision: number }, [string, string, number, string]>(
    'INSERT INTO entry (zone, action, at, selectors) VALUES (?1, ?2, ?3, ?4) RETURNING revision',
  )
  const forgetAll = database.query<null, [number]>('DELETE FROM entry WHERE revision <= ?1')
  const forgetAction = database.query<null, [number, string]>('DELETE FROM entry WHERE revision <= ?1 AND action = ?2')
  return {
    keep: ({ zone, action, at, selectors }) => {
      const row = insert.get(zone, action, at, JSON.stringify(selectors))
      if (row === null) throw new Error('the journal took the entry and gave it no revision')
      return row.revision
    },
    replace: database.transaction((entry: JournalEntry) => replaceEntries(database, entry)),
    forget: (upTo: number, action: PurgeAction | undefined) => {
      if (action === undefined) forgetAll.run(upTo)
      else forgetAction.run(upTo, action)
    },
    entries: () => [...entriesOf(database)],
    close: () => database.close(),
  }
}

function replaceEntries(database: Database, { revision, zone, action, at, selectors }: JournalEntry): void {
  database.query('DELETE FROM entry WHERE zone = ?1 AND action = ?2 AND revision < ?3').run(zone, action, revision)
  database
    .query('UPDATE entry SET at = ?2, selectors = ?3 WHERE revision = ?1')
    .run(revision, at, JSON.stringify(selectors))
}
