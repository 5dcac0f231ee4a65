// Bracketed classes: `[a-z]`, nested ones, `[:alpha:]`, and the set operators `&&`, `--` and `~~`.  Of bytes; under the flag
// `u` of characters, which alone lets one beyond ASCII stand in brackets.

import { MAX_REGEX_NESTING } from '../limits.ts'
import { codePointOf, readEscape } from './escape.ts'
import { type ByteRanges, foldCase, intersect, NAMED, negate, union } from './node.ts'
import { isDone, peek, type Reader, refuse, skipIgnored, take, takeCharacter } from './reader.ts'
import { foldCharacters, negateCharacters } from './unicode.ts'

export const TOO_DEEP = `exceeded the maximum number of nested parentheses/brackets (${MAX_REGEX_NESTING})`
const UNCLOSED = 'unclosed character class'

/** Reads a class; the position is behind its `[`.  The case is folded as the flags at that place say. */
export function readBrackets(reader: Reader): ByteRanges | undefined {
  if (++reader.depth > MAX_REGEX_NESTING) return refuse(reader, TOO_DEEP)
  skipIgnored(reader)
  const isNegated = take(reader, '^')
  let ranges = readOperand(reader, 'first')
  while (ranges !== undefined && !take(reader, ']')) {
    if (isDone(reader)) return refuse(reader, UNCLOSED)
    const operator = reader.pattern.slice(reader.at, reader.at + 2)
    reader.at += 2
    const right = readOperand(reader, 'later')
    ranges = right && combine(reader, operator, [ranges, right])
  }
  reader.depth--
  return ranges && (isNegated ? negateHere(reader, ranges) : ranges)
}

type Sides = readonly [left: ByteRanges, right: ByteRanges]

function combine(reader: Reader, operator: string, [left, right]: Sides): ByteRanges {
  const common = intersect(left, right)
  if (operator === '&&') return common
  if (operator === '--') return intersect(left, negateHere(reader, right))
  return intersect(union(left, right), negateHere(reader, common))
}

/** All bytes, or all characters, but these. */
function negateHere({ flags }: Reader, ranges: ByteRanges): ByteRanges {
  return flags.unicode ? negateCharacters(ranges) : negate(ranges)
}

/** Items up to an operator or the closing bracket, which stays. */
function readOperand(reader: Reader, position: 'first' | 'later'): ByteRanges | undefined {
  // Each once: a property has hundreds of ranges, and may be named a thousand times.
  const items = new Set<ByteRanges>()
  skipIgnored(reader)
  if (position === 'first') {
    while (take(reader, '-')) items.add(HYPHEN)
    if (items.size === 0 && take(reader, ']')) items.add(BRACKET)
  }
  for (;;) {
    skipIgnored(reader)
    if (isDone(reader)) return refuse(reader, UNCLOSED)
    if (peek(reader) === ']' || isOperator(reader)) return joined(items)
    const item = readItem(reader)
    if (item === undefined) return undefined
    items.add(item)
  }
}

const HYPHEN: ByteRanges = [[0x2d, 0x2d]]
const BRACKET: ByteRanges = [[0x5d, 0x5d]]

function joined(items: ReadonlySet<ByteRanges>): ByteRanges {
  const [only] = items
  // The same object, for those who remember what they made of it.
  return only !== undefined && items.size === 1 ? only : union([...items].flat(), [])
}

function isOperator(reader: Reader): boolean {
  const next = reader.pattern.slice(reader.at, reader.at + 2)
  return next === '&&' || next === '--' || next === '~~'
}

function readItem(reader: Reader): ByteRanges | undefined {
  if (take(reader, '[')) return readNamed(reader) ?? readBrackets(reader)
  const low = readPart(reader)
  if (low === undefined) return undefined
  skipIgnored(reader)
  const next = reader.pattern.charAt(reader.at + 1)
  if (peek(reader) !== '-' || next === ']' || next === '-' || next === '') return fold(reader, low)
  reader.at++
  skipIgnored(reader)
  const high = readPart(reader)
  if (high === undefined) return undefined
  const [from, to] = [singleByte(low), singleByte(high)]
  if (from === undefined || to === undefined) return refuse(reader, 'invalid range boundary, must be a literal')
  if (from > to) return refuse(reader, 'invalid character class range, the start must be <= the end')
  return fold(reader, [[from, to]])
}

function fold(reader: Reader, ranges: ByteRanges): ByteRanges {
  if (!reader.flags.ignoreCase) return ranges
  return reader.flags.unicode ? foldCharacters(ranges) : foldCase(ranges)
}

/** `[:alpha:]` or `[:^alpha:]`, behind its `[`; without moving when it is none. */
function readNamed(reader: Reader): ByteRanges | undefined {
  const match = /^:(\^?)([a-z]+):\]/.exec(reader.pattern.slice(reader.at, reader.at + 16))
  const ranges = NAMED[match?.[2] ?? '']
  if (match === null || ranges === undefined) return undefined
  reader.at += match[0].length
  const folded = fold(reader, ranges)
  return match[1] === '^' ? negateHere(reader, folded) : folded
}

function readPart(reader: Reader): ByteRanges | undefined {
  if (take(reader, '\\')) {
    const escaped = readEscape(reader)
    if (escaped === undefined) return undefined
    if (escaped.kind === 'look') return refuse(reader, 'invalid escape sequence found in character class')
    if (escaped.kind === 'class') return escaped.ranges
    return single(reader, escaped.bytes)
  }
  if (isDone(reader)) return refuse(reader, UNCLOSED)
  return single(reader, takeCharacter(reader))
}

/** A byte, or under `u` the character that the bytes spell. */
function single(reader: Reader, bytes: string): ByteRanges | undefined {
  const code = reader.flags.unicode ? codePointOf(bytes) : bytes.length === 1 ? bytes.charCodeAt(0) : undefined
  return code === undefined ? refuse(reader, 'Unicode not allowed here; write (?u) before it') : [[code, code]]
}

function singleByte(ranges: ByteRanges): number | undefined {
  const only = ranges.length === 1 ? ranges[0] : undefined
  return only !== undefined && only[0] === only[1] ? only[0] : undefined
}
