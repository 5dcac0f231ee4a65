// How many purges the account may ask for: token buckets, one for URLs and one for everything else.
// CF cache/how-to/purge-cache (availability and limits)
//
// All zones of the account draw from the same two buckets, and an invalidation draws like a purge.  A request that the
// bucket cannot cover draws nothing.
//
// I1  A bucket holds between 0 and its size, whatever the clock does.

import {
  type Clock,
  type EpochMillis,
  epochMillis,
  fail,
  ok,
  type Result,
  type Seconds,
  seconds,
} from '../base/index.ts'
import type { PurgeRequest } from './request.ts'

type Bucket = {
  /** Tokens that come back in a second. */
  readonly refillPerSecond: number
  /** Tokens that it holds at most. */
  readonly size: number
}

export type PurgePlan = {
  /** A host, tag, prefix or everything request takes one. */
  readonly requests: Bucket
  /** A files request takes one for each URL.  CF speaks of a moving average: one second's worth may come at once. */
  readonly urls: Bucket
}

/** Cloudflare's rows, by plan. */
export const PURGE_PLANS = {
  free: { requests: { refillPerSecond: 5 / 60, size: 25 }, urls: { refillPerSecond: 800, size: 800 } },
  pro: { requests: { refillPerSecond: 5, size: 25 }, urls: { refillPerSecond: 1_500, size: 1_500 } },
  business: { requests: { refillPerSecond: 10, size: 50 }, urls: { refillPerSecond: 1_500, size: 1_500 } },
  enterprise: { requests: { refillPerSecond: 50, size: 500 }, urls: { refillPerSecond: 3_000, size: 3_000 } },
} as const satisfies Record<string, PurgePlan>

/** `off`: no limit. */
export type PurgeRateLimit = keyof typeof PURGE_PLANS | 'off'

/** Where the bucket stands after a request. */
export type Allowance = {
  readonly limit: number
  /** Whole tokens left. */
  readonly remaining: number
  /** When the bucket will be full again. */
  readonly fullAt: EpochMillis
  /** How long until this very request would be covered, rounded up; 0 when it was. */
  readonly retryAfter: Seconds
}

export interface PurgeAllowance {
  /** Draws for the request; undefined when nothing is limited, and a failure when the bucket does not cover it. */
  draw(request: PurgeRequest): Result<Allowance | undefined, Allowance>
}

export function makePurgeAllowance(limit: PurgeRateLimit, clock: Clock): PurgeAllowance {
  if (limit === 'off') return { draw: () => ok(undefined) }
  const { requests, urls } = PURGE_PLANS[limit]
  const drawRequests = makeBucket(requests, clock)
  const drawUrls = makeBucket(urls, clock)
  return { draw: (request) => (request.kind === 'files' ? drawUrls(request.files.length) : drawRequests(1)) }
}

function makeBucket({ refillPerSecond, size }: Bucket, clock: Clock): (count: number) => Result<Allowance, Allowance> {
  let tokens = size
  let filledAt = clock.now()
  return (count) => {
    const now = clock.now()
    // I1: a clock that goes back refills nothing.
    const elapsedSeconds = Math.max(0, now - filledAt) / 1000
    tokens = Math.min(size, tokens + elapsedSeconds * refillPerSecond)
    filledAt = now
    const missing = count - tokens
    if (missing <= 0) tokens -= count
    const allowance: Allowance = {
      limit: size,
      remaining: Math.floor(tokens),
      fullAt: epochMillis(now + ((size - tokens) / refillPerSecond) * 1000),
      retryAfter: seconds(missing <= 0 ? 0 : Math.ceil(missing / refillPerSecond)),
    }
    return missing <= 0 ? ok(allowance) : fail(allowance)
  }
}
