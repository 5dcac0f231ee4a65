// The Host field: which authority a request means.  RFC 9110 §7.2, RFC 3986 §3.2.
//
// Stricter than the grammar, on purpose: a host that two programs could read differently is refused.  No percent-escapes
// and no sub-delims in names; a name that ends in a number is an IPv4 address or nothing (`127.1` and `0x7f.1` are
// addresses to some readers and names to others); no IPv6 zones.

import { isIpv4, isIpv6 } from './ip-address.ts'

export type Host = {
  /** Lower case, without a trailing dot; an IPv6 address keeps its brackets. */
  readonly host: string
  readonly port: number | undefined
}

const MAX_NAME_LENGTH = 253
const MAX_LABEL_LENGTH = 63
const MAX_PORT = 65_535
/** A name, its trailing dot, a colon and five digits. */
const MAX_FIELD_LENGTH = MAX_NAME_LENGTH + 7

/** The host and port of a Host field, or undefined when it is not exactly one valid `uri-host [ ":" port ]`. */
export function parseHost(value: string): Host | undefined {
  if (value === '' || value.length > MAX_FIELD_LENGTH) return undefined
  const bracket = value[0] === '[' ? value.indexOf(']') : -1
  if (value[0] === '[' && bracket < 0) return undefined
  const colon = value.indexOf(':', bracket + 1)
  const port = colon < 0 ? undefined : parsePort(value.slice(colon + 1))
  if (port === 'malformed') return undefined
  const text = (colon < 0 ? value : value.slice(0, colon)).toLowerCase()
  const host = bracket < 0 ? parseName(text) : parseBracketed(text)
  return host === undefined ? undefined : { host, port }
}

/** "port = *DIGIT": none at all is the scheme's default. */
function parsePort(text: string): number | undefined | 'malformed' {
  if (text === '') return undefined
  if (!/^[0-9]{1,5}$/.test(text)) return 'malformed'
  const port = Number(text)
  return port >= 1 && port <= MAX_PORT ? port : 'malformed'
}

function parseBracketed(text: string): string | undefined {
  return text.endsWith(']') && isIpv6(text.slice(1, -1)) ? text : undefined
}

/** One pass: this is asked for every request. */
function parseName(text: string): string | undefined {
  const end = text.endsWith('.') ? text.length - 1 : text.length
  if (end > MAX_NAME_LENGTH) return undefined
  let labelStart = 0
  for (let at = 0; at <= end; at += 1) {
    const code = at === end ? DOT : text.charCodeAt(at)
    if (code !== DOT) {
      if (!isLabelCharacter(code)) return undefined
    } else {
      if (at === labelStart || at - labelStart > MAX_LABEL_LENGTH) return undefined
      if (at < end) labelStart = at + 1
    }
  }
  const name = end === text.length ? text : text.slice(0, end)
  return endsInNumber(name, labelStart) && !isIpv4(name) ? undefined : name
}

const DOT = 0x2e

/** Lower-case letters, digits, hyphen and, as many names in use have it, underscore. */
function isLabelCharacter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x5f
}

/** URL §Host parsing, "ends in a number": such a name is an address to a browser. */
function endsInNumber(name: string, labelStart: number): boolean {
  const first = name.charCodeAt(labelStart)
  return first >= 0x30 && first <= 0x39 && /^(?:[0-9]+|0x[0-9a-f]*)$/.test(name.slice(labelStart))
}
