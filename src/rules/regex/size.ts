// How large a pattern's automaton is, before one is built: time is linear in the text, and this is the factor.

import { MAX_REGEX_REPEAT, MAX_REGEX_STEPS } from '../limits.ts'
import type { RegexNode } from './node.ts'

/** Whether the automaton stays within the limits, counted repetitions written out. */
export function isSmall(node: RegexNode): boolean {
  return stepsOf(node) <= MAX_REGEX_STEPS && copiesOf(node) <= MAX_REGEX_REPEAT
}

function stepsOf(node: RegexNode): number {
  switch (node.kind) {
    case 'class':
    case 'look':
      return 1
    case 'literal':
      return node.bytes.length
    case 'capture':
      return 1 + stepsOf(node.inner)
    case 'concat':
    case 'alternation':
      return node.items.reduce((sum, item) => sum + stepsOf(item), 0)
    case 'repeat':
      return stepsOf(node.inner) * Math.max(1, node.minimum, node.maximum ?? 0)
  }
}

/** How often the most repeated part is written out: counts inside counts multiply. */
function copiesOf(node: RegexNode): number {
  switch (node.kind) {
    case 'class':
    case 'look':
    case 'literal':
      return 1
    case 'capture':
      return copiesOf(node.inner)
    case 'concat':
    case 'alternation':
      return node.items.reduce((most, item) => Math.max(most, copiesOf(item)), 1)
    case 'repeat':
      return copiesOf(node.inner) * Math.max(1, node.minimum, node.maximum ?? 0)
  }
}
