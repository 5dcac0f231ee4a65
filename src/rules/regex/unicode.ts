// What characters are, as the flag `u` asks: `\p{…}`, the shorthands beyond ASCII, and the other cases of a letter.
// UTS #18 §1.2; https://docs.rs/regex/latest/regex/#syntax
//
// The runtime's own tables answer, once for each property: there are some hundreds, so what is remembered is bounded.

import { type ByteRanges, complement, union } from './node.ts'
import type { CodeRanges } from './utf8.ts'

export const MAX_CODE_POINT = 0x10ffff

/** The ranges without those, of all characters; the same object for the same ranges. */
export function negateCharacters(ranges: CodeRanges): CodeRanges {
  return remembered(NEGATED, ranges, () => complement(ranges, MAX_CODE_POINT))
}

/** The characters of a property such as `L`, `Greek`, `sc=Greek` or `Alphabetic`, or undefined when there is none. */
export function charactersOf(property: string): CodeRanges | undefined {
  if (!/^[A-Za-z0-9_=: -]{1,60}$/.test(property)) return undefined
  const source = sourcesOf(property).find(isProperty)
  return source === undefined ? undefined : charactersMatching(`\\p{${source}}`)
}

/** `\d`, `\s` and `\w` with Unicode on.  UTS #18 Annex C */
export function shorthandOf(letter: 'd' | 's' | 'w'): CodeRanges {
  return charactersMatching(SHORTHANDS[letter])
}

const SHORTHANDS = {
  d: '\\p{Nd}',
  s: '\\p{White_Space}',
  w: '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}',
}

/** Names are matched loosely: `greek`, `GREEK` and `old italic` too. */
function sourcesOf(property: string): readonly string[] {
  const [, key, value = ''] = /^(?:(\w+)\s*[=:]\s*)?(.*)$/.exec(property.trim()) ?? []
  const spellings = new Set([value, titled(value), value.toUpperCase(), value.replaceAll(/[ -]/g, '_')])
  const keys = key === undefined ? ['General_Category=', 'Script=', ''] : [`${KEYS[key.toLowerCase()] ?? '?'}=`]
  return keys.flatMap((prefix) => [...spellings].map((spelling) => prefix + spelling))
}

const KEYS: Readonly<Record<string, string>> = {
  ...{ gc: 'General_Category', general_category: 'General_Category' },
  ...{ sc: 'Script', script: 'Script', scx: 'Script_Extensions', script_extensions: 'Script_Extensions' },
}

function titled(name: string): string {
  return name
    .toLowerCase()
    .split(/[ _-]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('_')
}

function isProperty(source: string): boolean {
  try {
    return new RegExp(`\\p{${source}}`, 'u').source !== ''
  } catch {
    // Not a fault: the runtime has no other way to be asked whether it knows a property.
    return false
  }
}

const MATCHING = new Map<string, CodeRanges>()
const NEGATED = new WeakMap<CodeRanges, CodeRanges>()
const FOLDED = new WeakMap<CodeRanges, CodeRanges>()

/** The characters that a class of the runtime's has; found by letting it look through all there are. */
function charactersMatching(source: string): CodeRanges {
  const known = MATCHING.get(source)
  if (known !== undefined) return known
  const runs = new RegExp(`[${source}]+`, 'gu')
  const ranges: [number, number][] = []
  for (const [first, last] of SEGMENTS) {
    const width = first > 0xffff ? 2 : 1
    for (const { 0: run, index } of textOf(first, last).matchAll(runs)) {
      ranges.push([first + index / width, first + (index + run.length) / width - 1])
    }
  }
  const found = union(ranges, [])
  MATCHING.set(source, found)
  return found
}

/** All characters, the surrogates left out, a plane at a time. */
const SEGMENTS: CodeRanges = [
  [0x0000, 0xd7ff],
  [0xe000, 0xffff],
  ...Array.from({ length: 16 }, (_, i) => [(i + 1) * 0x10000, (i + 1) * 0x10000 + 0xffff] as const),
]

const decoder = new TextDecoder('utf-16le', { ignoreBOM: true })

/** The characters of a segment in a row.  UTF-16 by hand: the runtime's ways from numbers to a text are several times slower. */
function textOf(first: number, last: number): string {
  const count = last - first + 1
  if (first <= 0xffff) return decoder.decode(Uint16Array.from({ length: count }, (_, i) => first + i))
  const units = new Uint16Array(count * 2)
  for (let i = 0; i < count; i += 1) {
    const offset = first + i - 0x10000
    units[i * 2] = 0xd800 + (offset >> 10)
    units[i * 2 + 1] = 0xdc00 + (offset & 0x3ff)
  }
  return decoder.decode(units)
}

/** The ranges and the other cases of every letter in them, one character for one. */
export function foldCharacters(ranges: CodeRanges): CodeRanges {
  const [only] = ranges
  if (only !== undefined && ranges.length === 1 && only[0] === only[1]) {
    const cases = caseVariants().get(only[0]) ?? [only[0]]
    return union(
      cases.map((code) => [code, code] as const),
      [],
    )
  }
  return remembered(FOLDED, ranges, () => {
    const others: (readonly [number, number])[] = []
    for (const [code, variants] of caseVariants()) {
      if (isIn(ranges, code)) for (const other of variants) others.push([other, other])
    }
    return union(ranges, others)
  })
}

let variantsByCode: ReadonlyMap<number, readonly number[]> | undefined

/** Of each letter that has other cases: all of them, itself included. */
function caseVariants(): ReadonlyMap<number, readonly number[]> {
  if (variantsByCode !== undefined) return variantsByCode
  const letters = charactersMatching('\\p{Changes_When_Casemapped}')
  const byFolded = new Map<string, number[]>()
  for (const [low, high] of letters) {
    for (let code = low; code <= high; code += 1) {
      const folded = foldOf(String.fromCodePoint(code))
      byFolded.set(folded, [...(byFolded.get(folded) ?? []), code])
    }
  }
  const groups = [...byFolded.values()].filter((group) => group.length > 1)
  variantsByCode = new Map(groups.flatMap((group) => group.map((code) => [code, group] as const)))
  return variantsByCode
}

/** Dotted and dotless i are letters of their own: they fold only in Turkish.  UCD CaseFolding, status T */
const APART = ['\u0130', '\u0131']

/** Simple folding: where a case has several characters, the letter stays what it is. */
function foldOf(character: string): string {
  if (APART.includes(character)) return character
  const upper = character.toUpperCase()
  const lower = (isOne(upper) ? upper : character).toLowerCase()
  return isOne(lower) ? lower : character
}

function isOne(text: string): boolean {
  return text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff)
}

function isIn(ranges: ByteRanges, code: number): boolean {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ranges[middle]?.[1] ?? 0) < code) low = middle + 1
    else high = middle
  }
  return (ranges[low]?.[0] ?? Number.POSITIVE_INFINITY) <= code
}

function remembered(known: WeakMap<CodeRanges, CodeRanges>, ranges: CodeRanges, make: () => CodeRanges): CodeRanges {
  const found = known.get(ranges)
  if (found !== undefined) return found
  const made = make()
  known.set(ranges, made)
  return made
}
