// String literals in their four readings.
//
//   "…"         escapes \" \\ \xHH \OOO and no others; any byte, newlines too
//   r#"…"#      no escapes; ends at a quote and at least as many # as began it
//   HH:HH-HH    bytes in hexadecimal, two at least
//   "…" for a regular expression: \" is a quote outside of brackets, every other backslash stays, and inside brackets
//               a quote does not end the literal

import { isHexDigit, isProblem, type Lexed, problem } from './lexer.ts'
import { MAX_RAW_STRING_HASHES } from './limits.ts'
import { badNumber } from './literal-int.ts'

export function isStringStart(source: string, at: number): boolean {
  return source[at] === '"' || isRawStart(source, at)
}

function isRawStart(source: string, at: number): boolean {
  return source[at] === 'r' && (source[at + 1] === '"' || source[at + 1] === '#')
}

/** A string in any of the three spellings; the position decides, never the content. */
export function lexString(source: string, at: number): Lexed<string> {
  return isStringStart(source, at) ? lexQuotedOrRaw(source, at) : lexByteList(source, at)
}

export function lexQuotedOrRaw(source: string, at: number): Lexed<string> {
  if (source[at] === '"') return lexQuoted(source, at)
  if (isRawStart(source, at)) return lexRaw(source, at)
  return problem('expected-token', 'expected " or r"', at, Math.min(at + 1, source.length))
}

export function lexQuoted(source: string, at: number): Lexed<string> {
  let value = ''
  let from = at + 1
  for (let i = from; i < source.length; i++) {
    const character = source[i]
    if (character === '"') return { value: value + source.slice(from, i), end: i + 1 }
    if (character !== '\\') continue
    const escaped = lexEscape(source, i + 1)
    if (isProblem(escaped)) return escaped
    value += source.slice(from, i) + escaped.value
    from = escaped.end
    i = from - 1
  }
  return unclosed(source, at)
}

/** One escape, from the character behind the backslash on. */
function lexEscape(source: string, at: number): Lexed<string> {
  const character = source[at]
  if (character === undefined) return unclosed(source, at)
  if (character === '"' || character === '\\') return { value: character, end: at + 1 }
  if (character === 'x') return lexFixedByte(source, at + 1, 2, 16)
  if (character >= '0' && character <= '7') return lexFixedByte(source, at, 3, 8)
  return problem('bad-escape', 'expected ", xHH or OOO after \\', at, at + 1)
}

function lexFixedByte(source: string, at: number, digits: number, radix: 8 | 16): Lexed<string> {
  const text = source.slice(at, at + digits)
  if (text.length < digits) {
    const message = `expected ${digits} characters, but found ${text.length}`
    return problem('expected-token', message, at, source.length)
  }
  const isNumber = radix === 16 ? /^[0-9a-fA-F]+$/.test(text) : /^[0-7]+$/.test(text)
  if (!isNumber) return badNumber('invalid digit found in string', radix, at, at + digits)
  const byte = Number.parseInt(text, radix)
  if (byte > 255) return badNumber('number too large to fit in target type', radix, at, at + digits)
  return { value: String.fromCharCode(byte), end: at + digits }
}

function lexRaw(source: string, at: number): Lexed<string> {
  let open = at + 1
  while (source[open] === '#') open++
  const hashes = open - at - 1
  if (hashes > MAX_RAW_STRING_HASHES) {
    const message = `invalid raw string hash count, there can't be more than ${MAX_RAW_STRING_HASHES} #s`
    return problem('expected-token', message, at, open)
  }
  if (source[open] !== '"')
    return problem('expected-token', 'expected literal "\\""', open, Math.min(open + 1, source.length))
  const terminator = `"${'#'.repeat(hashes)}`
  const close = source.indexOf(terminator, open + 1)
  return close < 0 ? unclosed(source, at) : { value: source.slice(open + 1, close), end: close + terminator.length }
}

function lexByteList(source: string, at: number): Lexed<string> {
  if (at >= source.length) return problem('expected-token', 'expected a value', at, at)
  let byte = lexFixedByte(source, at, 2, 16)
  if (isProblem(byte)) return byte
  if (!isSeparator(source[byte.end])) {
    return problem('expected-token', 'expected byte separator', byte.end, Math.min(byte.end + 1, source.length))
  }
  let value = byte.value
  while (isSeparator(source[byte.end])) {
    byte = lexFixedByte(source, byte.end + 1, 2, 16)
    if (isProblem(byte)) return byte
    value += byte.value
  }
  return { value, end: byte.end }
}

function isSeparator(character: string | undefined): boolean {
  return character === ':' || character === '-' || character === '.'
}

/** Whether two hexadecimal digits and a separator begin here. */
export function isByteListStart(source: string, at: number): boolean {
  return isHexDigit(source.charCodeAt(at)) && isHexDigit(source.charCodeAt(at + 1)) && isSeparator(source[at + 2])
}

/** The pattern of a regular expression.  A raw one is taken as it stands. */
export function lexRegex(source: string, at: number): Lexed<string> {
  if (source[at] !== '"') return lexQuotedOrRaw(source, at)
  let pattern = ''
  let inBrackets = false
  for (let i = at + 1; i < source.length; i++) {
    const character = source.charAt(i)
    if (character === '\\') {
      const next = source.charAt(++i)
      pattern += next === '"' && !inBrackets ? '"' : `\\${next}`
      continue
    }
    if (character === '"' && !inBrackets) return { value: pattern, end: i + 1 }
    if (character === '[') inBrackets = true
    if (character === ']') inBrackets = false
    pattern += character
  }
  return unclosed(source, at)
}

function unclosed(source: string, at: number): Lexed<never> {
  return problem('unclosed-quote', 'could not find an ending quote', at, source.length)
}
