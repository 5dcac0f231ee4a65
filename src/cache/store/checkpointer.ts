// Asks for checkpoints of the index: as its log grows, and when somebody must know that the log is not needed any more.
// When none comes, SQLite makes one by itself, in line, before the log grows past `MAX_LOG_PAGES`.

import type { Worker } from 'node:worker_threads'
import type { Secured } from './contract.ts'

/** Changes to the index, counted in bytes of rows, after which the log is worth a checkpoint. */
const CHECKPOINT_BYTES = 1024 * 1024
/** For `PRAGMA wal_autocheckpoint`: 64 MiB of log. */
export const MAX_LOG_PAGES = 16_384

export class Checkpointer {
  readonly #path: string
  #worker: Worker | undefined
  #changed = 0
  #isClosed = false
  /** Who waits for an answer of the worker, which answers in order. */
  readonly #waiting: ((outcome: Secured) => void)[] = []

  constructor(path: string) {
    this.#path = path
  }

  /** So many bytes of rows were written. */
  changed(count: number): void {
    this.#changed += count
    if (this.#changed >= CHECKPOINT_BYTES && this.#waiting.length === 0) void this.run()
  }

  /** A checkpoint of all that is committed now; `pending` when the log is still needed after it. */
  run(): Promise<Secured> {
    if (this.#isClosed) return Promise.resolve('pending')
    this.#changed = 0
    const worker = this.#worker ?? this.#start()
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      worker.postMessage(this.#path)
    })
  }

  #start(): Worker {
    // Loaded here: an edge that stores little never needs a thread.
    const { Worker }: typeof import('node:worker_threads') = require('node:worker_threads')
    const worker = new Worker(new URL('./checkpoint.worker.ts', import.meta.url))
    worker.unref()
    worker.on('message', (outcome: Secured) => this.#waiting.shift()?.(outcome))
    // Fail open: the log is checkpointed in line, and the next one to ask starts another worker.
    worker.on('error', () => {
      this.#worker = undefined
      this.#giveUp()
    })
    this.#worker = worker
    return worker
  }

  #giveUp(): void {
    for (const resolve of this.#waiting.splice(0)) resolve('pending')
  }

  close(): void {
    this.#isClosed = true
    this.#giveUp()
    void this.#worker?.terminate()
  }
}
