// Bracketed classes: `[a-z]`, nested ones, `[:alpha:]`, and the set operators `&&`, `--` and `~~`.  Bytes only: a character
// beyond ASCII in brackets needs Unicode, which is off.

import { MAX_REGEX_NESTING } from '../limits.ts'
import { isAscii, readEscape } from './escape.ts'
import { type ByteRanges, foldCase, intersect, NAMED, negate, union } from './node.ts'
import { isDone, peek, type Reader, refuse, skipIgnored, take, takeCharacter } from './reader.ts'

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
    ranges = right && combine(operator, ranges, right)
  }
  reader.depth--
  return ranges && (isNegated ? negate(ranges) : ranges)
}

function combine(operator: string, left: ByteRanges, right: ByteRanges): ByteRanges {
  const common = intersect(left, right)
  if (operator === '&&') return common
  if (operator === '--') return intersect(left, negate(right))
  return intersect(union(left, right), negate(common))
}

/** Items up to an operator or the closing bracket, which stays. */
function readOperand(reader: Reader, position: 'first' | 'later'): ByteRanges | undefined {
  let ranges: ByteRanges = []
  skipIgnored(reader)
  if (position === 'first') {
    while (take(reader, '-')) ranges = union(ranges, byte('-'))
    if (ranges.length === 0 && take(reader, ']')) ranges = byte(']')
  }
  for (;;) {
    skipIgnored(reader)
    if (isDone(reader)) return refuse(reader, UNCLOSED)
    if (peek(reader) === ']' || isOperator(reader)) return ranges
    const item = readItem(reader)
    if (item === undefined) return undefined
    ranges = union(ranges, item)
  }
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
  return reader.flags.ignoreCase ? foldCase(ranges) : ranges
}

/** `[:alpha:]` or `[:^alpha:]`, behind its `[`; without moving when it is none. */
function readNamed(reader: Reader): ByteRanges | undefined {
  const match = /^:(\^?)([a-z]+):\]/.exec(reader.pattern.slice(reader.at, reader.at + 16))
  const ranges = NAMED[match?.[2] ?? '']
  if (match === null || ranges === undefined) return undefined
  reader.at += match[0].length
  const folded = fold(reader, ranges)
  return match[1] === '^' ? negate(folded) : folded
}

function readPart(reader: Reader): ByteRanges | undefined {
  if (take(reader, '\\')) {
    const escaped = readEscape(reader)
    if (escaped === undefined) return undefined
    if (escaped.kind === 'look') return refuse(reader, 'invalid escape sequence found in character class')
    if (escaped.kind === 'class') return escaped.ranges
    return escaped.bytes.length === 1 ? byte(escaped.bytes) : refuse(reader, 'Unicode not allowed here')
  }
  if (isDone(reader)) return refuse(reader, UNCLOSED)
  const character = takeCharacter(reader)
  return isAscii(character) ? byte(character) : refuse(reader, 'Unicode not allowed here')
}

function byte(character: string): ByteRanges {
  const code = character.charCodeAt(0)
  return [[code, code]]
}

function singleByte(ranges: ByteRanges): number | undefined {
  const only = ranges.length === 1 ? ranges[0] : undefined
  return only !== undefined && only[0] === only[1] ? only[0] : undefined
}
