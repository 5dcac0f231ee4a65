// The phase http_response_cache_settings: Cache Response Rules.  CF cache/how-to/cache-response-rules
//
// They run after the origin server's answer and before it is stored.  For one setting the last match wins: each directive is
// a setting, and so is each of the strip switches; changes of tags add up in their order.
//
// What a response becomes is two lists.  By `judged` the edge decides and tags; `passed` is kept and goes on to browsers,
// who see the origin's own directive where a rule said `cloudflare_only`.

import type { CacheSettings } from '../../cache/index.ts'
import { type FieldList, fieldValue, listMembers, withField, withoutFields } from '../../http/index.ts'
import { makeMatcher } from '../matching.ts'
import type {
  CacheDirective,
  CacheResponseEdits,
  CacheResponseSettings,
  DirectiveEdit,
  RulesPhase,
  TagEdit,
} from '../outcomes.ts'
import { compileEnabled, type PhaseTable, type StoredRule } from '../rule.ts'
import {
  type CacheResponseEffect,
  readCacheControl,
  readCacheTags,
  readStrips,
  tagsOf,
} from './cache-response/parameters.ts'

export const CACHE_RESPONSE_TABLE: PhaseTable<CacheResponseEffect> = {
  phase: 'http_response_cache_settings',
  actions: { set_cache_settings: readStrips, set_cache_tags: readCacheTags, set_cache_control: readCacheControl },
}

export function compileCacheResponse(
  stored: readonly StoredRule[],
  problems: string[],
): RulesPhase<CacheResponseEdits | undefined> | undefined {
  const rules = compileEnabled(CACHE_RESPONSE_TABLE, stored, problems).map((rule) => ({
    ...rule,
    sentence: `${rule.name}: ${describe(rule.effect)}`,
  }))
  if (rules.length === 0) return undefined
  const match = makeMatcher(rules.map(({ filter }) => filter))
  return {
    run: (context, trail) => {
      context.beginPhase()
      let strips: Extract<CacheResponseEffect, { kind: 'strip' }>['strips'] = {}
      const control = new Map<CacheDirective, DirectiveEdit>()
      const tags: TagEdit[] = []
      let hasMatch = false
      match(context, (place) => {
        const rule = rules[place]
        if (rule === undefined) return 'go on'
        hasMatch = true
        trail.push(rule.sentence)
        const { effect } = rule
        if (effect.kind === 'strip') strips = { ...strips, ...effect.strips }
        else if (effect.kind === 'tags') tags.push(tagsOf(effect, context))
        else for (const [directive, edit] of effect.control) control.set(directive, edit)
        return 'go on'
      })
      if (!hasMatch) return undefined
      const { etags = false, setCookie = false, lastModified = false } = strips
      return { control, tags, stripEtags: etags, stripSetCookie: setCookie, stripLastModified: lastModified }
    },
  }
}

/** The two lists that the fields of a response become. */
export function applyCacheResponse(
  fields: FieldList,
  edits: CacheResponseEdits,
): { readonly judged: FieldList; readonly passed: FieldList } {
  const common = withTags(stripped(fields, edits), edits.tags)
  if (edits.control.size === 0) return { judged: common, passed: common }
  const forVisitors = new Map([...edits.control].filter(([, { edgeOnly }]) => !edgeOnly))
  return { judged: judgedControl(common, edits.control), passed: editField(common, 'cache-control', forVisitors) }
}

/** Directives by which a response is stored and lives: a rule that sets one outranks the lifetimes of Cache Rules. */
const LIFETIME_DIRECTIVES: readonly CacheDirective[] = ['max-age', 's-maxage', 'no-cache', 'no-store', 'private']

/** By base settings: Origin Cache Control on, and the same without lifetimes of rules. */
const ADJUSTED = new WeakMap<CacheSettings, { readonly kept: CacheSettings; readonly outranked: CacheSettings }>()

/**
 * The settings that the response is judged by.  "If any rule matches, Origin Cache Control is on"; a directive that a rule
 * sets outranks `edge_ttl`.  A match without any edits is enough.
 */
