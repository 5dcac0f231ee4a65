// Which stored response fits a request's fields?  RFC 9111 §4.1, as CF cache/concepts/vary settles it.
//
// Unconfigured, Vary selects nothing: one copy serves everybody.  Two exceptions hold always: `Vary: *` is never stored,
// and a response that is encoded, or varies by Accept-Encoding, is selected by the codings that the client takes
// (docs/decisions/0020).  Configured, each field that Vary nominates selects by its action:
//
//   normalize     its normal form, which for the negotiation fields is also what the origin server receives
//   passthrough   its bytes
//   bypass        such a response is not stored
//
// I1  A selecting value is a function of what the origin server received, so one variant is one answer of the origin.
// I2  A response without Vary and without Content-Encoding costs nothing here: its selecting list is empty.

import {
  type FieldList,
  isToken,
  listMembers,
  normalizeAccept,
  normalizeAcceptEncoding,
  normalizeAcceptLanguage,
  normalizeGeneric,
} from '../http/index.ts'
import { encodingClass, isEncoded } from './content-encoding.ts'
import type { VaryAction, VaryRule, VarySettings } from './settings.ts'
import type { Entry, Variant } from './store/contract.ts'
import type { Selecting } from './stored-response.ts'

/** The value of a request's field, lines joined, or null: `Headers.get`. */
export type FieldReader = (name: string) => string | null

export type VaryDecision =
  | { readonly kind: 'store'; readonly nominated: readonly string[] }
  /** `Vary: *`: no request ever fits it.  RFC 9111 §4.1 */
  | { readonly kind: 'refuse'; readonly reason: 'vary-star' }
  /** Vary nominates a field whose action is `bypass`. */
  | { readonly kind: 'refuse'; readonly reason: 'vary-bypass'; readonly field: string }

/**
 * The most variants that one key keeps.  Each look-up compares them one by one, and under `passthrough` a client can make
 * as many as it likes; 128 are more than languages times media types of any site that negotiates.
 */
export const MAX_VARIANTS = 128

const ACCEPT_ENCODING = 'accept-encoding'
const NOTHING: readonly string[] = []
const STORE_FOR_ALL: VaryDecision = { kind: 'store', nominated: NOTHING }
const STORE_BY_ENCODING: VaryDecision = { kind: 'store', nominated: [ACCEPT_ENCODING] }
const REFUSE_STAR: VaryDecision = { kind: 'refuse', reason: 'vary-star' }
const SELECT_NOTHING: Selecting = []

/**
 * The names that Vary nominates: lower case, each once, sorted; or `*` when it is a member.  What is no field name is left
 * out: no request can carry such a field, so none differs in it.
 */
export function nominatedFields(fields: FieldList): readonly string[] | '*' {
  let names: Set<string> | undefined
  for (const [name, value] of fields) {
    if (name !== 'vary') continue
    names ??= new Set()
    for (const member of listMembers(value)) {
      if (member === '*') return '*'
      if (isToken(member)) names.add(member.toLowerCase())
    }
  }
  return names === undefined ? NOTHING : [...names].sort()
}

/** Whether Vary lets a response be stored, and by which fields its variant is then selected. */
export function decideVary(fields: FieldList, settings: VarySettings | undefined): VaryDecision {
  const listed = nominatedFields(fields)
  if (listed === '*') return REFUSE_STAR
  const isByEncoding = listed.includes(ACCEPT_ENCODING) || fields.some(isContentEncoding)
  if (settings === undefined) return isByEncoding ? STORE_BY_ENCODING : STORE_FOR_ALL
  const bypassed = listed.find((name) => mustBypass(name, settings))
  if (bypassed !== undefined) return { kind: 'refuse', reason: 'vary-bypass', field: bypassed }
  if (!isByEncoding || listed.includes(ACCEPT_ENCODING)) return { kind: 'store', nominated: listed }
  return { kind: 'store', nominated: [...listed, ACCEPT_ENCODING].sort() }
}

/** What selects the variant that is the answer to this request. */
export function selectingFor(
  nominated: readonly string[],
  field: FieldReader,
  settings: VarySettings | undefined,
): Selecting {
  if (nominated.length === 0) return SELECT_NOTHING
  return nominated.map((name) => [name, selectingValue(name, field, settings)] as const)
}

/** Whether every selecting field of the presented request has the value that the stored response was selected by. */
export function matchesSelecting(
  selecting: Selecting,
  field: FieldReader,
  settings: VarySettings | undefined,
): boolean {
  for (const [name, value] of selecting) {
    if (selectingValue(name, field, settings) !== value) return false
  }
  return true
}

