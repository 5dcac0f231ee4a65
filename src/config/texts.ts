// Texts of the configuration that stand for something: an address, a URL, a size, a host.  Total parsers; a problem is what
// follows the quoted text in a sentence: `"x" is not …; write …`.

import { type Bytes, fail, ok, parseBytes, type Result } from '../base/index.ts'
import { isIpv6, parseHost } from '../http/index.ts'
import { toAsciiName } from './ascii-name.ts'
import type { Listen, PrivateTarget } from './resolved.ts'

export type TextParser<Value> = (text: string) => Result<Value, string>

const MAX_PORT = 65_535

/** `HOST:PORT`, an IPv6 address in brackets; port 0 picks a free one. */
export function parseListen(text: string): Result<Listen, string> {
  const colon = text.lastIndexOf(':')
  const port = text.slice(colon + 1)
  const host = parseHost(text.slice(0, Math.max(colon, 0)))
  if (host === undefined || host.port !== undefined || !/^[0-9]{1,5}$/.test(port) || Number(port) > MAX_PORT) {
    return fail('is not HOST:PORT; write for example "127.0.0.1:8080"')
  }
  return ok({ hostname: withoutBrackets(host.host), port: Number(port) })
}

/** Where an origin server is, without how far it is believed. */
export type OriginAddress = {
  readonly scheme: 'http' | 'https'
  readonly hostname: string
  readonly port: number
  readonly base: string
}

const DEFAULT_PORTS = { http: 80, https: 443 } as const
const ORIGIN_REMEDY = 'write "http://HOST:PORT" or "https://HOST:PORT"'

/** A base URL: http or https, host and port, nothing else; a single slash at the end is forgiven. */
export function parseOriginUrl(text: string): Result<OriginAddress, string> {
  const match = /^(https?):\/\/([^/?#]*)(.*)$/i.exec(text)
  if (match === null) return fail(`is not an http or https URL; ${ORIGIN_REMEDY}`)
  const [, schemeText = '', authority = '', rest = ''] = match
  if (authority.includes('@')) return fail('has credentials, which the edge would not send; leave them out')
  if (rest !== '' && rest !== '/') {
    return fail("has a path or query, but path and query are the visitor's; leave it out")
  }
  const host = parseHost(authority)
  if (host === undefined) return fail(`has no valid host and port; ${ORIGIN_REMEDY}`)
  const scheme = schemeText.toLowerCase() === 'https' ? 'https' : 'http'
  const port = host.port ?? DEFAULT_PORTS[scheme]
  return ok({ scheme, hostname: withoutBrackets(host.host), port, base: `${scheme}://${host.host}:${port}` })
}

/** A size such as `256MB` or `10GiB`, at least `min`. */
export function sizeParser(min: Bytes, purpose: string): TextParser<Bytes> {
  return (text) => {
    const size = parseBytes(text)
    if (size === undefined) return fail('is not a size; write for example "256MB" or "10GB"')
    return size < min ? fail(`is less than ${min} bytes, too small to ${purpose}; raise it`) : ok(size)
  }
}

/** A day of the calendar. */
export function parseDay(text: string): Result<string, string> {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN)
  const isDay = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text)
  return isDay ? ok(text) : fail('is not a date; write for example "2026-11-01"')
}

/** The host name of a zone, lower case and in ASCII. */
export function parseZoneName(text: string): Result<string, string> {
  const host = parseHost(toAsciiName(text) ?? text)
  if (host === undefined || host.port !== undefined) {
    return fail('is not a host name; write one without scheme, port or path, such as "example.com"')
  }
  return ok(host.host)
}

/** A host pattern, lower case: a host, `*.suffix`, or `*`. */
export function parsePattern(text: string): Result<string, string> {
  if (text === '*') return ok('*')
  const name = text.startsWith('*.') ? text.slice(2) : text
  const host = parseHost(toAsciiName(name) ?? name)
  if (host === undefined || host.port !== undefined || (text.startsWith('*.') && host.host.startsWith('['))) {
    return fail('is not a host pattern; write a host without port, "*.example.com", or "*"')
  }
  return ok(text.startsWith('*.') ? `*.${host.host}` : host.host)
}

/** `http://HOST:PORT` of a listener. */
export function urlOf(scheme: 'http' | 'https', { hostname, port }: Listen): string {
  return `${scheme}://${isIpv6(hostname) ? `[${hostname}]` : hostname}:${port}`
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}

/** `127.0.0.1:9000`, `[::1]:9000`, `localhost:*`: where scripts may go though it is private. */
export function parsePrivateTarget(text: string): Result<PrivateTarget, string> {
  const isAnyPort = text.endsWith(':*')
  const host = parseHost(isAnyPort ? text.slice(0, -2) : text)
  if (host === undefined || isAnyPort === (host.port !== undefined)) {
    return fail('is not a host with a port; write for example "127.0.0.1:9000" or "localhost:*"')
  }
  return ok({ hostname: withoutBrackets(host.host), port: host.port })
}
