// The schema of varyant.json.  Every key is optional but a zone's name; nothing that is written is ignored: what this
// version does not have is refused with a word about it.
//
// Shape and single values only.  What needs a second look (do zones overlap? does the key fit the certificate?) is judged
// by the files beside: zones.ts, tls.ts, rules-file.ts.

import { z } from 'zod'
import { fail, ok, type Result } from '../base/index.ts'
import { MIN_DISK_BYTES, MIN_MEMORY_BYTES, MIN_SCRIPT_MEMORY_BYTES } from './defaults.ts'
import { quote } from './problems.ts'
import { boolean, choice, dictionary, list, notYet, object, sentencesOf, string, text, wholeNumber } from './shapes.ts'
import { parseDay, parseListen, parseOriginUrl, parsePrivateTarget, parseZoneName, sizeParser } from './texts.ts'

const ON_OFF = choice(['on', 'off'])
const MAX_BROWSER_TTL_SECONDS = 31_536_000
const MAX_READ_TIMEOUT_SECONDS = 6_000
const MAX_UPLOAD_MEGABYTES = 5_000
const MAX_PORT = 65_535

/** Cache settings and others of Cloudflare's that a zone cannot have yet. */
const LATER_SETTINGS = [
  ...['0rtt', 'aegis', 'always_use_https', 'automatic_https_rewrites', 'automatic_platform_optimization', 'brotli'],
  ...['early_hints', 'edge_cache_ttl', 'http2', 'http3', 'image_resizing', 'ip_geolocation', 'ipv6', 'min_tls_version'],
  ...['mirage', 'origin_h2_max_streams', 'origin_max_http_version', 'polish', 'prefetch_preload', 'response_buffering'],
  ...['security_level', 'transformations', 'true_client_ip_header', 'webp', 'websockets'],
]

const SETTINGS = object(
  {
    browser_cache_ttl: wholeNumber('a lifetime in seconds', 0, MAX_BROWSER_TTL_SECONDS).optional(),
    cache_level: choice(['aggressive', 'basic', 'simplified']).optional(),
    development_mode: ON_OFF.optional(),
    sort_query_string_for_cache: ON_OFF.optional(),
    always_online: ON_OFF.optional(),
    proxy_read_timeout: wholeNumber('a timeout in seconds', 1, MAX_READ_TIMEOUT_SECONDS).optional(),
    max_upload: wholeNumber('a size in megabytes', 1, MAX_UPLOAD_MEGABYTES).optional(),
    origin_error_page_pass_thru: ON_OFF.optional(),
    ssl: choice(['off', 'flexible', 'full', 'strict']).optional(),
    cors_variants: choice(['per_origin', 'collapse']).optional(),
  },
  Object.fromEntries(LATER_SETTINGS.map((id) => [id, notYet(`the setting ${id}`)])),
)

const TRANSFORMS = list(object({ id: string(), enabled: boolean() })).optional()

const MODULES = list(string()).optional()

/** A Worker with its files; whether they can be read is for scripts-file.ts. */
const WORKER = object({
  name: string(),
  main: string(),
  modules: MODULES,
  format: choice(['modules', 'service-worker']).optional(),
  routes: list(string()).optional(),
  domains: list(string()).optional(),
  fail_open: boolean().optional(),
  compatibility_date: text(parseDay).optional(),
  compatibility_flags: list(string()).optional(),
  vars: dictionary(z.json({ error: ({ input }) => `${quote(input)} is not JSON` })).optional(),
})

/** A route as the API has it; without a script, what matches runs no Worker. */
const WORKER_ROUTE = object({
  pattern: string(),
  script: string().optional(),
  request_limit_fail_open: boolean().optional(),
})

const SNIPPET = object({
  name: string(),
  file: string(),
  modules: MODULES,
  expression: string().optional(),
  description: string().optional(),
  enabled: boolean().optional(),
})

const ZONE = object({
  name: text(parseZoneName),
  origins: dictionary(text(parseOriginUrl)).optional(),
  dns_records: list(
    z.record(z.string(), z.unknown(), { error: ({ input }) => `${quote(input)} is not a record; write { ... }` }),
  ).optional(),
  settings: SETTINGS.optional(),
  // Phases and rules are for rules-file.ts.
  rulesets: dictionary(z.unknown()).optional(),
  url_normalization: z.unknown().optional(),
  managed_headers: object({ managed_request_headers: TRANSFORMS, managed_response_headers: TRANSFORMS }).optional(),
  workers: list(WORKER).optional(),
  worker_routes: list(WORKER_ROUTE).optional(),
  snippets: list(SNIPPET).optional(),
})

const PROCESSES = z.literal(1, {
  error: ({ input }) => `${quote(input)} is not available: this version has one edge process; write 1`,
})

const GEOIP_ERROR = ({ input }: { readonly input?: unknown }) =>
  `${quote(input)} is not a file or a list of files; write for example "GeoLite2-City.mmdb"`

const DOCUMENT = object({
  edge: object({
    http: text(parseListen).optional(),
    https: text(parseListen).optional(),
    tls: list(object({ cert: string(), key: string() })).optional(),
    processes: PROCESSES.optional(),
    debug_headers: boolean().optional(),
    access_log: boolean().optional(),
    geoip: z.union([string(), list(string())], { error: GEOIP_ERROR }).optional(),
  }).optional(),
  api: object({
    listen: text(parseListen).optional(),
    purge_rate_limit: choice(['enterprise', 'business', 'pro', 'free', 'off']).optional(),
    tail_port: wholeNumber('a port', 0, MAX_PORT).optional(),
  }).optional(),
  data: string().min(1, '"" is not a folder; write for example "./.varyant"').optional(),
  cache: object({
    memory: text(sizeParser(MIN_MEMORY_BYTES, 'keep anything')).optional(),
    disk: text(sizeParser(MIN_DISK_BYTES, 'keep anything')).optional(),
  }).optional(),
  zones: list(ZONE).optional(),
  runtime: object({
    allow_private: list(text(parsePrivateTarget)).optional(),
    memory: text(sizeParser(MIN_SCRIPT_MEMORY_BYTES, 'run a script')).optional(),
  }).optional(),
})

export type ConfigDocument = z.output<typeof DOCUMENT>
export type ZoneDocument = z.output<typeof ZONE>
export type SettingsDocument = z.output<typeof SETTINGS>

/** The document, or a sentence for each thing that is wrong with it. */
export function parseDocument(json: unknown): Result<ConfigDocument, readonly string[]> {
  const parsed = DOCUMENT.safeParse(json)
  return parsed.success ? ok(parsed.data) : fail(sentencesOf(parsed.error))
}
