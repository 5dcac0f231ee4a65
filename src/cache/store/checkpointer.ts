// Asks for checkpoints of the index as its log grows.  When none comes, SQLite makes one by itself, in line, before the
// log grows past `MAX_LOG_PAGES`.

import type { Worker } from 'node:worker_threads'

/** Changes to the index, counted in bytes of rows, after which the log is worth a checkpoint. */
const CHECKPOINT_BYTES = 1024 * 1024
/** For `PRAGMA wal_autocheckpoint`: 64 MiB of log. */
export const MAX_LOG_PAGES = 16_384

export class Checkpointer {
  readonly #path: string
  #worker: Worker | undefined
  #changed = 0
  #state: 'idle' | 'running' | 'closed' = 'idle'

  constructor(path: string) {
    this.#path = path
  }

  /** So many bytes of rows were written. */
  changed(count: number): void {
    this.#changed += count
    if (this.#changed < CHECKPOINT_BYTES || this.#state !== 'idle') return
    this.#changed = 0
    this.#state = 'running'
    this.#worker ??= this.#start()
    this.#worker.postMessage(this.#path)
  }

  #start(): Worker {
    // Loaded here: an edge that stores little never needs a thread.
    const { Worker }: typeof import('node:worker_threads') = require('node:worker_threads')
    const worker = new Worker(new URL('./checkpoint.worker.ts', import.meta.url))
    worker.unref()
    worker.on('message', () => this.#rest())
    // Fail open: the log is checkpointed in line.
    worker.on('error', () => this.#rest())
    return worker
  }

  #rest(): void {
    if (this.#state === 'running') this.#state = 'idle'
  }

  close(): void {
    this.#state = 'closed'
    void this.#worker?.terminate()
  }
}
