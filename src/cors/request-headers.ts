// Which request headers a page may set, and which of them make the browser ask first.  Fetch §Headers
// (forbidden request-header, CORS-safelisted request-header, CORS-unsafe request-header names).
//
// Lengths are counted in bytes: a header value is a byte sequence, and the characters of a value that went over the wire
// stand for one byte each.

import { essence, type FieldList } from '../http/index.ts'
import { isForbiddenMethod } from './methods.ts'
import type { Reading } from './reading.ts'

/** "If value's length is greater than 128, then return false." */
export const MAX_SAFELISTED_VALUE_BYTES = 128
/** "If safelistValueSize is greater than 1024, then ...": all safelisted headers together. */
export const MAX_SAFELISTED_TOTAL_BYTES = 1024

const FORBIDDEN: ReadonlySet<string> = new Set(
  (
    'accept-charset accept-encoding access-control-request-headers access-control-request-method connection ' +
    'content-length cookie cookie2 date dnt expect host keep-alive origin referer set-cookie te trailer ' +
    'transfer-encoding upgrade via'
  ).split(' '),
)
const METHOD_OVERRIDES: ReadonlySet<string> = new Set(['x-http-method', 'x-http-method-override', 'x-method-override'])

/** Content types that a form can send. */
const FORM_TYPES: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
])

/** "CORS non-wildcard request-header name": a `*` in Access-Control-Allow-Headers does not allow it. */
export const NON_WILDCARD_NAMES: readonly string[] = ['authorization']

/** Whether the browser keeps this header for itself, so that a page that sets it changes nothing.  `name` in lower case. */
export function isForbiddenRequestHeader(name: string, value: string): boolean {
  return FORBIDDEN.has(name) || name.startsWith('proxy-') || name.startsWith('sec-') || isDropped(name, value)
}

/** Whether no browser sends such a header, neither for the page nor for itself: an override to a forbidden method. */
export function isDropped(name: string, value: string): boolean {
  return METHOD_OVERRIDES.has(name) && value.split(',').some((each) => isForbiddenMethod(each.trim()))
}

/**
 * What Chromium sends without asking, beside the standard's: client hints with values that they can have, and two names
 * whatever they say.  Found by asking it (test/oracle).
 */
const CHROMIUM_SAFELISTED: ReadonlyMap<string, RegExp> = new Map([
  ['device-memory', /^[0-9]+(?:\.[0-9]+)?$/],
  ['downlink', /^[0-9]+(?:\.[0-9]+)?$/],
  ['dpr', /^[0-9]+(?:\.[0-9]+)?$/],
  ['ect', /^(?:slow-2g|2g|3g|4g)$/],
  ['intervention', /^/],
  ['rtt', /^[0-9]+$/],
  ['save-data', /^on$/i],
  ['user-agent', /^/],
  ['viewport-width', /^[0-9]+$/],
  ['width', /^[0-9]+$/],
])

/** Whether a header needs no preflight.  `name` in lower case. */
export function isCorsSafelistedRequestHeader(name: string, value: string, reading: Reading = 'standard'): boolean {
  if (value.length > MAX_SAFELISTED_VALUE_BYTES) return false
  switch (name) {
    case 'accept':
      return !hasUnsafeByte(value)
    case 'accept-language':
    case 'content-language':
      return /^[0-9A-Za-z *,\-.;=]*$/.test(value)
    case 'content-type':
      return !hasUnsafeByte(value) && FORM_TYPES.has(essence(value) ?? '')
    case 'range':
      return isSimpleRange(value, reading)
    default:
      // DEVIATION Fetch §CORS-safelisted request-header: explain goes by what Chromium does.
      return reading === 'chromium' && CHROMIUM_SAFELISTED.get(name)?.test(value) === true
  }
}

/** The names for which the browser asks first: lower case, each once, sorted.  Forbidden ones are not the page's. */
export function unsafeRequestHeaderNames(headers: FieldList, reading: Reading = 'standard'): readonly string[] {
  const unsafe: string[] = []
  const potentiallyUnsafe: string[] = []
  let safelistedBytes = 0
  for (const [name, value] of headers) {
    if (isForbiddenRequestHeader(name, value)) continue
    if (!isCorsSafelistedRequestHeader(name, value, reading)) {
      unsafe.push(name)
      continue
    }
    potentiallyUnsafe.push(name)
    safelistedBytes += value.length
  }
  if (safelistedBytes > MAX_SAFELISTED_TOTAL_BYTES) unsafe.push(...potentiallyUnsafe)
  return [...new Set(unsafe)].sort()
}

/** "CORS-unsafe request-header byte": a control character but HTAB, or one of `"():<>?@[\]{}` and DEL. */
function hasUnsafeByte(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return /[\x00-\x08\x0a-\x1f"():<>?@[\\\]{}\x7f]/.test(value)
}

/** From this position on Chromium takes a range for malformed. */
const CHROMIUM_RANGE_LIMIT = 2n ** 63n - 1n

/** "parse a single range header value", without a suffix range: a first byte is given, and the last is not before it. */
function isSimpleRange(value: string, reading: Reading): boolean {
  const [, first, last] = /^bytes=([0-9]+)-([0-9]*)$/.exec(value) ?? []
  if (first === undefined || last === undefined) return false
  if (reading === 'chromium' && [first, last].some((position) => BigInt(position) >= CHROMIUM_RANGE_LIMIT)) return false
  return last === '' || BigInt(first) <= BigInt(last)
}
