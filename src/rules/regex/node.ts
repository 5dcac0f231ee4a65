// A regular expression over bytes, with flags and shorthands resolved: what syntax.ts reads and emit.ts writes.

/** Sorted, disjoint ranges of byte values, both ends included. */
export type ByteRanges = readonly (readonly [low: number, high: number])[]

export type RegexNode =
  /** Exactly one byte of the ranges; none at all when there are none. */
  | { readonly kind: 'class'; readonly ranges: ByteRanges }
  /** These bytes in a row. */
  | { readonly kind: 'literal'; readonly bytes: string }
  | { readonly kind: 'look'; readonly at: Look }
  | { readonly kind: 'capture'; readonly inner: RegexNode }
  /** In a row; of nothing, the empty expression. */
  | { readonly kind: 'concat'; readonly items: readonly RegexNode[] }
  /** The leftmost that matches is taken. */
  | { readonly kind: 'alternation'; readonly items: readonly RegexNode[] }
  | {
      readonly kind: 'repeat'
      readonly inner: RegexNode
      readonly minimum: number
      /** undefined: without end. */
      readonly maximum: number | undefined
      readonly isGreedy: boolean
    }

export type Look = 'start' | 'end' | 'line-start' | 'line-end' | 'word' | 'not-word'

export const MAX_BYTE = 255

export function union(a: ByteRanges, b: ByteRanges): ByteRanges {
  const sorted = [...a, ...b].sort((x, y) => x[0] - y[0])
  const merged: [number, number][] = []
  for (const [low, high] of sorted) {
    const last = merged[merged.length - 1]
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high)
    else merged.push([low, high])
  }
  return merged
}

export function negate(ranges: ByteRanges): ByteRanges {
  return complement(ranges, MAX_BYTE)
}

/** All from 0 to `last` but the ranges. */
export function complement(ranges: ByteRanges, last: number): ByteRanges {
  const out: [number, number][] = []
  let from = 0
  for (const [low, high] of ranges) {
    if (low > from) out.push([from, low - 1])
    from = high + 1
  }
  if (from <= last) out.push([from, last])
  return out
}

export function intersect(a: ByteRanges, b: ByteRanges): ByteRanges {
  const out: [number, number][] = []
  for (let i = 0, j = 0; ; ) {
    const [x, y] = [a[i], b[j]]
    if (x === undefined || y === undefined) return out
    const [low, high] = [Math.max(x[0], y[0]), Math.min(x[1], y[1])]
    if (low <= high) out.push([low, high])
    if (x[1] < y[1]) i += 1
    else j += 1
  }
}

const CASE_DISTANCE = 0x20

/** The ranges and the other case of every ASCII letter in them. */
export function foldCase(ranges: ByteRanges): ByteRanges {
  const upper = intersect(ranges, [[0x41, 0x5a]]).map(([a, b]) => [a + CASE_DISTANCE, b + CASE_DISTANCE] as const)
  const lower = intersect(ranges, [[0x61, 0x7a]]).map(([a, b]) => [a - CASE_DISTANCE, b - CASE_DISTANCE] as const)
  return union(ranges, union(upper, lower))
}

/** The named sets: of `\d`, `[:alpha:]` and so on, in ASCII. */
export const NAMED: Readonly<Record<string, ByteRanges>> = {
  digit: [[0x30, 0x39]],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  word: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  alnum: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  alpha: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  ascii: [[0x00, 0x7f]],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0x00, 0x1f],
    [0x7f, 0x7f],
  ],
  graph: [[0x21, 0x7e]],
  lower: [[0x61, 0x7a]],
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  upper: [[0x41, 0x5a]],
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
}
