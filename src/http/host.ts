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

function parseName(text: string): string | undefined {
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  if (name.length > MAX_NAME_LENGTH) return undefined
  const labels = name.split('.')
  if (!labels.every(isLabel)) return undefined
  const endsInNumber = /^(?:[0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')
  return endsInNumber && !isIpv4(name) ? undefined : name
}

/** Letters, digits, hyphen and, as many names in use have it, underscore. */
function isLabel(label: string): boolean {
  return label.length <= MAX_LABEL_LENGTH && /^[0-9a-z_-]+$/.test(label)
}
