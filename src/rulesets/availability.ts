// Which fields a phase offers, to its filters and to its value expressions.  CF rules/transform: transform-phase-fields,
// header-modification-fields; cache/how-to/cache-response-rules/settings
//
// Where no list is published (redirects, configuration, origin and cache rules, snippets) a phase offers all fields but those
// of the response, which is not there yet.  What one of Cloudflare's lists leaves out and the other names is offered in
// filters of both.

import { narrowScheme, type Scheme } from '../rules/index.ts'
import { SCHEME } from './fields.ts'
import type { RunPhase } from './phases.ts'

/** What an expression is: a rule's filter, or a value that it computes. */
export type ExpressionUse = 'filter' | 'value'

/** A field by its name, or all below a name that ends in ".*" (the name itself too). */
type Names = readonly string[]

const RESPONSE: Names = ['http.response.*', 'raw.http.response.*', 'cf.response.*']

const TARGET: Names = ['http.request.full_uri', 'http.request.uri.*']
const HEADERS: Names = ['http.request.headers.*', 'http.request.accepted_languages']
const RAW: Names = ['raw.http.request.full_uri', 'raw.http.request.uri.*', 'raw.http.request.headers.*']

/** What every transform phase offers, filters and values alike. */
const TRANSFORM: Names = [
  ...['cf.edge.server_ip', 'cf.edge.server_port', 'cf.edge.client_port', 'cf.hostname.metadata', 'cf.zone.name'],
  ...['cf.random_seed', 'cf.ray_id', 'cf.tls_cipher', 'cf.tls_version', 'cf.tls_ciphers_sha1'],
  ...['cf.tls_client_ciphers_sha1', 'cf.tls_client_extensions_sha1', 'cf.tls_client_extensions_sha1_le'],
  ...['cf.tls_client_random', 'cf.tls_client_hello_length', 'cf.tls_client_auth.*'],
  ...['http.cookie', 'http.host', 'http.referer', 'http.user_agent', 'http.x_forwarded_for'],
  ...[
    'http.request.method',
    'http.request.timestamp.*',
    'http.request.version',
    'ip.src.*',
    'ip.geoip.*',
    'ssl',
    'true',
  ],
  ...TARGET,
  ...HEADERS,
  ...RAW,
]

const CONNECTION: Names = [
  ...['cf.edge.client_tcp', 'cf.edge.l4.*', 'cf.timings.*', 'http.request.cookies', 'cf.worker.upstream_zone'],
]

const BOTS: Names = [
  ...['cf.bot_management.*', 'cf.bot_detection.js_check_score', 'cf.client.bot', 'cf.threat_score'],
  ...['cf.verified_bot_category', 'cf.metal.id'],
]

const REQUEST_HEADER_EXTRAS: Names = [
  ...['http.request.jwt.claims.*', 'cf.sequence.*', 'cf.waf.auth_detected', 'cf.waf.credential_check.*'],
  ...['cf.waf.score.*', 'cf.worker.upstream_zone'],
]

const CACHE_RESPONSE: Names = [
  ...['http.cookie', 'http.host', 'http.referer', 'http.user_agent', 'http.request.method', 'http.request.cookies'],
  ...['http.response.code', 'http.response.headers.*', 'true'],
  ...TARGET,
  ...HEADERS,
]

/** Either the names that are offered, or those that are not. */
type Offer = { readonly only: Names } | { readonly allBut: Names }

const OFFERS: Readonly<Record<RunPhase, Readonly<Record<ExpressionUse, Offer>>>> = {
  http_request_dynamic_redirect: both({ allBut: RESPONSE }),
  http_request_transform: both({ only: [...TRANSFORM, ...CONNECTION] }),
  http_config_settings: both({ allBut: RESPONSE }),
  http_request_origin: both({ allBut: RESPONSE }),
  http_request_late_transform: {
    filter: { only: [...TRANSFORM, ...CONNECTION, ...BOTS, ...REQUEST_HEADER_EXTRAS] },
    value: { only: [...TRANSFORM, ...BOTS, ...REQUEST_HEADER_EXTRAS] },
  },
  http_request_cache_settings: both({ allBut: RESPONSE }),
  http_request_snippets: both({ allBut: RESPONSE }),
  http_response_cache_settings: both({ only: CACHE_RESPONSE }),
  http_response_headers_transform: {
    filter: { only: [...TRANSFORM, ...CONNECTION, ...BOTS, ...RESPONSE] },
    value: { only: [...TRANSFORM, ...BOTS, ...RESPONSE] },
  },
}

/** The time zone is for URL rewrites to compute with, and for nothing else. */
const REWRITE_ONLY = 'ip.src.timezone.name'

/** Whether the phase offers the field to such expressions. */
export function isOffered(field: string, phase: RunPhase, use: ExpressionUse): boolean {
  if (field === REWRITE_ONLY) return phase === 'http_request_transform' && use === 'value'
  const offer = OFFERS[phase][use]
  return 'only' in offer ? isNamed(field, offer.only) : !isNamed(field, offer.allBut)
}

/** The scheme of a phase's filters or values. */
export function schemeFor(phase: RunPhase, use: ExpressionUse): Scheme {
  const known = SCHEMES.get(`${phase} ${use}`)
  if (known !== undefined) return known
  const refused = new Set(SCHEME.fields.map(({ name }) => name).filter((name) => !isOffered(name, phase, use)))
  const message = (name: string) =>
    refused.has(name) ? `${name} is not available in ${PLACES[use]} of ${phase}` : undefined
  const scheme = narrowScheme(SCHEME, message)
  SCHEMES.set(`${phase} ${use}`, scheme)
  return scheme
}

const PLACES: Readonly<Record<ExpressionUse, string>> = { filter: 'filters', value: 'values' }
const SCHEMES = new Map<string, Scheme>()

function both(offer: Offer): Readonly<Record<ExpressionUse, Offer>> {
  return { filter: offer, value: offer }
}

function isNamed(field: string, names: Names): boolean {
  return names.some((name) => {
    if (!name.endsWith('.*')) return field === name
    const prefix = name.slice(0, -2)
    return field === prefix || field.startsWith(`${prefix}.`)
  })
}
