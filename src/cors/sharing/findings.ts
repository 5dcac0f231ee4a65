// What is wrong with how an origin server does CORS, recognised from its answers as they come.
//
// Pure: an answer is judged beside a few earlier ones of its URL, and every finding says which answers show it.  What takes
// two answers to be known is told only when both have been seen: one answer that names its asker may come from a list of
// one.  findings-book.ts counts and remembers.

import type { EpochMillis } from '../../base/index.ts'
import { type FieldList, fieldValue, listMembers } from '../../http/index.ts'
import { ALLOW_CREDENTIALS, ALLOW_ORIGIN, EXPOSE_HEADERS, type Grant, grantOf, variesByOrigin } from './grant.ts'
import type { AskedBy } from './sharing.ts'

/** An answer of the origin server, as far as findings look at it. */
export type Sighting = {
  readonly at: EpochMillis
  readonly url: string
  readonly askedBy: AskedBy
  readonly status: number
  readonly fields: FieldList
}

/** What is wrong, and how it is mended at the origin server: a sentence each. */
export const FINDINGS = {
  'reflects-without-vary': {
    what: 'the grant depends on Origin, and the answer does not say so with Vary: Origin',
    fix: 'send "Vary: Origin" on every answer of this URL, also to requests without Origin; or grant "*" to all',
  },
  'vary-missing-on-refusal': {
    what: 'answers with a grant vary by Origin, and answers without one do not say so',
    fix: 'send "Vary: Origin" on every answer of this URL, whether or not it grants',
  },
  'star-with-credentials': {
    what: '"*" is granted together with credentials, which no browser accepts',
    fix: 'name the Origin that asks and send "Vary: Origin"; or leave Access-Control-Allow-Credentials out',
  },
  'several-grants': {
    what: 'Access-Control-Allow-Origin has several values; browsers accept none of them',
    fix: 'let one layer alone set the field: the application, or the server in front of it',
  },
  'malformed-grant': {
    what: 'Access-Control-Allow-Origin is no origin: it has a path, a trailing slash, or no scheme',
    fix: 'send scheme, host and port exactly as browsers send them in Origin, without anything behind',
  },
  'null-granted': {
    what: 'Origin null is granted: every sandboxed frame, on any page, can read the answer',
    fix: 'never answer "Access-Control-Allow-Origin: null"; grant "*" to all, or nothing to null',
  },
  'grant-missing-on-304': {
    what: 'the whole answer has a grant, and its 304 has none: a revoked or changed grant is never heard of',
    fix: 'send the CORS fields and Vary on 304 as on 200',
  },
  'grant-missing-on-errors': {
    what: 'an error has no grant where other answers have: scripts see a failed request in place of its status',
    fix: 'send the CORS fields on errors too; in nginx with "always"',
  },
  'grant-missing-on-redirects': {
    what: 'a redirect has no grant where other answers have: a script that follows it is told nothing',
    fix: 'send the CORS fields on redirects too',
  },
  'immutable-with-reflection': {
    what: 'an immutable answer names one Origin: a browser keeps a wrong grant for years',
    fix: 'grant "*" to all where the answer is immutable; or leave "immutable" out',
  },
  'ranges-not-exposed': {
    what: 'the answer can be asked for in ranges, and scripts of other Origins cannot read Content-Range',
    fix: 'send "Access-Control-Expose-Headers: Content-Range, Accept-Ranges"',
  },
  'wasted-vary-origin': {
    what: 'every Origin is granted "*", and Vary: Origin makes caches keep a copy for each',
    fix: 'leave Origin out of Vary where the grant is always "*"',
  },
  'high-origin-cardinality': {
    what: 'so many Origins ask for this URL that copies by Origin crowd the cache',
    fix: 'grant "*" to all and set cors_variants to "collapse"; or look who sends made-up Origins',
  },
} as const
export type FindingKind = keyof typeof FINDINGS

export const FINDING_KINDS = Object.keys(FINDINGS) as readonly FindingKind[]

/** A fault, with the answers that show it: one, or two that contradict each other, the earlier first. */
export type Finding = { readonly kind: FindingKind; readonly answers: readonly Sighting[] }

/** What is known beside the answer. */
export type Surroundings = {
  /** Earlier answers of the URL. */
  readonly remembered: readonly Sighting[]
  /** The last answer of the host, of any URL, that granted something. */
  readonly grantedElsewhere: Sighting | undefined
  /** Origins that have asked for the URL. */
  readonly origins: number
}

/** So many Origins of one URL are worth a word. */
export const MANY_ORIGINS = 100

