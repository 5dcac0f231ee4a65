// Reads a regular expression as Rust's `regex` does: bytes, Unicode off until `(?u)`, and the same refusals (look-around,
// back-references, unknown escapes, `{` that counts nothing).  https://docs.rs/regex/latest/regex/#syntax
//
// Whatever the flags, the tree is one of bytes: a class of characters becomes the sequences of UTF-8 that spell them (utf8.ts).
//
// DEVIATION CF ruleset-engine: word boundaries under `u`, half word boundaries such as `\b{start}`, and `^` and `$` under `m` and
// `R` together are refused, where Rust takes them: the engine below knows boundaries of ASCII and of LF only.

import { MAX_REGEX_NESTING, MAX_REGEX_REPEAT } from '../limits.ts'
import { readBrackets, TOO_DEEP } from './brackets.ts'
import { codePointOf, readEscape } from './escape.ts'
import { type ByteRanges, foldCase, type Look, MAX_BYTE, negate, type RegexNode } from './node.ts'
import {
  type Flags,
  isDone,
  makeReader,
  peek,
  type Reader,
  refuse,
  skipIgnored,
  take,
  takeCharacter,
} from './reader.ts'
import { foldCharacters, MAX_CODE_POINT, negateCharacters } from './unicode.ts'
import { nodeOfCharacters } from './utf8.ts'

const LINE_FEED: ByteRanges = [[0x0a, 0x0a]]
const CR_OR_LF: ByteRanges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
]
const ALL_BYTES: ByteRanges = [[0, MAX_BYTE]]
const ALL_CHARACTERS: ByteRanges = [[0, MAX_CODE_POINT]]
const MISSING = 'repetition operator missing expression'

export type ParsedRegex =
  | { readonly ok: true; readonly node: RegexNode; readonly groups: number }
  | { readonly ok: false; readonly why: string }

/** The tree of a pattern, or the reason why it is none, in the words of Rust's `regex`. */
export function parseRegex(pattern: string): ParsedRegex {
  const reader = makeReader(pattern)
  const node = readAlternation(reader)
  if (node !== undefined && !isDone(reader)) refuse(reader, 'unopened group')
  return node === undefined || reader.fault !== undefined
    ? { ok: false, why: reader.fault ?? 'invalid pattern' }
    : { ok: true, node, groups: reader.groups }
}

/** Up to the end or a closing parenthesis, which stays.  Flags set inside end with it. */
function readAlternation(reader: Reader): RegexNode | undefined {
  const { flags } = reader
  const items: RegexNode[] = []
  do {
    const item = readConcat(reader)
    if (item === undefined) return undefined
    items.push(item)
  } while (take(reader, '|'))
  reader.flags = flags
  return items.length === 1 ? items[0] : { kind: 'alternation', items }
}

function readConcat(reader: Reader): RegexNode | undefined {
  const items: RegexNode[] = []
  /** Whether the last item can be repeated: setting flags leaves nothing to repeat. */
  let isRepeatable = false
  /** Repetitions of the last item's repetition: Rust counts them as nesting. */
  let stacked = 0
  for (;;) {
    skipIgnored(reader)
    const next = peek(reader)
    if (next === '' || next === '|' || next === ')') break
    if (next === '*' || next === '+' || next === '?' || next === '{') {
      const last = isRepeatable ? items.pop() : undefined
      if (last === undefined) return refuse(reader, MISSING)
      if (reader.depth + ++stacked > MAX_REGEX_NESTING) return refuse(reader, TOO_DEEP)
      const repeat = readRepeat(reader, last)
      if (repeat === undefined) return undefined
      items.push(repeat)
      continue
    }
    const atom = readAtom(reader)
    if (atom === undefined) return undefined
    isRepeatable = atom !== 'flags'
    stacked = 0
    if (atom !== 'flags') items.push(atom)
  }
  return items.length === 1 ? items[0] : { kind: 'concat', items }
}

function readAtom(reader: Reader): RegexNode | 'flags' | undefined {
  if (take(reader, '(')) return readGroup(reader)
  if (take(reader, '[')) {
    const ranges = readBrackets(reader)
    return ranges && classOf(ranges, reader.flags)
  }
  if (take(reader, '.')) return anyOf(reader.flags)
  if (take(reader, '^')) return readAnchor(reader, 'start', 'line-start')
  if (take(reader, '$')) return readAnchor(reader, 'end', 'line-end')
  if (!take(reader, '\\')) return literal(takeCharacter(reader), reader.flags)
  const escaped = readEscape(reader)
  if (escaped?.kind === 'literal') return literal(escaped.bytes, reader.flags)
  return escaped?.kind === 'class' ? classOf(escaped.ranges, reader.flags) : escaped
}

/** One byte, or one character, of the ranges. */
function classOf(ranges: ByteRanges, { unicode }: Flags): RegexNode {
  return unicode ? nodeOfCharacters(ranges) : { kind: 'class', ranges }
}

function anyOf(flags: Flags): RegexNode {
  if (flags.dotAll) return flags.unicode ? nodeOfCharacters(ALL_CHARACTERS) : { kind: 'class', ranges: ALL_BYTES }
  const ends = flags.crlf ? CR_OR_LF : LINE_FEED
  return flags.unicode ? nodeOfCharacters(negateCharacters(ends)) : { kind: 'class', ranges: negate(ends) }
}

