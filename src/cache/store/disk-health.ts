// Whether the disk can be written to.
//
//   healthy ──a write failed──► degraded ──an attempt worked──► healthy
//                                 │   ▲
//                     retry time  ▼   │ failed
//                               attempt

import type { Clock, EventSink } from '../../base/index.ts'
import { DISK_RETRY_MILLIS } from './limits.ts'

export class DiskHealth {
  readonly #clock: Clock
  readonly #events: EventSink
  #degraded = false
  #retryAt = 0

  constructor(clock: Clock, events: EventSink) {
    this.#clock = clock
    this.#events = events
  }

  get degraded(): boolean {
    return this.#degraded
  }

  /** Whether a degraded disk is due for another attempt. */
  get mayRetry(): boolean {
    return this.#degraded && this.#clock.now() >= this.#retryAt
  }

  failed(cause: unknown): void {
    this.#retryAt = this.#clock.now() + DISK_RETRY_MILLIS
    if (this.#degraded) return
    this.#degraded = true
    this.#events({ kind: 'store-degraded', reason: cause instanceof Error ? cause.message : String(cause) })
  }

  worked(): void {
    if (!this.#degraded) return
    this.#degraded = false
    this.#events({ kind: 'store-recovered' })
  }
}
