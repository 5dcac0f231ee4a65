// The documents in one SQLite file: a row for each, and a row for each blob that they name.
//
//   document(path, value)    value is JSON
//   blob(hash, content)      hash is the content's SHA-256
//   head(revision)           one row: that of the newest change
//
// WAL with synchronous=FULL: a change is on the disk before `keep` returns.

import { Database } from 'bun:sqlite'
import { existsSync, renameSync } from 'node:fs'
import type { Clock, EventSink } from '../base/index.ts'
import { type Blobs, hashOf } from './blobs.ts'
import { type Changes, type DocumentKeeper, type Documents, makeDocuments } from './documents.ts'
import { migrate } from './migrations.ts'

export type OpenDocumentsOptions = {
  /** The file; its folder exists. */
  readonly path: string
  readonly clock: Clock
  readonly events: EventSink
}

/** Opens the documents; a damaged file is set aside, and what was only in it is forgotten. */
export function openDocuments(options: OpenDocumentsOptions): Documents {
  const { events } = options
  const database = openOrReplace(options)
  const rows = database.query<{ path: string; value: string }, []>('SELECT path, value FROM document').all()
  return makeDocuments({
    keeper: makeKeeper(database),
    blobs: makeBlobs(database),
    texts: rows.map(({ path, value }) => [path, value] as const),
    revision: database.query<{ revision: number }, []>('SELECT revision FROM head').get()?.revision ?? 0,
    onListenerFailure: (cause) =>
      events({ kind: 'unexpected', where: 'configuration listener', reason: String(cause) }),
  })
}

function makeKeeper(database: Database): DocumentKeeper {
  const write = database.query<null, [string, string]>(
    'INSERT INTO document (path, value) VALUES (?1, ?2) ON CONFLICT (path) DO UPDATE SET value = excluded.value',
  )
  const remove = database.query<null, [string]>('DELETE FROM document WHERE path = ?1')
  const head = database.query<null, [number]>('UPDATE head SET revision = ?1')
  return {
    keep: database.transaction((changes: Changes, revision: number) => {
      for (const [path, text] of changes) {
        if (text === undefined) remove.run(path)
        else write.run(path, text)
      }
      head.run(revision)
    }),
    close: () => database.close(),
  }
}

function makeBlobs(database: Database): Blobs {
  const write = database.query<null, [string, Uint8Array]>('INSERT OR IGNORE INTO blob (hash, content) VALUES (?1, ?2)')
  const read = database.query<{ content: Uint8Array }, [string]>('SELECT content FROM blob WHERE hash = ?1')
  const all = database.query<{ hash: string }, []>('SELECT hash FROM blob')
  const remove = database.query<null, [string]>('DELETE FROM blob WHERE hash = ?1')
  return {
    keep: (content) => {
      const hash = hashOf(content)
      write.run(hash, content)
      return hash
    },
    read: (hash) => read.get(hash)?.content,
    retain: database.transaction((hashes: ReadonlySet<string>) => {
      for (const { hash } of all.all()) if (!hashes.has(hash)) remove.run(hash)
    }),
  }
}

function openOrReplace({ path, clock, events }: OpenDocumentsOptions): Database {
  try {
    return openFile(path)
  } catch (cause) {
    if (!isDamage(cause)) throw cause
    // Fail open: the configuration of varyant.json still holds, and the edge starts.
    const aside = `${path}.damaged-${clock.now()}`
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
    }
    events({
      kind: 'notice',
      message: `the configuration store was damaged and is now ${aside}; what only the API had set is gone`,
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
    if (check?.quick_check !== 'ok') throw new DamagedFile(check?.quick_check ?? 'no answer')
    database.transaction(() => migrate(database, path)).immediate()
    const bad = database
      .query<{ path: string }, []>('SELECT path FROM document WHERE NOT json_valid(value) LIMIT 1')
      .get()
    if (bad !== null) throw new DamagedFile(`${bad.path} is no JSON`)
    return database
  } catch (cause) {
    database.close()
    throw cause
  }
}

class DamagedFile extends Error {}

function isDamage(cause: unknown): boolean {
  if (cause instanceof DamagedFile) return true
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')
}
