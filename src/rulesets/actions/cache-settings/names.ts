// Field and cookie names that a cache rule may not name, and why.  CF cache/how-to/cache-keys, cache-rules/settings
//
// The tables speak for themselves; each message says what to do instead.

import { isToken } from '../../../http/index.ts'
import { type JsonReader, quote } from '../../json-reader.ts'

/** The longest field name; the limit that the `vary` parameter documents, taken for all. */
const MAX_FIELD_NAME_CHARACTERS = 128

/** So many values that a key made of them would never be met again; allowed where values are named. */
export const HIGH_CARDINALITY_FIELDS: readonly string[] = [
  'accept',
  'accept-charset',
  'accept-datetime',
  'accept-encoding',
  'accept-language',
  'referer',
  'user-agent',
]

const NEVER_IN_KEYS: Readonly<Record<string, string>> = {
  'cache-control': 'no part of what is asked for',
  connection: 'about the connection only',
  'content-length': 'about the content of the request only',
  cookie: 'too varied; use cookie.include or cookie.check_presence',
  host: 'in every key',
  'if-match': 'a precondition, which the edge evaluates',
  'if-modified-since': 'a precondition, which the edge evaluates',
  'if-none-match': 'a precondition, which the edge evaluates',
  'if-unmodified-since': 'a precondition, which the edge evaluates',
  origin: 'in every key; use header.exclude_origin to take it out',
  range: 'what the edge cuts out of a whole response',
  upgrade: 'about the connection only',
}

/** Hop-by-hop fields, and those that steer caches or name the target: no representation is selected by them. */
const NEVER_IN_VARY: readonly string[] = [
  'cache-control',
  'connection',
  'content-length',
  'expect',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'pragma',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

const VARY_NAME = /^[a-z0-9_-]+$/

/** A field whose value can be part of a cache key: its name in lower case. */
export function readIncludedFieldName(reader: JsonReader): string | undefined {
  const name = readKeyFieldName(reader)
  if (name === undefined || !HIGH_CARDINALITY_FIELDS.includes(name)) return name
  return reader.refuse(`${name} has too many values to be a part of the key; name those that matter in header.contains`)
}

/** A field whose presence can be part of a cache key, or the values that it contains: its name in lower case. */
export function readKeyFieldName(reader: JsonReader): string | undefined {
  const text = reader.string()
  return text === undefined ? undefined : checkKeyFieldName(reader, text)
}

/** The same for a name that is itself a member's name. */
export function checkKeyFieldName(reader: JsonReader, text: string): string | undefined {
  const name = text.toLowerCase()
  if (!isToken(text) || text.length > MAX_FIELD_NAME_CHARACTERS) {
    return reader.refuse(
      `${quote(text)} is not a field name of 1 to ${MAX_FIELD_NAME_CHARACTERS} characters; correct it`,
    )
  }
  if (name.startsWith('cf-'))
    return reader.refuse(`${name} is made by the edge and cannot be a part of the key; remove it`)
  const reason = Object.hasOwn(NEVER_IN_KEYS, name) ? NEVER_IN_KEYS[name] : undefined
  return reason === undefined ? name : reader.refuse(`${name} cannot be named in a cache key: it is ${reason}`)
}

/** A field that can select a variant. */
export function checkVaryFieldName(reader: JsonReader, name: string): string | undefined {
  if (!VARY_NAME.test(name) || name.length > MAX_FIELD_NAME_CHARACTERS) {
    return reader.refuse(
      `${quote(name)} is not a field name of 1 to ${MAX_FIELD_NAME_CHARACTERS} lower-case letters, digits, "-" and "_"; correct it`,
    )
  }
  if (name.startsWith('cf-') || name.startsWith('cf_')) {
    return reader.refuse(`${name} is made by the edge and selects no variant; remove it`)
  }
  if (NEVER_IN_VARY.includes(name)) return reader.refuse(`${name} never selects a representation; remove it`)
  return name
}

/** A cookie name: its case matters. */
export function readCookieName(reader: JsonReader): string | undefined {
  const name = reader.string()
  if (name === undefined) return undefined
  if (!isToken(name)) return reader.refuse(`${quote(name)} is not a cookie name; correct it`)
  if (name.startsWith('__cf')) return reader.refuse(`${name} is a cookie of the edge, not of the site; remove it`)
  return name
}
