// Validating, judged: with which conditions the origin server is asked, what its answer means, and when a stale response
// stands in for it.  RFC 9111 §4.3, §4.2.4; RFC 5861 §4
//
// Judgements only.  What a 304 makes of the stored response is `freshen.ts`.

import {
  decideValidation,
  mayServeOnError,
  type OriginFailure,
  type Variant,
  validationFields,
} from '../../cache/index.ts'
import { SHARING_REASONS } from '../../cors/sharing/index.ts'
import { copyOf } from '../sharing.ts'
import { hasVoidGrant, stillStands } from '../standing.ts'
import { isLostTo } from './keep.ts'
import { askedBy, type Conditions, type Voyage } from './voyage.ts'

/** A base that this asker may not validate is only there to stand in for a failing origin server. */
export function conditionsOf(voyage: Voyage): Conditions {
  const { base, exchange, edge } = voyage
  if (base === undefined || exchange.common === undefined) return base?.response
  const verdict = edge.sharing.mayValidate(copyOf(base.response, exchange.plan), askedBy(voyage))
  if (verdict.may === 'yes') return base.response
  exchange.trail.push(SHARING_REASONS[verdict.why])
  return undefined
}

/** What the origin server's final answer means, with the stored response that it is about. */
export type Meaning =
  /** The stored response is good again. */
  | { readonly kind: 'freshen'; readonly base: Variant }
  /** The stored response goes out in its place. */
  | { readonly kind: 'serve-stale'; readonly base: Variant }
  | { readonly kind: 'replace' }
  | { readonly kind: 'bad-answer' }

/** What an answer of this status means to a voyage that asked with these conditions. */
export function decideMeaning(voyage: Voyage, status: number, conditions: Conditions): Meaning {
  const { base } = voyage
  const mayServeStale = base !== undefined && mayGoOutStale(voyage, base, 'error')
  const isConditional = conditions !== undefined && validationFields(conditions).length > 0
  const kind = decideValidation(status, mayServeStale, isConditional)
  if (kind === 'replace' || kind === 'bad-answer') return { kind }
  // Neither is decided without something stored.
  return base === undefined ? { kind: 'bad-answer' } : { kind, base }
}

/** Asked when the origin has failed: a purge, an epoch or a contradiction may have come while it was waited for. */
export function mayGoOutStale(voyage: Voyage, base: Variant, failure: OriginFailure): boolean {
  const { exchange, edge } = voyage
  if (exchange.plan.settings.alwaysOnline || !stillStands(base, edge) || hasVoidGrant(base)) return false
  if (isLostTo(askedBy(voyage), base.response, exchange, edge)) return false
  return mayServeOnError(base.response, base.invalidatedAt, edge.clock.now(), failure)
}
