// Gives back the space of what was purged, in the background, and lets the journal forget what has been applied.
//
// A purge is effective without it.  One sweep walks the store at a time; purges that arrive meanwhile share the next.
//
//   idle ──want──► sweeping ──done, nothing wanted──► idle
//                     │ ▲
//   done, more wanted ▼ │ pause over
//                   pausing
//
// The pause is a multiple of the sweep's own time, so that a stream of purges costs a bounded share of the processor,
// whatever the size of the store; it is cut short when the journal grows.  Within a sweep pace.ts sees to it that requests
// come first.  A sweep that is broken off by `close` is made up for after the next start: the journal has forgotten nothing.
//
// I1  The journal forgets an entry only if the store was walked after it, and no fetch that began before it can still
//     finish: the oldest fetch is asked for *before* the walk.
// I3  It forgets nothing before the store has secured what was removed, by the walk or by look-ups: a store that came back
//     with a removed response would serve it, for nobody would know any more that it was purged.
// I2  It forgets an invalidation or an epoch only if no response is left that the invalidation marks: the store keeps those.

import type { Clock, EventSink } from '../base/index.ts'
import type { CacheStore, StoredResponse } from '../cache/index.ts'
import type { PurgeJournal } from './journal-contract.ts'
import { makePace } from './pace.ts'
import type { PurgeTarget } from './target.ts'

export type SweeperParts = {
  readonly journal: PurgeJournal
  readonly store: Pick<CacheStore, 'sweep' | 'secure'>
  readonly target: Pick<PurgeTarget, 'oldestFetch'>
  readonly clock: Clock
  readonly events: EventSink
}

export interface Sweeper {
  /** Asks for a sweep that covers everything appended so far. */
  want(): void
  /** Resolves when nothing is wanted and nothing runs; cuts pauses short. */
  settled(): Promise<void>
  /** Ends the pause, breaks a running sweep off, starts no other. */
  close(): Promise<void>
}

const MIN_PAUSE_MILLIS = 200
/** A sweep runs at most one part in this many of the time. */
const PAUSE_FACTOR = 20
/** With more names than this outstanding, memory matters more than the processor. */
const CROWDED_NAMES = 50_000

export function makeSweeper(parts: SweeperParts): Sweeper {
  const { journal, clock, events } = parts
  let wanted = false
  let closed = false
  let hurried = false
  let running: Promise<void> | undefined
  let endPause: (() => void) | undefined
  const pace = makePace(() => closed || mustHurry())

  async function run(): Promise<void> {
    while (wanted && !closed) {
      wanted = false
      const began = clock.now()
      await sweepOnce(parts, pace, () => closed).catch((cause: unknown) => {
        if (cause === BROKEN_OFF) return
        // Fail open: what was purged is never served, only its space is kept until the next sweep.
        events({ kind: 'background-failed', name: 'purge sweep', reason: String(cause) })
      })
      if (wanted && !closed && !mustHurry()) await pause((clock.now() - began) * PAUSE_FACTOR)
    }
    running = undefined
  }

  function mustHurry(): boolean {
    return hurried || journal.size > CROWDED_NAMES
  }

  function pause(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(MIN_PAUSE_MILLIS, millis))
      timer.unref()
      endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  return {
    want: () => {
      wanted = true
      if (closed) return
      if (mustHurry()) endPause?.()
      running ??= run()
    },
    settled: async () => {
      hurried = true
      endPause?.()
      while (running !== undefined) await running
      hurried = false
    },
    close: async () => {
      closed = true
      endPause?.()
      await running
    },
  }
}

const BROKEN_OFF = new Error('the sweep was broken off')

/** One walk over the store, and the compaction that it allows; throws BROKEN_OFF when it `mustStop`. */
async function sweepOnce(
  { journal, store, target }: SweeperParts,
  pace: () => Promise<void>,
  mustStop: () => boolean,
): Promise<void> {
  const applied = Math.min(journal.revision, target.oldestFetch() ?? Number.POSITIVE_INFINITY)
  let oldestMarked = applied
  await store.sweep((response: StoredResponse) => {
    if (mustStop()) throw BROKEN_OFF
    const standing = journal.standing(response)
    if (standing.kind === 'invalidated' || standing.kind === 'grants-void')
      oldestMarked = Math.min(oldestMarked, response.revision)
    return standing.kind === 'purged'
  }, pace)
  if ((await store.secure()) === 'pending') return
  journal.compact(applied, 'purge')
  journal.compact(oldestMarked, 'invalidate')
  journal.compact(oldestMarked, 'cors-epoch')
}
