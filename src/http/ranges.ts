// Which bytes does a Range ask of a complete stored file?  RFC 9110 §14, CF cache/reference/range-requests.
//
// Preconditions come first (`preconditions.ts`).  Where the standard leaves a choice, Cloudflare's is taken: what cannot
// be parsed, is too much or is out of order is answered with the whole file; what is well-formed but asks for nothing is 416.

import { parseEntityTag } from './entity-tag.ts'
import { trimOws } from './fields.ts'

/** Inclusive positions. */
export type ByteRange = { readonly first: number; readonly last: number }

export type WholeReason =
  /** The request has no Range. */
  | 'no-range'
  /** If-Range names another representation than the stored one. */
  | 'if-range-differs'
  /** The unit is not `bytes`. */
  | 'other-unit'
  /** The text is no ranges-specifier. */
  | 'malformed'
  /** A position does not fit into 63 bits. */
  | 'number-too-big'
  /** As many ranges as nobody needs. */
  | 'too-many-ranges'
  /** Ranges overlap or do not ascend. */
  | 'not-ascending'

export type RangeDecision =
  /** 200 with the whole file. */
  | { readonly kind: 'whole'; readonly reason: WholeReason }
  /** 206 with Content-Range. */
  | ({ readonly kind: 'single' } & ByteRange)
  /** 206 as multipart/byteranges: at least two ranges, ascending, none touching another's bytes. */
  | { readonly kind: 'multiple'; readonly ranges: readonly ByteRange[] }
  /** 416 without content. */
  | { readonly kind: 'unsatisfiable' }

export type RangeValidators = { readonly entityTag: string | undefined; readonly lastModified: string | undefined }

/** From this many ranges on a request for a complete file is answered whole. */
const MAX_RANGES = 300
/** The largest position: 2^63 - 1.  Clients ask up to it to say "to the end". */
const MAX_POSITION = '9223372036854775807'

/** What a Range asks of a complete file of `size` bytes that carries these validators. */
export function decideRange(
  range: string | undefined,
  size: number,
  ifRange: string | undefined,
  validators: RangeValidators,
): RangeDecision {
  if (range === undefined) return whole('no-range')
  if (ifRange !== undefined && !isSameRepresentation(ifRange, validators)) return whole('if-range-differs')
  const equals = range.indexOf('=')
  if (equals < 0) return whole('malformed')
  // "Range units are ... case-insensitive."  §14.1
  if (trimOws(range.slice(0, equals)).toLowerCase() !== 'bytes') return whole('other-unit')
  return decideRangeSet(range, equals + 1, size)
}

/** The Content-Range of a 206. */
export function contentRange(first: number, last: number, size: number): string {
  return `bytes ${first}-${last}/${size}`
}

/** The Content-Range of a 416. */
export function unsatisfiedRange(size: number): string {
  return `bytes */${size}`
}

/**
 * If-Range must repeat the stored validator byte for byte; a date is not compared as a date.  A weak entity-tag never
 * holds, even repeated: two representations that share it may differ in bytes (RFC 9110 §13.1.5).
 */
function isSameRepresentation(ifRange: string, { entityTag, lastModified }: RangeValidators): boolean {
  if (ifRange === entityTag) return parseEntityTag(ifRange)?.weak === false
  return ifRange === lastModified
}

/** Reads the set from `start` on, member by member, and stops at the first that spoils it. */
function decideRangeSet(range: string, start: number, size: number): RangeDecision {
  const ranges: ByteRange[] = []
  let count = 0
  let ascending = true
  for (let at = start, end = 0; at <= range.length; at = end + 1) {
    const comma = range.indexOf(',', at)
    end = comma < 0 ? range.length : comma
    const text = trimOws(range.slice(at, end))
    if (text === '') continue
    count += 1
    if (count >= MAX_RANGES) return whole('too-many-ranges')
    const resolved = resolveRange(text, size)
    if (resolved === 'malformed' || resolved === 'number-too-big') return whole(resolved)
    if (resolved === 'unsatisfiable') continue
    ascending &&= resolved.first > (ranges.at(-1)?.last ?? -1)
    ranges.push(resolved)
  }
  return ascending ? decisionOf(ranges) : whole('not-ascending')
}

function decisionOf(ranges: readonly ByteRange[]): RangeDecision {
  const [only, another] = ranges
  if (only === undefined) return { kind: 'unsatisfiable' }
  return another === undefined ? { kind: 'single', ...only } : { kind: 'multiple', ranges }
}

/** `a-b`, `a-` or `-n` against the size: cut at the end of the file, or asking for nothing that is there. */
function resolveRange(text: string, size: number): ByteRange | 'malformed' | 'number-too-big' | 'unsatisfiable' {
  const dash = text.indexOf('-')
  const first = parsePosition(text.slice(0, Math.max(dash, 0)))
  const last = parsePosition(text.slice(dash + 1))
  if (dash < 0 || first === 'malformed' || last === 'malformed') return 'malformed'
  if (first === 'number-too-big' || last === 'number-too-big') return 'number-too-big'
  if (first === undefined) {
    if (last === undefined) return 'malformed'
    return last === 0 || size === 0 ? 'unsatisfiable' : { first: Math.max(size - last, 0), last: size - 1 }
  }
  if (first >= size || (last !== undefined && last < first)) return 'unsatisfiable'
  return { first, last: Math.min(last ?? size - 1, size - 1) }
}

/** The number, or undefined for no digits at all.  Beyond 2^53 it is approximate, which is past every file's end. */
function parsePosition(text: string): number | undefined | 'malformed' | 'number-too-big' {
  if (text === '') return undefined
  let significant = text.length
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return 'malformed'
    if (code === 0x30 && significant === text.length - i) significant -= 1
  }
  const number = text.slice(text.length - significant)
  const isTooBig =
    number.length > MAX_POSITION.length || (number.length === MAX_POSITION.length && number > MAX_POSITION)
  return isTooBig ? 'number-too-big' : Number(number)
}

function whole(reason: WholeReason): RangeDecision {
  return { kind: 'whole', reason }
}
