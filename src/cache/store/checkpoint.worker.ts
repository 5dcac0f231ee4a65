// Moves what the index's log holds into the index itself, on a thread of its own: it waits for the disk, and the thread
// that answers requests must not.  Started by `checkpointer.ts`, which sends it a path and waits for an answer.

import { Database } from 'bun:sqlite'
import { parentPort } from 'node:worker_threads'

parentPort?.on('message', (path: string) => {
  parentPort?.postMessage(checkpoint(path))
})

function checkpoint(path: string): string | undefined {
  try {
    const database = new Database(path, { readwrite: true, create: false })
    try {
      database.run('PRAGMA wal_checkpoint(PASSIVE)')
    } finally {
      database.close()
    }
    return undefined
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}
