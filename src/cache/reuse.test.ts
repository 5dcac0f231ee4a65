// When a stored response may be reused: at each side of each edge of its life.

import { describe, expect, test } from 'bun:test'
import { epochMillis, millis } from '../base/index.ts'
import { decideReuse, freshUntil, mayServeOnError, type Reusable } from './reuse.ts'
import type { Freshness } from './stored-response.ts'

const ARRIVAL = 1_800_000_000_000

function arrived(freshness: Partial<Freshness>, initialAge = 0): Reusable {
  return {
    freshness: {
      lifetime: millis(600_000),
      alwaysValidate: false,
      staleWhileRevalidate: millis(0),
      staleIfError: millis(0),
      staleIfUnreachable: millis(0),
      ...freshness,
    },
    responseTime: epochMillis(ARRIVAL),
    initialAge: millis(initialAge),
  }
}

const at = (later: number) => epochMillis(ARRIVAL + later)

const PLAIN = arrived({})
const AGED = arrived({}, 100_000)
const STALE_ON_ARRIVAL = arrived({}, 600_000)
const ALWAYS = arrived({ lifetime: millis(0), alwaysValidate: true, staleWhileRevalidate: millis(30_000) })
/** A lifetime beside it counts for nothing. */
const ALWAYS_DESPITE_LIFETIME = arrived({ alwaysValidate: true })
const REVALIDATING = arrived({ staleWhileRevalidate: millis(30_000) })

type Row = readonly [
  title: string,
  stored: Reusable,
  invalidatedAt: number | undefined,
  later: number,
  decision: 'fresh' | 'stale-while-revalidate' | 'expired' | 'always-validate' | 'invalidated',
]

const ROWS: readonly Row[] = [
  ['on arrival', PLAIN, undefined, 0, 'fresh'],
  ['one millisecond before its lifetime is over', PLAIN, undefined, 599_999, 'fresh'],
  ['at the end of its lifetime', PLAIN, undefined, 600_000, 'expired'],
  ['the age on arrival is used up already, before', AGED, undefined, 499_999, 'fresh'],
  ['the age on arrival is used up already, after', AGED, undefined, 500_000, 'expired'],
  ['stale on arrival', STALE_ON_ARRIVAL, undefined, 0, 'expired'],
  ['always validated, on arrival', ALWAYS, undefined, 0, 'always-validate'],
  ['always validated, whatever its window', ALWAYS, undefined, 10_000, 'always-validate'],
  ['always validated, after an invalidation', ALWAYS, ARRIVAL, 10_000, 'always-validate'],
  ['in the window, at its beginning', REVALIDATING, undefined, 600_000, 'stale-while-revalidate'],
  ['in the window, at its last millisecond', REVALIDATING, undefined, 629_999, 'stale-while-revalidate'],
  ['past the window', REVALIDATING, undefined, 630_000, 'expired'],
  ['invalidated, without a window', PLAIN, ARRIVAL + 1000, 1000, 'invalidated'],
  ['invalidated, the window begins there', REVALIDATING, ARRIVAL + 1000, 30_999, 'stale-while-revalidate'],
  ['invalidated, the window ends early', REVALIDATING, ARRIVAL + 1000, 31_000, 'invalidated'],
  ['invalidated after the expiry, the window is not extended', REVALIDATING, ARRIVAL + 629_000, 630_000, 'invalidated'],
  ['a clock put back by less than the lifetime', PLAIN, undefined, -599_999, 'fresh'],
  ['a clock put back by the lifetime', PLAIN, undefined, -600_000, 'expired'],
  ['a clock put back past the window', REVALIDATING, undefined, -31_536_000_000, 'expired'],
]

test.each(ROWS)('%s', (_, stored, invalidatedAt, later, expected) => {
  const decision = decideReuse(stored, invalidatedAt, at(later))
  expect(decision.kind === 'must-validate' ? decision.reason : decision.kind).toBe(expected)
})

describe('the first instant at which it is no longer fresh', () => {
  test.each([
    ['arrival and lifetime', PLAIN, 600_000],
    ['less the age on arrival', AGED, 500_000],
    ['the arrival when it is always validated', ALWAYS, 0],
    ['the arrival then, despite a lifetime', ALWAYS_DESPITE_LIFETIME, 0],
  ])('%s', (_, stored, later) => {
    expect(freshUntil(stored)).toBe(at(later))
  })

  test('agrees with the decision on both sides', () => {
    for (const stored of [PLAIN, AGED, STALE_ON_ARRIVAL, ALWAYS]) {
      const until = freshUntil(stored)
      if (until > ARRIVAL) expect(decideReuse(stored, undefined, epochMillis(until - 1)).kind).toBe('fresh')
      expect(decideReuse(stored, undefined, until).kind).toBe('must-validate')
    }
  })
})

describe('a failing origin server is answered for', () => {
  const GRANTED = arrived({ staleIfError: millis(60_000) })
  const GRANTED_AT_ONCE = arrived({ lifetime: millis(0), alwaysValidate: true, staleIfError: millis(60_000) })

  test.each([
    ['while it is fresh', PLAIN, undefined, 599_999, true],
    ['not without a grant', PLAIN, undefined, 600_000, false],
    ['to the end of the window', GRANTED, undefined, 659_999, true],
    ['not past the window', GRANTED, undefined, 660_000, false],
    ['from the invalidation on', GRANTED, ARRIVAL + 1000, 60_999, true],
    ['not past a window that began there', GRANTED, ARRIVAL + 1000, 61_000, false],
    ['not longer for a later invalidation', GRANTED, ARRIVAL + 650_000, 660_000, false],
    ['not for what is invalidated and has no grant', PLAIN, ARRIVAL, 1, false],
    ['from the arrival when it is always validated', GRANTED_AT_ONCE, undefined, 59_999, true],
    ['not past that', GRANTED_AT_ONCE, undefined, 60_000, false],
    ['not by what is always validated and has no grant', ALWAYS, undefined, 0, false],
    ['not by that despite a lifetime', ALWAYS_DESPITE_LIFETIME, undefined, 0, false],
  ] as const)('%s', (_, stored, invalidatedAt, later, expected) => {
    expect(mayServeOnError(stored, invalidatedAt, at(later), 'error')).toBe(expected)
  })

  test('that gives no answer at all has a window of its own', () => {
    const stored = arrived({ staleIfError: millis(0), staleIfUnreachable: millis(60_000) })
    expect(mayServeOnError(stored, undefined, at(659_999), 'unreachable')).toBe(true)
    expect(mayServeOnError(stored, undefined, at(660_000), 'unreachable')).toBe(false)
    expect(mayServeOnError(stored, undefined, at(659_999), 'error')).toBe(false)
  })
})
