// The response fields that go out with what is stored.  Made once for each variant that is asked for again and again: of all
// fields only Age changes by itself, and it is set anew in the same list when its second is over.
//
// The stored list is the origin's.  Here the browser's lifetime is laid over it, Smart Edge Revalidation adds a validator
// where the origin sent none, and what is meant for this edge alone is left out.

import type { EpochMillis } from '../base/index.ts'
import { toSeconds } from '../base/index.ts'
import {
  browserCacheControl,
  type CacheOutcome,
  CDN_INTERNAL_FIELDS,
  cacheStatusName,
  currentAge,
  mayAddAge,
  smartLastModified,
  withoutOriginControl,
} from '../cache/index.ts'
import type { ZonePlan } from './plan.ts'
import type { StoredAnswer } from './response.ts'

/** The fields of a stored answer, without the ray; `now` sets Age, and nothing else: what is stored has a Date. */
export function storedFields(
  stored: StoredAnswer['stored'],
  outcome: CacheOutcome,
  { settings }: ZonePlan,
  now: EpochMillis,
): Headers {
  const headers = new Headers()
  for (const [name, value] of stored.fields) if (!CDN_INTERNAL_FIELDS.has(name)) headers.append(name, value)
  const control = browserCacheControl(settings.browserTtl, stored.fields, now)
  if (control.kind === 'set') {
    headers.set('cache-control', control.value)
    headers.delete('expires')
  }
  const sent = settings.originCacheControl ? null : headers.get('cache-control')
  if (sent !== null) {
    const kept = withoutOriginControl(sent, control.kind === 'set')
    if (kept === undefined) headers.delete('cache-control')
    else headers.set('cache-control', kept)
  }
  const modified = smartLastModified(stored)
  if (modified !== undefined) headers.set('last-modified', modified)
  if (mayAddAge(outcome)) setAge(headers, stored, now)
  headers.set('cf-cache-status', cacheStatusName(outcome))
  return headers
}

/** Says how old a stored answer is at `now`.  RFC 9111 §5.1 */
export function setAge(
  headers: Headers,
  stored: Pick<StoredAnswer['stored'], 'responseTime' | 'initialAge'>,
  now: EpochMillis,
): void {
  headers.set('age', String(toSeconds(currentAge(stored, now))))
}
