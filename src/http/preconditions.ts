// May the answer be made conditional: 304, 412, or as if nothing had been asked?  RFC 9110 §13.2, RFC 9111 §4.3.2.
//
// A cache is not the one to judge If-Match and If-Unmodified-Since: they guard a change at the origin server, and what
// the store holds may be older than what the origin has.  RFC 9111 §4.3.2: they "are not applicable to a cache", so for
// the evaluator 'cache', the default, they are as if absent.  Only whoever is the origin server itself says 'origin'.
// RFC 9110 §13.2.2 puts all this before Range; `decideRange` comes after 'proceed'.

import { parseHttpDate } from './dates.ts'
import { entityTagList, strongMatch, weakMatch } from './entity-tag.ts'

/** The request's precondition fields. */
export type PresentedPreconditions = {
  readonly method: string
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly ifModifiedSince?: string | undefined
  readonly ifUnmodifiedSince?: string | undefined
}

/** The response that would go out without preconditions. */
export type SelectedRepresentation = {
  readonly status: number
  readonly entityTag: string | undefined
  readonly lastModified: string | undefined
  /** Stands in for an absent Last-Modified.  RFC 9111 §4.3.2 */
  readonly date?: string | undefined
}

export type PreconditionOutcome =
  /** Answer as if no precondition had been there; Range may apply. */
  | 'proceed'
  /** Answer 304: the client has this representation already. */
  | 'not-modified'
  /** Answer 412: the client's idea of the representation does not hold. */
  | 'precondition-failed'

/** What the preconditions make of the answer.  A malformed date or entity-tag never makes one hold. */
export function evaluatePreconditions(
  presented: PresentedPreconditions,
  selected: SelectedRepresentation,
  evaluator: 'cache' | 'origin' = 'cache',
): PreconditionOutcome {
  // "A server MUST ignore all received preconditions if its response to the same request without those conditions ...
  // would have been a status code other than a 2xx (Successful) or 412."  §13.2.1
  if (selected.status < 200 || selected.status > 299) return 'proceed'
  if (evaluator === 'origin' && !maySucceed(presented, selected)) return 'precondition-failed'
  const isRetrieval = presented.method === 'GET' || presented.method === 'HEAD'
  if (presented.ifNoneMatch !== undefined) {
    if (!matchesAny(presented.ifNoneMatch, selected.entityTag, weakMatch)) return 'proceed'
    if (isRetrieval) return 'not-modified'
    return evaluator === 'origin' ? 'precondition-failed' : 'proceed'
  }
  return isRetrieval && isUnmodifiedSince(presented.ifModifiedSince, selected) ? 'not-modified' : 'proceed'
}

/** Steps 1 and 2 of §13.2.2: If-Match, and If-Unmodified-Since only without it. */
function maySucceed(presented: PresentedPreconditions, selected: SelectedRepresentation): boolean {
  if (presented.ifMatch !== undefined) return matchesAny(presented.ifMatch, selected.entityTag, strongMatch)
  const limit = parseOptionalDate(presented.ifUnmodifiedSince)
  const modified = parseOptionalDate(selected.lastModified)
  return limit === undefined || modified === undefined || modified <= limit
}

function matchesAny(
  condition: string,
  entityTag: string | undefined,
  match: (a: string, b: string) => boolean,
): boolean {
  const tags = entityTagList(condition)
  // "*" asks for any representation at all, and there is one.
  if (tags === '*') return true
  return entityTag !== undefined && tags.some((tag) => match(tag, entityTag))
}

/** "... if the selected representation's last modification date is earlier or equal to the date provided."  §13.1.3 */
function isUnmodifiedSince(condition: string | undefined, selected: SelectedRepresentation): boolean {
  const limit = parseOptionalDate(condition)
  // Nearly no request has one, and then nothing else need be read.
  if (limit === undefined) return false
  const modified = parseOptionalDate(selected.lastModified ?? selected.date)
  return modified !== undefined && modified <= limit
}

function parseOptionalDate(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseHttpDate(text)
}
