// The events that the edge reported, with a way to wait for the next one.

import type { EdgeEvent, EventSink } from '../../../src/base/index.ts'

export type EventLog = {
  readonly all: readonly EdgeEvent[]
  readonly sink: EventSink
  /** Resolves with the first event that `matches`, past or future. */
  find(matches: (event: EdgeEvent) => boolean): Promise<EdgeEvent>
}

export function makeEventLog(): EventLog {
  const all: EdgeEvent[] = []
  let waiters: { readonly matches: (event: EdgeEvent) => boolean; readonly resolve: (event: EdgeEvent) => void }[] = []
  return {
    all,
    sink: (event) => {
      all.push(event)
      const met = waiters.filter(({ matches }) => matches(event))
      waiters = waiters.filter(({ matches }) => !matches(event))
      for (const { resolve } of met) resolve(event)
    },
    find: (matches) => {
      const past = all.find(matches)
      if (past !== undefined) return Promise.resolve(past)
      return new Promise((resolve) => waiters.push({ matches, resolve }))
    },
  }
}