export function cacheResponseSettings(settings: CacheSettings, edits: CacheResponseEdits): CacheResponseSettings {
  const adjusted = ADJUSTED.get(settings) ?? adjust(settings)
  const isOutranked = LIFETIME_DIRECTIVES.some((directive) => edits.control.get(directive)?.operation === 'set')
  return {
    settings: isOutranked ? adjusted.outranked : adjusted.kept,
    allowsSmartRevalidation: !edits.stripEtags && !edits.stripLastModified,
  }
}

function adjust(settings: CacheSettings): { readonly kept: CacheSettings; readonly outranked: CacheSettings } {
  const kept = Object.freeze({ ...settings, originCacheControl: true })
  const edgeTtl = { mode: 'respect_origin', default: undefined, byStatus: [] } as const
  const adjusted = { kept, outranked: Object.freeze({ ...kept, edgeTtl }) }
  ADJUSTED.set(settings, adjusted)
  return adjusted
}

function stripped(fields: FieldList, { stripEtags, stripSetCookie, stripLastModified }: CacheResponseEdits): FieldList {
  const dropped = new Set([
    ...(stripEtags ? ['etag'] : []),
    ...(stripSetCookie ? ['set-cookie'] : []),
    ...(stripLastModified ? ['last-modified'] : []),
  ])
  return dropped.size === 0 ? fields : withoutFields(fields, dropped)
}

/** In the order in which cache/targeted.ts looks for the field that governs. */
const CONTROL_FIELDS = [
  'cloudflare-cdn-cache-control',
  'cdn-cache-control',
  'surrogate-control',
  'cache-control',
] as const

/**
 * What is set is set in the field that governs, so that it outranks them all; what is removed is removed from each, so that
 * no other field says it instead.
 */
function judgedControl(fields: FieldList, control: CacheResponseEdits['control']): FieldList {
  const governing =
    CONTROL_FIELDS.find((name) => listMembers(fieldValue(fields, name) ?? '').length > 0) ?? 'cache-control'
  const removals = new Map([...control].filter(([, { operation }]) => operation === 'remove'))
  return CONTROL_FIELDS.reduce((list, name) => {
    if (name === governing) return editField(list, name, control)
    return fieldValue(list, name) === undefined ? list : editField(list, name, removals)
  }, fields)
}

function editField(fields: FieldList, name: string, control: ReadonlyMap<CacheDirective, DirectiveEdit>): FieldList {
  if (control.size === 0) return fields
  const members = listMembers(fieldValue(fields, name) ?? '')
  const kept = members.filter((member) => !control.has(directiveName(member) as CacheDirective))
  const added = [...control].flatMap(([directive, { operation, argument }]) => {
    if (operation === 'remove') return []
    return [argument === undefined ? directive : `${directive}=${argument}`]
  })
  const value = [...kept, ...added].join(', ')
  return value === '' ? withoutFields(fields, new Set([name])) : withField(fields, name, value)
}

function directiveName(member: string): string {
  const equals = member.indexOf('=')
  return (equals < 0 ? member : member.slice(0, equals)).trim().toLowerCase()
}

/** Tags are told apart as cache/tags.ts does: case does not matter. */
function withTags(fields: FieldList, edits: readonly TagEdit[]): FieldList {
  if (edits.length === 0) return fields
  let tags = (fieldValue(fields, 'cache-tag') ?? '').split(',').filter((tag) => tag.trim() !== '')
  for (const { operation, tags: named } of edits) {
    if (operation === 'set') tags = [...named]
    else if (operation === 'add') tags = [...tags, ...named]
    else {
      const gone = new Set(named.map(canonical))
      tags = tags.filter((tag) => !gone.has(canonical(tag)))
    }
  }
  return tags.length === 0
    ? withoutFields(fields, new Set(['cache-tag']))
    : withField(fields, 'cache-tag', tags.join(','))
}

function canonical(tag: string): string {
  return tag.replace(/[ \t]+/g, '').toLowerCase()
}

function describe(effect: CacheResponseEffect): string {
  if (effect.kind === 'strip')
    return `set ${Object.entries(effect.strips)
      .map(([name, on]) => `strip ${name} ${on ? 'on' : 'off'}`)
      .join(', ')}`
  if (effect.kind === 'tags') return `${effect.operation} tags`
  return [...effect.control]
    .map(
      ([directive, { operation, argument }]) =>
        `${operation} ${directive}${argument === undefined ? '' : `=${argument}`}`,
    )
    .join(', ')
}
