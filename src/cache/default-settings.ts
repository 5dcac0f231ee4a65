// The cache settings of a zone that nobody has configured: Cloudflare's, for plans below Enterprise.

import { bytes, seconds } from '../base/index.ts'
import type { CacheSettings } from './settings.ts'

/** The browser TTL of a new zone: four hours, on every plan.  CF plans `browser_cache_ttl` */
export const DEFAULT_BROWSER_TTL_SECONDS = seconds(14_400)

/** The silence between two reads that an origin server is allowed, as on every plan below Enterprise. */
export const DEFAULT_READ_TIMEOUT_SECONDS = seconds(100)

/**
 * The largest object that is stored: 512 MB, the limit of the Free, Pro and Business plans.  Decimal, because the
 * documentation nowhere says MiB and a limit that is met early is the safe reading.  CF cache/concepts/default-cache-behavior
 */
export const DEFAULT_MAX_OBJECT_SIZE_BYTES = bytes(512 * 10 ** 6)

/**
 * How long past its expiry a copy stands in for an origin server that gives no answer, when the origin set no
 * stale-if-error: a day, in which somebody notices.  The documentation names no figure; docs/decisions/0041.
 */
export const DEFAULT_STALE_IF_UNREACHABLE_SECONDS = seconds(86_400)

export const DEFAULT_CACHE_SETTINGS: CacheSettings = {
  // By the extension of the path: HTML and JSON are cached only where a rule says so.
  eligibility: 'by-extension',
  // A zone serves from its cache unless somebody is debugging; the switch ends by itself after three hours.
  developmentMode: false,
  // Each query string is a resource of its own: the only level that never serves one query's answer to another.
  level: 'aggressive',
  // The ports of administrative tools stay uncached until a rule lists them.
  additionalCacheablePorts: [],
  // Always on below Enterprise: the origin's Cache-Control means what RFC 9111 says.
  originCacheControl: true,
  // The origin's fields decide; without any, the lifetime by status.
  edgeTtl: { mode: 'respect_origin', default: undefined, byStatus: [] },
  browserTtl: { mode: 'zone', default: DEFAULT_BROWSER_TTL_SECONDS },
  // The default key, Origin included.
  key: { custom: undefined, byDeviceType: false },
  // Cloudflare's rule; what shares copies between Origins is for a zone or a rule to ask for.
  corsVariants: 'per_origin',
  // Sorting also changes what the origin receives, so it is for a zone or a rule to ask for.
  sortQuery: false,
  // Off for new zones: some origins do serve odd media types under static names.
  deceptionArmor: false,
  // Without a configuration Vary selects nothing but content codings; docs/decisions/0020.
  vary: undefined,
  // stale-while-revalidate holds where the origin sends it.
  disableStaleWhileUpdating: false,
  // On, it would disable the stale directives; what it offers, an archive of other people's copies, is not ours to give.
  alwaysOnline: false,
  // Only says how far a visitor's Accept-Encoding reaches the origin: this edge does not re-encode.
  respectStrongEtags: false,
  // Answers of the origin are passed on; pages of the edge's own replace only answers that never came.
  originErrorPagePassthru: false,
  readTimeout: DEFAULT_READ_TIMEOUT_SECONDS,
  maxObjectSize: DEFAULT_MAX_OBJECT_SIZE_BYTES,
}
