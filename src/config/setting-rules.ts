// The settings of a zone: which ids exist, what each may be set to, what it is when nobody set it, and whether the edge acts
// on it.  CF api/zones/settings
//
// A setting that the edge does not act on is kept and shown all the same, so that the tools that set it can go on; its
// sender is told.

import { MANAGED_TRANSFORMS } from '../rulesets/index.ts'
import { DEFAULT_MAX_UPLOAD_MEGABYTES } from './defaults.ts'
import { listed } from './problems.ts'
import { resolveSettings } from './zone-settings.ts'

export type SettingRule = {
  readonly initial: unknown
  /** What to write instead of a bad value, or undefined for a good one. */
  remedyFor(value: unknown): string | undefined
  /** 'served': the next request is served by it; 'kept': it is only remembered. */
  readonly effect: 'served' | 'kept'
}

export type SettingRules = ReadonlyMap<string, SettingRule>

type Check = (value: unknown) => string | undefined

const served = (initial: unknown, remedyFor: Check): SettingRule => ({ initial, remedyFor, effect: 'served' })
const kept = (initial: unknown, remedyFor: Check): SettingRule => ({ initial, remedyFor, effect: 'kept' })

const MAX_BROWSER_TTL_SECONDS = 31_536_000
const MAX_READ_TIMEOUT_SECONDS = 6_000
const MAX_UPLOAD_MEGABYTES = 5_000
const MAX_STREAMS = 1_000

/** What varyant.json means where it says nothing. */
const INITIAL = resolveSettings({})

const EDGE_TTLS = [
  ...[30, 60, 300, 1200, 1800, 3600, 7200, 10_800, 14_400, 18_000, 28_800, 43_200, 57_600, 72_000, 86_400, 172_800],
  ...[259_200, 345_600, 432_000, 518_400, 604_800],
]
const CHALLENGE_TTLS = [
  ...[300, 900, 1800, 2700, 3600, 7200, 10_800, 14_400, 28_800, 57_600, 86_400, 604_800, 2_592_000, 31_536_000],
]

/** Switches that are on for a new zone of Cloudflare's. */
const KEPT_ON = [
  ...['brotli', 'browser_check', 'email_obfuscation', 'http2', 'http3', 'ip_geolocation', 'ipv6', 'websockets'],
  ...['opportunistic_encryption', 'opportunistic_onion', 'server_side_exclude'],
]

const KEPT_OFF = [
  ...['0rtt', 'advanced_ddos', 'always_use_https', 'automatic_https_rewrites', 'content_converter', 'early_hints'],
  ...['hotlink_protection', 'mirage', 'orange_to_orange', 'pre_render', 'prefetch_preload', 'privacy_pass'],
  ...['redirects_for_ai_training', 'replace_insecure_js', 'response_buffering', 'rocket_loader', 'search_for_agents'],
  ...['sha1_support', 'tls_1_2_only', 'tls_client_auth', 'true_client_ip_header', 'waf', 'webp'],
]

/** Every id of `/zones/{zone}/settings`. */
export const SETTING_RULES: SettingRules = new Map<string, SettingRule>([
  ['development_mode', served('off', onOff)],
  ['cache_level', served('aggressive', oneOf('aggressive', 'basic', 'simplified'))],
  ['browser_cache_ttl', served(INITIAL.browserCacheTtl, wholeNumber(0, MAX_BROWSER_TTL_SECONDS))],
  ['always_online', served('off', onOff)],
  ['sort_query_string_for_cache', served('off', onOff)],
  ['origin_error_page_pass_thru', served('off', onOff)],
  ['proxy_read_timeout', served(INITIAL.proxyReadTimeout, wholeNumber(1, MAX_READ_TIMEOUT_SECONDS))],
  ['max_upload', served(DEFAULT_MAX_UPLOAD_MEGABYTES, wholeNumber(1, MAX_UPLOAD_MEGABYTES))],
  ['ssl', served(INITIAL.ssl, oneOf('off', 'flexible', 'full', 'strict'))],
  ['cors_variants', served('per_origin', oneOf('per_origin', 'collapse'))],
  ...KEPT_ON.map((id) => [id, kept('on', onOff)] as const),
  ...KEPT_OFF.map((id) => [id, kept('off', onOff)] as const),
  ['edge_cache_ttl', kept(7200, oneOf(...EDGE_TTLS))],
  ['challenge_ttl', kept(1800, oneOf(...CHALLENGE_TTLS))],
  ['origin_max_http_version', kept('2', oneOf('1', '2'))],
  ['origin_h2_max_streams', kept(100, wholeNumber(1, MAX_STREAMS))],
  ['polish', kept('off', oneOf('off', 'lossless', 'lossy'))],
  ['min_tls_version', kept('1.0', oneOf('1.0', '1.1', '1.2', '1.3'))],
  ['tls_1_3', kept('on', oneOf('on', 'off', 'zrt'))],
  ['h2_prioritization', kept('off', oneOf('on', 'off', 'custom'))],
  ['image_resizing', kept('off', oneOf('on', 'off', 'open'))],
  ['transformations', kept('off', oneOf('on', 'off', 'open'))],
  ['pseudo_ipv4', kept('off', oneOf('off', 'add_header', 'overwrite_header'))],
  ['cname_flattening', kept('flatten_at_root', oneOf('flatten_at_root', 'flatten_all'))],
  ['security_level', kept('medium', oneOf('off', 'essentially_off', 'low', 'medium', 'high', 'under_attack'))],
  ['ciphers', kept([], strings)],
  ['automatic_platform_optimization', kept({ enabled: false }, platformOptimization)],
  ['aegis', kept({ enabled: false, pool_id: '' }, aegis)],
  ['nel', kept({ enabled: true }, enabledObject)],
  ['security_header', kept({ strict_transport_security: { enabled: false } }, securityHeader)],
  ['ssl_recommender', kept(false, (value) => (typeof value === 'boolean' ? undefined : 'use true or false'))],
])

