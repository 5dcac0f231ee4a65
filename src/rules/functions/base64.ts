// Base64 over byte strings.  RFC 4648 §4 and §5.

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export function encodeBase64(source: string, alphabet: 'standard' | 'url', padding: 'padded' | 'bare'): string {
  const digits = alphabet === 'url' ? URL_SAFE : STANDARD
  let out = ''
  for (let i = 0; i < source.length; i += 3) {
    const given = Math.min(3, source.length - i)
    const bits = (byteAt(source, i) << 16) | (byteAt(source, i + 1) << 8) | byteAt(source, i + 2)
    for (let digit = 0; digit <= given; digit++) out += digits.charAt((bits >> (18 - 6 * digit)) & 63)
    if (padding === 'padded') out += '='.repeat(3 - given)
  }
  return out
}

function byteAt(source: string, at: number): number {
  return at < source.length ? source.charCodeAt(at) : 0
}

/** The bytes, or undefined for text that is no Base64: another character, a lone digit, padding of a wrong length. */
export function decodeBase64(text: string): string | undefined {
  const body = text.replace(/={1,2}$/, '')
  const isPadded = body.length < text.length
  if ((isPadded && text.length % 4 !== 0) || body.length % 4 === 1) return undefined
  let out = ''
  let bits = 0
  let held = 0
  for (const character of body.replaceAll('-', '+').replaceAll('_', '/')) {
    const digit = STANDARD.indexOf(character)
    if (digit < 0) return undefined
    bits = ((bits << 6) | digit) & 0xffff
    held += 6
    if (held >= 8) {
      held -= 8
      out += String.fromCharCode((bits >> held) & 255)
    }
  }
  return out
}
