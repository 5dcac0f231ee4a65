// The action `set_cache_settings` of the phase http_request_cache_settings: a Cache Rule.
// CF cache/how-to/cache-rules/settings
//
// `parseCacheRuleParameters` reads what the API is given, names all that is wrong with it, and turns it into our terms;
// `applyCacheRule` lays it over the settings of a request.  Rules that match are laid one over the other, so that the last
// one wins, setting by setting: docs/decisions/0023 says what one setting is.

import { fail, ok, type Result, seconds } from '../../base/index.ts'
import type { CacheSettings, KeySettings } from '../../cache/index.ts'
import { type JsonProblem, type JsonReader, listed, makeJsonReader } from '../json-reader.ts'
import { readCacheKey } from './cache-settings/key.ts'
import { readBrowserTtl, readEdgeTtl } from './cache-settings/ttl.ts'
import { readVary } from './cache-settings/vary.ts'

/** What one rule sets; what it does not name stays as it was. */
export type CacheRuleParameters = Partial<Pick<CacheSettings, RuleSetting>> & {
  readonly key?: Partial<KeySettings>
}

/** The settings that a rule can replace; those that are left belong to the zone. */
type RuleSetting =
  | 'eligibility'
  | 'additionalCacheablePorts'
  | 'originCacheControl'
  | 'edgeTtl'
  | 'browserTtl'
  | 'corsVariants'
  | 'sortQuery'
  | 'deceptionArmor'
  | 'vary'
  | 'disableStaleWhileUpdating'
  | 'respectStrongEtags'
  | 'originErrorPagePassthru'
  | 'readTimeout'

const MAX_PORT = 65_535
/** The bounds that Cloudflare's own schema has. */
const READ_TIMEOUT_SECONDS = { min: 100, max: 6_000 } as const
const MAX_PATTERN_CHARACTERS = 4_096
const CORS_VARIANTS = ['per_origin', 'collapse'] as const
const RANGE_REQUEST_MODES = ['on', 'off', 'default'] as const

type Reading = { -readonly [Setting in keyof CacheRuleParameters]: CacheRuleParameters[Setting] | undefined }

/** One parameter: reads its value and says what it sets.  Those that set nothing are accepted, checked, and have no effect. */
const PARAMETERS: Readonly<Record<string, (reader: JsonReader) => Reading>> = {
  cache: (reader) => {
    const isEligible = reader.boolean()
    return isEligible === undefined ? {} : { eligibility: isEligible ? 'eligible' : 'ineligible' }
  },
  edge_ttl: (reader) => ({ edgeTtl: readEdgeTtl(reader) }),
  browser_ttl: (reader) => ({ browserTtl: readBrowserTtl(reader) }),
  cache_key: (reader) => readCacheKey(reader) ?? {},
  serve_stale: (reader) => ({
    disableStaleWhileUpdating: reader
      .members(['disable_stale_while_updating'])
      ?.get('disable_stale_while_updating')
      ?.boolean(),
  }),
  respect_strong_etags: (reader) => ({ respectStrongEtags: reader.boolean() }),
  origin_error_page_passthru: (reader) => ({ originErrorPagePassthru: reader.boolean() }),
  origin_cache_control: (reader) => ({ originCacheControl: reader.boolean() }),
  additional_cacheable_ports: (reader) => ({ additionalCacheablePorts: readPorts(reader) }),
  read_timeout: (reader) => {
    const timeout = reader.integer('a timeout in seconds', READ_TIMEOUT_SECONDS.min, READ_TIMEOUT_SECONDS.max)
    return { readTimeout: timeout === undefined ? undefined : seconds(timeout) }
  },
  vary: (reader) => ({ vary: readVary(reader) }),
  // Ours: what Cloudflare's action does not have stands under this one name.
  varyant: (reader) => ({
    corsVariants: reader.members(['cors_variants'])?.get('cors_variants')?.oneOf(CORS_VARIANTS),
  }),
  // Features that this edge has not: a second tier of storage, partial fetches, compression dictionaries.  None of them
  // changes the content that a visitor receives, so a rule that asks for them is kept and served.
  cache_reserve: checkCacheReserve,
  origin_range_requests: checkRangeRequests,
  shared_dictionary: checkSharedDictionary,
}

