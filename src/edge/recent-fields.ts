// The fields of a fresh stored answer, remembered for the second in which they are the same: what a script fetches from the
// cache, and what rules or conditions keep from the hot path, is often asked for more than once a second too.
//
// R1  What is remembered is what stored-fields.ts would make anew: it differs by the plan, and by the second of Age.

import type { EpochMillis } from '../base/index.ts'
import type { ZonePlan } from './plan.ts'
import type { StoredAnswer } from './response.ts'
import { storedFields } from './stored-fields.ts'

type Recent = {
  readonly plan: ZonePlan
  /** Good in [from, until). */
  readonly from: EpochMillis
  readonly until: number
  readonly headers: Headers
}

/** By stored response: gone with it. */
const RECENT = new WeakMap<StoredAnswer['stored'], Recent>()

/** The fields of a fresh stored answer, without the ray; the caller's to change. */
export function recentFields(stored: StoredAnswer['stored'], plan: ZonePlan, now: EpochMillis): Headers {
  const known = RECENT.get(stored)
  if (known !== undefined && known.plan === plan && now >= known.from && now < known.until) {
    return new Headers(known.headers)
  }
  const headers = storedFields(stored, 'reused-fresh', plan, now)
  const age = now - stored.responseTime + stored.initialAge
  RECENT.set(stored, { plan, from: now, until: now + 1000 - (age % 1000), headers })
  return new Headers(headers)
}
