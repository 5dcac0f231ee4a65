// What the fuzzer of the document throws: hostile texts and numbers, and bodies that are right, to be spoiled.

import { ZONE } from './api.fixture.ts'

export const TEXTS = [
  ...['', ' ', '*', '@', '..', '/', '%', '%00', '%2e%2e', 'a'.repeat(300), '0'.repeat(32), 'x'.repeat(5000)],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'true', '-1', '1e309', 'NaN'],
  ...['\u0000', '\r\nX: y', '\ud800', 'é', '😀', '<script>', "' OR 1=1 --", '{{7*7}}', '\u202e'],
  ...['example.com', 'b.example.com', 'http://b.example.com/', '192.0.2.1', '2001:db8::1', 'on', 'off', 'zone', 'A'],
]
const RULE = {
  action: 'set_cache_settings',
  expression: 'true',
  action_parameters: { cache: true, edge_ttl: { mode: 'override_origin', default: 60 } },
}
const RULESET = { name: 'a', description: 'b', rules: [RULE] }
const RECORD = { name: 'www', type: 'A', content: '192.0.2.1', proxied: true, ttl: 1 }
/** A body that makes a token. */
export const TOKEN_BODY = {
  name: 'a',
  policies: [
    {
      effect: 'allow',
      resources: { [`com.cloudflare.api.account.zone.${ZONE.id}`]: '*' },
      permission_groups: [{ id: 'e17beae8b8cb423a99b1730f21238bed' }],
    },
  ],
  condition: { 'request.ip': { in: ['192.0.2.0/24'] } },
  expires_on: '2126-01-01T00:00:00Z',
}
const PAGE_RULE = {
  targets: [{ target: 'url', constraint: { operator: 'matches', value: 'example.com/*' } }],
  actions: [{ id: 'cache_level', value: 'bypass' }],
  priority: 2,
  status: 'active',
}
const REGION = { origin_ip: '192.0.2.1', region: 'us-east-1', vendor: 'aws' }

/** What a schema does not tell: bodies that are right, by the end of the path that they are for. */
export const RIGHT_BODIES: readonly (readonly [path: RegExp, bodies: readonly unknown[]])[] = [
  [/\/zones\/\{zone_id\}\/rulesets$/, [{ ...RULESET, kind: 'zone', phase: 'http_request_cache_settings' }]],
  [/accounts\/.*\/rulesets$/, [{ ...RULESET, kind: 'custom', phase: 'http_request_cache_settings' }]],
  [/\{ruleset_id\}$|entrypoint$/, [RULESET, { rules: [] }]],
  [/\/rules(\/\{rule_id\})?$/, [RULE, { ...RULE, position: { index: 1 } }, { position: { after: '' } }]],
  [/dns_records(\/\{dns_record_id\})?$/, [RECORD, { ...RECORD, type: 'CNAME', content: 'a.example.com' }]],
  [/dns_records\/batch$/, [{ posts: [RECORD], deletes: [] }, { posts: [{ ...RECORD, name: 'b' }] }]],
  [/\/user\/tokens(\/\{token_id\})?$/, [TOKEN_BODY]],
  [/pagerules(\/\{pagerule_id\})?$/, [PAGE_RULE]],
  [/cloud_regions\/\{origin_ip\}$/, [REGION]],
  [/cloud_regions\/batch$/, [[REGION], ['192.0.2.1']]],
  [/\/origins$/, [{ 'b.example.com': 'http://127.0.0.1:3000' }]],
  [/\/settings\/\{setting_id\}$/, [{ value: 'on' }, { value: 60 }, { value: { enabled: true } }, { value: [] }]],
  [/\/settings$/, [{ items: [{ id: 'ssl', value: 'off' }] }]],
  [/\/url_normalization$/, [{ scope: 'both', type: 'cloudflare' }]],
  [/\/managed_headers$/, [{ managed_response_headers: [{ id: 'add_security_headers', enabled: true }] }]],
  [/\/cache\/variants$/, [{ value: { jpeg: ['image/webp'] } }]],
  [/\/(argo|cache)\//, [{ value: 'on' }, { value: 'off' }]],
  [/\/zones$/, [{ name: 'new.example' }]],
  [/\/zones\/\{zone_id\}$/, [{ paused: true }, { paused: false }]],
]

/** Whose ids the answers of a path tell. */
export const TOLD_IDS: readonly (readonly [path: RegExp, parameter: string])[] = [
  [/rulesets$|entrypoint$|\/rules/, 'ruleset_id'],
  [/dns_records$/, 'dns_record_id'],
  [/\/user\/tokens$/, 'token_id'],
  [/pagerules$/, 'pagerule_id'],
  [/available_plans$/, 'plan_id'],
]

export const NUMBERS = [0, -1, 1, 2, 300, 1e308, -1e308, 2 ** 53, 0.5, Number.MIN_VALUE]
export const PHASES = ['http_request_cache_settings', 'http_ratelimit', 'no_phase']
export const SETTINGS = [
  'brotli',
  'ssl',
  'development_mode',
  'browser_cache_ttl',
  'ciphers',
  'aegis',
  'no_setting',
  '__proto__',
]
