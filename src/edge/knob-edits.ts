// What a script's `cf` options say about the response, in the form in which cache response rules say it: `cacheControl`,
// `cacheTags`, `stripEtags`, `stripLastModified`.  CF changelog cache 2026-04-21

import { listMembers } from '../http/index.ts'
import type { CacheResponseEdits } from '../rulesets/index.ts'
import type { CfKnobs } from '../runtime/index.ts'

type CacheDirective = CacheResponseEdits['control'] extends ReadonlyMap<infer Directive, unknown> ? Directive : never
type DirectiveEdit = CacheResponseEdits['control'] extends ReadonlyMap<string, infer Edit> ? Edit : never

/** Each directive that a cache response rule can set. */
const DIRECTIVES: ReadonlySet<string> = new Set<CacheDirective>([
  ...(['max-age', 's-maxage', 'stale-if-error', 'stale-while-revalidate', 'private', 'no-cache', 'no-store'] as const),
  ...(['no-transform', 'must-revalidate', 'proxy-revalidate', 'must-understand', 'public', 'immutable'] as const),
])

/** Directives that would contradict others if the response's own were left. */
const REMOVED: ReadonlyMap<CacheDirective, DirectiveEdit> = new Map(
  (['max-age', 's-maxage', 'private', 'no-cache', 'no-store'] as const).map((directive) => [
    directive,
    { operation: 'remove', argument: undefined, edgeOnly: true },
  ]),
)

/** The edits, or undefined when the options say nothing about the response. */
export function knobEdits({
  cacheControl,
  cacheTags,
  stripEtags,
  stripLastModified,
}: CfKnobs): CacheResponseEdits | undefined {
  if (cacheControl === undefined && cacheTags.length === 0 && !stripEtags && !stripLastModified) return undefined
  return {
    control: cacheControl === undefined ? new Map() : controlOf(cacheControl),
    tags: cacheTags.length === 0 ? [] : [{ operation: 'add', tags: cacheTags }],
    ...{ stripEtags, stripSetCookie: false, stripLastModified },
  }
}

/** The text stands in for the response's Cache-Control, for this edge alone: the script decides what its visitor sees. */
function controlOf(cacheControl: string): ReadonlyMap<CacheDirective, DirectiveEdit> {
  const control = new Map(REMOVED)
  for (const member of listMembers(cacheControl)) {
    const [name = '', argument] = splitOnce(member.trim())
    const directive = name.toLowerCase()
    if (DIRECTIVES.has(directive)) {
      control.set(directive as CacheDirective, { operation: 'set', argument, edgeOnly: true })
    }
  }
  return control
}

function splitOnce(member: string): readonly [string, string | undefined] {
  const equals = member.indexOf('=')
  return equals < 0 ? [member, undefined] : [member.slice(0, equals), member.slice(equals + 1)]
}