/** The one setting whose member is `enabled`, where others have `value`. */
export const ENABLED_SETTING = 'ssl_recommender'

const IMAGE_EXTENSIONS = ['avif', 'bmp', 'gif', 'jpeg', 'jpg', 'jpg2', 'jp2', 'png', 'tif', 'tiff', 'webp']

/** Managed transforms of requests, by id.  CF rules/transform/managed-transforms/reference */
export const MANAGED_REQUEST_HEADERS: readonly string[] = managedOf('request')

/** Managed transforms of responses, by id. */
export const MANAGED_RESPONSE_HEADERS: readonly string[] = managedOf('response')

function managedOf(side: 'request' | 'response'): readonly string[] {
  return MANAGED_TRANSFORMS.filter((each) => each.side === side).map(({ id }) => id)
}

/** Values that have endpoints of their own. */
export const DEDICATED_RULES: SettingRules = new Map<string, SettingRule>([
  ['tiered_caching', kept('off', onOff)],
  ['smart_routing', kept('off', onOff)],
  ['tiered_cache_smart_topology_enable', kept('off', onOff)],
  ['tc_regional', kept('off', onOff)],
  ['cache_reserve', kept('off', onOff)],
  ['variants', served({}, imageVariants)],
  ['url_normalization', served({ scope: 'incoming', type: 'rfc3986' }, urlNormalization)],
  // Only what is on is kept, by id.
  ['managed_request_headers', served([], managedIds(MANAGED_REQUEST_HEADERS))],
  ['managed_response_headers', served([], managedIds(MANAGED_RESPONSE_HEADERS))],
])

function onOff(value: unknown): string | undefined {
  return value === 'on' || value === 'off' ? undefined : 'use "on" or "off"'
}

function oneOf(...choices: readonly (string | number)[]): Check {
  const remedy = `use ${listed(choices.map((each) => JSON.stringify(each)))}`
  return (value) => (choices.some((each) => each === value) ? undefined : remedy)
}

function wholeNumber(min: number, max: number): Check {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `use a whole number from ${min} to ${max}`
}

function strings(value: unknown): string | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? undefined : 'use an array of strings'
}

function enabledObject(value: unknown): string | undefined {
  return isObject(value) && typeof value.enabled === 'boolean'
    ? undefined
    : 'use {"enabled": true} or {"enabled": false}'
}

function platformOptimization(value: unknown): string | undefined {
  const problem = enabledObject(value)
  if (problem !== undefined || !isObject(value)) return problem
  const { hostnames = [] } = value
  const isMembersRight = ['cf', 'wordpress', 'wp_plugin', 'cache_by_device_type'].every(
    (name) => value[name] === undefined || typeof value[name] === 'boolean',
  )
  return isMembersRight && strings(hostnames) === undefined
    ? undefined
    : 'use booleans for its members, and an array of strings for hostnames'
}

function aegis(value: unknown): string | undefined {
  const isRight = enabledObject(value) === undefined && isObject(value) && typeof (value.pool_id ?? '') === 'string'
  return isRight ? undefined : 'use {"enabled": true, "pool_id": "..."}'
}

function securityHeader(value: unknown): string | undefined {
  return isObject(value) && isObject(value.strict_transport_security)
    ? undefined
    : 'use {"strict_transport_security": {...}}'
}

function urlNormalization(value: unknown): string | undefined {
  const isRight =
    isObject(value) &&
    ['incoming', 'both', 'none'].includes(String(value.scope)) &&
    ['cloudflare', 'rfc3986'].includes(String(value.type))
  return isRight ? undefined : 'use {"scope": "incoming", "both" or "none", "type": "cloudflare" or "rfc3986"}'
}

function managedIds(known: readonly string[]): Check {
  return (value) => {
    const isKnown = Array.isArray(value) && value.every((id) => known.includes(id))
    if (!isKnown) return `use an array of ${listed(known)}`
    const on = MANAGED_TRANSFORMS.filter(({ id }) => value.includes(id))
    for (const { id, refusal, conflicts = [] } of on) {
      if (refusal !== undefined) return `leave out ${id}: ${refusal}`
      const other = conflicts.find((each) => value.includes(each))
      if (other !== undefined) return `disable ${id} or ${other}: they contradict each other`
    }
    return undefined
  }
}

function imageVariants(value: unknown): string | undefined {
  const isRight =
    isObject(value) &&
    Object.entries(value).every(
      ([extension, types]) =>
        IMAGE_EXTENSIONS.includes(extension) &&
        Array.isArray(types) &&
        types.every((type) => typeof type === 'string' && /^image\/[a-z0-9.+-]+$/.test(type)),
    )
  return isRight ? undefined : `use arrays of image types by extension: ${listed(IMAGE_EXTENSIONS)}`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
