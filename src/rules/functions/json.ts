// Functions that look a value up in JSON text.  RFC 8259
//
// The text is checked as a whole by the runtime's parser; the value is then found in the text itself, because only the text
// tells 42 from 42.0 and keeps 64-bit integers.

import { toByteString, toText } from '../bytes.ts'
import { MAX_INT, MIN_INT } from '../limits.ts'
import { INT, STRING, toInt, type Value } from '../types.ts'
import { TEXT_FIELD } from './parameters.ts'
import { type FunctionRow, type Parameter, plain } from './row.ts'

const KEY: Parameter = { name: 'key', kind: 'either', types: [STRING, INT] }

export const JSON_FUNCTIONS: readonly FunctionRow[] = [
  {
    kind: 'function',
    name: 'lookup_json_string',
    required: [TEXT_FIELD, KEY],
    rest: KEY,
    returns: STRING,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((source, ...keys) => {
      const found = findJson(source as string, keys)
      return found?.startsWith('"') ? toByteString(JSON.parse(found) as string) : undefined
    }),
    doc: 'The string at these keys (names of members, indexes from 0); missing when there is none.',
    example: 'lookup_json_string(http.request.body.raw, "user", "name") == "ada"',
  },
  {
    kind: 'function',
    name: 'lookup_json_integer',
    required: [TEXT_FIELD, KEY],
    rest: KEY,
    returns: INT,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((source, ...keys) => readInteger(findJson(source as string, keys))),
    doc: 'The integer at these keys; missing when there is none, and for 42.0 or 4e1.',
    example: 'lookup_json_integer(http.request.body.raw, "record_id") == 7',
  },
]

function readInteger(text: string | undefined): Value | undefined {
  if (text === undefined || !/^-?[0-9]{1,19}$/.test(text)) return undefined
  const value = BigInt(text)
  return value >= MIN_INT && value <= MAX_INT ? toInt(value) : undefined
}

/** The text of the value at the keys, or undefined: no JSON, no such member or element. */
function findJson(source: string, keys: readonly (Value | undefined)[]): string | undefined {
  const text = toText(source)
  if (!isJson(text)) return undefined
  let at = skipBlank(text, 0)
  for (const key of keys) {
    const next = typeof key === 'string' ? findMember(text, at, toText(key)) : findElement(text, at, Number(key))
    if (next === undefined) return undefined
    at = next
  }
  return text.slice(at, skipValue(text, at))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // Malformed text holds no value: the look-up is missing.
    return false
  }
}

/** Where the member's value begins. */
function findMember(text: string, at: number, name: string): number | undefined {
  if (text[at] !== '{') return undefined
  let i = skipBlank(text, at + 1)
  while (text[i] === '"') {
    const end = skipValue(text, i)
    const value = skipBlank(text, skipBlank(text, end) + 1)
    if (JSON.parse(text.slice(i, end)) === name) return value
    i = behindComma(text, skipValue(text, value))
  }
  return undefined
}

function findElement(text: string, at: number, index: number): number | undefined {
  if (text[at] !== '[' || index < 0) return undefined
  let i = skipBlank(text, at + 1)
  for (let n = 0; text[i] !== ']'; n++) {
    if (n === index) return i
    i = behindComma(text, skipValue(text, i))
  }
  return undefined
}

function behindComma(text: string, at: number): number {
  const i = skipBlank(text, at)
  return text[i] === ',' ? skipBlank(text, i + 1) : i
}

function skipBlank(text: string, at: number): number {
  let i = at
  while (' \t\n\r'.includes(text[i] ?? 'x')) i++
  return i
}

/** Behind the value that begins here, however deep it is. */
function skipValue(text: string, at: number): number {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === '"') {
      i = stringEnd(text, i)
      if (depth === 0) return i + 1
    } else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') {
      if (depth <= 1) return depth === 0 ? i : i + 1
      depth--
    } else if (depth === 0 && ', \t\n\r'.includes(character)) return i
  }
  return text.length
}

function stringEnd(text: string, quote: number): number {
  let i = quote + 1
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i
}
