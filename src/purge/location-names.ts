// Under which names a purge can find a stored response: the hosts and the URL prefixes of its location.
//
// Pure.  Both the judgement of one selector (match.ts) and the index of all of them (standing.ts) read names from here,
// so that they cannot disagree.
//
// A name without a port takes every port of the host; one with a port takes that port only.  Paths are compared by
// meaning, not by spelling: `%7Ea`, `~a` and the UTF-8 form of an encoded letter are one name, since nobody who purges
// a directory means to leave a spelling of it behind.
// DEVIATION CF cache/how-to/purge-cache/purge_by_prefix: with URL normalisation off, spellings are told apart there.

import type { Location } from '../cache/index.ts'

/** The most "/" that a prefix may have.  CF cache/how-to/purge-cache/purge_by_prefix */
export const MAX_PREFIX_SEPARATORS = 31

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

/** The host names of a location: without its port, and with it. */
export function hostNames(location: Location): readonly [hostname: string, authority: string] {
  const { host } = location
  const colon = host.lastIndexOf(':')
  if (colon > host.lastIndexOf(']')) return [host.slice(0, colon), host]
  return [host, `${host}:${DEFAULT_PORTS[location.scheme] ?? ''}`]
}

/** The target URI of a location, as a `uri` selector writes it. */
export function uriOf(location: Location): string {
  return `${location.scheme}://${location.host}${location.path}${location.query}`
}

/**
 * The paths at segment boundaries that lead to `path`, the shortest first: "" (the host), "/a", "/a/b".  None has more
 * than MAX_PREFIX_SEPARATORS separators, so that a path of nothing but "/" costs no more than a plain one.
 */
export function boundaryPaths(path: string): readonly string[] {
  const canonical = canonicalPath(path)
  const found: string[] = []
  for (let end = 0; end !== -1 && found.length <= MAX_PREFIX_SEPARATORS; end = canonical.indexOf('/', end + 1)) {
    found.push(canonical.slice(0, end))
  }
  if (found.length <= MAX_PREFIX_SEPARATORS) found.push(canonical)
  return found
}

/**
 * The path in its one spelling: what RFC 3986 §3.3 lets stand plain in a path stands plain, unreserved characters even
 * where they were escaped, and all else is an upper-case escape of its UTF-8.  Total: a "%" that begins no escape is
 * escaped itself, and a lone surrogate becomes U+FFFD, as in a URL.
 */
export function canonicalPath(path: string): string {
  if (!NEEDS_SPELLING.test(path)) return path
  const octets = UTF_8.encode(path)
  let spelled = ''
  for (let i = 0; i < octets.length; i += 1) {
    const escaped = octets[i] === PERCENT ? octetOf(octets[i + 1], octets[i + 2]) : undefined
    if (escaped === undefined) spelled += SPELLING[octets[i] ?? 0]
    else {
      spelled += SPELLING_OF_ESCAPED[escaped]
      i += 2
    }
  }
  return spelled
}

const UTF_8 = new TextEncoder()
const PERCENT = 0x25
const NEEDS_SPELLING = /[^A-Za-z0-9._~!$&'()*+,;=:@/-]/

/** The spelling of each octet that stood plain, and of each that stood escaped. */
const SPELLING = spellings(/[A-Za-z0-9._~!$&'()*+,;=:@/-]/)
const SPELLING_OF_ESCAPED = spellings(/[A-Za-z0-9._~-]/)

function spellings(plain: RegExp): readonly string[] {
  return Array.from({ length: 256 }, (_, octet) => {
    const char = String.fromCharCode(octet)
    return plain.test(char) ? char : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`
  })
}

/** The octet that two hexadecimal digits write, or undefined when they are none. */
function octetOf(high: number | undefined, low: number | undefined): number | undefined {
  const [first, second] = [hexDigit(high), hexDigit(low)]
  return first === undefined || second === undefined ? undefined : first * 16 + second
}

function hexDigit(octet = 0): number | undefined {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30
  const lower = octet | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : undefined
}
