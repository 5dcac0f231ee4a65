// May this response be stored, and if not, why not?  RFC 9111 §3, §3.5; CF cache/concepts/cache-control and
// cache/concepts/cache-responses; docs/decisions/0026, 0028.
//
// Asked for eligible requests only (eligibility.ts), when the head of the response has come.  The checks are asked in
// order, and the first that refuses gives the reason.  An edge_ttl rule that has a lifetime for the response puts the
// origin's directives out of force; what protects the visitor (Authorization) and the cache (Vary, size) stays.
//
// I1  What is kept never has Set-Cookie, Age, or a field that the origin calls private.
// I2  What is kept always has a valid Date.

import type { EpochMillis, Millis } from '../base/index.ts'
import {
  type FieldList,
  fieldValue,
  formatHttpDate,
  hasField,
  isFinal,
  parseEntityTag,
  parseHttpDate,
  withField,
  withoutFields,
} from '../http/index.ts'
import { initialAge } from './age.ts'
import { agreesWithExtension } from './deception-armor.ts'
import { decideFreshness, edgeTtlRule, type TtlRule } from './freshness.ts'
import { passedAsKept, type RuledResponse } from './ruled-response.ts'
import type { CacheSettings } from './settings.ts'
import type { Freshness } from './stored-response.ts'
import { cacheTags } from './tags.ts'
import { type GoverningControl, governingControl } from './targeted.ts'
import { decideVary } from './vary.ts'

/** What of the presented request bears on storing the answer to it. */
export type PresentedRequest = {
  readonly hasAuthorization: boolean
  /** As the origin server received it; for Cache Deception Armor. */
  readonly path: string
}

export type ReceivedResponse = {
  readonly status: number
  /** Without the fields that are hop-by-hop. */
  readonly fields: FieldList
  readonly requestTime: EpochMillis
  readonly responseTime: EpochMillis
}

/** Why the answer to an eligible request is not stored: one sentence each. */
export const NOT_STORED_REASONS = {
  partial: 'the answer is a part of a representation; only whole ones are stored',
  'unusable-status': 'the status is not one that a stored response can have',
  'status-ttl-no-store': 'edge_ttl says that answers of this status are not stored',
  'not-understood': 'the response says must-understand, and its status is not understood',
  'no-store': 'the origin said no-store',
  private: 'the origin said private',
  'no-cache': 'the origin said no-cache, and Origin Cache Control is off',
  'zero-lifetime': 'the origin said max-age=0 or s-maxage=0, and Origin Cache Control is off',
  authorization: 'the request had Authorization, and the response says none of public, s-maxage and must-revalidate',
  'set-cookie': 'the response sets a cookie, and no edge_ttl rule says to strip it',
  'vary-star': 'the response varies by everything',
  'vary-bypass': 'the response varies by a field that the zone does not cache by',
  deception: 'the media type is not what the extension of the path promises',
  'too-large': 'the content is larger than the zone stores',
  expired: 'Expires is not in the future, and nothing else sets a lifetime',
  'no-lifetime': 'nothing sets a lifetime: neither a field of the response, nor edge_ttl, nor a default for its status',
} as const

export type NotStoredReason = keyof typeof NOT_STORED_REASONS

export type StorableDecision =
  | {
      readonly kind: 'store'
      readonly freshness: Freshness
      readonly initialAge: Millis
      /** What is kept, and what the visitor who waits gets as well. */
      readonly fields: FieldList
      readonly tags: readonly string[]
      /** By which request fields the variant is selected (`selectingFor`). */
      readonly nominated: readonly string[]
    }
  /** `detail` names the value in question, where there is one. */
  | { readonly kind: 'refuse'; readonly reason: NotStoredReason; readonly detail?: string }

type Refusal = Extract<StorableDecision, { kind: 'refuse' }>

