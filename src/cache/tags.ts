// Cache-Tag: the names by which an operator purges many responses at once.  CF cache/how-to/purge-cache/purge-by-tags
//
//   Cache-Tag: products, product:17, Locale:EN        several lines are one list; case does not matter
//
// A tag that cannot be named in a purge is no tag: it is dropped and the response is stored all the same.

import { type FieldList, fieldValue } from '../http/index.ts'

/** All lines together, commas and spaces included; what lies beyond is ignored. */
export const MAX_CACHE_TAG_BYTES = 16_384
/** Distinct tags of one response; those that come later are ignored. */
export const MAX_TAGS = 1_000
/** The longest tag that a purge can name. */
export const MAX_TAG_CHARACTERS = 1_024

/** Fields that are between the origin server and this edge; no visitor, Snippet or Worker sees them. */
export const CDN_INTERNAL_FIELDS: ReadonlySet<string> = new Set([
  'cache-tag',
  'cloudflare-cdn-cache-control',
  // Made here (validation.ts).
  'varyant-without-smart-revalidation',
])

const NO_TAGS: readonly string[] = []
const WHITESPACE = /[ \t]+/g
/** Printable ASCII without space and comma, in lower case already. */
const TAG = /^[\x21-\x2b\x2d-\x7e]+$/

/** The tags of a response: lower case, each once, in order. */
export function cacheTags(fields: FieldList): readonly string[] {
  const value = fieldValue(fields, 'cache-tag')
  return value === undefined ? NO_TAGS : parseTags(value)
}

function parseTags(value: string): readonly string[] {
  const tags = new Set<string>()
  for (const member of wholeMembers(value)) {
    // Spaces go, also those inside: `a b` is the tag `ab`.
    const tag = member.replace(WHITESPACE, '').toLowerCase()
    if (tag.length > MAX_TAG_CHARACTERS || !TAG.test(tag)) continue
    tags.add(tag)
    if (tags.size === MAX_TAGS) break
  }
  return [...tags]
}

/** The members that end within the limit.  One that the limit cuts is left out: a part of a tag is another tag. */
function wholeMembers(value: string): readonly string[] {
  if (value.length <= MAX_CACHE_TAG_BYTES) return value.split(',')
  const end = value.lastIndexOf(',', MAX_CACHE_TAG_BYTES)
  return end < 0 ? [] : value.slice(0, end).split(',')
}
