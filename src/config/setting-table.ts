// What the API changed, kept in one SQLite file: a row for each setting of a zone that somebody set.
//
//   setting(zone, id, value, modified_on)    value is the API's JSON; modified_on in milliseconds
//
// WAL with synchronous=FULL: a change is on the disk before `set` returns.

import { Database } from 'bun:sqlite'
import { existsSync, renameSync } from 'node:fs'
import type { Clock, EpochMillis, EventSink } from '../base/index.ts'
import { epochMillis } from '../base/index.ts'

export type SettingRow = { readonly value: unknown; readonly modifiedOn: EpochMillis }

export interface SettingTable {
  get(zone: string, id: string): SettingRow | undefined
  /** Keeps a value; throws when it cannot be made durable, and then the old one stands. */
  set(zone: string, id: string, value: unknown, modifiedOn: EpochMillis): void
  close(): void
}

export type SettingTableOptions = {
  /** The file; its folder exists. */
  readonly path: string
  readonly clock: Clock
  readonly events: EventSink
}

/** The layout that this version writes. */
const LAYOUT_VERSION = 1
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS setting (
    zone TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    modified_on INTEGER NOT NULL,
    PRIMARY KEY (zone, id)
  ) STRICT;
`

/** Opens the table; a damaged file is set aside, and what the API had set is forgotten. */
export function openSettingTable(options: SettingTableOptions): SettingTable {
  const database = openOrReplace(options)
  const select = database.query<{ value: string; modified_on: number }, [string, string]>(
    'SELECT value, modified_on FROM setting WHERE zone = ?1 AND id = ?2',
  )
  const upsert = database.query<null, [string, string, string, number]>(
    `INSERT INTO setting (zone, id, value, modified_on) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (zone, id) DO UPDATE SET value = excluded.value, modified_on = excluded.modified_on`,
  )
  return {
    get: (zone, id) => {
      const row = select.get(zone, id)
      return row === null ? undefined : { value: parseValue(row.value), modifiedOn: epochMillis(row.modified_on) }
    },
    set: (zone, id, value, modifiedOn) => {
      upsert.run(zone, id, JSON.stringify(value), modifiedOn)
    },
    close: () => database.close(),
  }
}

function openOrReplace({ path, clock, events }: SettingTableOptions): Database {
  try {
    return openFile(path)
  } catch (cause) {
    if (!isDamage(cause)) throw cause
    // Fail open: the file's own configuration still holds, and the edge starts.
    const aside = `${path}.damaged-${clock.now()}`
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
    }
    events({
      kind: 'notice',
      message: `the configuration store was damaged and is now ${aside}; settings that only the API had set are gone`,
    })
    return openFile(path)
  }
}

function openFile(path: string): Database {
  const database = new Database(path, { create: true, strict: true })
  try {
    database.run('PRAGMA busy_timeout = 5000')
    database.run('PRAGMA journal_mode = WAL')
    database.run('PRAGMA synchronous = FULL')
    const check = database.query<{ quick_check: string }, []>('PRAGMA quick_check(1)').get()
    if (check?.quick_check !== 'ok') throw new DamagedTable(check?.quick_check ?? 'no answer')
    database.transaction(() => initialise(database, path)).immediate()
    return database
  } catch (cause) {
    database.close()
    throw cause
  }
}

function initialise(database: Database, path: string): void {
  const layout = database.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version ?? 0
  if (layout > LAYOUT_VERSION) {
    throw new Error(`${path} was written by a newer version of Varyant; start that one, or use another data directory`)
  }
  database.run(SCHEMA)
  database.run(`PRAGMA user_version = ${LAYOUT_VERSION}`)
}

class DamagedTable extends Error {}

function isDamage(cause: unknown): boolean {
  if (cause instanceof DamagedTable) return true
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Fail open: a value that cannot be read counts as never set.
    return undefined
  }
}
