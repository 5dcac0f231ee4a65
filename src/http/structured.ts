// Structured fields, as far as this edge writes them: the members of Cache-Status.  RFC 9651 §4.1, RFC 9211 §2.
//
// Total: what a type cannot hold is escaped or clamped, because a diagnostic field must never break a response.

/** Tokens may begin with a letter or "*", and hold ":" and "/" beside tchar.  RFC 9651 §3.3.4 */
const SF_TOKEN = /^[A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_`|~:/]*$/
/** Integers have at most fifteen digits.  RFC 9651 §3.3.1 */
const MAX_SF_INTEGER = 999_999_999_999_999

/**
 * A String (RFC 9651 §3.3.3): quoted, with `"` and `\` escaped.  It holds printable ASCII only, so other characters go
 * out as the percent-escapes of their UTF-8 bytes, a lone surrogate as those of U+FFFD.
 */
export function sfString(text: string): string {
  const escaped = text
    .toWellFormed()
    .replace(/["\\]/g, '\\$&')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not go out.
    .replace(/[\x00-\x1f\x7f-\u{10ffff}]/gu, percentEscape)
  return `"${escaped}"`
}

/** A Token (RFC 9651 §3.3.4), or the String of a text that no token can be. */
export function sfToken(text: string): string {
  return SF_TOKEN.test(text) ? text : sfString(text)
}

/** An Integer (RFC 9651 §3.3.1): rounded down, kept within fifteen digits; 0 for what is no number. */
export function sfInteger(value: number): string {
  if (Number.isNaN(value)) return '0'
  return String(Math.floor(Math.min(Math.max(value, -MAX_SF_INTEGER), MAX_SF_INTEGER)) + 0)
}

function percentEscape(character: string): string {
  const code = character.charCodeAt(0)
  if (code >= 0x80) return encodeURIComponent(character)
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`
}
