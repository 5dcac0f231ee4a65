// Values of the language as parts of a URI.  RFC 3986 §2
//
// U1  What comes out is printable ASCII without spaces, whatever came in: it cannot end a header line or a request line.

// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for.
const NOT_URI = /[\x00-\x20"<>\\^`{|}\x7f-\xff]/g

/** The byte string with every byte that no URI has as %HH; escapes that are there stay. */
export function toUriText(byteString: string): string {
  return byteString.replace(NOT_URI, escaped)
}

/** As a path: `?` and `#` would end it, so they are escaped too. */
export function toPathText(byteString: string): string {
  return toUriText(byteString).replace(/[?#]/g, escaped)
}

/** As a query: `#` would end it. */
export function toQueryText(byteString: string): string {
  return toUriText(byteString).replace(/#/g, escaped)
}

function escaped(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
