// A SQLite file that must survive: what is committed is on the disk, and a file that is damaged does not keep the edge from
// starting.  It is moved aside, whole, for whoever wants to look at it, and an empty one takes its place.

import { Database } from 'bun:sqlite'
import { existsSync, renameSync } from 'node:fs'
import type { Clock } from '../base/index.ts'
import { prepareFile } from './new-file.ts'

export type DurableFileOptions = {
  /** The file; its folder exists. */
  readonly path: string
  readonly clock: Clock
  /** Makes the tables that are missing, in one transaction; throws a DamagedFile for what cannot be. */
  prepare(database: Database): void
  /** Told where the damaged file is now. */
  onDamage(aside: string): void
}

/** The file is not what was written. */
export class DamagedFile extends Error {}

/** Opens the file; throws what SQLite throws when it is the disk that fails, and not the file. */
export function openDurableFile(options: DurableFileOptions): Database {
  try {
    return open(options)
  } catch (cause) {
    if (!isDamage(cause)) throw cause
    const aside = `${options.path}.damaged-${options.clock.now()}`
    setAside(options.path, aside)
    options.onDamage(aside)
    return open(options)
  }
}

function open({ path, prepare }: DurableFileOptions): Database {
  const database = new Database(path, { create: true, strict: true })
  try {
    database.run('PRAGMA busy_timeout = 5000')
    // A commit is on the disk before it returns.
    prepareFile(database, path, 'FULL', () => {
      const check = database.query<{ quick_check: string }, []>('PRAGMA quick_check(1)').get()
      if (check?.quick_check !== 'ok') throw new DamagedFile(check?.quick_check ?? 'no answer')
      database.transaction(() => prepare(database)).immediate()
    })
    return database
  } catch (cause) {
    database.close()
    throw cause
  }
}

/** With its log: a log left behind would be replayed into the new file. */
function setAside(path: string, aside: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  }
}

function isDamage(cause: unknown): boolean {
  if (cause instanceof DamagedFile) return true
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')
}
