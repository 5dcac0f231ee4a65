// What stands behind a backslash.  Syntax of Rust's `regex`: RE2's \Q…\E and \C do not exist, nor octal.

import { toByteString, toText } from '../bytes.ts'
import { type ByteRanges, type Look, NAMED, negate } from './node.ts'
import { isDone, type Reader, refuse, take, takeCharacter } from './reader.ts'
import { charactersOf, foldCharacters, negateCharacters, shorthandOf } from './unicode.ts'

export type Escape =
  /** Bytes to match in a row: one, or a character's UTF-8. */
  | { readonly kind: 'literal'; readonly bytes: string }
  /** Of bytes, or of characters under the flag `u`. */
  | { readonly kind: 'class'; readonly ranges: ByteRanges }
  | { readonly kind: 'look'; readonly at: Look }

const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', f: '\f', t: '\t', n: '\n', r: '\r', v: '\v' }
const LOOKS: Readonly<Record<string, Look>> = { A: 'start', z: 'end', b: 'word', B: 'not-word' }
const SHORTHANDS = { d: 'digit', s: 'space', w: 'word' } as const
/** With its braces; no property has a longer name. */
const MAX_PROPERTY_LENGTH = 64
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** Reads one escape; the position is behind the backslash. */
export function readEscape(reader: Reader): Escape | undefined {
  if (isDone(reader)) return refuse(reader, 'incomplete escape sequence, reached end of pattern prematurely')
  const character = takeCharacter(reader)
  const control = CONTROLS[character]
  if (control !== undefined) return { kind: 'literal', bytes: control }
  const shorthand = readShorthand(reader, character)
  if (shorthand !== undefined) return { kind: 'class', ranges: shorthand }
  const look = LOOKS[character]
  if (look !== undefined) return readLook(reader, look)
  if (HEX_DIGITS[character] !== undefined) return readHex(reader, HEX_DIGITS[character])
  return readOther(reader, character)
}

/** `\d` and the like, and what is not one. */
function readShorthand({ flags }: Reader, character: string): ByteRanges | undefined {
  const letter = character.toLowerCase()
  if (letter !== 'd' && letter !== 's' && letter !== 'w') return undefined
  const isNegated = letter !== character
  if (!flags.unicode) {
    const ranges = NAMED[SHORTHANDS[letter]] ?? []
    return isNegated ? negate(ranges) : ranges
  }
  return isNegated ? negateCharacters(shorthandOf(letter)) : shorthandOf(letter)
}

/** `\pL`, `\p{Greek}`, `\p{^Greek}`, `\P{sc=Greek}`, behind the letter. */
function readProperty(reader: Reader, isNegated: boolean): Escape | undefined {
  if (!reader.flags.unicode) return refuse(reader, 'Unicode not allowed here; write (?u) before it')
  const match = /^(?:\{(\^?)([^}]*)\}|([A-Za-z]))/.exec(
    reader.pattern.slice(reader.at, reader.at + MAX_PROPERTY_LENGTH),
  )
  if (match === null) return refuse(reader, 'invalid Unicode character class')
  reader.at += match[0].length
  const property = charactersOf(match[2] ?? match[3] ?? '')
  if (property === undefined) return refuse(reader, `Unicode property not found: ${match[0]}`)
  // Cases first: what is not in a class is in it in no case.
  const ranges = reader.flags.ignoreCase ? foldCharacters(property) : property
  const isComplement = isNegated !== (match[1] === '^')
  return { kind: 'class', ranges: isComplement ? negateCharacters(ranges) : ranges }
}

function readOther(reader: Reader, character: string): Escape | undefined {
  if (character === 'p' || character === 'P') return readProperty(reader, character === 'P')
  if (/^[0-9]$/.test(character)) return refuse(reader, 'backreferences are not supported')
  if (character === '<' || character === '>') return refuse(reader, 'half word boundaries are not supported here')
  const isPunctuation = /^[\x21-\x7e\s]$/.test(character) && !/^[A-Za-z]$/.test(character)
  return isPunctuation ? { kind: 'literal', bytes: character } : refuse(reader, 'unrecognized escape sequence')
}

function readLook(reader: Reader, at: Look): Escape | undefined {
  if (at === 'word' && /^\{[a-z-]+\}/.test(reader.pattern.slice(reader.at, reader.at + 16))) {
    return refuse(reader, 'half word boundaries are not supported here')
  }
  if (reader.flags.unicode && (at === 'word' || at === 'not-word')) {
    return refuse(reader, 'Unicode word boundaries are not supported here; write (?-u:\\b) for those of ASCII')
  }
  return { kind: 'look', at }
}

/** `\x7F`, `\x{7F}`, `\u007F`, `\U0000007F`: up to 0xFF a byte, unless `u` is on; otherwise a character in UTF-8. */
function readHex(reader: Reader, length: number): Escape | undefined {
  let digits: string
  if (take(reader, '{')) {
    const close = reader.pattern.indexOf('}', reader.at)
    if (close < 0) return refuse(reader, 'incomplete escape sequence, reached end of pattern prematurely')
    digits = reader.pattern.slice(reader.at, close).trim()
    reader.at = close + 1
    if (digits === '') return refuse(reader, 'hexadecimal literal empty')
  } else {
    digits = reader.pattern.slice(reader.at, reader.at + length)
    if (digits.length < length) {
      return refuse(reader, 'incomplete escape sequence, reached end of pattern prematurely')
    }
    reader.at += length
  }
  if (!/^[0-9a-fA-F]{1,8}$/.test(digits)) return refuse(reader, 'invalid hexadecimal digit')
  const code = Number.parseInt(digits, 16)
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    return refuse(reader, 'hexadecimal literal is not a Unicode scalar value')
  }
  const isByte = code <= 0xff && !reader.flags.unicode
  return { kind: 'literal', bytes: isByte ? String.fromCharCode(code) : toByteString(String.fromCodePoint(code)) }
}

/** The one character that the bytes spell in UTF-8, or undefined. */
export function codePointOf(bytes: string): number | undefined {
  const text = toText(bytes)
  const code = text.codePointAt(0)
  return code !== undefined && toByteString(String.fromCodePoint(code)) === bytes ? code : undefined
}
