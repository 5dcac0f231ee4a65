// Writes a tree in RE2's syntax, with nothing left to interpretation: bytes as hexadecimal, classes as ranges, every
// repetition around a group.  Capturing groups keep their numbers.

import type { ByteRanges, Look, RegexNode } from './node.ts'

const LOOKS: Readonly<Record<Look, string>> = {
  start: '\\A',
  end: '\\z',
  'line-start': '(?m:^)',
  'line-end': '(?m:$)',
  word: '\\b',
  'not-word': '\\B',
}

/** No byte at all, which RE2 has no shorter word for. */
const NOTHING = '[^\\x00-\\x{10FFFF}]'

export function emitRegex(node: RegexNode): string {
  switch (node.kind) {
    case 'class':
      return emitClass(node.ranges)
    case 'literal':
      return [...node.bytes].map(emitByte).join('')
    case 'look':
      return LOOKS[node.at]
    case 'capture':
      return `(${emitRegex(node.inner)})`
    case 'concat':
      return node.items.map(emitRegex).join('')
    case 'alternation':
      return `(?:${node.items.map(emitRegex).join('|')})`
    case 'repeat':
      return `(?:${emitRegex(node.inner)})${emitBounds(node.minimum, node.maximum)}${node.isGreedy ? '' : '?'}`
  }
}

function emitBounds(minimum: number, maximum: number | undefined): string {
  if (maximum === undefined) return minimum === 0 ? '*' : minimum === 1 ? '+' : `{${minimum},}`
  if (minimum === 0 && maximum === 1) return '?'
  return minimum === maximum ? `{${minimum}}` : `{${minimum},${maximum}}`
}

function emitClass(ranges: ByteRanges): string {
  if (ranges.length === 0) return NOTHING
  return `[${ranges.map(([low, high]) => (low === high ? hex(low) : `${hex(low)}-${hex(high)}`)).join('')}]`
}

function emitByte(character: string): string {
  return /^[A-Za-z0-9/_ -]$/.test(character) ? character : hex(character.charCodeAt(0))
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}
