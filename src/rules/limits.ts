// The limits of the language, each with what passes it.

export type Limits = {
  /** Characters of a whole expression.  CF ruleset-engine: maximum expression length */
  readonly expressionCharacters: number
  /** How deep `(`, `not`, calls and quantifiers may stand inside each other. */
  readonly nesting: number
}

export const LIMITS: Limits = { expressionCharacters: 4096, nesting: 128 }

/** Problems that one expression reports; the rest would be noise. */
export const MAX_PROBLEMS = 20
/** Arguments of `concat`.  CF changelog 2026-09-22 */
export const MAX_CONCAT_ARGUMENTS = 32
/** Elements that `split` may be asked for. */
export const MAX_SPLIT_ELEMENTS = 128
/** `${N}` references in one replacement. */
export const MAX_REPLACEMENT_REFERENCES = 8
/** `#` on either side of a raw string. */
export const MAX_RAW_STRING_HASHES = 255
/** An array index is an unsigned 32-bit number. */
export const MAX_ARRAY_INDEX = 2n ** 32n - 1n
export const MIN_INT = -(2n ** 63n)
export const MAX_INT = 2n ** 63n - 1n
/** Groups inside groups of a regular expression.  Rust's `regex` has the same default. */
export const MAX_REGEX_NESTING = 250
/** The largest count in a `{n,m}` of a regular expression, and of nested ones multiplied. */
export const MAX_REGEX_REPEAT = 1000
/** Bytes and classes of a regular expression, counted repetitions written out: what each byte of a text may cost. */
export const MAX_REGEX_STEPS = 4096
