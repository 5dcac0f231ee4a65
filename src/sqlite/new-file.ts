// Makes a database file with few waits for the disk.
//
// By itself SQLite waits seven times for a file that is not there yet, at each step of its making.  But a new file has nothing
// to lose until it is whole: it is made without waiting, and then brought to the disk once, its log, its folder and itself.

import type { Database } from 'bun:sqlite'
import { statSync } from 'node:fs'

/** How long a commit waits: until it is on the disk, or until it outlives this process.  SQLite, PRAGMA synchronous */
export type CommitLevel = 'FULL' | 'NORMAL'

/**
 * Puts the open file at `path` into WAL mode at this level and prepares it.  When this returns, what was prepared is on the
 * disk; after a power cut before that a new file may be damaged.
 */
export function prepareFile(database: Database, path: string, level: CommitLevel, prepare: () => void): void {
  const isNew = statSync(path).size === 0
  database.run(`PRAGMA synchronous = ${isNew ? 'OFF' : level}`)
  database.run('PRAGMA journal_mode = WAL')
  prepare()
  if (!isNew) return
  database.run(`PRAGMA synchronous = ${level}`)
  database.run('PRAGMA wal_checkpoint(TRUNCATE)')
}
