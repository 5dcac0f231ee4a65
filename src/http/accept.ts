// Normal forms of negotiation fields, so that requests that ask for the same get one variant.  CF cache/concepts/vary.
//
// The normal form of Accept and Accept-Language is also what the origin receives, so that no answer can depend on what
// the form leaves out.  An empty result means: send no such field.  The form has lost the weights, so it is not its own
// normal form: it is made once, from what the client sent.

import { splitUnquoted, trimOws } from './fields.ts'
import { parseWeightedList, type Weighted } from './weighted-list.ts'

/** Accept: media ranges by falling weight, without parameters; only those in `allow`, if given (lower case). */
export function normalizeAccept(value: string, allow?: readonly string[]): string {
  return normalForm(parseWeightedList(value), (name) => (isAllowed(name, allow) ? name : undefined))
}

/**
 * Accept-Language: language ranges by falling weight, without their region, so `en-US` and `en-GB` are both `en`; only
 * those in `allow`, if given (lower case).  A region that the list names stays.
 */
export function normalizeAcceptLanguage(value: string, allow?: readonly string[]): string {
  return normalForm(parseWeightedList(value), (name) => {
    if (allow?.includes(name)) return name
    const language = withoutRegion(name)
    return isAllowed(language, allow) ? language : undefined
  })
}

/** Accept-Encoding: content codings by falling weight, without parameters. */
export function normalizeAcceptEncoding(value: string): string {
  return normalForm(parseWeightedList(value), (name) => name)
}

/**
 * Any other field: its lines joined with "," and trimmed; no order, case or member is touched.  The listener has joined
 * the lines with ", ", which cannot be told from a comma and a space that one line had; both become ",", which is
 * the same list (RFC 9110 §5.6.1).  Within a quoted-string nothing changes.
 */
export function normalizeGeneric(value: string): string {
  return splitUnquoted(trimOws(value), ',')
    .map((piece, index) => (index > 0 && piece.startsWith(' ') ? piece.slice(1) : piece))
    .join(',')
}

/**
 * Names as `rename` gives them, by falling weight and then by the alphabet.  A name that comes twice keeps its highest
 * weight.  Weights only order, but "not acceptable" (0) is a different wish and stays written.
 */
function normalForm(members: readonly Weighted[], rename: (name: string) => string | undefined): string {
  const weights = new Map<string, number>()
  for (const { name, weight } of members) {
    const kept = rename(name)
    if (kept !== undefined) weights.set(kept, Math.max(weight, weights.get(kept) ?? 0))
  }
  return [...weights]
    .sort(([nameA, weightA], [nameB, weightB]) => weightB - weightA || (nameA < nameB ? -1 : 1))
    .map(([name, weight]) => (weight === 0 ? `${name};q=0` : name))
    .join(',')
}

function isAllowed(name: string, allow: readonly string[] | undefined): boolean {
  return allow === undefined || allow.includes(name)
}

/** The tag without its region subtag: two letters or three digits behind language, extlang and script.  RFC 5646 §2.1 */
function withoutRegion(tag: string): string {
  const subtags = tag.split('-')
  let at = 1
  while (at <= 3 && /^[a-z]{3}$/.test(subtags[at] ?? '')) at += 1
  if (/^[a-z]{4}$/.test(subtags[at] ?? '')) at += 1
  if (/^(?:[a-z]{2}|[0-9]{3})$/.test(subtags[at] ?? '')) subtags.splice(at, 1)
  return subtags.join('-')
}