/** Everything that the checks look at. */
type Candidate = {
  readonly settings: CacheSettings
  readonly presented: PresentedRequest
  readonly received: ReceivedResponse
  readonly rule: TtlRule
  readonly governing: GoverningControl
  /** Origin Cache Control; Cloudflare-CDN-Cache-Control turns it on for its response. */
  readonly originCacheControl: boolean
}

/** Statuses whose definitions this cache follows in full.  RFC 9110 §15 */
const UNDERSTOOD: ReadonlySet<number> = new Set(
  [200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308]
    .concat([400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426])
    .concat([500, 501, 502, 503, 504, 505]),
)

/** Without these, what is kept would be read as something else or by somebody else. */
const INDISPENSABLE: readonly string[] = ['content-encoding', 'content-type', 'vary']

const NO_NAMES: readonly string[] = []

/** Whether the answer to an eligible request may be stored, and as what; `ruled`: as rules changed it, if some matched. */
export function decideStorable(
  settings: CacheSettings,
  presented: PresentedRequest,
  received: ReceivedResponse,
  ruled?: RuledResponse,
): StorableDecision {
  if (ruled !== undefined) {
    const judged = { ...received, fields: ruled.judged }
    return keepPassed(ruled, decideStorable(ruled.settings, presented, judged))
  }
  return decideStorableBy(edgeTtlRule(settings.edgeTtl, received.status), settings, presented, received)
}

/** The decision about the face that was judged, with the fields of the one that is kept. */
export function keepPassed(ruled: RuledResponse, decision: StorableDecision): StorableDecision {
  return decision.kind === 'refuse' ? decision : { ...decision, fields: passedAsKept(ruled, decision.fields) }
}

/** `decideStorable` with the edge_ttl rule found already: a freshened response goes by another status than its own. */
export function decideStorableBy(
  rule: TtlRule,
  settings: CacheSettings,
  presented: PresentedRequest,
  received: ReceivedResponse,
): StorableDecision {
  const governing = governingControl(received.fields)
  const originCacheControl = settings.originCacheControl || governing.source === 'cloudflare-cdn-cache-control'
  const candidate: Candidate = { settings, presented, received, rule, governing, originCacheControl }
  for (const check of CHECKS) {
    const refusal = check(candidate)
    if (refusal !== undefined) return refusal
  }
  return storeAs(candidate)
}

const CHECKS: readonly ((candidate: Candidate) => Refusal | undefined)[] = [
  checkStatus,
  checkRule,
  checkDirectives,
  checkAuthorization,
  checkSetCookie,
  checkArmor,
  checkSize,
]

/** "if the response status code is 206 or 304 ... the cache understands": parts are not stored, a 304 is no response. */
function checkStatus({ received: { status } }: Candidate): Refusal | undefined {
  if (status === 206) return refuse('partial')
  return status === 304 || !isFinal(status) ? refuse('unusable-status', String(status)) : undefined
}

function checkRule({ rule, received: { status } }: Candidate): Refusal | undefined {
  return rule === 'no-store' ? refuse('status-ttl-no-store', String(status)) : undefined
}

function checkDirectives(candidate: Candidate): Refusal | undefined {
  const { control } = candidate.governing
  if (control === undefined || candidate.rule !== undefined) return undefined
  const { status } = candidate.received
  // "... if it understands the status code, the cache SHOULD ignore the no-store directive."  RFC 9111 §5.2.2.3
  const mustUnderstand = control.mustUnderstand && candidate.originCacheControl
  if (mustUnderstand && !UNDERSTOOD.has(status)) return refuse('not-understood', String(status))
  if (control.noStore && !mustUnderstand) return refuse('no-store', candidate.governing.source)
  if (control.private === false) return undefined
  const mayKeepRest =
    candidate.originCacheControl && !INDISPENSABLE.some((name) => privateNames(candidate).includes(name))
  return control.private === true || !mayKeepRest ? refuse('private', candidate.governing.source) : undefined
}

