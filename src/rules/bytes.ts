// Byte strings: how this room holds a String.
//
// The language compares, orders, measures and searches bytes (a String need not be valid UTF-8).  A byte string is a
// JavaScript string whose every character is one byte, U+0000 to U+00FF: `===` and `<` are then byte-exact, `length`
// counts bytes, and plain ASCII, which is nearly everything, is the same text in both worlds.
//
// I1  Every String that enters (fields, literals, the expression's own text) is a byte string.

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins at NUL.
const ALL_ASCII = /^[\x00-\x7f]*$/

/** The UTF-8 bytes of a text; a lone surrogate becomes U+FFFD. */
export function toByteString(text: string): string {
  return ALL_ASCII.test(text) ? text : fromBytes(encoder.encode(text))
}

/** The text that the bytes spell in UTF-8; bytes that spell nothing become U+FFFD. */
export function toText(byteString: string): string {
  return ALL_ASCII.test(byteString) ? byteString : decoder.decode(toBytes(byteString))
}

export function toBytes(byteString: string): Uint8Array {
  const bytes = new Uint8Array(byteString.length)
  for (let i = 0; i < byteString.length; i++) bytes[i] = byteString.charCodeAt(i)
  return bytes
}

export function fromBytes(bytes: Uint8Array): string {
  let out = ''
  for (const byte of bytes) out += String.fromCharCode(byte)
  return out
}

/** ASCII letters in lower case; every other byte stays, also those that are letters in Latin-1. */
export function lowerAscii(byteString: string): string {
  const lower = byteString.toLowerCase()
  // Nothing changed is the usual case, and the quickest to see.
  return lower === byteString || ALL_ASCII.test(byteString)
    ? lower
    : byteString.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** ASCII letters in upper case; every other byte stays. */
export function upperAscii(byteString: string): string {
  const upper = byteString.toUpperCase()
  return upper === byteString || ALL_ASCII.test(byteString)
    ? upper
    : byteString.replace(/[a-z]+/g, (letters) => letters.toUpperCase())
}
