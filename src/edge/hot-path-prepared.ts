// The answer that a variant in memory gives, made ready to be sent again and again.
//
// H2  The fields of a variant are made once.  Age is set in them when its second is over; in between only the ray differs.

import type { EpochMillis } from '../base/index.ts'
import { type Content, decideReuse, freshUntil, type StoredResponse, type Variant } from '../cache/index.ts'
import type { EdgeServices } from './edge.ts'
import type { RuledHeaders } from './hot-path-rules.ts'
import type { ZonePlan } from './plan.ts'
import { setAge, storedFields } from './stored-fields.ts'

/** An answer whose fields are right for one second. */
export type Prepared = Second & {
  readonly plan: ZonePlan
  readonly init: { readonly status: number; readonly headers: Headers }
  readonly content: Content
  /** What rules last made of the headers. */
  readonly ruled: RuledHeaders
}

/** Good in [from, until). */
type Second = { from: EpochMillis; until: number }

/** The answer of a variant at `now`; undefined: it is not for this way. */
export function preparedFor(
  variant: Variant,
  plan: ZonePlan,
  now: EpochMillis,
  edge: EdgeServices,
): Prepared | undefined {
  const last = variant.prepared as Prepared | undefined
  const known = last?.plan === plan ? last : undefined
  if (known !== undefined && now >= known.from && now < known.until && variant.invalidatedAt === undefined) {
    // Counts as a use, so that what is asked for stays.
    if (edge.store.peekContent(variant) !== undefined) return known
  }
  const made = renewed(variant, plan, known, now, edge)
  if (made !== last) variant.prepared = made
  return made
}

function renewed(
  variant: Variant,
  plan: ZonePlan,
  known: Prepared | undefined,
  now: EpochMillis,
  edge: EdgeServices,
): Prepared | undefined {
  const { response } = variant
  if (response.status !== 200) return undefined
  if (decideReuse(response, variant.invalidatedAt, now).kind !== 'fresh') return undefined
  const content = edge.store.peekContent(variant)
  if (content === undefined) return undefined
  return known?.content === content ? aged(known, response, now) : prepare(response, content, plan, now)
}

function prepare(response: StoredResponse, content: Content, plan: ZonePlan, now: EpochMillis): Prepared | undefined {
  const headers = storedFields(response, 'reused-fresh', plan, now)
  // The runtime would name a type of its own.
  if (!headers.has('content-type')) return undefined
  // Rules see it; the runtime would send the same.
  if (plan.shortcut === 'with-rules') headers.set('content-length', String(content.length))
  const ruled = { managed: undefined, own: undefined }
  return { plan, ...secondOf(response, now), init: { status: 200, headers }, content, ruled }
}

/** The same answer in another second. */
function aged(known: Prepared, response: StoredResponse, now: EpochMillis): Prepared {
  setAge(known.init.headers, response, now)
  const { from, until } = secondOf(response, now)
  known.from = from
  known.until = until
  // What rules made has the old Age.
  known.ruled.managed = undefined
  known.ruled.own = undefined
  return known
}

/** Until Age counts on, or the response is fresh no more. */
function secondOf(response: StoredResponse, now: EpochMillis): Second {
  const age = now - response.responseTime + response.initialAge
  return { from: now, until: Math.min(freshUntil(response), now + 1000 - (age % 1000)) }
}
