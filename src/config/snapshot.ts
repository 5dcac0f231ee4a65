// The configuration as the data plane sees it: immutable, compiled once per change, versioned.

import type { EpochMillis } from '../base/index.ts'
import type { CacheSettings } from '../cache/index.ts'
import type { RulesProgram } from '../rulesets/index.ts'
import type { ZoneScripts } from '../scripts/index.ts'

/** An entry of a zone's `origins`: which hosts, and where they lead. */
export type OriginTarget = {
  readonly scheme: 'http' | 'https'
  /** A name or an address; an IPv6 address has no brackets. */
  readonly hostname: string
  readonly port: number
  /** `scheme://hostname:port`, without a path; an IPv6 address has its brackets. */
  readonly base: string
  /** Whether an https origin's certificate must be valid: ssl `strict`. */
  readonly verifyTls: boolean
}

/** One zone, ready to serve. */
export type ZoneSnapshot = {
  readonly id: string
  readonly name: string
  /** Every phase that has rules, compiled. */
  readonly rules: RulesProgram
  /**
   * The zone's cache settings; the rules of a request are laid over them.
   * Its `developmentMode` is always off: whether it is on is a question of time, and `developmentModeUntil` answers it.
   */
  readonly cacheSettings: CacheSettings
  /** Development Mode is on before this instant; undefined: it is off. */
  readonly developmentModeUntil: EpochMillis | undefined
  /** Whether everything passes through, uncached and untouched by rules. */
  readonly paused: boolean
  /** Largest request content, in bytes. */
  readonly maxUpload: number
  /** Every origin server of the zone: what its scripts may reach though it is private. */
  readonly origins: readonly OriginTarget[]
  /** Its Workers and Snippets; undefined: it has none. */
  readonly scripts: ZoneScripts | undefined
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
