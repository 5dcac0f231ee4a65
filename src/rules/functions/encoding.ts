// Functions that encode and decode: Base64 (RFC 4648 §4, §5) and percent-encoding.

import { toByteString } from '../bytes.ts'
import { STRING, type Value } from '../types.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { flags, TEXT_FIELD, text } from './parameters.ts'
import { type FunctionRow, plain } from './row.ts'

export const ENCODING_FUNCTIONS: readonly FunctionRow[] = [
  {
    kind: 'function',
    name: 'encode_base64',
    required: [text('source')],
    optional: [flags('up')],
    returns: STRING,
    use: 'anywhere',
    missing: 'in-out',
    make: ([, given]) => {
      const letters = String(given ?? '')
      const alphabet = letters.includes('u') ? 'url' : 'standard'
      const padding = letters.includes('p') ? 'padded' : 'bare'
      return (source) => encodeBase64(source as string, alphabet, padding)
    },
    doc: 'The bytes in Base64 without padding; flag "u" takes the URL-safe alphabet, "p" pads.',
    example: 'encode_base64(http.host, "up")',
  },
  {
    kind: 'function',
    name: 'decode_base64',
    required: [TEXT_FIELD],
    returns: STRING,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((source) => decodeBase64(source as string)),
    doc: 'The bytes that the Base64 text stands for, in either alphabet, padded or not; missing when it is none.',
    example: 'decode_base64(http.request.headers["x-data"][0]) == "test"',
  },
  {
    kind: 'function',
    name: 'url_decode',
    required: [TEXT_FIELD],
    optional: [flags('ru')],
    returns: STRING,
    use: 'anywhere',
    missing: 'in-out',
    make: ([, given]) => {
      const letters = String(given ?? '')
      return (source) => urlDecode(source as string, letters.includes('r'), letters.includes('u'))
    },
    doc: 'The text with %HH decoded and + as a space; option "r" decodes what that uncovers too, "u" takes %uHHHH as UTF-8.',
    example: 'url_decode(http.request.uri.path) contains "/a b"',
  },
]

const PERCENT = 0x25
const PLUS = 0x2b

/**
 * One pass over a stack of decoded bytes: in the recursive form a byte that completes an escape on the stack is decoded
 * again, so that the whole takes linear time however deep the layers are.
 */
function urlDecode(source: string, isRecursive: boolean, hasUnicode: boolean): Value {
  if (!source.includes('%') && !source.includes('+')) return source
  const out: number[] = []
  // In the plain form decoded bytes may not become part of a later escape.
  let floor = 0
  for (let i = 0; i < source.length; i++) {
    const byte = source.charCodeAt(i)
    out.push(byte === PLUS ? 0x20 : byte)
    while (reduce(out, floor, hasUnicode)) {
      if (isRecursive) continue
      floor = out.length
      break
    }
  }
  return joinBytes(out)
}

function joinBytes(bytes: readonly number[]): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** Replaces an escape at the end of the stack by what it stands for; whether there was one. */
function reduce(out: number[], floor: number, hasUnicode: boolean): boolean {
  if (hasUnicode && out.length - 6 >= floor && out.at(-6) === PERCENT && out.at(-5) === 0x75) {
    const code = hexOf(out, 4)
    if (code !== undefined) {
      out.length -= 6
      const isHalf = code >= 0xd800 && code <= 0xdfff
      for (const byte of toByteString(isHalf ? '\ufffd' : String.fromCharCode(code))) out.push(byte.charCodeAt(0))
      return true
    }
  }
  if (out.length - 3 < floor || out.at(-3) !== PERCENT) return false
  const byte = hexOf(out, 2)
  if (byte === undefined) return false
  out.length -= 3
  out.push(byte)
  return true
}

/** The number that the last digits on the stack write. */
function hexOf(out: readonly number[], digits: number): number | undefined {
  let value = 0
  for (let i = out.length - digits; i < out.length; i++) {
    const digit = digitOf(out[i] ?? 0)
    if (digit === undefined) return undefined
    value = value * 16 + digit
  }
  return value
}

function digitOf(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined
}
