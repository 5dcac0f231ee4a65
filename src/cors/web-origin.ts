// The Origin field: absent, `null`, a serialised origin, or nothing that a browser sends.  Fetch §Origin header,
// HTML §Serialization of an origin, RFC 6454 §6.2.
//
//   scheme "://" host [ ":" port ]      no path, no trailing slash, no userinfo, one origin only
//
// This runs for each request that carries Origin, before the cache key is made: one pass over the characters, and nothing
// allocated but the answer.  The text itself is the identity of the origin; it is compared and keyed as the bytes it is,
// so nothing here lower-cases or shortens it.
//
// Upper case: browsers write schemes, and the names and addresses of http, https, ws, wss and ftp, in lower case.  An
// upper-case letter there therefore comes from no browser and is 'invalid'; a CORS check against the lower-case form
// would fail anyway, as it compares bytes.  Under other schemes the host is opaque and keeps its case (Safari's extensions
// are `safari-web-extension://` and an upper-case UUID), so there it may stand.

import { isIpv6 } from '../http/index.ts'

export type WebOrigin =
  /** No Origin: not a CORS request. */
  | { readonly kind: 'absent' }
  /** The text `null`: an opaque origin, such as a sandboxed frame, or a redirect across origins. */
  | { readonly kind: 'null' }
  /** A serialised tuple origin. */
  | { readonly kind: 'origin'; readonly serialized: string }
  /** Anything else: no browser sends it, and no answer to it is stored. */
  | { readonly kind: 'invalid' }

const ABSENT: WebOrigin = { kind: 'absent' }
const NULL: WebOrigin = { kind: 'null' }
const INVALID: WebOrigin = { kind: 'invalid' }

/** A scheme, a name of 253 characters and a port fit with room to spare. */
const MAX_ORIGIN_LENGTH = 320

/** Which of the four an Origin field value is; null and undefined mean that the request has none. */
export function parseWebOrigin(value: string | null | undefined): WebOrigin {
  if (value === null || value === undefined) return ABSENT
  if (value === 'null') return NULL
  return isSerializedOrigin(value) ? { kind: 'origin', serialized: value } : INVALID
}

/** Whether the text is the serialisation of one tuple origin.  A port that is the scheme's default is let pass. */
export function isSerializedOrigin(value: string): boolean {
  if (value.length > MAX_ORIGIN_LENGTH) return false
  const colon = schemeEnd(value)
  if (colon <= 0 || !value.startsWith('://', colon)) return false
  const start = colon + 3
  const isBracketed = value.charCodeAt(start) === 0x5b
  const end = isBracketed ? bracketedEnd(value, start) : nameEnd(value, start, mayHaveUpperCase(value))
  return end > start && isPort(value, end)
}

/** Where the run of scheme characters ends, or 0 when the text does not begin with a lower-case letter. */
function schemeEnd(value: string): number {
  if (!isLower(value.charCodeAt(0))) return 0
  let at = 1
  for (; at < value.length; at += 1) {
    const code = value.charCodeAt(at)
    // "+", "-", "."
    if (!isLower(code) && !isDigit(code) && code !== 0x2b && code !== 0x2d && code !== 0x2e) break
  }
  return at
}

function mayHaveUpperCase(value: string): boolean {
  const isSpecial =
    value.startsWith('https:') ||
    value.startsWith('http:') ||
    value.startsWith('ws:') ||
    value.startsWith('wss:') ||
    value.startsWith('ftp:')
  return !isSpecial
}

/** Where the run of name characters ends: letters, digits, "-", ".", "_" and "~". */
function nameEnd(value: string, start: number, upperCase: boolean): number {
  let at = start
  for (; at < value.length; at += 1) {
    const code = value.charCodeAt(at)
    const isName = isLower(code) || isDigit(code) || code === 0x2d || code === 0x2e || code === 0x5f || code === 0x7e
    if (!isName && !(upperCase && code >= 0x41 && code <= 0x5a)) break
  }
  return at
}

/** Behind the "]" of a lower-case IPv6 address that opens at `start`, or 0. */
function bracketedEnd(value: string, start: number): number {
  const close = value.indexOf(']', start)
  if (close < 0) return 0
  const address = value.slice(start + 1, close)
  return isIpv6(address) && address === address.toLowerCase() ? close + 1 : 0
}

/** Whether the rest of the text is nothing, or ":" and a number from 1 to 65535 without leading zeros. */
function isPort(value: string, at: number): boolean {
  if (at === value.length) return true
  if (value.charCodeAt(at) !== 0x3a || value.charCodeAt(at + 1) === 0x30 || value.length - at > 6) return false
  let port = 0
  for (let i = at + 1; i < value.length; i += 1) {
    const code = value.charCodeAt(i)
    if (!isDigit(code)) return false
    port = port * 10 + (code - 0x30)
  }
  return port >= 1 && port <= 65_535
}

function isLower(code: number): boolean {
  return code >= 0x61 && code <= 0x7a
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
