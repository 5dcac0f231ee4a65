// What fields are made of: queries, cookies, languages and header fields, as values of the language.

import { type FieldList, listMembers, queryParameters, trimOws } from '../../http/index.ts'
import { type MapValue, toByteString, type Value } from '../../rules/index.ts'
import type { FieldSource } from '../facts.ts'

/** Every character is a byte already: how the runtime gives header fields that are not ASCII. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of bytes begins at NUL.
const ALL_BYTES = /^[\x00-\xff]*$/

/** A header field's value as bytes. */
export function fieldBytes(value: string): string {
  return ALL_BYTES.test(value) ? value : toByteString(value)
}

/** A query without its "?". */
export function withoutMark(query: string): string {
  return query[0] === '?' ? query.slice(1) : query
}

/** The arguments of a query by name, as they are written; an argument without "=" has the value "". */
export function queryArguments(query: string): MapValue {
  return grouped(queryParameters(query).map(([name, value]) => [name, value ?? ''] as const))
}

export function argumentNames(query: string): readonly string[] {
  return queryParameters(query).map(([name]) => toByteString(name))
}

export function argumentValues(query: string): readonly string[] {
  return queryParameters(query).map(([, value]) => toByteString(value ?? ''))
}

/** Cookies by name: names are URL-decoded and merged, values stay as they are. */
export function cookieMap(cookie: string): MapValue {
  const pairs = cookie.split(';').flatMap((piece) => {
    const equals = piece.indexOf('=')
    const name = trimOws(equals < 0 ? piece : piece.slice(0, equals))
    return name === '' ? [] : [[decoded(name), equals < 0 ? '' : trimOws(piece.slice(equals + 1))] as const]
  })
  return grouped(pairs, fieldBytes)
}

/** Languages with the most wanted first, `*` and those with a weight of 0 left out. */
export function acceptedLanguages(acceptLanguage: string): readonly string[] {
  const weighed = listMembers(acceptLanguage).flatMap((member) => {
    const [tag = '', ...parameters] = member.split(';').map(trimOws)
    const q = parameters.find((parameter) => /^q=/i.test(parameter))
    const weight = q === undefined ? 1 : Number(q.slice(2))
    return tag === '' || tag === '*' || !(weight > 0) ? [] : [{ tag, weight }]
  })
  return weighed.toSorted((a, b) => b.weight - a.weight).map(({ tag }) => fieldBytes(tag))
}

/** A view of request fields: a value is looked up and converted when it is asked for. */
export function fieldMap(source: FieldSource): MapValue {
  const known = new Map<string, readonly string[] | undefined>()
  const get = (name: string): readonly string[] | undefined => {
    if (known.has(name)) return known.get(name)
    // Keys are lower case, so no other spelling is a key.
    const value = /[A-Z]/.test(name) ? null : lookUp(source, name)
    const values = value === null ? undefined : [fieldBytes(value)]
    known.set(name, values)
    return values
  }
  return {
    get,
    has: (name) => get(name) !== undefined,
    values: () => [...source.entries()].map(([, value]) => [fieldBytes(value)]),
  }
}

/** What is no field name has no value; the runtime's own object throws at it. */
function lookUp(source: FieldSource, name: string): string | null {
  return /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) ? source.get(name) : null
}

/** Response fields by name, each line a value. */
export function responseFieldMap(fields: FieldList): MapValue {
  return grouped(
    fields.map(([name, value]) => [name, value] as const),
    fieldBytes,
  )
}

export function fieldNames(fields: Iterable<readonly [string, string]>): readonly string[] {
  return [...fields].map(([name]) => name)
}

export function fieldValues(fields: Iterable<readonly [string, string]>): readonly string[] {
  return [...fields].map(([, value]) => fieldBytes(value))
}

function grouped(pairs: readonly (readonly [string, string])[], toBytes = toByteString): MapValue {
  const map = new Map<string, Value & string[]>()
  for (const [name, value] of pairs) {
    const key = toBytes(name)
    const values = map.get(key)
    if (values === undefined) map.set(key, [toBytes(value)])
    else values.push(toBytes(value))
  }
  return map
}

/** %HH undone, byte by byte; what is no escape stays. */
function decoded(text: string): string {
  if (!text.includes('%')) return text
  return fieldBytes(text).replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
