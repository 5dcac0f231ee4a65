// What the configuration and the rules say about caching one request: plain data, made outside the request path.
// Field by field as a `set_cache_settings` action writes it (CF cache/how-to/cache-rules/settings), in our units.

import type { Bytes, Seconds } from '../base/index.ts'

/** Which requests may be answered from the store. */
export type Eligibility =
  /** Nobody said: by the extension of the path, and `robots.txt`. */
  | 'by-extension'
  /** A rule said `cache: true`: any path. */
  | 'eligible'
  /** A rule said `cache: false`. */
  | 'ineligible'

/** `aggressive` keys by query; `basic` caches only without one; `simplified` drops it for static extensions. */
export type CacheLevel = 'aggressive' | 'basic' | 'simplified'

export type StatusTtl = {
  /** Inclusive bounds; equal for one status. */
  readonly from: number
  readonly to: number
  /** A lifetime; 0 stores and always validates; 'no-store' refuses. */
  readonly value: Seconds | 'no-store'
}

export type EdgeTtl = {
  readonly mode: 'respect_origin' | 'override_origin' | 'bypass_by_default'
  /** The lifetime under `override_origin`. */
  readonly default: Seconds | undefined
  /** The last entry that names the status wins. */
  readonly byStatus: readonly StatusTtl[]
}

export type BrowserTtl =
  /** The zone setting: raises a smaller or absent lifetime; 0 respects the origin. */
  | { readonly mode: 'zone'; readonly default: Seconds }
  | { readonly mode: 'respect_origin' }
  | { readonly mode: 'override_origin'; readonly default: Seconds }
  /** The origin's fields, else tell browsers not to store. */
  | { readonly mode: 'bypass_by_default' }
  /** Tell browsers not to store. */
  | { readonly mode: 'bypass' }

export type NameSelection =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'only'; readonly names: readonly string[] }
  | { readonly kind: 'except'; readonly names: readonly string[] }

/** A custom cache key.  Field names are lower case. */
export type CustomKey = {
  readonly query: NameSelection
  readonly header: {
    readonly include: readonly string[]
    readonly checkPresence: readonly string[]
    readonly contains: Readonly<Record<string, readonly string[]>>
    readonly excludeOrigin: boolean
  }
  readonly cookie: { readonly include: readonly string[]; readonly checkPresence: readonly string[] }
  readonly hostResolved: boolean
  readonly user: { readonly deviceType: boolean; readonly geo: boolean; readonly lang: boolean }
}

export type KeySettings = {
  /** undefined: Cloudflare's default key. */
  readonly custom: CustomKey | undefined
  readonly byDeviceType: boolean
}

export type VaryAction = 'normalize' | 'passthrough' | 'bypass'

export type VaryRule = {
  readonly action: VaryAction
  /** For `accept`: the media types that are told apart; for `accept-language`: the languages.  Lower case. */
  readonly allow: readonly string[] | undefined
}

export type VarySettings = {
  readonly default: VaryAction
  /** By lower-case field name. */
  readonly headers: Readonly<Record<string, VaryRule>>
}

/** `per_origin` keeps a copy for each Origin, as Cloudflare does; `collapse` shares what the origin server grants to all. */
export type CorsVariants = 'per_origin' | 'collapse'

/** Everything that steers the cache for one request. */
export type CacheSettings = {
  readonly eligibility: Eligibility
  readonly developmentMode: boolean
  readonly level: CacheLevel
  /** Ports beside the default that are cached though they are administrative ones. */
  readonly additionalCacheablePorts: readonly number[]
  readonly originCacheControl: boolean
  readonly edgeTtl: EdgeTtl
  readonly browserTtl: BrowserTtl
  readonly key: KeySettings
  readonly corsVariants: CorsVariants
  readonly sortQuery: boolean
  readonly deceptionArmor: boolean
  readonly vary: VarySettings | undefined
  readonly disableStaleWhileUpdating: boolean
  /** On: stale-while-revalidate and stale-if-error are ignored (CF cache/concepts/cache-control). */
  readonly alwaysOnline: boolean
  readonly respectStrongEtags: boolean
  readonly originErrorPagePassthru: boolean
  readonly readTimeout: Seconds
  readonly maxObjectSize: Bytes
}
