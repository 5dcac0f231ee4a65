// Cloudflare's phases that a zone can have rules in.  CF ruleset-engine/reference/phases-list
//
// `edits` names the thing that a token must be permitted to change.

export type RulesetThing =
  | 'cache_rules'
  | 'transform_rules'
  | 'origin_rules'
  | 'config_rules'
  | 'redirect_rules'
  | 'firewall'
  | 'snippets'
  | 'zone_settings'

export const PHASES = {
  ddos_l7: 'firewall',
  http_config_settings: 'config_rules',
  http_custom_errors: 'zone_settings',
  http_log_custom_fields: 'zone_settings',
  http_ratelimit: 'firewall',
  http_request_cache_settings: 'cache_rules',
  http_request_cloud_connector: 'origin_rules',
  http_request_dynamic_redirect: 'redirect_rules',
  http_request_firewall_custom: 'firewall',
  http_request_firewall_managed: 'firewall',
  http_request_late_transform: 'transform_rules',
  http_request_origin: 'origin_rules',
  http_request_redirect: 'redirect_rules',
  http_request_sanitize: 'transform_rules',
  http_request_sbfm: 'firewall',
  http_request_snippets: 'snippets',
  http_request_transform: 'transform_rules',
  http_response_cache_settings: 'cache_rules',
  http_response_compression: 'config_rules',
  http_response_firewall_managed: 'firewall',
  http_response_headers_transform: 'transform_rules',
} as const satisfies Record<string, RulesetThing>

export type Phase = keyof typeof PHASES

/** The phases whose rules this edge runs, in their order. */
export const RUN_PHASES = [
  'http_request_dynamic_redirect',
  'http_request_transform',
  'http_config_settings',
  'http_request_origin',
  'http_request_late_transform',
  'http_request_cache_settings',
  'http_request_snippets',
  'http_response_cache_settings',
  'http_response_headers_transform',
] as const satisfies readonly Phase[]

export type RunPhase = (typeof RUN_PHASES)[number]

export function isRunPhase(phase: Phase): phase is RunPhase {
  return RUN_PHASES.some((each) => each === phase)
}

export function isPhase(text: string): text is Phase {
  return Object.hasOwn(PHASES, text)
}
