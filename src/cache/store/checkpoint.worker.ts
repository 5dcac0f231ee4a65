// Moves what the index's log holds into the index itself, on a thread of its own: it waits for the disk, and the thread
// that answers requests must not.  Started by `checkpointer.ts`, which sends it a path and waits for an answer.

import { Database } from 'bun:sqlite'
import { parentPort } from 'node:worker_threads'
import type { Secured } from './contract.ts'

parentPort?.on('message', (path: string) => {
  parentPort?.postMessage(checkpoint(path))
})

type Moved = { readonly busy: number; readonly log: number; readonly checkpointed: number }

function checkpoint(path: string): Secured {
  try {
    const database = new Database(path, { readwrite: true, create: false })
    try {
      // On the disk before it answers: what is moved must not wait for the log.
      database.run('PRAGMA synchronous = FULL')
      const moved = database.query<Moved, []>('PRAGMA wal_checkpoint(PASSIVE)').get()
      return moved?.busy === 0 && moved.log === moved.checkpointed ? 'secured' : 'pending'
    } finally {
      database.close()
    }
  } catch {
    // Fail open: the log is kept, and a failing disk shows where rows are written.
    return 'pending'
  }
}
