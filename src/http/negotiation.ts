// What a client will take: content codings, and the form of an error page.  RFC 9110 §12.5.

import { parseWeightedList, type Weighted } from './weighted-list.ts'

/** How well a media type fits: its weight, and how exactly the client named it (0 not at all, 3 in full). */
type Fit = { readonly weight: number; readonly precision: number }

/**
 * Whether the client named this content coding (lower case) as acceptable, by itself or by `*`.  Without the field any
 * coding would be acceptable by the letter, but only `identity` is sure to be understood, so only it is accepted.
 */
export function acceptsEncoding(value: string | undefined | null, coding: string): boolean {
  const isIdentity = coding === 'identity'
  if (value === undefined || value === null) return isIdentity
  const members = parseWeightedList(value)
  const named = members.find(({ name }) => canonicalCoding(name) === coding) ?? members.find(({ name }) => name === '*')
  // "If the representation has no content coding, then it is acceptable by default unless specifically excluded."
  return named === undefined ? isIdentity : named.weight > 0
}

/** Which form of error page to send: HTML unless the client would rather, or more expressly, have JSON. */
export function preferredErrorType(accept: string | undefined | null): 'html' | 'json' {
  if (accept === undefined || accept === null) return 'html'
  const members = parseWeightedList(accept)
  const html = fitOf(members, 'text', 'html')
  const json = better(fitOf(members, 'application', 'json'), fitOf(members, 'application', 'problem+json'))
  return better(html, json) === html ? 'html' : 'json'
}

/** "A recipient SHOULD consider "x-gzip" to be equivalent to "gzip"."  §8.4.1.3; the like for compress. */
function canonicalCoding(name: string): string {
  if (name === 'x-gzip') return 'gzip'
  return name === 'x-compress' ? 'compress' : name
}

/** "Media ranges can be overridden by more specific media ranges."  §12.5.1 */
function fitOf(members: readonly Weighted[], type: string, subtype: string): Fit {
  let fit: Fit = { weight: 0, precision: 0 }
  for (const { name, weight } of members) {
    const precision = [undefined, '*/*', `${type}/*`, `${type}/${subtype}`].indexOf(name)
    if (precision > fit.precision) fit = { weight, precision }
  }
  return fit
}

/** The first, unless the second has more weight, or the same and was named more exactly. */
function better(first: Fit, second: Fit): Fit {
  if (second.weight !== first.weight) return second.weight > first.weight ? second : first
  return second.weight > 0 && second.precision > first.precision ? second : first
}
