// Integer literals: `0x` hexadecimal, a leading `0` octal, else decimal with an optional minus.  Signed 64 bits.
//
// Hexadecimal digits are scanned whatever the radix, so that `80and` is a bad number while `80or` is 80 and `or`.

import { isHexDigit, type Lexed, problem, takeWhile } from './lexer.ts'
import { MAX_INT, MIN_INT } from './limits.ts'

const DIGITS: Readonly<Record<number, RegExp>> = { 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-fA-F]+$/ }
const PREFIXES: Readonly<Record<number, string>> = { 8: '0o', 10: '', 16: '0x' }

export function lexInt(source: string, at: number): Lexed<bigint> {
  if (source.startsWith('0x', at)) return lexRadix(source, at, at + 2, 16)
  if (source[at] === '0') return lexRadix(source, at, at, 8)
  return lexRadix(source, at, source[at] === '-' ? at + 1 : at, 10)
}

function lexRadix(source: string, at: number, digitsAt: number, radix: 8 | 10 | 16): Lexed<bigint> {
  const end = takeWhile(source, digitsAt, isHexDigit)
  const digits = source.slice(digitsAt, end)
  if (digits === '') return problem('expected-digit', 'expected digit', digitsAt, Math.min(digitsAt + 1, source.length))
  if (DIGITS[radix]?.test(digits) !== true) return badNumber('invalid digit found in string', radix, at, end)
  const magnitude = BigInt(PREFIXES[radix] + digits)
  const value = digitsAt === at + 1 ? -magnitude : magnitude
  if (value > MAX_INT) return badNumber('number too large to fit in target type', radix, at, end)
  if (value < MIN_INT) return badNumber('number too small to fit in target type', radix, at, end)
  return { value, end }
}

export function badNumber(why: string, radix: number, start: number, end: number): Lexed<never> {
  return problem('bad-number', `${why} while parsing with radix ${radix}`, start, end)
}
