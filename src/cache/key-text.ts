// How texts from outside are written into a cache key: printable ASCII without space, and readable back.
//
//   %41      a byte or character below U+0100 that is no printable ASCII, or "%"
//   %u0141   any other UTF-16 code unit, lone surrogates included
//
// The whole of JavaScript's strings goes one to one into what is written, so that no two values share a spelling.
//
// The expressions here are single character classes: one pass, no backtracking, and for the lengths of paths several
// times faster than a loop over charCodeAt.

const PRINTABLE = /^[\x21-\x7e]*$/
const LITERAL = /^[\x21-\x24\x26-\x7e]*$/
const NOT_LITERAL = /[^\x21-\x24\x26-\x7e]/g

/** Whether the text is printable ASCII without space, and can stand in a key as it is. */
export function isPrintable(text: string): boolean {
  return PRINTABLE.test(text)
}

/** The text with all that is not printable ASCII, and "%", escaped. */
export function escapeText(text: string): string {
  return LITERAL.test(text) ? text : text.replace(NOT_LITERAL, escapeUnit)
}

/** A text that "=" follows. */
export function escapeName(text: string): string {
  return escapeText(text).replaceAll('=', '%3D')
}

function escapeUnit(unit: string): string {
  const hex = unit.charCodeAt(0).toString(16).toUpperCase()
  return hex.length <= 2 ? `%${hex.padStart(2, '0')}` : `%u${hex.padStart(4, '0')}`
}
