// Work that outlives its exchange: counted, so that a stop can wait for it, and reported when it fails.

import type { EventSink } from '../base/index.ts'

export interface Background {
  /** Takes charge of a promise; a rejection becomes the event `background-failed`. */
  run(name: string, work: Promise<unknown>): void
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>
}

export function makeBackground(events: EventSink): Background {
  const running = new Set<Promise<void>>()
  return {
    run: (name, work) => {
      const guarded: Promise<void> = work
        .then(
          () => undefined,
          // Fail open: whoever was served has been served; the next request tries again.
          (cause: unknown) => events({ kind: 'background-failed', name, reason: String(cause) }),
        )
        .finally(() => running.delete(guarded))
      running.add(guarded)
    },
    settled: async () => {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
