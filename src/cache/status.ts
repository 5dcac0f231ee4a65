// What became of a request in the cache, as clients are told: CF-Cache-Status (CF cache/concepts/cache-responses) and
// Cache-Status (RFC 9211).  The only place where Cloudflare's words are made.

import type { Seconds } from '../base/index.ts'
import { sfInteger, sfString, sfToken } from '../http/index.ts'

export type CacheStatusName = 'HIT' | 'MISS' | 'EXPIRED' | 'STALE' | 'BYPASS' | 'REVALIDATED' | 'UPDATING' | 'DYNAMIC'

export type CacheOutcome =
  /** A fresh stored response went out. */
  | 'reused-fresh'
  /** A stale one went out while it is being validated behind it. */
  | 'reused-while-validating'
  /** A stale one went out because the origin server failed. */
  | 'reused-on-error'
  /** A stored one went out after the origin server had confirmed it. */
  | 'validated'
  /** The origin's answer went out and is stored; there was none before. */
  | 'stored'
  /** The origin's answer went out and takes the place of a stored one. */
  | 'replaced'
  /** The origin's answer went out and may not be stored (storable.ts says why). */
  | 'not-stored'
  /** The request was never the cache's business (eligibility.ts says why). */
  | 'ineligible'

const NAMES: Readonly<Record<CacheOutcome, CacheStatusName>> = {
  'reused-fresh': 'HIT',
  'reused-while-validating': 'UPDATING',
  'reused-on-error': 'STALE',
  validated: 'REVALIDATED',
  stored: 'MISS',
  replaced: 'EXPIRED',
  'not-stored': 'BYPASS',
  ineligible: 'DYNAMIC',
}

const FROM_STORE: ReadonlySet<CacheOutcome> = new Set([
  'reused-fresh',
  'reused-while-validating',
  'reused-on-error',
  'validated',
])

/** Cloudflare's word for an outcome: the value of CF-Cache-Status. */
export function cacheStatusName(outcome: CacheOutcome): CacheStatusName {
  return NAMES[outcome]
}

/** Whether Age goes out: only on what comes from the store.  RFC 9111 §5.1; CF cache/concepts/cache-responses */
export function mayAddAge(outcome: CacheOutcome): boolean {
  return FROM_STORE.has(outcome)
}

/** Why a request went forward to the origin server.  RFC 9211 §2.2 */
export type ForwardReason =
  /** The cache was configured not to handle it. */
  | 'bypass'
  /** Its method is never answered from a store. */
  | 'method'
  /** Nothing is stored under its key. */
  | 'uri-miss'
  /** Something is, but no variant of it fits. */
  | 'vary-miss'
  /** Nothing stored fits, and nobody says why. */
  | 'miss'
  /** A fresh response is stored, but the request does not accept it. */
  | 'request'
  /** What is stored is stale. */
  | 'stale'
  /** What is stored lacks a part of what was asked. */
  | 'partial'

export type CacheStatusReport = {
  /** RFC 9211 has one of both: answered from the store, or forwarded and why. */
  readonly handled: 'hit' | ForwardReason
  /** Status of the origin's answer, when the request went forward and it differs from what goes out or is worth knowing. */
  readonly forwardStatus?: number
  readonly stored?: boolean
  readonly collapsed?: boolean
  /** What is left of the freshness lifetime; negative for a stale response. */
  readonly ttl?: Seconds
  readonly key?: string
  /** A reason from one of the lists of this room. */
  readonly detail?: string
}

/** This cache's member of Cache-Status: `varyant; fwd=uri-miss; stored; ttl=30; key="..."`. */
export function cacheStatusField(report: CacheStatusReport): string {
  const isForwarded = report.handled !== 'hit'
  const parts = ['varyant', isForwarded ? `fwd=${report.handled}` : 'hit']
  // "... only meaningful when the request has been forwarded."  RFC 9211 §2.3, §2.5, §2.6
  if (isForwarded && report.forwardStatus !== undefined) parts.push(`fwd-status=${sfInteger(report.forwardStatus)}`)
  if (isForwarded && report.stored === true) parts.push('stored')
  if (isForwarded && report.collapsed === true) parts.push('collapsed')
  if (report.ttl !== undefined) parts.push(`ttl=${sfInteger(report.ttl)}`)
  if (report.key !== undefined) parts.push(`key=${sfString(report.key)}`)
  if (report.detail !== undefined) parts.push(`detail=${sfToken(report.detail)}`)
  return parts.join('; ')
}
