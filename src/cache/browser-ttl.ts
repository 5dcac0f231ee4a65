// How long may browsers keep what comes from this cache?  CF cache/how-to/edge-browser-cache-ttl, cache/how-to/cache-rules/
// settings (browser_ttl); docs/decisions/0027.
//
// For answers that are in the store only: HIT, MISS, EXPIRED, REVALIDATED, UPDATING, STALE.  It changes Cache-Control, and
// of that the lifetime; what the edge itself does is never touched (freshness.ts).

import { type EpochMillis, millis, type Seconds, toMillis, unreachable } from '../base/index.ts'
import { type FieldList, fieldValue, hasField, listMembers, trimOws } from '../http/index.ts'
import { parseCacheControl } from './cache-control.ts'
import { expiresLifetime } from './freshness.ts'
import type { BrowserTtl } from './settings.ts'

export type BrowserControl =
  /** Cache-Control and Expires go out as the origin sent them. */
  | { readonly kind: 'as-is' }
  /** This is the Cache-Control that goes out, and Expires does not: it would contradict. */
  | { readonly kind: 'set'; readonly value: string }

const AS_IS: BrowserControl = { kind: 'as-is' }
const DO_NOT_STORE: BrowserControl = { kind: 'set', value: 'no-store' }

const LIFETIME: ReadonlySet<string> = new Set(['max-age'])
/** What an operator who sets a lifetime for browsers takes back with it. */
const LIFETIME_AND_DENIALS: ReadonlySet<string> = new Set(['max-age', 'no-store', 'no-cache'])

/** The Cache-Control for browsers.  `now` stands in for a Date that is missing. */
export function browserCacheControl(settings: BrowserTtl, fields: FieldList, now: EpochMillis): BrowserControl {
  switch (settings.mode) {
    case 'respect_origin':
      return AS_IS
    case 'zone':
      return raised(settings.default, fields, now)
    case 'override_origin':
      return withLifetime(fieldValue(fields, 'cache-control'), settings.default, LIFETIME_AND_DENIALS)
    case 'bypass_by_default':
      return hasField(fields, 'cache-control') || hasField(fields, 'expires') ? AS_IS : DO_NOT_STORE
    case 'bypass':
      return DO_NOT_STORE
    default:
      return unreachable(settings)
  }
}

/** "Whichever is higher" of the zone's lifetime and the origin's; a denial of the origin's is no lifetime to raise. */
function raised(lifetime: Seconds, fields: FieldList, now: EpochMillis): BrowserControl {
  if (lifetime === 0) return AS_IS
  const value = fieldValue(fields, 'cache-control')
  const control = parseCacheControl(value ?? '')
  if (control.noStore || control.noCache === true) return AS_IS
  const byOrigin = control.maxAge === undefined ? expiresLifetime(fields, now) : toMillis(control.maxAge)
  const isLower = (byOrigin ?? millis(-1)) < toMillis(lifetime)
  return isLower ? withLifetime(value, lifetime, LIFETIME) : AS_IS
}

/** The directives that the origin sent but for those of the names, and the lifetime at the end. */
function withLifetime(value: string | undefined, lifetime: Seconds, without: ReadonlySet<string>): BrowserControl {
  const kept = listMembers(value ?? '').filter((member) => !without.has(directiveName(member)))
  return { kind: 'set', value: [...kept, `max-age=${lifetime}`].join(', ') }
}

function directiveName(member: string): string {
  const equals = member.indexOf('=')
  return trimOws(equals < 0 ? member : member.slice(0, equals)).toLowerCase()
}
