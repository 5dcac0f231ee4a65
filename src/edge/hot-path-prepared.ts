// The answer that a variant in memory gives, made ready to be sent again and again.
//
// H2  The fields of a variant are made anew at most once a second; in between only the ray differs.

import type { EpochMillis } from '../base/index.ts'
import { type Content, decideReuse, freshUntil, type Variant } from '../cache/index.ts'
import type { EdgeServices } from './edge.ts'
import type { RuledHeaders } from './hot-path-rules.ts'
import type { ZonePlan } from './plan.ts'
import { storedFields } from './stored-fields.ts'

/** An answer prepared for one second. */
export type Prepared = {
  readonly plan: ZonePlan
  /** Good in [from, until). */
  readonly from: EpochMillis
  readonly until: number
  readonly init: { readonly status: number; readonly headers: Headers }
  readonly content: Content
  /** What rules last made of the headers. */
  readonly ruled: RuledHeaders
}

/** The answer of a variant at `now`; undefined: it is not for this way. */
export function preparedFor(
  variant: Variant,
  plan: ZonePlan,
  now: EpochMillis,
  edge: EdgeServices,
): Prepared | undefined {
  const known = variant.prepared as Prepared | undefined
  if (known !== undefined && known.plan === plan && now >= known.from && now < known.until) {
    // Counts as a use, so that what is asked for stays.
    if (variant.invalidatedAt === undefined && edge.store.peekContent(variant) !== undefined) return known
  }
  const made = prepare(variant, plan, now, edge)
  variant.prepared = made
  return made
}

function prepare(variant: Variant, plan: ZonePlan, now: EpochMillis, edge: EdgeServices): Prepared | undefined {
  const { response } = variant
  if (response.status !== 200) return undefined
  if (decideReuse(response, variant.invalidatedAt, now).kind !== 'fresh') return undefined
  const content = edge.store.peekContent(variant)
  if (content === undefined) return undefined
  const headers = storedFields(response, 'reused-fresh', plan, now)
  // The runtime would name a type of its own.
  if (!headers.has('content-type')) return undefined
  // Rules see it; the runtime would send the same.
  if (plan.shortcut === 'with-rules') headers.set('content-length', String(content.length))
  const age = now - response.responseTime + response.initialAge
  return {
    plan,
    from: now,
    until: Math.min(freshUntil(response), now + 1000 - (age % 1000)),
    init: { status: 200, headers },
    content,
    ruled: { managed: undefined, own: undefined },
  }
}
