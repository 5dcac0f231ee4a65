// Route patterns: which URLs run which Worker.  CF workers/configuration/routing/routes
//
//   [http:// | https://]  [*]HOST  [/PATH][*]
//
// A wildcard stands for any characters, none included, at the start of the host and at the end of the path, and nowhere
// else.  The whole URL is compared, its query too, so a pattern without a wildcard at its end matches no URL with a query.
// Hosts are compared without regard to case, paths with.
//
// Pure and linear: a match is two comparisons of a beginning or an end.

import { fail, ok, type Result } from '../base/index.ts'
import { parseHost } from '../http/index.ts'

export type RoutePattern = {
  /** As it was written. */
  readonly text: string
  /** undefined: both. */
  readonly scheme: 'http' | 'https' | undefined
  /** Whether the host begins with a wildcard. */
  readonly anyHostStart: boolean
  /** The host without its wildcard, lower case; begins with a dot for `*.example.com`; empty for `*` alone. */
  readonly host: string
  /** Begins with a slash; without its wildcard. */
  readonly path: string
  /** Whether the path ends with a wildcard. */
  readonly anyPathEnd: boolean
}

/** What patterns are held against. */
export type RequestedUrl = {
  readonly scheme: 'http' | 'https'
  /** Lower case, without port. */
  readonly host: string
  readonly path: string
  /** Begins with "?" or is empty. */
  readonly query: string
}

const MAX_PATTERN_CHARACTERS = 1024
const SCHEME = /^(https?):\/\//i
const PARTS = /^(\*?)([^/*]*)(?:(\/[^*]*)(\*?))?$/
/** Spaces, controls, and what a URL's path cannot have unescaped. */
const NOT_IN_A_PATH = /[^\x21-\x7e]|["<>\\^`{|}]/

/**
 * The pattern that a text is for a zone, or why it is none: what follows the text in a sentence.  `*` as the host means
 * every host that the zone serves.
 */
export function parseRoutePattern(text: string, zone: string): Result<RoutePattern, string> {
  if (text.length > MAX_PATTERN_CHARACTERS)
    return fail(`is longer than ${MAX_PATTERN_CHARACTERS} characters; shorten it`)
  const [schemeText = '', schemeName] = SCHEME.exec(text) ?? []
  const rest = text.slice(schemeText.length)
  if (rest.includes('://')) return fail('has another scheme than http or https; use one of them or none')
  if (rest.includes('?')) return fail('has a query, which no route can have; end the path with * instead')
  if (rest.includes('#')) return fail('has a fragment, which no server sees; leave it out')
  const [, star = '', hostText = '', path = '/', pathStar = ''] = PARTS.exec(rest) ?? [undefined, '', '\0']
  if (hostText === '\0') {
    return fail('has a wildcard in the middle; * is allowed at the start of the host and at the end of the path')
  }
  const host = parsePatternHost(star, hostText)
  if (host === undefined) return fail(`has no valid host; write for example "${zone}/*"`)
  if (host !== '' && !belongsTo(host, zone)) {
    return fail(`is not of the zone ${zone}; the host must be ${zone} or end with .${zone}`)
  }
  if (NOT_IN_A_PATH.test(path)) return fail('has characters in its path that a URL cannot have; percent-encode them')
  const scheme = schemeName === undefined ? undefined : schemeName.toLowerCase() === 'https' ? 'https' : 'http'
  return ok({ text, scheme, anyHostStart: star === '*', host, path, anyPathEnd: pathStar === '*' })
}

/** The host after its wildcard, lower case, or undefined when it is none. */
function parsePatternHost(star: string, text: string): string | undefined {
  if (text === '') return star === '*' ? '' : undefined
  const dot = star === '*' && text.startsWith('.') ? '.' : ''
  const host = parseHost(text.slice(dot.length))
  return host === undefined || host.port !== undefined ? undefined : dot + host.host
}

function belongsTo(host: string, zone: string): boolean {
  const name = host.startsWith('.') ? host.slice(1) : host
  return name === zone || name.endsWith(`.${zone}`)
}

/** Whether the pattern matches the URL. */
export function isRouteMatch(pattern: RoutePattern, { scheme, host, path, query }: RequestedUrl): boolean {
  if (pattern.scheme !== undefined && pattern.scheme !== scheme) return false
  if (pattern.anyHostStart ? !host.endsWith(pattern.host) : host !== pattern.host) return false
  if (!pattern.anyPathEnd) return query === '' && path === pattern.path
  // The pattern's path has no "?", so a longer one can only match what stands before the query.
  return path.startsWith(pattern.path)
}

/**
 * The order in which patterns are tried: the most specific first.
 *
 * Whole labels of the host count first, then whole segments of the path; a wildcard that stands for a whole label or
 * segment counts against them, one that only ends or begins them does not.  So `www.example.com/*` goes before
 * `*.example.com/a`, and, CF quirk, kept: `example.com/images*` before `example.com/images/*`.  CF
 * workers/platform/known-issues §Route specificity.  Between equals, what has no wildcard goes first, then what names a
 * scheme, then the longer text.
 */
export function compareRoutePatterns(a: RoutePattern, b: RoutePattern): number {
  return (
    hostScore(b) - hostScore(a) ||
    Number(a.anyHostStart) - Number(b.anyHostStart) ||
    pathScore(b) - pathScore(a) ||
    Number(a.anyPathEnd) - Number(b.anyPathEnd) ||
    Number(b.scheme !== undefined) - Number(a.scheme !== undefined) ||
    b.text.length - a.text.length ||
    (a.text < b.text ? -1 : 1)
  )
}

const WHOLE_WILDCARD = 2

function hostScore({ host, anyHostStart }: RoutePattern): number {
  const isWhole = anyHostStart && (host === '' || host.startsWith('.'))
  return host.split('.').length - (isWhole ? WHOLE_WILDCARD : 0)
}

function pathScore({ path, anyPathEnd }: RoutePattern): number {
  const isWhole = anyPathEnd && path.endsWith('/')
  return path.split('/').length - (isWhole ? WHOLE_WILDCARD : 0)
}

/** Whether two patterns match the same URLs. */
export function isSameRoute(a: RoutePattern, b: RoutePattern): boolean {
  return (
    a.scheme === b.scheme &&
    a.host === b.host &&
    a.anyHostStart === b.anyHostStart &&
    a.path === b.path &&
    a.anyPathEnd === b.anyPathEnd
  )
}
