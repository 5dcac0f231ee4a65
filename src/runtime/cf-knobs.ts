// The `cf` options of a script's `fetch`, as workerd hands them on: what they say about caching, in the form of a cache rule.
// CF workers/runtime-apis/request §The cf property; docs/decisions/0084
//
//   cacheTtl, cacheTtlByStatus, cacheEverything, cacheControl, vary, …  ──►  settings (beat the zone's rules)
//   cacheKey, cacheTags                                                 ──►  beside them
//
// A script that passes its own request on hands us the `request.cf` that it was given: what is no knob is left alone.
// What is a knob and makes no sense is left out, as Cloudflare does, so that one bad value never fails the request.

import { type Seconds, seconds } from '../base/index.ts'
import type { CacheSettings, StatusTtl } from '../cache/index.ts'
import { parseCacheRuleParameters } from '../rulesets/index.ts'

/** The settings of the cache that a script can say something about. */
export type KnobSettings = Partial<
  Pick<
    CacheSettings,
    'eligibility' | 'edgeTtl' | 'browserTtl' | 'originCacheControl' | 'vary' | 'respectStrongEtags' | 'deceptionArmor'
  >
>

export type CfKnobs = {
  /** Laid over what the zone's rules say; empty when the script said nothing. */
  readonly parameters: KnobSettings
  /** Takes the place of the cache key within the zone. */
  readonly cacheKey: string | undefined
  /** In addition to those of the response. */
  readonly cacheTags: readonly string[]
  /** Stands in for the response's Cache-Control. */
  readonly cacheControl: string | undefined
  readonly stripEtags: boolean
  readonly stripLastModified: boolean
  /** One text for equal knobs; empty for none: what a plan made for them is found again by. */
  readonly signature: string
}

export const NO_KNOBS: CfKnobs = {
  ...{ parameters: {}, cacheKey: undefined, cacheTags: [], cacheControl: undefined },
  ...{ stripEtags: false, stripLastModified: false, signature: '' },
}

/** Cloudflare's own limits on a key and on tags.  CF cache/how-to/purge-cache/purge-by-tags */
const MAX_CACHE_KEY_CHARACTERS = 4096
const MAX_TAG_CHARACTERS = 1024
const MAX_TAGS = 1000
const MAX_TTL_SECONDS = 2_147_483_648

type Json = Readonly<Record<string, unknown>>

/** The knobs in the text of a `cf` field; none when it has none or is no JSON object. */
export function parseCfKnobs(text: string | null): CfKnobs {
  const cf = text === null ? undefined : parseObject(text)
  if (cf === undefined || !KNOBS.some((name) => cf[name] !== undefined)) return NO_KNOBS
  const knobs = {
    parameters: parametersOf(cf),
    cacheKey: stringOf(cf.cacheKey, MAX_CACHE_KEY_CHARACTERS),
    cacheTags: tagsOf(cf.cacheTags),
    cacheControl: cf.cacheTtl === undefined ? stringOf(cf.cacheControl, MAX_CACHE_KEY_CHARACTERS) : undefined,
    stripEtags: cf.stripEtags === true,
    stripLastModified: cf.stripLastModified === true,
  }
  return { ...knobs, signature: JSON.stringify(knobs) }
}

const KNOBS = [
  ...['cacheEverything', 'cacheTtl', 'cacheTtlByStatus', 'cacheLevel', 'cacheKey', 'cacheTags', 'cacheControl', 'vary'],
  ...['stripEtags', 'stripLastModified', 'respectStrongEtag', 'cacheDeceptionArmor'],
] as const

function parametersOf(cf: Json): KnobSettings {
  const ttl = cf.cacheTtl
  const isBypassed = cf.cacheLevel === 'bypass' || (typeof ttl === 'number' && ttl < 0)
  if (isBypassed) return { eligibility: 'ineligible' }
  const lifetime = secondsOf(ttl)
  const byStatus = statusTtlsOf(cf.cacheTtlByStatus)
  const isForced = cf.cacheEverything === true || lifetime !== undefined || byStatus.length > 0
  return {
    ...(isForced && { eligibility: 'eligible' }),
    ...(lifetime !== undefined && { edgeTtl: { mode: 'override_origin', default: lifetime, byStatus } }),
    ...(lifetime === undefined &&
      byStatus.length > 0 && { edgeTtl: { mode: 'respect_origin', default: undefined, byStatus } }),
    ...(typeof cf.respectStrongEtag === 'boolean' && { respectStrongEtags: cf.respectStrongEtag }),
    ...(typeof cf.cacheDeceptionArmor === 'boolean' && { deceptionArmor: cf.cacheDeceptionArmor }),
    ...varyOf(cf.vary),
  }
}

/** `{"200-299": 300, "404": 1, "500-599": -1}`.  CF: negative values are not cached, 0 is cached and expires at once. */
function statusTtlsOf(value: unknown): readonly StatusTtl[] {
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([range, ttl]): StatusTtl[] => {
    const match = /^(\d{3})(?:-(\d{3}))?$/.exec(range)
    if (match === null || typeof ttl !== 'number') return []
    const from = Number(match[1])
    const lifetime = ttl < 0 ? 'no-store' : secondsOf(ttl)
    return lifetime === undefined
      ? []
      : [{ from, to: match[2] === undefined ? from : Number(match[2]), value: lifetime }]
  })
}

/** `cf.vary` has the shape of a cache rule's `vary`, and its rules. */
function varyOf(value: unknown): Pick<KnobSettings, 'vary'> {
  const parsed = value === undefined ? undefined : parseCacheRuleParameters({ vary: value })
  return parsed?.ok === true && parsed.value.vary !== undefined ? { vary: parsed.value.vary } : {}
}

function tagsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return []
  const tags = value.flatMap((tag) => stringOf(tag, MAX_TAG_CHARACTERS) ?? [])
  return tags.slice(0, MAX_TAGS).map((tag) => tag.toLowerCase())
}

function secondsOf(value: unknown): Seconds | undefined {
  return typeof value === 'number' && value >= 0 && value <= MAX_TTL_SECONDS ? seconds(Math.floor(value)) : undefined
}

function stringOf(value: unknown, limit: number): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= limit ? value : undefined
}

function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    // Fail open: no JSON, so nothing was said about caching.
    return undefined
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
