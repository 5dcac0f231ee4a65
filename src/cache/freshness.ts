// How long may a response be reused without asking?  RFC 9111 §4.2.1; CF cache/how-to/cache-rules/settings (edge_ttl),
// cache/concepts/cache-control; docs/decisions/0026.
//
// The first of these that speaks decides:
//
//   1  an edge_ttl rule: the status's own entry, else the default of override_origin.  It ignores the origin's fields
//   2  no-cache, for everything or for a field that is there: stored, and validated at each use
//   3  s-maxage, else max-age, of the field that governs (targeted.ts); 0 is validated at each use
//   4  Expires minus Date, unless a field for CDNs governs
//   5  the default of the status, under respect_origin
//
// No lifetime is guessed from Last-Modified.  Lifetimes of 1 and 5 are this edge's own and count from the arrival; those
// of the origin count from when the response was made, so that an Age it came with is used up already.

import { between, type EpochMillis, type Millis, millis, type Seconds, seconds, toMillis } from '../base/index.ts'
import { type FieldList, fieldValue, hasField, parseHttpDate } from '../http/index.ts'
import type { CacheControl } from './cache-control.ts'
import { DEFAULT_STALE_IF_UNREACHABLE_SECONDS } from './default-settings.ts'
import type { CacheSettings, EdgeTtl, StatusTtl } from './settings.ts'
import type { Freshness } from './stored-response.ts'
import { type GoverningControl, isTargeted } from './targeted.ts'

/** What an edge_ttl rule says about a response; undefined: nothing, its fields decide. */
export type TtlRule = StatusTtl['value'] | undefined

/** What a lifetime is computed from. */
export type FreshnessInput = {
  readonly status: number
  readonly fields: FieldList
  readonly responseTime: EpochMillis
  readonly initialAge: Millis
  readonly governing: GoverningControl
  /** Origin Cache Control, as it holds for this response. */
  readonly originCacheControl: boolean
}

export type FreshnessDecision =
  | { readonly kind: 'freshness'; readonly freshness: Freshness }
  | { readonly kind: 'refuse'; readonly reason: 'no-cache' | 'zero-lifetime' | 'expired' | 'no-lifetime' }

type Lifetime = { readonly kind: 'lifetime'; readonly lifetime: Millis } | { readonly kind: 'always-validate' }
type LifetimeDecision = Lifetime | Extract<FreshnessDecision, { kind: 'refuse' }>

const NONE = millis(0)
const ALWAYS_VALIDATE: LifetimeDecision = { kind: 'always-validate' }

/** Lifetimes without Cache-Control and Expires.  CF cache/concepts/default-cache-behavior */
const DEFAULT_LIFETIMES: ReadonlyMap<number, Seconds> = new Map([
  [200, seconds(7200)],
  [301, seconds(7200)],
  [302, seconds(1200)],
  [303, seconds(1200)],
  [404, seconds(180)],
  [410, seconds(180)],
])

/** "a status code that is defined as heuristically cacheable", which may be stored without a lifetime.  RFC 9110 §15.1 */
const HEURISTICALLY_CACHEABLE: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501])

/** What edge_ttl says about a status: the last entry that names it, else the default of override_origin. */
export function edgeTtlRule(edgeTtl: EdgeTtl, status: number): TtlRule {
  return statusTtl(edgeTtl, status) ?? (edgeTtl.mode === 'override_origin' ? edgeTtl.default : undefined)
}

/** The last entry of `status_code_ttl` that names the status, or undefined. */
export function statusTtl(edgeTtl: EdgeTtl, status: number): TtlRule {
  return edgeTtl.byStatus.findLast(({ from, to }) => from <= status && status <= to)?.value
}

/** How long and how a response may be reused, or why nothing lets it be stored.  `rule` is never 'no-store' here. */
export function decideFreshness(
  settings: CacheSettings,
  rule: Seconds | undefined,
  input: FreshnessInput,
): FreshnessDecision {
  const decided = rule === undefined ? lifetimeByOrigin(settings.edgeTtl.mode, input) : lifetimeByRule(rule, input)
  if (decided.kind === 'refuse') return decided
  const windows = mayServeStale(rule, input) ? staleWindows(settings, input.governing.control) : NO_WINDOWS
  const isAlways = decided.kind === 'always-validate'
  const freshness: Freshness = {
    lifetime: isAlways ? NONE : decided.lifetime,
    alwaysValidate: isAlways,
    staleWhileRevalidate: isAlways ? NONE : windows.staleWhileRevalidate,
    staleIfError: windows.staleIfError,
    staleIfUnreachable: isAlways ? windows.staleIfError : windows.staleIfUnreachable,
  }
  return { kind: 'freshness', freshness }
}

