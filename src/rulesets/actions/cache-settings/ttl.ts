// `edge_ttl` and `browser_ttl` of a set_cache_settings action.  CF cache/how-to/cache-rules/settings,
// cache/how-to/configure-cache-status-code

import { seconds } from '../../../base/index.ts'
import type { BrowserTtl, EdgeTtl, StatusTtl } from '../../../cache/index.ts'
import { type JsonReader, listed, quote } from '../../json-reader.ts'

/** "the greatest positive integer" that a cache must take for a delta-seconds.  RFC 9111 §1.2.2 */
const MAX_TTL_SECONDS = 2_147_483_648
const MIN_STATUS = 100
const MAX_STATUS = 999
/** One for each code there is. */
const MAX_STATUS_TTLS = MAX_STATUS - MIN_STATUS + 1

const EDGE_MODES = ['respect_origin', 'override_origin', 'bypass_by_default'] as const
const BROWSER_MODES = ['respect_origin', 'override_origin', 'bypass_by_default', 'bypass'] as const

export function readEdgeTtl(reader: JsonReader): EdgeTtl | undefined {
  const members = reader.members(['mode', 'default', 'status_code_ttl'])
  if (members === undefined) return undefined
  const mode = readMode(reader, members.get('mode'), EDGE_MODES)
  const lifetime = members.get('default')
  if (mode === 'respect_origin') {
    lifetime?.refuse('default is useless in respect_origin mode; remove it, or use override_origin')
  }
  const byDefault = lifetime?.integer('a lifetime in seconds', 0, MAX_TTL_SECONDS)
  if (mode === 'override_origin' && lifetime === undefined) {
    reader.refuse('override_origin needs a lifetime; add default, in seconds')
  }
  const entries = members.get('status_code_ttl')?.elements(0, MAX_STATUS_TTLS) ?? []
  return mode === undefined
    ? undefined
    : {
        mode,
        default: mode === 'override_origin' && byDefault !== undefined ? seconds(byDefault) : undefined,
        byStatus: entries.map(readStatusTtl).filter((entry) => entry !== undefined),
      }
}

export function readBrowserTtl(reader: JsonReader): BrowserTtl | undefined {
  const members = reader.members(['mode', 'default'])
  if (members === undefined) return undefined
  const mode = readMode(reader, members.get('mode'), BROWSER_MODES)
  const lifetime = members.get('default')?.integer('a lifetime in seconds', 0, MAX_TTL_SECONDS)
  if (mode !== 'override_origin') return mode === undefined ? undefined : { mode }
  if (lifetime !== undefined) return { mode, default: seconds(lifetime) }
  return members.has('default') ? undefined : reader.refuse('override_origin needs a lifetime; add default, in seconds')
}

function readMode<Mode extends string>(
  parent: JsonReader,
  reader: JsonReader | undefined,
  modes: readonly Mode[],
): Mode | undefined {
  return reader === undefined ? parent.refuse(`mode is missing; use ${listed(modes)}`) : reader.oneOf(modes)
}

function readStatusTtl(reader: JsonReader): StatusTtl | undefined {
  const members = reader.members(['status_code', 'status_code_range', 'value'])
  if (members === undefined) return undefined
  const code = members.get('status_code')
  const range = members.get('status_code_range')
  const value = readTtlValue(reader, members.get('value'))
  if (code !== undefined && range !== undefined) {
    return reader.refuse('cannot contain both status_code and status_code_range; keep one')
  }
  const bounds = code !== undefined ? readStatus(code) : range !== undefined ? readRange(range) : noStatus(reader)
  return bounds === undefined || value === undefined ? undefined : { ...bounds, value }
}

type Bounds = Pick<StatusTtl, 'from' | 'to'>

function noStatus(reader: JsonReader): undefined {
  return reader.refuse('no status is named; add status_code or status_code_range')
}

function readStatus(reader: JsonReader): Bounds | undefined {
  const code = reader.integer('a status code', MIN_STATUS, MAX_STATUS)
  return code === undefined ? undefined : { from: code, to: code }
}

/** Either bound may be left out: "greater than or equal", "less than or equal". */
function readRange(reader: JsonReader): Bounds | undefined {
  const members = reader.members(['from', 'to'])
  if (members === undefined) return undefined
  if (members.size === 0) return reader.refuse('the range has no bound; add from, to or both')
  const from = readBound(members.get('from'), MIN_STATUS)
  const to = readBound(members.get('to'), MAX_STATUS)
  if (from === undefined || to === undefined) return undefined
  return from <= to ? { from, to } : reader.refuse(`from ${from} is greater than to ${to}; exchange them`)
}

function readBound(reader: JsonReader | undefined, open: number): number | undefined {
  return reader === undefined ? open : reader.integer('a status code', MIN_STATUS, MAX_STATUS)
}

/** Seconds; 0 or "no-cache" stores and always validates, -1 or "no-store" refuses. */
function readTtlValue(parent: JsonReader, reader: JsonReader | undefined): StatusTtl['value'] | undefined {
  if (reader === undefined) return parent.refuse('value is missing; add seconds, 0 for no-cache or -1 for no-store')
  if (reader.value === 'no-cache') return seconds(0)
  if (reader.value === 'no-store') return 'no-store'
  if (typeof reader.value === 'string') {
    return reader.refuse(`${quote(reader.value)} is not a lifetime; write seconds, "no-cache" or "no-store"`)
  }
  const value = reader.integer('a lifetime in seconds', -1, MAX_TTL_SECONDS)
  if (value === undefined) return undefined
  return value === -1 ? 'no-store' : seconds(value)
}
