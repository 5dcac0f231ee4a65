// `cache_key` of a set_cache_settings action.  CF cache/how-to/cache-keys

import type { CustomKey, KeySettings, NameSelection } from '../../../cache/index.ts'
import { type JsonReader, quote } from '../../json-reader.ts'
import {
  checkKeyFieldName,
  HIGH_CARDINALITY_FIELDS,
  readCookieName,
  readIncludedFieldName,
  readKeyFieldName,
} from './names.ts'

/** Parameters, fields or cookies in one list. */
const MAX_NAMES = 100
/** Values of one high-cardinality field: each is one more group of keys. */
const MAX_CONTAINED_VALUES = 10
const MAX_TEXT_CHARACTERS = 1_024

export type CacheKeyParameters = {
  readonly key: Partial<KeySettings>
  readonly deceptionArmor: boolean | undefined
  readonly sortQuery: boolean | undefined
}

const CACHE_KEY_MEMBERS = [
  'cache_by_device_type',
  'cache_deception_armor',
  'ignore_query_strings_order',
  'custom_key',
] as const
const CUSTOM_KEY_MEMBERS = ['query_string', 'header', 'cookie', 'host', 'user'] as const
const HEADER_MEMBERS = ['include', 'check_presence', 'contains', 'exclude_origin'] as const

/** Each member is a setting of its own, so that a later rule that names one leaves the others. */
export function readCacheKey(reader: JsonReader): CacheKeyParameters | undefined {
  const members = reader.members(CACHE_KEY_MEMBERS)
  if (members === undefined) return undefined
  const byDeviceType = members.get('cache_by_device_type')?.boolean()
  const custom = members.get('custom_key')
  return {
    key: {
      ...(byDeviceType === undefined ? {} : { byDeviceType }),
      ...(custom === undefined ? {} : { custom: readCustomKey(custom) }),
    },
    deceptionArmor: members.get('cache_deception_armor')?.boolean(),
    sortQuery: members.get('ignore_query_strings_order')?.boolean(),
  }
}

function readCustomKey(reader: JsonReader): CustomKey | undefined {
  const members = reader.members(CUSTOM_KEY_MEMBERS)
  if (members === undefined) return undefined
  const header = members.get('header')?.members(HEADER_MEMBERS)
  const cookie = members.get('cookie')?.members(['include', 'check_presence'])
  const host = members.get('host')?.members(['resolved'])
  const user = members.get('user')?.members(['device_type', 'geo', 'lang'])
  return {
    query: readQuery(members.get('query_string')),
    header: {
      include: readNames(header?.get('include'), readIncludedFieldName),
      checkPresence: readNames(header?.get('check_presence'), readKeyFieldName),
      contains: readContains(header?.get('contains')),
      excludeOrigin: header?.get('exclude_origin')?.boolean() ?? false,
    },
    cookie: {
      include: readNames(cookie?.get('include'), readCookieName),
      checkPresence: readNames(cookie?.get('check_presence'), readCookieName),
    },
    hostResolved: host?.get('resolved')?.boolean() ?? false,
    user: {
      deviceType: user?.get('device_type')?.boolean() ?? false,
      geo: user?.get('geo')?.boolean() ?? false,
      lang: user?.get('lang')?.boolean() ?? false,
    },
  }
}

/** `ignore` is what an older client writes for `exclude` all. */
function readQuery(reader: JsonReader | undefined): NameSelection {
  const members = reader?.members(['include', 'exclude', 'ignore'])
  if (reader === undefined || members === undefined || members.size === 0) return { kind: 'all' }
  if (members.size > 1) {
    reader.refuse(`${[...members.keys()].join(' and ')} exclude each other; keep one`)
    return { kind: 'all' }
  }
  const include = members.get('include')
  const exclude = members.get('exclude')
  if (include !== undefined) return selectionOf(readParameters(include), 'only', 'all')
  if (exclude !== undefined) return selectionOf(readParameters(exclude), 'except', 'none')
  return { kind: members.get('ignore')?.boolean() === true ? 'none' : 'all' }
}

function selectionOf(
  parameters: readonly string[] | 'all' | undefined,
  some: 'only' | 'except',
  all: 'all' | 'none',
): NameSelection {
  return parameters === 'all' ? { kind: all } : { kind: some, names: parameters ?? [] }
}

/** The three spellings that clients send: "*", [names], and { list: [names] } or { all: true }. */
function readParameters(reader: JsonReader): readonly string[] | 'all' | undefined {
  const { value } = reader
  if (value === '*') return 'all'
  if (Array.isArray(value)) return readParameterList(reader)
  if (typeof value !== 'object' || value === null) {
    return reader.refuse(`${quote(value)} names no parameters; write { "list": [...] } or { "all": true }`)
  }
  const members = reader.members(['list', 'all'])
  const list = members?.get('list')
  const all = members?.get('all')
  if ((list === undefined) === (all === undefined)) {
    return reader.refuse('exactly one of list and all is needed; write { "list": [...] } or { "all": true }')
  }
  if (list !== undefined) return readParameterList(list)
  return all?.value === true ? 'all' : all?.refuse(`${quote(all.value)} is not true; leave all out to name parameters`)
}

function readParameterList(reader: JsonReader): readonly string[] | 'all' {
  const names = readNames(reader, readText)
  return names.length === 1 && names[0] === '*' ? 'all' : names
}

function readContains(reader: JsonReader | undefined): Readonly<Record<string, readonly string[]>> {
  const entries = reader?.entries()
  if (reader === undefined || entries === undefined) return {}
  if (entries.length === 0) reader.refuse('contains names no field; name at least one, or leave it out')
  if (entries.length > MAX_NAMES) reader.refuse(`${entries.length} fields exceed ${MAX_NAMES}; remove some`)
  const contains = new Map<string, readonly string[]>()
  for (const [text, member] of entries) {
    const name = checkKeyFieldName(member, text)
    if (name === undefined) continue
    if (contains.has(name)) member.refuse(`${name} is named twice; case does not count`)
    const max = HIGH_CARDINALITY_FIELDS.includes(name) ? MAX_CONTAINED_VALUES : MAX_NAMES
    contains.set(name, readNames(member, readText, max))
  }
  return Object.fromEntries(contains)
}

/** A list of at least one, each once. */
function readNames(
  reader: JsonReader | undefined,
  read: (element: JsonReader) => string | undefined,
  max = MAX_NAMES,
): readonly string[] {
  const elements = reader?.elements(1, max) ?? []
  return [...new Set(elements.map(read).filter((name) => name !== undefined))]
}

function readText(reader: JsonReader): string | undefined {
  const text = reader.string()
  if (text === undefined || (text !== '' && text.length <= MAX_TEXT_CHARACTERS)) return text
  return reader.refuse(`${text.length} characters are outside of 1 to ${MAX_TEXT_CHARACTERS}; correct it`)
}
