// What an answer of the origin server grants to other Origins, and to whom.  Fetch §HTTP responses (CORS protocol),
// Resource Timing §Timing-Allow-Origin, Fetch §Cross-Origin-Resource-Policy header
//
// This reads fields; whether a browser would accept them is the CORS check's matter.  Where the two could differ, this
// room errs on the side of "not for everybody".

import { type FieldList, fieldValue, hasField, listMembers } from '../../http/index.ts'
import { isSerializedOrigin } from '../index.ts'

/** To whom Access-Control-Allow-Origin gives the answer. */
export type Grant =
  /** There is no such field. */
  | 'none'
  /** `*`, alone. */
  | 'everybody'
  /** `null`: every sandboxed frame, on whatever page. */
  | 'null'
  /** One serialised origin. */
  | 'one'
  /** Nobody: several values, a path, a trailing slash, or no origin at all. */
  | 'nobody'

export const ALLOW_ORIGIN = 'access-control-allow-origin'
export const ALLOW_CREDENTIALS = 'access-control-allow-credentials'
export const EXPOSE_HEADERS = 'access-control-expose-headers'
const TIMING = 'timing-allow-origin'
const RESOURCE_POLICY = 'cross-origin-resource-policy'

/** Which of the five an answer's grant is. */
export function grantOf(fields: FieldList): Grant {
  const value = fieldValue(fields, ALLOW_ORIGIN)
  if (value === undefined) return 'none'
  if (value === '*') return 'everybody'
  if (value === 'null') return 'null'
  return isSerializedOrigin(value) ? 'one' : 'nobody'
}

/** Whether Vary names Origin, or everything. */
export function variesByOrigin(fields: FieldList): boolean {
  return fields.some(
    ([name, value]) =>
      name === 'vary' && listMembers(value).some((member) => member === '*' || member.toLowerCase() === 'origin'),
  )
}

/**
 * Whether the answer says one and the same to all: `*`, no word of credentials, no timing for some only, no Vary that
 * names Origin.
 */
export function isForEverybody(fields: FieldList): boolean {
  if (grantOf(fields) !== 'everybody' || hasField(fields, ALLOW_CREDENTIALS) || variesByOrigin(fields)) return false
  const timing = fieldValue(fields, TIMING)
  return timing === undefined || timing === '*'
}

/** Whether the answer lets any other Origin do anything that it could not do without these fields. */
export function hasGrant(fields: FieldList): boolean {
  return fields.some(([name, value]) => isGranting(name, value))
}

/** `same-origin` and `same-site` take away; everything else among these fields gives. */
function isGranting(name: string, value: string): boolean {
  if (name === ALLOW_ORIGIN || name === TIMING) return true
  return name === RESOURCE_POLICY && value !== 'same-origin' && value !== 'same-site'
}

/** Fields that only widen a grant that another field gives. */
const WIDENING: ReadonlySet<string> = new Set([
  ALLOW_CREDENTIALS,
  EXPOSE_HEADERS,
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-max-age',
])

/** Whether a 304 says every grant again that the stored answer gives, in whatever words. */
export function saysGrantsAgain(stored: FieldList, notModified: FieldList): boolean {
  return stored.every(([name, value]) => !isGranting(name, value) || hasField(notModified, name))
}

/** The stored fields without those that a 304 must bring anew when the stored grants no longer count. */
export function withoutOldGrants(stored: FieldList): FieldList {
  return stored.filter(([name, value]) => !WIDENING.has(name) && !isGranting(name, value))
}
