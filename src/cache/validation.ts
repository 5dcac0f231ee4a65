// How is a stored response validated, and what does the origin's answer mean?  RFC 9111 §4.3; CF cache/concepts/revalidation
//
// The conditions are made of the stored response alone: a client's own never travel with a validation, since what comes
// back must be about what is stored.

import type { EpochMillis } from '../base/index.ts'
import {
  type Field,
  type FieldList,
  fieldValue,
  formatHttpDate,
  hasField,
  parseEntityTag,
  parseHttpDate,
  withField,
} from '../http/index.ts'
import type { StoredResponse } from './stored-response.ts'

export type ValidationOutcome =
  /** 304: what is stored is still right, and its fields are brought up to date (freshen.ts). */
  | 'freshen'
  /** Any other answer stands for itself and takes the stored one's place. */
  | 'replace'
  /** The origin server failed, and the stored response goes out instead. */
  | 'serve-stale'

/** "... specifically named 500, 502, 503, 504"; everything else, a 404 too, is an answer.  CF cache/concepts/cache-control */
const ERROR_STATUSES: ReadonlySet<number> = new Set([500, 502, 503, 504])

/** Request fields that make a request conditional on what is stored; none when it has no usable validator. */
export function validationFields(stored: Pick<StoredResponse, 'fields'>): readonly Field[] {
  const conditions: Field[] = []
  const entityTag = fieldValue(stored.fields, 'etag')
  if (entityTag !== undefined && parseEntityTag(entityTag) !== undefined) conditions.push(['if-none-match', entityTag])
  const lastModified = fieldValue(stored.fields, 'last-modified')
  // "A recipient MUST ignore the If-Modified-Since header field if ... not a valid HTTP-date."  RFC 9110 §13.1.3
  if (lastModified !== undefined && parseHttpDate(lastModified) !== undefined) {
    conditions.push(['if-modified-since', lastModified])
  }
  return conditions
}

/**
 * What the origin's answer to a validation means.  `isConditional`: the request had `validationFields`; a 304 to one that
 * had none says nothing that could be used, so it is a bad answer.
 */
export function decideValidation(
  status: number,
  mayServeStale: boolean,
  isConditional: boolean,
): ValidationOutcome | 'bad-answer' {
  if (status === 304) return isConditional ? 'freshen' : 'bad-answer'
  return mayServeStale && ERROR_STATUSES.has(status) ? 'serve-stale' : 'replace'
}

/** A mark among stored fields, for this edge alone: a rule took a validator out, and none is to be made up for it. */
const WITHOUT_SMART_REVALIDATION = 'varyant-without-smart-revalidation'

/** Fields under which Smart Edge Revalidation is off.  CF cache/how-to/cache-response-rules */
export function withoutSmartRevalidation(fields: FieldList): FieldList {
  return withField(fields, WITHOUT_SMART_REVALIDATION, '1')
}

/**
 * Smart Edge Revalidation: the Last-Modified that clients get when a stored 2xx has no validator, the time of caching;
 * undefined when it has one, or another status.  The origin is never asked with it.
 */
export function smartLastModified(stored: {
  readonly status: number
  readonly fields: FieldList
  readonly responseTime: EpochMillis
}): string | undefined {
  const isSuccess = stored.status >= 200 && stored.status <= 299
  if (!isSuccess || hasField(stored.fields, 'etag') || hasField(stored.fields, 'last-modified')) return undefined
  if (hasField(stored.fields, WITHOUT_SMART_REVALIDATION)) return undefined
  return formatHttpDate(stored.responseTime)
}
