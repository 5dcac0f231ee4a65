// Entity-tags: opaque validators, compared weakly or strongly.  RFC 9110 §8.8.3.
//
//   entity-tag = [ %s"W/" ] DQUOTE *etagc DQUOTE        etagc = %x21 / %x23-7E / obs-text: no space, no escape

import { trimOws } from './fields.ts'

export type EntityTag = {
  readonly weak: boolean
  /** The characters between the quotes. */
  readonly opaque: string
}

/** The entity-tag that a whole field value is, or undefined; an unquoted one is none. */
export function parseEntityTag(text: string): EntityTag | undefined {
  const value = trimOws(text)
  const weak = value.startsWith('W/')
  const open = weak ? 2 : 0
  const isQuoted = value.length >= open + 2 && value[open] === '"' && value.endsWith('"')
  if (!isQuoted || !isOpaque(value, open + 1, value.length - 1)) return undefined
  return { weak, opaque: value.slice(open + 1, -1) }
}

/** Whether a well-formed entity-tag is weak: equivalent content, perhaps not the same bytes. */
export function isWeak(entityTag: string): boolean {
  return parseEntityTag(entityTag)?.weak === true
}

/** "Two entity tags are equivalent if both are not weak and their opaque-tags match character-by-character." */
export function strongMatch(a: string, b: string): boolean {
  const left = parseEntityTag(a)
  const right = parseEntityTag(b)
  if (left === undefined || right === undefined) return false
  return !left.weak && !right.weak && left.opaque === right.opaque
}

/** "... if their opaque-tags match character-by-character, regardless of either or both being tagged as weak." */
export function weakMatch(a: string, b: string): boolean {
  const left = parseEntityTag(a)
  const right = parseEntityTag(b)
  return left !== undefined && right !== undefined && left.opaque === right.opaque
}

/**
 * The entity-tags of If-Match or If-None-Match, as written, or '*'.  A malformed member is skipped up to the next comma:
 * it can match nothing.  The tags may hold commas, so this is not `listMembers`.
 */
export function entityTagList(value: string): readonly string[] | '*' {
  if (trimOws(value) === '*') return '*'
  const tags: string[] = []
  let at = 0
  while (at < value.length) {
    const end = memberEnd(value, at)
    const member = trimOws(value.slice(at, end))
    if (parseEntityTag(member) !== undefined) tags.push(member)
    at = end + 1
  }
  return tags
}

/** Where the member that begins at `start` ends: at the first comma behind its quotes, if it begins with a quote. */
function memberEnd(value: string, start: number): number {
  let open = start
  while (value[open] === ' ' || value[open] === '\t') open += 1
  if (value.startsWith('W/', open)) open += 2
  const close = value[open] === '"' ? value.indexOf('"', open + 1) : start
  // A quote that nothing closes: no further member can be whole.
  if (close < 0) return value.length
  const comma = value.indexOf(',', close)
  return comma < 0 ? value.length : comma
}

function isOpaque(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) {
    const code = text.charCodeAt(i)
    if (code <= 0x20 || code === 0x22 || code === 0x7f) return false
  }
  return true
}
