// What a purge must ask of the data plane.  The edge implements it; whoever wires the rooms hands it in.

import type { Result } from '../base/index.ts'
import type { CacheKey } from '../cache/index.ts'
import type { FieldList } from '../http/index.ts'

/** Where the data plane keeps what a visitor's request for a URL would find. */
export type Addressed = {
  /** The primary keys it could be stored under; none when such a request is never answered from the store. */
  readonly keys: readonly CacheKey[]
  /** The target URI as the origin server would receive it, "http://host/path?query": that of `Location`. */
  readonly uri: string
}

export interface PurgeTarget {
  /** The id of the zone that serves a host (lower case, without port, IPv6 in brackets), or undefined when none does. */
  findZone(hostname: string): string | undefined
  /**
   * What a visitor's request for `url` with these fields would be looked up under: a synthetic request through the
   * zone's pipeline.  Or, in one sentence, why no visitor could send it.  CF cache/how-to/purge-cache/purge-by-single-file
   */
  address(zoneId: string, url: string, fields: FieldList): Result<Addressed, string>
  /** Whether scripts of the zone may have fetched from hosts that no zone has: those are purged through it. */
  fetchesElsewhere?(zoneId: string): boolean
  /** The revision at which the oldest fetch under way began, or undefined when there is none. */
  oldestFetch(): number | undefined
}
