// A class of characters as bytes: the sequences of UTF-8 that spell one of them.  RFC 3629 §3
//
// Characters of one length are numbers with six bits a digit behind the first byte.  First bytes that may be followed by the
// same are one class, so that a large class stays a small tree.

import type { ByteRanges, RegexNode } from './node.ts'

/** Sorted, disjoint ranges of code points, both ends included. */
export type CodeRanges = ByteRanges

/** By the number of continuation bytes: the characters that have so many, and what the first byte begins with. */
const LENGTHS = [
  { first: 0x00, last: 0x7f, lead: 0x00 },
  { first: 0x80, last: 0x7ff, lead: 0xc0 },
  { first: 0x800, last: 0xffff, lead: 0xe0 },
  { first: 0x10000, last: 0x10ffff, lead: 0xf0 },
] as const

const DIGIT_BITS = 6
const CONTINUATION = 0x80
const SURROGATES = { first: 0xd800, last: 0xdfff }

const NODES = new WeakMap<CodeRanges, RegexNode>()

/** The node that matches the bytes of exactly one character of the ranges; surrogates have no bytes. */
export function nodeOfCharacters(ranges: CodeRanges): RegexNode {
  const known = NODES.get(ranges)
  if (known !== undefined) return known
  const items = LENGTHS.flatMap(({ first, last, lead }, tail) => {
    const within = clip(withoutSurrogates(ranges), first, last)
    return within.length === 0 ? [] : choices(within, tail, lead)
  })
  const node = join(items)
  NODES.set(ranges, node)
  return node
}

/** One choice for each set of first bytes that the same may follow; `tail`: how many bytes follow. */
function choices(ranges: CodeRanges, tail: number, lead: number): readonly RegexNode[] {
  if (tail === 0) return [{ kind: 'class', ranges: ranges.map(([low, high]) => [low + lead, high + lead] as const) }]
  const shift = DIGIT_BITS * tail
  const rests = new Map<string, { readonly bytes: [number, number][]; readonly rest: CodeRanges }>()
  for (const { digits, rest } of byFirstDigit(ranges, shift)) {
    const key = rest.join(';')
    const group = rests.get(key) ?? { bytes: [], rest }
    rests.set(key, group)
    group.bytes.push([lead + digits[0], lead + digits[1]])
  }
  return [...rests.values()].map(({ bytes, rest }) => {
    const first: RegexNode = { kind: 'class', ranges: bytes }
    return { kind: 'concat', items: [first, join(choices(rest, tail - 1, CONTINUATION))] }
  })
}

type Digits = { readonly digits: readonly [number, number]; readonly rest: CodeRanges }

/** The ranges by their first digit; runs of digits that anything may follow are one. */
function* byFirstDigit(ranges: CodeRanges, shift: number): Generator<Digits> {
  const size = 2 ** shift
  const partial = new Map<number, [number, number][]>()
  for (const [low, high] of ranges) {
    const [from, to] = [Math.floor(low / size), Math.floor(high / size)]
    const wholeFrom = low % size === 0 ? from : from + 1
    const wholeTo = high % size === size - 1 ? to : to - 1
    if (wholeFrom <= wholeTo) yield { digits: [wholeFrom, wholeTo], rest: [[0, size - 1]] }
    for (const digit of new Set([from, to])) {
      if (digit >= wholeFrom && digit <= wholeTo) continue
      const rest = partial.get(digit) ?? []
      partial.set(digit, rest)
      rest.push([Math.max(low - digit * size, 0), Math.min(high - digit * size, size - 1)])
    }
  }
  for (const [digit, rest] of partial) yield { digits: [digit, digit], rest }
}

function join(items: readonly RegexNode[]): RegexNode {
  const [only] = items
  if (only === undefined) return { kind: 'class', ranges: [] }
  return items.length === 1 ? only : { kind: 'alternation', items }
}

function clip(ranges: CodeRanges, first: number, last: number): CodeRanges {
  return ranges.flatMap(([low, high]) =>
    high < first || low > last ? [] : [[Math.max(low, first), Math.min(high, last)] as const],
  )
}

function withoutSurrogates(ranges: CodeRanges): CodeRanges {
  const { first, last } = SURROGATES
  return [...clip(ranges, 0, first - 1), ...clip(ranges, last + 1, Number.POSITIVE_INFINITY)]
}
