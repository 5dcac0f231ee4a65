// The answer that a variant in memory gives, made ready to be sent again and again.
//
// H2  The fields of a variant are made once.  Age is set in them when its second is over; in between only the ray differs.
// H5  A known key that has a first variant would find it first by looking up: the store says when that ends (I6 there).

import type { EpochMillis } from '../base/index.ts'
import { type Content, decideReuse, freshUntil, type StoredResponse, type Variant } from '../cache/index.ts'
import type { EdgeServices } from './edge.ts'
import type { RuledHeaders } from './hot-path-rules.ts'
import type { ZonePlan } from './plan.ts'
import type { KnownKey } from './routes.ts'
import { setAge, storedFields } from './stored-fields.ts'

/** An answer whose fields are right for one second. */
export class PreparedAnswer {
  readonly plan: ZonePlan
  readonly content: Content
  readonly init: { readonly status: number; readonly headers: Headers }
  /** What rules last made of the headers. */
  readonly ruled: RuledHeaders = { managed: undefined, own: undefined }
  /** Good in [from, until). */
  from: EpochMillis
  until = 0
  #known: KnownKey | undefined

  constructor(headers: Headers, content: Content, plan: ZonePlan, from: EpochMillis) {
    this.init = { status: 200, headers }
    this.content = content
    this.plan = plan
    this.from = from
  }

  /** Its variant is the first that a look-up of the key finds.  One key is remembered, the last. */
  foundBy(known: KnownKey, variant: Variant): void {
    this.forget()
    this.#known = known
    known.first = variant
  }

  /** A look-up of the key would find something else first. */
  forget(): void {
    if (this.#known !== undefined) this.#known.first = undefined
    this.#known = undefined
  }

  /** Right from now on, until Age counts on or the response is fresh no more. */
  beginSecond(response: StoredResponse, now: EpochMillis): void {
    const age = now - response.responseTime + response.initialAge
    this.from = now
    this.until = Math.min(freshUntil(response), now + 1000 - (age % 1000))
  }
}

/** The answer of a variant at `now`; undefined: it is not for this way. */
export function preparedFor(
  variant: Variant,
  plan: ZonePlan,
  now: EpochMillis,
  edge: EdgeServices,
): PreparedAnswer | undefined {
  const last = variant.prepared as PreparedAnswer | undefined
  const known = last?.plan === plan ? last : undefined
  if (known !== undefined && now >= known.from && now < known.until && variant.invalidatedAt === undefined) {
    variant.used = true
    return known
  }
  const made = renewed(variant, plan, known, now, edge)
  if (made !== last) {
    last?.forget()
    variant.prepared = made
  }
  return made
}

function renewed(
  variant: Variant,
  plan: ZonePlan,
  known: PreparedAnswer | undefined,
  now: EpochMillis,
  edge: EdgeServices,
): PreparedAnswer | undefined {
  const { response } = variant
  if (response.status !== 200) return undefined
  if (decideReuse(response, variant.invalidatedAt, now).kind !== 'fresh') return undefined
  const content = edge.store.peekContent(variant)
  if (content === undefined) return undefined
  return known?.content === content ? aged(known, response, now) : prepare(response, content, plan, now)
}

function prepare(
  response: StoredResponse,
  content: Content,
  plan: ZonePlan,
  now: EpochMillis,
): PreparedAnswer | undefined {
  const headers = storedFields(response, 'reused-fresh', plan, now)
  // The runtime would name a type of its own.
  if (!headers.has('content-type')) return undefined
  // Rules see it; the runtime would send the same.
  if (plan.shortcut === 'with-rules') headers.set('content-length', String(content.length))
  const made = new PreparedAnswer(headers, content, plan, now)
  made.beginSecond(response, now)
  return made
}

/** The same answer in another second. */
function aged(known: PreparedAnswer, response: StoredResponse, now: EpochMillis): PreparedAnswer {
  setAge(known.init.headers, response, now)
  known.beginSecond(response, now)
  // What rules made has the old Age.
  known.ruled.managed = undefined
  known.ruled.own = undefined
  return known
}
