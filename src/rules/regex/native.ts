// Patterns that the runtime's own backtracking engine may run, because backtracking is provably cheap in them.
//
//   bounded   no repetition beyond a few bytes: a constant number of steps at each position of the text
//   steered   tied to the start, and every repetition is of one byte class that shares no byte with what must follow it:
//             there is one way to match, and giving bytes back fails at once, so that all of it is linear
//
// Anything else goes to the automaton.  I1 of regex.ts rests on this file.

import { type ByteRanges, intersect, type RegexNode } from './node.ts'

/** Steps that a bounded pattern may take at one position. */
const MAX_STEPS = 64

/** A native expression for the same matches, or undefined when it could be slow or cannot be written. */
export function makeNative(node: RegexNode): RegExp | undefined {
  const items = flatten(node)
  const isCheap = items.every(isBounded) ? stepsOf({ kind: 'concat', items }) <= MAX_STEPS : isSteered(items)
  const source = isCheap ? write(node) : undefined
  return source === undefined ? undefined : new RegExp(source)
}

function flatten(node: RegexNode): RegexNode[] {
  if (node.kind === 'concat') return node.items.flatMap(flatten)
  return node.kind === 'capture' ? flatten(node.inner) : [node]
}

function isBounded(node: RegexNode): boolean {
  return stepsOf(node) <= MAX_STEPS
}

/** The most steps that all ways through the node take together. */
function stepsOf(node: RegexNode): number {
  switch (node.kind) {
    case 'class':
    case 'look':
      return 1
    case 'literal':
      return node.bytes.length
    case 'capture':
      return stepsOf(node.inner)
    case 'alternation':
      return node.items.reduce((sum, item) => sum + stepsOf(item), 0)
    case 'concat':
      return stepsInRow(node.items)
    case 'repeat':
      return stepsInRow(unroll(node))
  }
}

/** What comes later is tried again for each way through what comes before. */
function stepsInRow(items: readonly RegexNode[]): number {
  let steps = 0
  let ways = 1
  for (const item of items) {
    steps += ways * stepsOf(item)
    ways *= waysOf(item)
    if (steps > MAX_STEPS) return Number.POSITIVE_INFINITY
  }
  return steps
}

/** A repetition as so many copies, and choices between a copy and nothing; without end or too long, as a step too many. */
function unroll({ inner, minimum, maximum }: RegexNode & { kind: 'repeat' }): readonly RegexNode[] {
  if (maximum === undefined || maximum > MAX_STEPS) return [{ kind: 'literal', bytes: ' '.repeat(MAX_STEPS + 1) }]
  const choice: RegexNode = { kind: 'alternation', items: [inner, { kind: 'literal', bytes: '' }] }
  return Array.from({ length: maximum }, (_, i) => (i < minimum ? inner : choice))
}

/** In how many ways a node can match at one position. */
function waysOf(node: RegexNode): number {
  switch (node.kind) {
    case 'class':
    case 'look':
    case 'literal':
      return 1
    case 'capture':
      return waysOf(node.inner)
    case 'alternation':
      return node.items.reduce((sum, item) => sum + waysOf(item), 0)
    case 'concat':
      return node.items.reduce((product, item) => product * waysOf(item), 1)
    case 'repeat':
      return unroll(node).reduce((product, item) => product * waysOf(item), 1)
  }
}

function isSteered(items: readonly RegexNode[]): boolean {
  const [first] = items
  if (first?.kind !== 'look' || first.at !== 'start') return false
  return items.every((item, i) => {
    if (item.kind === 'class' || item.kind === 'literal') return true
    if (item.kind === 'look') return item.at === 'start' || item.at === 'end'
    return item.kind === 'repeat' && item.inner.kind === 'class' && isApart(item.inner.ranges, items[i + 1])
  })
}

/** Whether what must follow cannot begin with a byte of the class. */
function isApart(ranges: ByteRanges, next: RegexNode | undefined): boolean {
  if (next === undefined || (next.kind === 'look' && next.at === 'end')) return true
  const begin = next.kind === 'repeat' && next.minimum > 0 ? next.inner : next
  if (begin.kind === 'class') return intersect(ranges, begin.ranges).length === 0
  if (begin.kind !== 'literal' || begin.bytes === '') return false
  const byte = begin.bytes.charCodeAt(0)
  return intersect(ranges, [[byte, byte]]).length === 0
}

/** The pattern in ECMAScript's syntax, or undefined for what it writes otherwise. */
function write(node: RegexNode): string | undefined {
  switch (node.kind) {
    case 'class':
      return `[${node.ranges.map(([low, high]) => `${hex(low)}-${hex(high)}`).join('')}]`
    case 'literal':
      return [...node.bytes].map((byte) => hex(byte.charCodeAt(0))).join('')
    case 'look':
      return { start: '^', end: '$', word: '\\b', 'not-word': '\\B', 'line-start': undefined, 'line-end': undefined }[
        node.at
      ]
    case 'capture':
      return write(node.inner)
    case 'concat':
      return join(node.items, '')
    case 'alternation':
      return join(node.items, '|')
    case 'repeat': {
      const inner = write(node.inner)
      return inner === undefined
        ? undefined
        : `(?:${inner}){${node.minimum},${node.maximum ?? ''}}${node.isGreedy ? '' : '?'}`
    }
  }
}

function join(items: readonly RegexNode[], separator: string): string | undefined {
  const parts = items.map(write)
  return parts.includes(undefined) ? undefined : `(?:${parts.join(separator)})`
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}
