// The data directory: made for its owner only, and held by one process at a time.
//
// The lock is SQLite's own, a lock of the operating system on DATA/lock.sqlite: it goes with the process, however that ends,
// so a kill -9 leaves nothing behind that somebody would have to remove.

import { Database } from 'bun:sqlite'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { StartFailure } from './start-failure.ts'

export type DataDirectory = {
  readonly path: string
  /** Lets go of the directory. */
  close(): void
}

/** A process that was just killed may need a moment to be gone. */
const LOCK_WAIT_MILLIS = 2000
const OWNER_ONLY = 0o700

/** Makes the directory when it is missing; throws a StartFailure when it cannot be used or another process holds it. */
export function openDataDirectory(path: string, lockWaitMillis: number = LOCK_WAIT_MILLIS): DataDirectory {
  try {
    mkdirSync(path, { recursive: true, mode: OWNER_ONLY })
  } catch (cause) {
    throw new StartFailure(
      `the data directory ${path} cannot be made: ${messageOf(cause)}; choose another with --data`,
      {
        cause,
      },
    )
  }
  const lock = takeLock(path, lockWaitMillis)
  return { path, close: () => lock.close() }
}

function takeLock(path: string, waitMillis: number): Database {
  let database: Database | undefined
  try {
    database = new Database(join(path, 'lock.sqlite'), { create: true, strict: true })
    database.run(`PRAGMA busy_timeout = ${waitMillis}`)
    database.run('BEGIN EXCLUSIVE')
    return database
  } catch (cause) {
    database?.close()
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const message = code.startsWith('SQLITE_BUSY')
      ? `the data directory ${path} is in use by another Varyant; stop that one, or choose another directory with --data`
      : `the data directory ${path} cannot be used: ${messageOf(cause)}; choose another with --data`
    throw new StartFailure(message, { cause })
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