/** The newest variant that fits the request, or undefined. */
export function findVariant(entry: Entry, field: FieldReader, settings: VarySettings | undefined): Variant | undefined {
  const { variants } = entry
  const newest = variants[0]
  if (newest === undefined || newest.response.selecting.length === 0) return newest
  // Each field is read and normalised once, however many variants there are.
  const values = new Map<string, string | undefined>()
  const presentedValue = (name: string): string | undefined => {
    if (!values.has(name)) values.set(name, selectingValue(name, field, settings))
    return values.get(name)
  }
  return variants.find(({ response }) => response.selecting.every(([name, value]) => presentedValue(name) === value))
}

/** The variants that are more than one key may keep: the oldest. */
export function excessVariants(entry: Entry): readonly Variant[] {
  return entry.variants.slice(MAX_VARIANTS)
}

/**
 * What the request to the origin server must carry instead of what the client sent; undefined removes the field.  Decided
 * by the configuration, before anybody knows whether the response will vary.  Accept-Encoding is always among them when
 * the client's would ask for more than its class.
 */
export function originVaryFields(
  settings: VarySettings | undefined,
  field: FieldReader,
  respectStrongEtags: boolean,
): readonly (readonly [name: string, value: string | undefined])[] {
  const rewrites: [string, string | undefined][] = []
  for (const name of ['accept', 'accept-language'] as const) {
    const value = field(name)
    const rule = value === null ? undefined : ruleFor(name, settings)
    if (value === null || rule?.action !== 'normalize') continue
    const normal = normalForm(name, value, rule.allow)
    if (normal !== value) rewrites.push([name, normal])
  }
  const accepted = field(ACCEPT_ENCODING)
  const asked = originAcceptEncoding(accepted, settings, respectStrongEtags)
  if (asked !== accepted) rewrites.push([ACCEPT_ENCODING, asked])
  return rewrites
}

/** Never nothing: without the field "any content coding is considered acceptable" (RFC 9110 §12.5.3). */
function originAcceptEncoding(
  accepted: string | null,
  settings: VarySettings | undefined,
  respectStrongEtags: boolean,
): string {
  const action = respectStrongEtags ? encodingAction(settings) : 'class'
  if (action === 'class') return encodingClass(accepted)
  const value = accepted !== null && action === 'normalize' ? normalizeAcceptEncoding(accepted) : accepted
  return value === null || value === '' ? 'identity' : value
}

/** What a field contributes to the selection: its value as its action makes it, or undefined when it counts as absent. */
function selectingValue(name: string, field: FieldReader, settings: VarySettings | undefined): string | undefined {
  const value = field(name)
  if (name === ACCEPT_ENCODING && encodingAction(settings) === 'class') return encodingClass(value)
  if (value === null) return undefined
  const rule = ruleFor(name, settings)
  return rule?.action === 'normalize' ? normalForm(name, value, rule.allow) : value
}

/** An empty negotiation field is sent to nobody, so it is the same as none. */
function normalForm(name: string, value: string, allow: readonly string[] | undefined): string | undefined {
  switch (name) {
    case 'accept':
      return normalizeAccept(value, allow) || undefined
    case 'accept-language':
      return normalizeAcceptLanguage(value, allow) || undefined
    case ACCEPT_ENCODING:
      return normalizeAcceptEncoding(value) || undefined
    default:
      return normalizeGeneric(value)
  }
}

function ruleFor(name: string, settings: VarySettings | undefined): VaryRule | undefined {
  if (settings === undefined) return undefined
  // Own members only: `Vary: constructor` must not find what every object inherits.
  const own = Object.hasOwn(settings.headers, name) ? settings.headers[name] : undefined
  return own ?? { action: settings.default, allow: undefined }
}

/**
 * How Accept-Encoding selects.  The edge handles codings itself, by class, unless the configuration says otherwise; a
 * *default* of `bypass` does not count as that, because it would stop every compressible response from being stored.
 */
function encodingAction(settings: VarySettings | undefined): 'class' | 'normalize' | 'passthrough' {
  const action = ruleFor(ACCEPT_ENCODING, settings)?.action
  return action === undefined || action === 'bypass' ? 'class' : action
}

function mustBypass(name: string, settings: VarySettings): boolean {
  const action: VaryAction =
    name === ACCEPT_ENCODING && !Object.hasOwn(settings.headers, name) ? 'normalize' : actionFor(name, settings)
  return action === 'bypass'
}

function actionFor(name: string, settings: VarySettings): VaryAction {
  return ruleFor(name, settings)?.action ?? settings.default
}

function isContentEncoding([name, value]: readonly [string, string]): boolean {
  return name === 'content-encoding' && isEncoded(value)
}
