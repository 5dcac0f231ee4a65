// Functions on arrays and maps, and those that take values of any one type.

import { MAX_CONCAT_ARGUMENTS, MAX_SPLIT_ELEMENTS } from '../limits.ts'
import { BOOL, type MapValue, STRING, STRING_ARRAY, type Value } from '../types.ts'
import { count, TEXT_FIELD, text } from './parameters.ts'
import { type FunctionRow, plain } from './row.ts'

const NOT_EMPTY = (value: Value) => (value === '' ? 'the separator is empty' : undefined)

export const CONTAINER_FUNCTIONS: readonly FunctionRow[] = [
  {
    kind: 'function',
    name: 'concat',
    required: [
      { name: 'first', kind: 'either', types: 'any-sequence' },
      { name: 'second', kind: 'either', types: 'like-first' },
    ],
    rest: { name: 'more', kind: 'either', types: 'like-first' },
    maximum: MAX_CONCAT_ARGUMENTS,
    returns: 'first',
    use: 'anywhere',
    missing: 'own',
    make: plain(concat),
    doc: 'The arguments, all Strings or all Arrays of one type, joined; missing ones are left out, and only missing ones are missing.',
    example: 'concat("/archive", http.request.uri.path)',
  },
  {
    kind: 'function',
    name: 'coalesce',
    required: [{ name: 'first', kind: 'field', types: 'any' }],
    rest: { name: 'more', kind: 'either', types: 'like-first' },
    returns: 'first',
    use: 'anywhere',
    missing: 'own',
    make: plain((...values) => values.find((value) => value !== undefined)),
    doc: 'The first argument that is not missing.',
    example: 'coalesce(http.request.headers["x-real-host"][0], http.host)',
  },
  {
    kind: 'function',
    name: 'join',
    required: [{ name: 'items', kind: 'field', types: [STRING_ARRAY] }, text('separator')],
    returns: STRING,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((items, separator) => (items as readonly string[]).join(separator as string)),
    doc: 'The items with the separator between them.',
    example: 'join(http.request.headers["accept"], ",")',
  },
  {
    kind: 'function',
    name: 'split',
    required: [
      TEXT_FIELD,
      { name: 'separator', kind: 'literal', types: [STRING], refuse: NOT_EMPTY },
      count('limit', 1, MAX_SPLIT_ELEMENTS),
    ],
    returns: STRING_ARRAY,
    use: 'anywhere',
    missing: 'in-out',
    make: plain(split),
    doc: 'The parts between separators, empty ones too; no more than the limit, the last holding what remains.',
    example: 'split(http.host, ".", 3)[0] == "www"',
  },
  {
    kind: 'function',
    name: 'has_key',
    required: [{ name: 'map', kind: 'field', types: 'any-map' }, text('key')],
    returns: BOOL,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((map, key) => (map as MapValue).has(key as string)),
    doc: 'Whether the map has the key.',
    example: 'has_key(http.request.headers, "x-requested-with")',
  },
  {
    kind: 'function',
    name: 'has_value',
    required: [
      { name: 'container', kind: 'field', types: 'any-container' },
      { name: 'value', kind: 'either', types: 'like-element' },
    ],
    returns: BOOL,
    use: 'anywhere',
    missing: 'in-out',
    make: plain(hasValue),
    doc: 'Whether an element of the Array or Map equals the value; of a Map of Arrays, an element of any of them.',
    example: 'has_value(split(http.host, ".", 10), "example")',
  },
]

function concat(...values: readonly (Value | undefined)[]): Value | undefined {
  const present = values.filter((value) => value !== undefined)
  const [first] = present
  if (first === undefined) return undefined
  if (typeof first === 'string') return present.join('')
  return present.flatMap((value) => value as readonly Value[])
}

function split(source: Value | undefined, separator: Value | undefined, limit: Value | undefined): Value {
  const text = source as string
  const sign = separator as string
  const parts: string[] = []
  let from = 0
  while (parts.length < Number(limit) - 1) {
    const at = text.indexOf(sign, from)
    if (at < 0) break
    parts.push(text.slice(from, at))
    from = at + sign.length
  }
  parts.push(text.slice(from))
  return parts
}

function hasValue(container: Value | undefined, wanted: Value | undefined): boolean {
  const values = Array.isArray(container) ? (container as readonly Value[]) : (container as MapValue).values()
  for (const value of values) {
    if (value === wanted || (Array.isArray(value) && value.includes(wanted))) return true
  }
  return false
}