/** RFC 9111 §3.5.  A rule does not stand in for the origin's consent: it knows the path, not who may see the answer. */
function checkAuthorization({ presented, originCacheControl, governing }: Candidate): Refusal | undefined {
  if (!presented.hasAuthorization || !originCacheControl) return undefined
  const { control } = governing
  const hasConsent =
    control !== undefined && (control.public || control.mustRevalidate || control.sMaxage !== undefined)
  return hasConsent ? undefined : refuse('authorization')
}

/** CF cache/concepts/cache-behavior.  A cookie that the origin itself calls private or no-cache is simply not kept. */
function checkSetCookie(candidate: Candidate): Refusal | undefined {
  const { settings, received, rule, originCacheControl, governing } = candidate
  if (rule !== undefined || !hasField(received.fields, 'set-cookie')) return undefined
  const noCache = governing.control?.noCache
  const isNamed =
    privateNames(candidate).includes('set-cookie') || (typeof noCache === 'object' && noCache.includes('set-cookie'))
  const isStripped = settings.eligibility === 'by-extension' && !originCacheControl
  return isNamed || isStripped ? undefined : refuse('set-cookie')
}

// DEVIATION CF cache/cache-security/cache-deception-armor: neither Cache-Control nor edge_ttl lifts the armor, though there
// they may; docs/decisions/0028.
function checkArmor({ settings, presented, received }: Candidate): Refusal | undefined {
  if (!settings.deceptionArmor) return undefined
  const contentType = fieldValue(received.fields, 'content-type')
  return agreesWithExtension(presented.path, contentType) ? undefined : refuse('deception', contentType)
}

/** By Content-Length; content of unknown length is watched while it comes. */
function checkSize({ settings, received }: Candidate): Refusal | undefined {
  const length = fieldValue(received.fields, 'content-length')
  const isLarger = length !== undefined && Number(length) > settings.maxObjectSize
  return isLarger ? refuse('too-large', `${length} bytes`) : undefined
}

function storeAs(candidate: Candidate): StorableDecision {
  const { settings, received, rule } = candidate
  const { status, fields, responseTime } = received
  const vary = decideVary(fields, settings.vary)
  if (vary.kind === 'refuse') return vary.reason === 'vary-star' ? refuse(vary.reason) : refuse(vary.reason, vary.field)
  const age = initialAge(fields, received.requestTime, responseTime)
  const { governing, originCacheControl } = candidate
  const decided = decideFreshness(settings, rule === 'no-store' ? undefined : rule, {
    status,
    fields,
    responseTime,
    initialAge: age,
    governing,
    originCacheControl,
  })
  if (decided.kind === 'refuse') return decided
  return {
    kind: 'store',
    freshness: decided.freshness,
    initialAge: age,
    fields: keptFields(candidate),
    tags: cacheTags(fields),
    nominated: vary.nominated,
  }
}

function keptFields(candidate: Candidate): FieldList {
  const { fields, responseTime } = candidate.received
  const dropped = new Set(['age', 'set-cookie', ...privateNames(candidate)])
  // "Strong ETags must be in double quotes; malformed ones are removed."  CF cache/reference/etag-headers
  if (parseEntityTag(fieldValue(fields, 'etag') ?? '') === undefined) dropped.add('etag')
  const kept = withoutFields(fields, dropped)
  const hasDate = parseHttpDate(fieldValue(kept, 'date') ?? '', responseTime) !== undefined
  return hasDate ? kept : withField(kept, 'date', formatHttpDate(responseTime))
}

/** The fields that the origin calls private, unless a rule puts that out of force. */
function privateNames({ governing, rule }: Candidate): readonly string[] {
  const named = governing.control?.private
  return rule === undefined && typeof named === 'object' ? named : NO_NAMES
}

function refuse(reason: NotStoredReason, detail?: string): Refusal {
  return detail === undefined ? { kind: 'refuse', reason } : { kind: 'refuse', reason, detail }
}