/** Everything that an answer shows. */
export function recognise(seen: Sighting, surroundings: Surroundings): readonly Finding[] {
  const findings: Finding[] = []
  for (const [kind, look] of RECOGNISERS) {
    const answers = look(seen, surroundings)
    if (answers !== undefined) findings.push({ kind, answers })
  }
  return findings
}

type Look = (seen: Sighting, surroundings: Surroundings) => readonly Sighting[] | undefined

const RECOGNISERS: readonly (readonly [FindingKind, Look])[] = [
  ['reflects-without-vary', lookForReflection],
  ['vary-missing-on-refusal', lookForFlappingVary],
  ['star-with-credentials', (seen) => alone(seen, grantOf(seen.fields) === 'everybody' && isCredentialed(seen))],
  ['several-grants', (seen) => alone(seen, allowed(seen)?.includes(',') === true)],
  ['malformed-grant', (seen) => alone(seen, grantOf(seen.fields) === 'nobody' && !allowed(seen)?.includes(','))],
  ['null-granted', (seen) => alone(seen, grantOf(seen.fields) === 'null')],
  ['grant-missing-on-304', (seen, around) => besideGrant(seen, around, seen.status === 304)],
  ['grant-missing-on-errors', (seen, around) => besideGrant(seen, around, seen.status >= 400)],
  ['grant-missing-on-redirects', lookForBareRedirect],
  ['immutable-with-reflection', (seen) => alone(seen, isImmutable(seen) && grantOf(seen.fields) === 'one')],
  ['ranges-not-exposed', (seen) => alone(seen, isRangeCapable(seen) && !exposesRanges(seen))],
  ['wasted-vary-origin', lookForWastedVary],
  ['high-origin-cardinality', (seen, { origins }) => alone(seen, origins >= MANY_ORIGINS && seen.askedBy !== null)],
]

function alone(seen: Sighting, holds: boolean): readonly Sighting[] | undefined {
  return holds ? [seen] : undefined
}

/** Two whole answers to two askers with two grants; one of them names its asker and does not vary by Origin. */
function lookForReflection(seen: Sighting, { remembered }: Surroundings): readonly Sighting[] | undefined {
  if (!isWhole(seen)) return undefined
  const other = remembered.find(
    (earlier) =>
      isWhole(earlier) &&
      earlier.askedBy !== seen.askedBy &&
      allowed(earlier) !== allowed(seen) &&
      (reflectsSilently(earlier) || reflectsSilently(seen)),
  )
  return other === undefined ? undefined : [other, seen]
}

function reflectsSilently(answer: Sighting): boolean {
  return answer.askedBy !== null && allowed(answer) === answer.askedBy && !variesByOrigin(answer.fields)
}

/** One has a grant and varies by Origin, the other neither. */
function lookForFlappingVary(seen: Sighting, { remembered }: Surroundings): readonly Sighting[] | undefined {
  if (!isWhole(seen)) return undefined
  const isBare = ({ fields }: Sighting): boolean => grantOf(fields) === 'none' && !variesByOrigin(fields)
  const isVarying = ({ fields }: Sighting): boolean => grantOf(fields) !== 'none' && variesByOrigin(fields)
  const other = remembered.find(
    (earlier) => isWhole(earlier) && ((isBare(seen) && isVarying(earlier)) || (isVarying(seen) && isBare(earlier))),
  )
  return other === undefined ? undefined : [other, seen]
}

/** An answer to an Origin without a grant, beside one that would have granted it. */
function besideGrant(seen: Sighting, { remembered }: Surroundings, isOfKind: boolean): readonly Sighting[] | undefined {
  if (!isOfKind || !isBareTo(seen)) return undefined
  const granted = remembered.find((earlier) => earlier.status < 400 && earlier.status !== 304 && grants(earlier, seen))
  return granted === undefined ? undefined : [granted, seen]
}

function lookForBareRedirect(seen: Sighting, around: Surroundings): readonly Sighting[] | undefined {
  const isRedirect = seen.status >= 300 && seen.status < 400 && seen.status !== 304
  if (!isRedirect || !isBareTo(seen)) return undefined
  const { grantedElsewhere, remembered } = around
  const granted = [...remembered, ...(grantedElsewhere === undefined ? [] : [grantedElsewhere])].find((earlier) =>
    grants(earlier, seen),
  )
  return granted === undefined ? undefined : [granted, seen]
}

