// The only place that reads the time.  Everything else is given a `Clock` or an instant.

import { type EpochMillis, epochMillis } from './units.ts'

export interface Clock {
  /** The present instant. */
  now(): EpochMillis
}

export const systemClock: Clock = { now: () => epochMillis(Date.now()) }

/** A clock that stands still until it is told otherwise; for tests and for `--clock-file`-style control. */
export interface FakeClock extends Clock {
  set(instant: EpochMillis): void
  advance(byMillis: number): void
}

export function makeFakeClock(start: number): FakeClock {
  let instant = start
  return {
    now: () => epochMillis(instant),
    set: (to) => {
      instant = to
    },
    advance: (byMillis) => {
      instant += byMillis
    },
  }
}
