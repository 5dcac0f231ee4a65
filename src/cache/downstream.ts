// What of Cache-Control a browser does not get to see while Origin Cache Control is off: there the edge decides alone how
// long things live, and tells less.  CF cache/concepts/cache-control (directive and condition tables)

import { listMembers } from '../http/index.ts'

const ALWAYS: ReadonlySet<string> = new Set(['immutable'])
const WITH_BROWSER_TTL: ReadonlySet<string> = new Set(['immutable', 'private'])

/** Cache-Control without the directives that are not passed on; undefined when nothing is left of it. */
export function withoutOriginControl(cacheControl: string, hasBrowserTtl: boolean): string | undefined {
  const dropped = hasBrowserTtl ? WITH_BROWSER_TTL : ALWAYS
  const members = listMembers(cacheControl)
  const kept = members.filter((member) => !dropped.has(nameOf(member)))
  if (kept.length === members.length) return cacheControl
  return kept.length === 0 ? undefined : kept.join(', ')
}

function nameOf(member: string): string {
  const equals = member.indexOf('=')
  return (equals < 0 ? member : member.slice(0, equals)).trim().toLowerCase()
}
