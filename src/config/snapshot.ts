// The configuration as the data plane sees it: immutable, compiled once per change, versioned.

import type { CacheSettings } from '../cache/index.ts'

/** An entry of a zone's `origins`: which hosts, and where they lead. */
export type OriginTarget = {
  readonly scheme: 'http' | 'https'
  readonly hostname: string
  readonly port: number
  /** `scheme://hostname:port`, without a path. */
  readonly base: string
}

/** One zone, ready to serve. */
export type ZoneSnapshot = {
  readonly id: string
  readonly name: string
  /** The zone's cache settings after every rule whose expression is `true`; issue by issue rules will refine them. */
  readonly cacheSettings: CacheSettings
  /** Largest request content, in bytes. */
  readonly maxUpload: number
}

/** Where a host leads. */
export type Route = {
  readonly zone: ZoneSnapshot
  readonly origin: OriginTarget
}

export type Snapshot = {
  readonly revision: number
  readonly zones: readonly ZoneSnapshot[]
  /** The route of a host name (lower case, without port), or undefined: 421. */
  findRoute(host: string): Route | undefined
}
