// May this request be answered from the store at all?  Decided before any look-up; the answer to one that may not is
// DYNAMIC.  CF cache/concepts/default-cache-behavior, cache/concepts/cache-responses
//
// By the URL only, never by the media type of what comes back (storable.ts judges that).  docs/decisions/0021.

import { pathExtension } from '../http/index.ts'
import type { CacheSettings } from './settings.ts'

/** The extensions that are cached when no rule says anything. */
export const DEFAULT_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    '7z avi avif apk bin bmp bz2 class css csv doc docx dmg ejs eot eps exe flac gif gz ico iso jar jpg jpeg js mid ' +
    'midi mkv mp3 mp4 ogg otf pdf pict pls png ppt pptx ps rar svg svgz swf tar tif tiff ttf webm webp woff woff2 ' +
    'xls xlsx zip zst'
  ).split(' '),
)

/**
 * Ports of administrative tools (control panels and their kin): served, but cached only if a rule lists them in
 * `additional_cacheable_ports`.
 *
 * DEVIATION CF fundamentals/reference/network-ports: 8443 is not among them, because it is this edge's own port for https.
 */
export const UNCACHED_PORTS: ReadonlySet<number> = new Set([2052, 2053, 2082, 2083, 2086, 2087, 2095, 2096, 8880])

/** Why a request goes to the origin server without a look-up: one sentence each. */
export const INELIGIBLE_REASONS = {
  method: 'only GET and HEAD are answered from the cache',
  'development-mode': 'development mode is on for the zone',
  'rule-bypass': 'a rule says cache: false',
  port: 'the port is an administrative one; additional_cacheable_ports does not list it',
  extension: 'the extension of the path is not one that is cached by default, and no rule says cache: true',
  'query-under-basic': 'the cache level is basic: what has a query string is not cached',
} as const

export type IneligibleReason = keyof typeof INELIGIBLE_REASONS

export type EligibilityDecision =
  | { readonly kind: 'eligible' }
  | { readonly kind: 'ineligible'; readonly reason: IneligibleReason }

export type EligibilityRequest = {
  readonly method: string
  /** Begins with "/". */
  readonly path: string
  /** Begins with "?" or is empty. */
  readonly query: string
  /** The port that the visitor addressed, when known. */
  readonly port: number | undefined
}

/** Answers for one method, path, query and port; made once for each CacheSettings. */
export type DecideEligible = (method: string, path: string, query: string, port?: number) => EligibilityDecision

const ELIGIBLE: EligibilityDecision = { kind: 'eligible' }
const INELIGIBLE = Object.fromEntries(
  Object.keys(INELIGIBLE_REASONS).map((reason) => [reason, { kind: 'ineligible', reason }]),
) as Readonly<Record<IneligibleReason, EligibilityDecision>>

/** Whether a request may be answered from the store, or the first reason why not. */
export function decideEligibility(settings: CacheSettings, request: EligibilityRequest): EligibilityDecision {
  return makeEligibility(settings)(request.method, request.path, request.query, request.port)
}

/** `decideEligibility` with the settings read once: each request costs a few comparisons and one look-up. */
export function makeEligibility(settings: CacheSettings): DecideEligible {
  const decideTarget = makeDecideTarget(settings)
  const extraPorts = new Set(settings.additionalCacheablePorts)
  return function decideEligible(method, path, query, port) {
    if (method !== 'GET' && method !== 'HEAD') return INELIGIBLE.method
    if (port !== undefined && UNCACHED_PORTS.has(port) && !extraPorts.has(port)) return INELIGIBLE.port
    return decideTarget(path, query)
  }
}

function makeDecideTarget(settings: CacheSettings): (path: string, query: string) => EligibilityDecision {
  if (settings.developmentMode) return () => INELIGIBLE['development-mode']
  switch (settings.eligibility) {
    case 'ineligible':
      return () => INELIGIBLE['rule-bypass']
    case 'eligible':
      // A rule beats the zone's setting, so the level `basic` does not take back what the rule has given.
      return () => ELIGIBLE
    case 'by-extension': {
      const isBasic = settings.level === 'basic'
      return (path, query) => {
        if (!isStaticPath(path)) return INELIGIBLE.extension
        return isBasic && query !== '' ? INELIGIBLE['query-under-basic'] : ELIGIBLE
      }
    }
  }
}

/** Whether a path is cached by default: by its extension, without regard to case, or as the site's `/robots.txt`. */
function isStaticPath(path: string): boolean {
  return DEFAULT_EXTENSIONS.has(pathExtension(path)) || isRobotsTxt(path)
}

/** Only the site's own: "in the top-level path of the service" (RFC 9309 §2.3).  A deeper one may be any page. */
function isRobotsTxt(path: string): boolean {
  return path.length === 11 && path.toLowerCase() === '/robots.txt'
}