/** Expires minus Date (RFC 9111 §4.2.1 and §5.3), never negative: 0 for a date that is past or none; undefined without. */
export function expiresLifetime(fields: FieldList, received: EpochMillis): Millis | undefined {
  const value = fieldValue(fields, 'expires')
  if (value === undefined) return undefined
  const expires = parseHttpDate(value, received)
  const date = parseHttpDate(fieldValue(fields, 'date') ?? '', received) ?? received
  return expires === undefined ? NONE : millis(Math.max(0, between(date, expires)))
}

function lifetimeByRule(rule: Seconds, { initialAge }: FreshnessInput): LifetimeDecision {
  return rule === 0 ? ALWAYS_VALIDATE : fromArrival(rule, initialAge)
}

function lifetimeByOrigin(mode: EdgeTtl['mode'], input: FreshnessInput): LifetimeDecision {
  const { governing, fields, status } = input
  const { control, source } = governing
  const mayValidate = input.originCacheControl || isTargeted(source)
  const declared = control?.sMaxage ?? control?.maxAge
  const expires = isTargeted(source) ? undefined : expiresLifetime(fields, input.responseTime)
  if (control !== undefined && control.noCache !== false) {
    if (!mayValidate) return { kind: 'refuse', reason: 'no-cache' }
    if (isValidatedAlways(control, fields)) {
      // RFC 9111 §3: a lifetime, `public`, or a heuristically cacheable status; no-cache alone lets nothing be stored.
      const isStorable =
        declared !== undefined || expires !== undefined || control.public || HEURISTICALLY_CACHEABLE.has(status)
      return isStorable ? ALWAYS_VALIDATE : { kind: 'refuse', reason: 'no-lifetime' }
    }
  }
  if (declared === 0) return mayValidate ? ALWAYS_VALIDATE : { kind: 'refuse', reason: 'zero-lifetime' }
  if (declared !== undefined) return { kind: 'lifetime', lifetime: toMillis(declared) }
  if (expires === 0) return { kind: 'refuse', reason: 'expired' }
  if (expires !== undefined) return { kind: 'lifetime', lifetime: expires }
  const byDefault = mode === 'bypass_by_default' ? undefined : DEFAULT_LIFETIMES.get(status)
  return byDefault === undefined ? { kind: 'refuse', reason: 'no-lifetime' } : fromArrival(byDefault, input.initialAge)
}

/** A lifetime that counts from the arrival, however old the response was then. */
function fromArrival(lifetime: Seconds, initialAge: Millis): LifetimeDecision {
  return { kind: 'lifetime', lifetime: millis(toMillis(lifetime) + initialAge) }
}

/** Set-Cookie is never stored, so a no-cache that names it has nothing left to protect. */
function isValidatedAlways({ noCache }: CacheControl, fields: FieldList): boolean {
  if (typeof noCache === 'boolean') return noCache
  return noCache.some((name) => name !== 'set-cookie' && hasField(fields, name))
}

/**
 * Whether the origin and the operator let a stale copy go out at all.  RFC 9111 §4.2.4.  A rule's lifetime takes the
 * origin's revalidation directives out of force (CF cache/concepts/cache-control); a rule's 0 is a no-cache itself.
 */
function mayServeStale(rule: Seconds | undefined, { governing, originCacheControl, fields }: FreshnessInput): boolean {
  const { control } = governing
  if (rule !== undefined || control === undefined) return rule !== 0
  if (isValidatedAlways(control, fields)) return false
  const isBound = control.mustRevalidate || control.proxyRevalidate || control.sMaxage !== undefined
  return !(originCacheControl && isBound)
}

type StaleWindows = Pick<Freshness, 'staleWhileRevalidate' | 'staleIfError' | 'staleIfUnreachable'>

const NO_WINDOWS: StaleWindows = { staleWhileRevalidate: NONE, staleIfError: NONE, staleIfUnreachable: NONE }

/**
 * What the origin grants.  Errors that it answers itself are hidden only where it says so (RFC 5861 §4); when it does not
 * answer at all, a stale copy is better than none unless it says otherwise (RFC 9111 §4.2.4; docs/decisions/0041).
 */
function staleWindows(settings: CacheSettings, control: CacheControl | undefined): StaleWindows {
  if (settings.alwaysOnline) return NO_WINDOWS
  if (control === undefined)
    return { ...NO_WINDOWS, staleIfUnreachable: toMillis(DEFAULT_STALE_IF_UNREACHABLE_SECONDS) }
  return {
    staleWhileRevalidate: settings.disableStaleWhileUpdating
      ? NONE
      : toMillis(control.staleWhileRevalidate ?? seconds(0)),
    staleIfError: toMillis(control.staleIfError ?? seconds(0)),
    staleIfUnreachable: toMillis(control.staleIfError ?? DEFAULT_STALE_IF_UNREACHABLE_SECONDS),
  }
}
