// May a zone have these `origins`: host patterns and base URLs?  Pure.

import { fail, ok, type Result } from '../base/index.ts'
import { findOwner } from './ownership.ts'
import { quote } from './problems.ts'
import { parseOriginUrl, parsePattern } from './texts.ts'
import type { OriginUrls, ZoneDocuments } from './zone-documents.ts'
import type { ZoneProblem } from './zones-contract.ts'

/** The entries with their patterns in lower case, or what is wrong with the first that is wrong. */
export function judgeOrigins(
  origins: Readonly<Record<string, unknown>>,
  zoneName: string,
  zones: readonly ZoneDocuments[],
): Result<OriginUrls, ZoneProblem> {
  const byName = new Map(zones.map(({ record }) => [record.name, record.name]))
  const entries = new Map<string, string>()
  for (const [written, url] of Object.entries(origins)) {
    const bad = (message: string) => fail({ kind: 'bad-origin', pattern: written, message } as const)
    const pattern = parsePattern(written)
    if (!pattern.ok) return bad(`${quote(written)} ${pattern.problem}`)
    if (entries.has(pattern.value)) return bad(`${quote(written)} is ${pattern.value} once more; remove one of them`)
    const owner = pattern.value === '*' ? zoneName : (findOwner(byName, pattern.value) ?? zoneName)
    if (owner !== zoneName) return bad(`${quote(written)} belongs to the zone ${owner}; write it there`)
    if (typeof url !== 'string') return bad(`${quote(url)} is not a string; write "http://HOST:PORT"`)
    const address = parseOriginUrl(url)
    if (!address.ok) return bad(`${quote(url)} ${address.problem}`)
    entries.set(pattern.value, url)
  }
  return ok(Object.fromEntries(entries))
}