function lookForWastedVary(seen: Sighting, { remembered }: Surroundings): readonly Sighting[] | undefined {
  const isWasted = (answer: Sighting): boolean =>
    grantOf(answer.fields) === 'everybody' && variesByOrigin(answer.fields) && !isCredentialed(answer)
  if (!isWasted(seen)) return undefined
  // One that is granted otherwise, or not at all, has use for it.
  if (remembered.some((earlier) => isWhole(earlier) && !isWasted(earlier))) return undefined
  const other = remembered.find((earlier) => isWasted(earlier) && earlier.askedBy !== seen.askedBy)
  return other === undefined ? undefined : [other, seen]
}

function allowed({ fields }: Sighting): string | undefined {
  return fieldValue(fields, ALLOW_ORIGIN)
}

function isWhole({ status }: Sighting): boolean {
  return status >= 200 && status < 300
}

function isBareTo({ askedBy, fields }: Sighting): boolean {
  return askedBy !== null && grantOf(fields) === 'none'
}

function grants(granting: Sighting, { askedBy }: Sighting): boolean {
  const grant: Grant = grantOf(granting.fields)
  return grant === 'everybody' || (grant !== 'none' && allowed(granting) === askedBy)
}

function isCredentialed({ fields }: Sighting): boolean {
  return fieldValue(fields, ALLOW_CREDENTIALS) === 'true'
}

function hasMember({ fields }: Sighting, name: string, wanted: string): boolean {
  return listMembers(fieldValue(fields, name) ?? '').some((member) => member.toLowerCase() === wanted)
}

function isImmutable(seen: Sighting): boolean {
  return hasMember(seen, 'cache-control', 'immutable')
}

function isRangeCapable(seen: Sighting): boolean {
  const grant = grantOf(seen.fields)
  return seen.status === 200 && (grant === 'everybody' || grant === 'one') && hasMember(seen, 'accept-ranges', 'bytes')
}

/** `*` exposes all, but not where there are credentials.  Fetch §CORS-exposed header-name list */
function exposesRanges(seen: Sighting): boolean {
  if (hasMember(seen, EXPOSE_HEADERS, 'content-range')) return true
  return !isCredentialed(seen) && hasMember(seen, EXPOSE_HEADERS, '*')
}

// Remembering

/** Fields that findings look at; the rest of an answer is not kept. */
const LOOKED_AT: readonly string[] = [
  ALLOW_ORIGIN,
  ALLOW_CREDENTIALS,
  EXPOSE_HEADERS,
  'accept-ranges',
  'cache-control',
  'timing-allow-origin',
  'vary',
]
const MAX_VALUE_CHARACTERS = 200

/** Of an answer's fields those that findings look at, each cut to a length that can be kept. */
export function lookedAt(fields: FieldList): FieldList {
  return fields
    .filter(([name]) => LOOKED_AT.includes(name))
    .map(([name, value]) => [name, value.slice(0, MAX_VALUE_CHARACTERS)] as const)
}

/** An answer whose fields are read when they are asked for. */
export type Glimpse = Pick<Sighting, 'askedBy' | 'status'> & { read(name: string): string | null }

/** What findings look at of an answer: two answers of a URL that are alike in it show the same. */
export type Likeness = Pick<Sighting, 'askedBy' | 'status'> & {
  /** In the order of `LOOKED_AT`. */
  readonly values: readonly (string | null)[]
}

export function likenessOf({ askedBy, status, read }: Glimpse): Likeness {
  return { askedBy, status, values: LOOKED_AT.map(read) }
}

/** Whether an answer has this likeness.  Makes nothing: most answers that pass through are asked about. */
export function isAlike(likeness: Likeness | undefined, { askedBy, status, read }: Glimpse): boolean {
  if (likeness === undefined || likeness.askedBy !== askedBy || likeness.status !== status) return false
  for (let i = 0; i < LOOKED_AT.length; i += 1) {
    if (read(LOOKED_AT[i] ?? '') !== likeness.values[i]) return false
  }
  return true
}

/** Answers of one URL that are remembered: the newest of each sort. */
export const MAX_REMEMBERED = 8

/** What is remembered of a URL after an answer: the newest of each sort, the latest last. */
export function remember(remembered: readonly Sighting[], seen: Sighting): readonly Sighting[] {
  const sort = sortOf(seen)
  return [...remembered.filter((earlier) => sortOf(earlier) !== sort), seen].slice(-MAX_REMEMBERED)
}

function sortOf({ askedBy, status, fields }: Sighting): string {
  const asker = askedBy === null || askedBy === 'null' ? String(askedBy) : 'origin'
  const group = status === 304 ? '304' : `${Math.floor(status / 100)}xx`
  return `${asker} ${group} ${grantOf(fields)} ${variesByOrigin(fields)}`
}
