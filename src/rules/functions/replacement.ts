// The replacement text of regex_replace and wildcard_replace: `${N}` is a group, `$$` a dollar, other dollars themselves.

import { MAX_REPLACEMENT_REFERENCES } from '../limits.ts'
import type { Value } from '../types.ts'

/** A text, or the number of a group. */
export type Replacement = readonly (string | number)[]

export function parseReplacement(text: string): Replacement {
  const parts: (string | number)[] = []
  let from = 0
  for (const match of text.matchAll(/\$\$|\$\{([0-9]{1,4})\}/g)) {
    parts.push(text.slice(from, match.index), match[1] === undefined ? '$' : Number(match[1]))
    from = match.index + match[0].length
  }
  parts.push(text.slice(from))
  return parts
}

/** What is wrong with a replacement text, or undefined. */
export function refuseReplacement(text: Value): string | undefined {
  const count = parseReplacement(String(text)).filter((part) => typeof part === 'number').length
  if (count <= MAX_REPLACEMENT_REFERENCES) return undefined
  return `${count} references to groups exceed ${MAX_REPLACEMENT_REFERENCES}`
}

/** The text with groups filled in; a group that took no part, or that there is not, is empty. */
export function fillIn(replacement: Replacement, groups: readonly (string | undefined)[]): string {
  return replacement.map((part) => (typeof part === 'number' ? (groups[part] ?? '') : part)).join('')
}
