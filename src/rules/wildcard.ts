// Wildcard patterns: `*` is any run of bytes, `\*` a star, `\\` a backslash; the whole value must match.  Linear time: each
// text between stars is found leftmost behind the one before, the last one at the end.

import { fail, ok, type Result } from '../base/index.ts'
import { lowerAscii } from './bytes.ts'

export type Wildcard = {
  test(text: string): boolean
  /** What each star stands for, the shortest first; undefined when the pattern does not match. */
  captures(text: string): readonly string[] | undefined
}

/** Compiles a pattern; the problem is a sentence for the author of the rule. */
export function compileWildcard(pattern: string, letters: 'exact' | 'any-case'): Result<Wildcard, string> {
  const parts = splitAtStars(letters === 'exact' ? pattern : lowerAscii(pattern))
  if (typeof parts === 'string') return fail(parts)
  const view = letters === 'exact' ? (text: string) => text : lowerAscii
  return ok({
    test: (text) => matchesStars(parts, view(text)),
    captures: (text) => findStars(parts, view(text))?.map(([start, end]) => text.slice(start, end)),
  })
}

/** The texts around the stars; a string is what is wrong. */
function splitAtStars(pattern: string): readonly string[] | string {
  const parts = ['']
  let isAfterStar = false
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern.charAt(i)
    if (character === '*') {
      if (isAfterStar) return 'wildcard contains a double star'
      parts.push('')
      isAfterStar = true
      continue
    }
    let literal = character
    if (character === '\\') {
      literal = pattern.charAt(++i)
      if (literal !== '*' && literal !== '\\') {
        return literal === ''
          ? 'invalid wildcard: incomplete escape sequence at the end'
          : `invalid wildcard: invalid escape sequence at position ${i - 1}`
      }
    }
    parts[parts.length - 1] += literal
    isAfterStar = false
  }
  return parts
}

/** `findStars` without what it finds. */
function matchesStars(parts: readonly string[], text: string): boolean {
  const first = parts[0] ?? ''
  const last = parts[parts.length - 1] ?? ''
  if (parts.length === 1) return text === first
  const end = text.length - last.length
  if (end < first.length || !text.startsWith(first)) return false
  let from = first.length
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i] as string
    const at = text.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return from <= end && text.startsWith(last, end)
}

type Range = readonly [start: number, end: number]

function findStars(parts: readonly string[], text: string): readonly Range[] | undefined {
  const first = parts[0] ?? ''
  const last = parts[parts.length - 1] ?? ''
  if (parts.length === 1) return text === first ? [] : undefined
  if (!text.startsWith(first)) return undefined
  const stars: Range[] = []
  let from = first.length
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i] as string
    const at = text.indexOf(part, from)
    if (at < 0) return undefined
    stars.push([from, at])
    from = at + part.length
  }
  const end = text.length - last.length
  if (end < from || !text.endsWith(last)) return undefined
  stars.push([from, end])
  return stars
}
