// Keys of what scripts store, apart from those of what visitors ask for, within their zone: whatever a visitor sends, nobody
// else's answer comes out under it.  docs/decisions/0084
//
//   ZONE …                          cache/key.ts: what a visitor of the zone asks for
//   outside ZONE …                  fetched from a host that is not the zone's
//   cache=NAME ZONE …               a named cache of the Cache API
//   ZONE cf-key=TEXT                a script chose the key
//
// I1  A key of cache/key.ts begins with the zone's id, in which there is neither "=" nor a small word of ours, and has no component
//     called cf-key; so no two of these forms are one text.

import type { CacheKey } from '../cache/index.ts'

/** The key of what the zone's scripts fetch from elsewhere. */
export function outsideKey(key: CacheKey): CacheKey {
  return `outside ${key}`
}

/** The key in a named cache. */
export function namedCacheKey(cache: string, key: CacheKey): CacheKey {
  return `cache=${escaped(cache)} ${key}`
}

/** The key that a script chose, `cf.cacheKey`. */
export function chosenKey(zoneId: string, text: string): CacheKey {
  return `${zoneId} cf-key=${escaped(text)}`
}

/** Printable ASCII without space, read back in one way only. */
function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
