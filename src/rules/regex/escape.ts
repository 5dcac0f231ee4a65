// What stands behind a backslash.  Syntax of Rust's `regex`, Unicode off: RE2's \Q…\E and \C do not exist, nor octal.

import { toByteString } from '../bytes.ts'
import { type ByteRanges, type Look, NAMED, negate } from './node.ts'
import { isDone, type Reader, refuse, take, takeCharacter } from './reader.ts'

export type Escape =
  /** Bytes to match in a row: one, or a character's UTF-8. */
  | { readonly kind: 'literal'; readonly bytes: string }
  | { readonly kind: 'class'; readonly ranges: ByteRanges }
  | { readonly kind: 'look'; readonly at: Look }

const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', f: '\f', t: '\t', n: '\n', r: '\r', v: '\v' }
const LOOKS: Readonly<Record<string, Look>> = { A: 'start', z: 'end', b: 'word', B: 'not-word' }
const SHORTHANDS: Readonly<Record<string, string>> = { d: 'digit', s: 'space', w: 'word' }
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** Reads one escape; the position is behind the backslash. */
export function readEscape(reader: Reader): Escape | undefined {
  if (isDone(reader)) return refuse(reader, 'incomplete escape sequence, reached end of pattern prematurely')
  const character = takeCharacter(reader)
  const control = CONTROLS[character]
  if (control !== undefined) return { kind: 'literal', bytes: control }
  const ranges = NAMED[SHORTHANDS[character.toLowerCase()] ?? '']
  if (ranges !== undefined) {
    return { kind: 'class', ranges: character === character.toLowerCase() ? ranges : negate(ranges) }
  }
  const look = LOOKS[character]
  if (look !== undefined) return readLook(reader, look)
  if (HEX_DIGITS[character] !== undefined) return readHex(reader, HEX_DIGITS[character])
  return readOther(reader, character)
}

function readOther(reader: Reader, character: string): Escape | undefined {
  if (character === 'p' || character === 'P') return refuse(reader, 'Unicode not allowed here')
  if (/^[0-9]$/.test(character)) return refuse(reader, 'backreferences are not supported')
  if (character === '<' || character === '>') return refuse(reader, 'half word boundaries are not supported here')
  const isPunctuation = /^[\x21-\x7e\s]$/.test(character) && !/^[A-Za-z]$/.test(character)
  return isPunctuation ? { kind: 'literal', bytes: character } : refuse(reader, 'unrecognized escape sequence')
}

function readLook(reader: Reader, at: Look): Escape | undefined {
  if (at === 'word' && /^\{[a-z-]+\}/.test(reader.pattern.slice(reader.at, reader.at + 16))) {
    return refuse(reader, 'half word boundaries are not supported here')
  }
  return { kind: 'look', at }
}

/** `\x7F`, `\x{7F}`, `\u007F`, `\U0000007F`: up to 0xFF with `\x` a byte, otherwise a character in UTF-8. */
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
  return { kind: 'literal', bytes: code <= 0xff ? String.fromCharCode(code) : toByteString(String.fromCodePoint(code)) }
}

/** Whether an escape or plain character stands here that a bracketed class can hold as one byte. */
export function isAscii(character: string): boolean {
  return character.length === 1 && character.charCodeAt(0) < 0x80
}