function readAnchor(reader: Reader, whole: Look, line: Look): RegexNode | undefined {
  const { multiLine, crlf } = reader.flags
  if (multiLine && crlf) return refuse(reader, 'the flags "m" and "R" together are not supported here; leave one out')
  return { kind: 'look', at: multiLine ? line : whole }
}

function literal(bytes: string, flags: Flags): RegexNode {
  if (!flags.ignoreCase) return { kind: 'literal', bytes }
  const code = flags.unicode ? codePointOf(bytes) : /^[A-Za-z]$/.test(bytes) ? bytes.charCodeAt(0) : undefined
  if (code === undefined) return { kind: 'literal', bytes }
  if (!flags.unicode) return { kind: 'class', ranges: foldCase([[code, code]]) }
  const cases = foldCharacters([[code, code]])
  return cases.length === 1 && cases[0]?.[0] === cases[0]?.[1] ? { kind: 'literal', bytes } : nodeOfCharacters(cases)
}

function readRepeat(reader: Reader, inner: RegexNode): RegexNode | undefined {
  const operator = takeCharacter(reader)
  const bounds =
    operator === '*'
      ? { minimum: 0, maximum: undefined }
      : operator === '+'
        ? { minimum: 1, maximum: undefined }
        : operator === '?'
          ? { minimum: 0, maximum: 1 }
          : readBounds(reader)
  if (bounds === undefined) return undefined
  skipIgnored(reader)
  const isGreedy = take(reader, '?') === reader.flags.swapGreed
  return { kind: 'repeat', inner, ...bounds, isGreedy }
}

/** `{n}`, `{n,}` or `{n,m}`, behind the brace. */
function readBounds(reader: Reader): { minimum: number; maximum: number | undefined } | undefined {
  const close = reader.pattern.indexOf('}', reader.at)
  if (close < 0) return refuse(reader, 'unclosed counted repetition')
  const match = /^\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?$/.exec(reader.pattern.slice(reader.at, close))
  if (match === null) return refuse(reader, 'repetition quantifier expects a valid decimal')
  reader.at = close + 1
  const minimum = Number(match[1])
  const maximum = match[2] === undefined ? minimum : match[3] === '' ? undefined : Number(match[3])
  if (maximum !== undefined && maximum < minimum) {
    return refuse(reader, 'invalid repetition count range, the start must be <= the end')
  }
  if (Math.max(minimum, maximum ?? 0) > MAX_REGEX_REPEAT) {
    return refuse(reader, `repetition count exceeds ${MAX_REGEX_REPEAT}`)
  }
  return { minimum, maximum }
}

/** Behind the parenthesis: a group of any kind, or flags for what follows. */
function readGroup(reader: Reader): RegexNode | 'flags' | undefined {
  if (/^\?<?[=!]/.test(reader.pattern.slice(reader.at, reader.at + 3))) {
    return refuse(reader, 'look-around, including look-ahead and look-behind, is not supported')
  }
  const outer = reader.flags
  let isCapture = true
  if (take(reader, '?P<') || take(reader, '?<')) {
    if (readGroupName(reader) === undefined) return undefined
  } else if (take(reader, '?')) {
    const end = readFlags(reader)
    if (end === undefined) return undefined
    if (end === ')') return 'flags'
    isCapture = false
  }
  if (isCapture) reader.groups++
  if (++reader.depth > MAX_REGEX_NESTING) return refuse(reader, TOO_DEEP)
  const inner = readAlternation(reader)
  if (inner === undefined) return undefined
  if (!take(reader, ')')) return refuse(reader, 'unclosed group')
  reader.depth--
  reader.flags = outer
  return isCapture ? { kind: 'capture', inner } : { kind: 'concat', items: [inner] }
}

function readGroupName(reader: Reader): true | undefined {
  const close = reader.pattern.indexOf('>', reader.at)
  if (close < 0) return refuse(reader, 'unclosed capture group name')
  const name = reader.pattern.slice(reader.at, close)
  if (name === '') return refuse(reader, 'empty capture group name')
  if (!/^[A-Za-z_][A-Za-z0-9_.[\]]*$/.test(name)) return refuse(reader, 'invalid capture group character')
  if (reader.names.has(name)) return refuse(reader, 'duplicate capture group name')
  reader.names.add(name)
  reader.at = close + 1
  return true
}

const FLAG_NAMES: Readonly<Record<string, keyof Flags>> = {
  i: 'ignoreCase',
  m: 'multiLine',
  s: 'dotAll',
  U: 'swapGreed',
  x: 'ignoreSpace',
  u: 'unicode',
  R: 'crlf',
}

/** Flags up to their `:` or `)`, which is the answer; they hold from here on. */
function readFlags(reader: Reader): ':' | ')' | undefined {
  const seen = new Set<string>()
  let isSet = true
  for (let last = ''; ; ) {
    if (isDone(reader)) return refuse(reader, 'expected flag but got end of regex')
    const character = takeCharacter(reader)
    if (character === ':' || character === ')') {
      if (last === '-') return refuse(reader, 'flag negation operator dangling')
      if (character === ')' && last === '') return refuse(reader, MISSING)
      return character
    }
    if (seen.has(character)) return refuse(reader, character === '-' ? 'repeated flag negation' : 'duplicate flag')
    seen.add(character)
    last = character
    if (character === '-') {
      isSet = false
    } else {
      const name = FLAG_NAMES[character]
      if (name === undefined) return refuse(reader, 'unrecognized flag')
      reader.flags = { ...reader.flags, [name]: isSet }
    }
  }
}
