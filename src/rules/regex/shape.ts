// Patterns that need no automaton: texts, and choices of texts, anywhere or tied to the ends.  And for the others, a text
// that every match contains, to look for first.
//
// Only whether a pattern matches is asked here, so captures are seen through, and what may be empty at an end that is
// not tied is dropped: `^/api/.*` is a prefix.

import type { RegexNode } from './node.ts'

export type Shape =
  | { readonly kind: 'texts'; readonly texts: readonly string[]; readonly tied: Tied }
  /** Needs the engine; every match contains the text, which may be empty. */
  | { readonly kind: 'engine'; readonly contains: string }

export type Tied = 'nowhere' | 'start' | 'end' | 'both'

/** Choices beyond this are left to the engine. */
const MAX_TEXTS = 32

export function shapeOf(node: RegexNode): Shape {
  const items = flatten(node)
  const isStart = isLook(items[0], 'start')
  if (isStart) items.shift()
  else while (isOptional(items[0])) items.shift()
  const isEnd = isLook(items[items.length - 1], 'end')
  if (isEnd) items.pop()
  else while (isOptional(items[items.length - 1])) items.pop()
  const texts = textsOf(items)
  if (texts === undefined) return { kind: 'engine', contains: longestText(items) }
  return { kind: 'texts', texts, tied: isStart ? (isEnd ? 'both' : 'start') : isEnd ? 'end' : 'nowhere' }
}

/** The parts in a row, groups opened. */
function flatten(node: RegexNode): RegexNode[] {
  if (node.kind === 'concat') return node.items.flatMap(flatten)
  return node.kind === 'capture' ? flatten(node.inner) : [node]
}

function isLook(node: RegexNode | undefined, at: 'start' | 'end'): boolean {
  return node?.kind === 'look' && node.at === at
}

/** May match nothing, wherever it stands. */
function isOptional(node: RegexNode | undefined): boolean {
  return node?.kind === 'repeat' && node.minimum === 0
}

/** Every text that the parts match in a row, or undefined when they are not few. */
function textsOf(items: readonly RegexNode[]): readonly string[] | undefined {
  let texts: readonly string[] = ['']
  for (const item of items) {
    const choices = choicesOf(item)
    if (choices === undefined || texts.length * choices.length > MAX_TEXTS) return undefined
    texts = texts.flatMap((text) => choices.map((choice) => text + choice))
  }
  return texts
}

function choicesOf(node: RegexNode): readonly string[] | undefined {
  if (node.kind === 'literal') return [node.bytes]
  if (node.kind !== 'alternation') return undefined
  const choices = node.items.map((item) => textsOf(flatten(item)))
  return choices.every((choice) => choice !== undefined) ? choices.flat() : undefined
}

function longestText(items: readonly RegexNode[]): string {
  let longest = ''
  let run = ''
  for (const item of items) {
    run = item.kind === 'literal' ? run + item.bytes : ''
    if (run.length > longest.length) longest = run
  }
  return longest
}
