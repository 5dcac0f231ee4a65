// One line of JSON for each finished exchange.

import type { AccessRecord } from '../base/index.ts'

/** The line, without its end.  JSON escapes control characters, so nothing in a request can make a second line. */
export function accessLine(record: AccessRecord): string {
  const { ray, at, client, method, url, status, cacheStatus, why, bytes, durationMillis, originMillis } = record
  return JSON.stringify({
    ray,
    at: new Date(at).toISOString(),
    client,
    method,
    url,
    status,
    cacheStatus: cacheStatus.toLowerCase(),
    why,
    bytes,
    durationMillis: toMicros(durationMillis),
    ...(originMillis !== undefined && { originMillis: toMicros(originMillis) }),
  })
}

/** Three decimals: a microsecond is as fine as anybody reads it. */
function toMicros(durationMillis: number): number {
  return Math.round(durationMillis * 1000) / 1000
}
