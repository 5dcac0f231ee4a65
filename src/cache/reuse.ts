// When may a stored response be reused without asking the origin?  RFC 9111 §4, §4.2.4; RFC 5861.
//
//   arrival          expiry                       + staleWhileRevalidate      + staleIfError
//   ├──── fresh ─────┼── stale-while-revalidate ──┤                           │
//   │                ├───────────────── may answer for a failing origin ──────┤
//
// An invalidation (soft purge) makes its instant the expiry, unless that had come before.
//
// I1  'fresh' implies currentAge < lifetime at `now`.
// I2  A response that is always validated is never 'fresh' nor 'stale-while-revalidate'.

import { after, between, type EpochMillis, epochMillis, millis } from '../base/index.ts'
import { currentAge } from './age.ts'
import type { StoredResponse } from './stored-response.ts'

/** What of a stored response bears on reusing it. */
export type Reusable = Pick<StoredResponse, 'freshness' | 'responseTime' | 'initialAge'>

export type ReuseDecision =
  /** Goes out at once. */
  | { readonly kind: 'fresh' }
  /** Goes out at once, and is validated behind it. */
  | { readonly kind: 'stale-while-revalidate' }
  /** The origin server is asked first. */
  | { readonly kind: 'must-validate'; readonly reason: 'expired' | 'always-validate' | 'invalidated' }

const FRESH: ReuseDecision = { kind: 'fresh' }
const STALE_WHILE_REVALIDATE: ReuseDecision = { kind: 'stale-while-revalidate' }
const EXPIRED: ReuseDecision = { kind: 'must-validate', reason: 'expired' }
const ALWAYS_VALIDATE: ReuseDecision = { kind: 'must-validate', reason: 'always-validate' }
const INVALIDATED: ReuseDecision = { kind: 'must-validate', reason: 'invalidated' }

/** What may be done with a stored response at `now`; `invalidatedAt` as the variant has it. */
export function decideReuse(stored: Reusable, invalidatedAt: number | undefined, now: EpochMillis): ReuseDecision {
  if (stored.freshness.alwaysValidate) return ALWAYS_VALIDATE
  if (isFresh(stored, invalidatedAt, now)) return FRESH
  if (isWithin(stored.freshness.staleWhileRevalidate, stored, invalidatedAt, now)) return STALE_WHILE_REVALIDATE
  return invalidatedAt === undefined ? EXPIRED : INVALIDATED
}

/**
 * The first instant at which it is no longer fresh: the arrival when it is always validated.  From `responseTime` on,
 * `now < freshUntil` is all that freshness asks; a clock that has gone back behind it needs `decideReuse`.
 */
export function freshUntil(stored: Reusable): EpochMillis {
  const { freshness, responseTime, initialAge } = stored
  return epochMillis(responseTime - initialAge + (freshness.alwaysValidate ? 0 : freshness.lifetime))
}

/** How an origin server failed. */
export type OriginFailure =
  /** It answered 500, 502, 503 or 504. */
  | 'error'
  /** It gave no usable answer at all. */
  | 'unreachable'

/** Whether it may stand in for an origin server that failed: the window for such a failure is open, or it is fresh still. */
export function mayServeOnError(
  stored: Reusable,
  invalidatedAt: number | undefined,
  now: EpochMillis,
  failure: OriginFailure,
): boolean {
  const isFreshStill = !stored.freshness.alwaysValidate && isFresh(stored, invalidatedAt, now)
  const window = failure === 'error' ? stored.freshness.staleIfError : stored.freshness.staleIfUnreachable
  return isFreshStill || isWithin(window, stored, invalidatedAt, now)
}

/** "response_is_fresh = (freshness_lifetime > current_age)".  RFC 9111 §4.2 */
function isFresh(stored: Reusable, invalidatedAt: number | undefined, now: EpochMillis): boolean {
  return invalidatedAt === undefined && currentAge(stored, now) < stored.freshness.lifetime
}

/** Whether a window that opens at the expiry, or at an earlier invalidation, has not closed. */
function isWithin(window: number, stored: Reusable, invalidatedAt: number | undefined, now: EpochMillis): boolean {
  if (window <= 0) return false
  const expiry = freshUntil(stored)
  const staleSince = epochMillis(Math.min(expiry, invalidatedAt ?? expiry))
  // Time that a clock has gone back counts here as it counts in the age.
  const instant = after(stored.responseTime, millis(Math.abs(between(stored.responseTime, now))))
  return instant < after(staleSince, millis(window))
}