/** Parameters of the same action in http_response_cache_settings. */
const RESPONSE_PARAMETERS: readonly string[] = ['strip_etags', 'strip_set_cookie', 'strip_last_modified']

/** What the `action_parameters` of a rule set, or everything that is wrong with them. */
export function parseCacheRuleParameters(json: unknown): Result<CacheRuleParameters, JsonProblem[]> {
  const { reader, problems } = makeJsonReader(json)
  const parameters = readCacheRuleParameters(reader)
  return problems.length > 0 || parameters === undefined ? fail([...problems]) : ok(parameters)
}

/** What the parameters at the reader's place set; what is wrong with them is noted. */
export function readCacheRuleParameters(reader: JsonReader): CacheRuleParameters | undefined {
  const entries = reader.value === undefined ? [] : reader.entries()
  if (entries === undefined) return undefined
  if (entries.length === 0) {
    return reader.refuse('action parameters are required for the set_cache_settings action; name at least one')
  }
  const settings = entries.map(([name, member]) => readParameter(name, member))
  return withoutAbsent(Object.assign({}, ...settings))
}

/** The settings with a rule laid over them. */
export function applyCacheRule(settings: CacheSettings, { key, ...replaced }: CacheRuleParameters): CacheSettings {
  return { ...settings, ...replaced, key: key === undefined ? settings.key : { ...settings.key, ...key } }
}

function readParameter(name: string, reader: JsonReader): Reading {
  const read = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined
  if (read !== undefined) return read(reader)
  if (RESPONSE_PARAMETERS.includes(name)) {
    reader.refuse(`${name} is for responses; put it in a rule of the phase http_response_cache_settings`)
  } else {
    reader.refuse(`this is no parameter of set_cache_settings; use ${listed(Object.keys(PARAMETERS))}`)
  }
  return {}
}

function withoutAbsent(reading: Reading): CacheRuleParameters {
  return Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined)) as CacheRuleParameters
}

function readPorts(reader: JsonReader): readonly number[] | undefined {
  const ports = reader.elements(1, MAX_PORT)?.map((element) => element.integer('a port', 1, MAX_PORT))
  return ports === undefined ? undefined : [...new Set(ports.filter((port) => port !== undefined))]
}

function checkCacheReserve(reader: JsonReader): Reading {
  const members = reader.members(['eligible', 'minimum_file_size'])
  if (members === undefined) return {}
  if (!members.has('eligible')) reader.refuse('eligible is missing; add true or false')
  members.get('eligible')?.boolean()
  members.get('minimum_file_size')?.integer('a size in bytes', 0, Number.MAX_SAFE_INTEGER)
  return {}
}

function checkRangeRequests(reader: JsonReader): Reading {
  const members = reader.members(['mode'])
  if (members !== undefined && !members.has('mode')) {
    reader.refuse(`mode is missing; use ${listed(RANGE_REQUEST_MODES)}`)
  }
  members?.get('mode')?.oneOf(RANGE_REQUEST_MODES)
  return {}
}

function checkSharedDictionary(reader: JsonReader): Reading {
  const members = reader.members(['match_pattern'])
  if (members !== undefined && !members.has('match_pattern'))
    reader.refuse('match_pattern is missing; add a URL pattern')
  const pattern = members?.get('match_pattern')
  const text = pattern?.string()
  if (text !== undefined && (text === '' || text.length > MAX_PATTERN_CHARACTERS)) {
    pattern?.refuse(`${text.length} characters are outside of 1 to ${MAX_PATTERN_CHARACTERS}; correct it`)
  }
  return {}
}
