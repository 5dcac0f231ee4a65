// From the JSON of varyant.json and the flags of the command line to a configuration that the rest can believe.
//
//   flags  over  file  over  defaults
//
// Everything is checked before anything is applied: either the whole is right, or a ConfigError names all that is wrong.

import { resolve } from 'node:path'
import { ok, type Result } from '../base/index.ts'
import {
  DEFAULT_ACCESS_LOG,
  DEFAULT_API_LISTEN,
  DEFAULT_DATA_DIRECTORY,
  DEFAULT_DEBUG_HEADERS,
  DEFAULT_DISK_BYTES,
  DEFAULT_EDGE_LISTEN,
  DEFAULT_MEMORY_BYTES,
  DEFAULT_PROCESSES,
  DEFAULT_PURGE_RATE_LIMIT,
  DEFAULT_SCRIPT_MEMORY_BYTES,
  DEFAULT_TAIL_PORT,
} from './defaults.ts'
import { readGeoip } from './geoip.ts'
import { ConfigError, quote, sentence } from './problems.ts'
import type { EdgeConfig, Listen, ResolvedConfig, ZoneConfig } from './resolved.ts'
import type { ConfigDocument } from './schema.ts'
import { type OriginAddress, parseListen, parseOriginUrl, type TextParser, urlOf } from './texts.ts'
import { readTls } from './tls.ts'
import { implicitZone, resolveZones } from './zones.ts'

/** What the command line said, as text. */
export type ConfigFlags = {
  readonly origin?: string | undefined
  readonly listen?: string | undefined
  readonly api?: string | undefined
  readonly data?: string | undefined
  /** false: `--no-access-log`. */
  readonly accessLog?: boolean | undefined
}

export type ResolveOptions = {
  /** Where relative paths in the document start; the current directory when absent. */
  readonly baseDir?: string | undefined
  readonly flags?: ConfigFlags | undefined
}

/** The configuration; throws a ConfigError with every problem.  `json` undefined: no file. */
export function resolveConfig(json: unknown, options: ResolveOptions = {}): ResolvedConfig {
  const { baseDir = '.', flags = {} } = options
  const problems: string[] = []
  const parsed = json === undefined ? ok({}) : checkDocument(json)
  if (!parsed.ok) problems.push(...parsed.problem)
  const given = readFlags(flags, problems)
  if (!parsed.ok) throw new ConfigError(problems)
  const config = lay(parsed.value, given, { folder: resolve(baseDir), problems })
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

/** By the schema, which is loaded when there is a document: with zod it is a good part of a start that has none. */
function checkDocument(json: unknown): Result<ConfigDocument, readonly string[]> {
  const { parseDocument }: typeof import('./schema.ts') = require('./schema.ts')
  return parseDocument(json)
}

type GivenFlags = {
  readonly origin: OriginAddress | undefined
  readonly listen: Listen | undefined
  readonly api: Listen | undefined
  readonly data: string | undefined
  readonly accessLog: boolean | undefined
}

function readFlags(flags: ConfigFlags, problems: string[]): GivenFlags {
  function read<Value>(name: string, text: string | undefined, parse: TextParser<Value>): Value | undefined {
    const value = text === undefined ? undefined : parse(text)
    if (value === undefined || value.ok) return value?.value
    problems.push(`${name}: ${quote(text)} ${value.problem}`)
    return undefined
  }
  if (flags.data === '') problems.push('--data: "" is not a folder; write for example ./.varyant')
  return {
    origin: read('--origin', flags.origin, parseOriginUrl),
    listen: read('--listen', flags.listen, parseListen),
    api: read('--api', flags.api, parseListen),
    data: flags.data,
    accessLog: flags.accessLog,
  }
}

type Laying = { readonly folder: string; readonly problems: string[] }

function lay(document: ConfigDocument, flags: GivenFlags, { folder, problems }: Laying): ResolvedConfig {
  const edge = layEdge(document, flags, { folder, problems })
  const api = flags.api ?? document.api?.listen ?? DEFAULT_API_LISTEN
  checkAddresses(edge, api, flags, problems)
  const written = resolveZones(document.zones ?? [], folder, problems)
  if (flags.origin !== undefined && written.length > 0) {
    problems.push('--origin: the configuration file has zones, which name their origins; leave out one of the two')
  }
  const zones = written.length === 0 && flags.origin !== undefined ? [implicitZone(flags.origin)] : written
  const data = flags.data ?? (document.data === undefined ? DEFAULT_DATA_DIRECTORY : resolve(folder, document.data))
  return {
    edge,
    api,
    tailPort: document.api?.tail_port ?? DEFAULT_TAIL_PORT,
    purgeRateLimit: document.api?.purge_rate_limit ?? DEFAULT_PURGE_RATE_LIMIT,
    dataDir: resolve(data),
    cache: {
      memory: document.cache?.memory ?? DEFAULT_MEMORY_BYTES,
      disk: document.cache?.disk ?? DEFAULT_DISK_BYTES,
    },
    zones,
    allowPrivate: document.runtime?.allow_private ?? [],
    scriptMemory: document.runtime?.memory ?? DEFAULT_SCRIPT_MEMORY_BYTES,
    demo: zones.length === 0,
    notices: noticesOf(zones, written.length === 0),
  }
}

function layEdge({ edge = {} }: ConfigDocument, flags: GivenFlags, { folder, problems }: Laying): EdgeConfig {
  const files = edge.tls ?? []
  if (edge.https !== undefined && files.length === 0) {
    problems.push(
      sentence(['edge', 'tls'], 'edge.https needs a certificate; add { "cert": "cert.pem", "key": "key.pem" }'),
    )
  }
  if (edge.https === undefined && files.length > 0) {
    problems.push(
      sentence(['edge', 'https'], 'edge.tls has certificates but nothing serves them; add "127.0.0.1:8443"'),
    )
  }
  return {
    http: flags.listen ?? edge.http ?? DEFAULT_EDGE_LISTEN,
    https: edge.https,
    tls: readTls(files, folder, problems),
    processes: edge.processes ?? DEFAULT_PROCESSES,
    debugHeaders: edge.debug_headers ?? DEFAULT_DEBUG_HEADERS,
    accessLog: flags.accessLog ?? edge.access_log ?? DEFAULT_ACCESS_LOG,
    locate: readGeoip(edge.geoip, folder, problems),
  }
}

/** Two listeners of ours with one address: the second could never start. */
function checkAddresses({ http, https }: EdgeConfig, api: Listen, flags: GivenFlags, problems: string[]): void {
  const places: readonly (readonly [place: string, listen: Listen | undefined])[] = [
    [flags.listen === undefined ? 'edge.http' : '--listen', http],
    ['edge.https', https],
    [flags.api === undefined ? 'api.listen' : '--api', api],
  ]
  const taken = new Map<string, string>()
  for (const [place, listen] of places) {
    if (listen === undefined || listen.port === 0) continue
    const address = urlOf('http', listen).slice('http://'.length)
    const first = taken.get(address)
    if (first === undefined) taken.set(address, place)
    else problems.push(`${place}: "${address}" is the address of ${first} too; give one of them another port`)
  }
}

function noticesOf(zones: readonly ZoneConfig[], implicit: boolean): string[] {
  const [first] = zones
  if (implicit && first !== undefined) {
    return [
      `the zone ${first.name} has browser_cache_ttl 0: browsers keep what the origin allows, no longer; zones of a configuration file have Cloudflare's default instead`,
    ]
  }
  return zones
    .filter(({ origins }) => origins.length === 0)
    .map(({ name }) => `the zone ${name} has no origins, so all its hosts are answered 421; add "origins" to it`)
}
