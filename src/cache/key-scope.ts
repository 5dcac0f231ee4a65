// Keys of what scripts store, apart from those of what visitors ask for, within their zone: whatever a visitor sends, nobody
// else's answer comes out under it.  docs/decisions/0084
//
//   ZONE …                          key.ts: what a visitor of the zone asks for
//   outside ZONE …                  fetched from a host that is not the zone's
//   cache=NAME ZONE …               a named cache of the Cache API
//   ZONE cf-key=TEXT                a script chose the key
//
// I1  A key of key.ts begins with the zone's id, in which there is neither "=" nor a small word of ours, and has no component
//     called cf-key; so no two of these forms are one text.

import { escapeText } from './key-text.ts'
import type { CacheKey } from './stored-response.ts'

/** The key of what the zone's scripts fetch from elsewhere. */
export function outsideKey(key: CacheKey): CacheKey {
  return `outside ${key}`
}

/** The key in a named cache. */
export function namedCacheKey(cache: string, key: CacheKey): CacheKey {
  return `cache=${escapeText(cache)} ${key}`
}

/** The key that a script chose, `cf.cacheKey`. */
export function chosenKey(zoneId: string, text: string): CacheKey {
  return `${escapeText(zoneId)} cf-key=${escapeText(text)}`
}
