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
 * where they were escaped, and all else is an upper-case escape.
 */
export function canonicalPath(path: string): string {
  if (!NEEDS_SPELLING.test(path)) return path
  return path.replace(SPELLED, (spelled) => (spelled.length === 3 ? canonicalTriplet(spelled) : encode(spelled)))
}

const NEEDS_SPELLING = /[^A-Za-z0-9._~!$&'()*+,;=:@/-]/
/** An escape, or one character that needs one; characters are at most two units long. */
const SPELLED = /%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~!$&'()*+,;=:@/-]/gu
const UNRESERVED = /[A-Za-z0-9._~-]/

function canonicalTriplet(triplet: string): string {
  const char = String.fromCharCode(Number.parseInt(triplet.slice(1), 16))
  return UNRESERVED.test(char) ? char : triplet.toUpperCase()
}

/** A lone surrogate has no UTF-8: it becomes U+FFFD, as in a URL. */
function encode(char: string): string {
  return encodeURIComponent(char.toWellFormed())
}
