// The documents in one SQLite file: a row for each, and a row for each blob that they name.
//
//   document(path, value)    value is JSON
//   blob(hash, content)      hash is the content's SHA-256
//   head(revision)           one row: that of the newest change
//
// A change is on the disk before `keep` returns: sqlite/durable-file.ts.

import type { Database } from 'bun:sqlite'
import type { Clock, EventSink } from '../base/index.ts'
import { DamagedFile, openDurableFile } from '../sqlite/index.ts'
import { type Blobs, hashOf, NotKept } from './blobs.ts'
import { type Changes, type DocumentKeeper, type Documents, makeDocuments } from './documents.ts'
import { migrate } from './migrations.ts'
import type { Secrets } from './secrets.ts'

export type OpenDocumentsOptions = {
  /** The file; its folder exists. */
  readonly path: string
  readonly clock: Clock
  readonly events: EventSink
  /** Without it what is sealed stays so. */
  readonly secrets?: Secrets
}

/** Opens the documents; a damaged file is set aside, and what was only in it is forgotten. */
export function openDocuments(options: OpenDocumentsOptions): Documents {
  const { events } = options
  const database = openFile(options)
  const rows = database.query<{ path: string; value: string }, []>('SELECT path, value FROM document').all()
  return makeDocuments({
    keeper: makeKeeper(database),
    blobs: makeBlobs(database),
    ...(options.secrets !== undefined && { secrets: options.secrets }),
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
    // Rows that were replaced stand in free pages, and in the log, until these are written anew.
    scrub: () => {
      database.run('VACUUM')
      database.run('PRAGMA wal_checkpoint(TRUNCATE)')
    },
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
      try {
        write.run(hash, content)
      } catch (cause) {
        throw new NotKept('a blob could not be written', { cause })
      }
      return hash
    },
    read: (hash) => read.get(hash)?.content,
    retain: database.transaction((hashes: ReadonlySet<string>) => {
      for (const { hash } of all.all()) if (!hashes.has(hash)) remove.run(hash)
    }),
  }
}

function openFile({ path, clock, events }: OpenDocumentsOptions): Database {
  return openDurableFile({
    path,
    clock,
    prepare: (database) => {
      migrate(database, path)
      const bad = database
        .query<{ path: string }, []>('SELECT path FROM document WHERE NOT json_valid(value) LIMIT 1')
        .get()
      if (bad !== null) throw new DamagedFile(`${bad.path} is no JSON`)
    },
    // Fail open: the configuration of varyant.json still holds, and the edge starts.
    onDamage: (aside) =>
      events({
        kind: 'notice',
        message: `the configuration store was damaged and is now ${aside}; what only the API had set is gone`,
      }),
  })
}
