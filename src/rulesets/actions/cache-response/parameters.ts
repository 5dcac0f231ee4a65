// The parameters of the three actions of http_response_cache_settings.  CF cache/how-to/cache-response-rules/settings

import { isToken } from '../../../http/index.ts'
import { arrayOf, STRING, type ValueExpression } from '../../../rules/index.ts'
import type { RuleContext } from '../../context.ts'
import { type JsonReader, listed, quote } from '../../json-reader.ts'
import type { CacheDirective, DirectiveEdit, TagEdit } from '../../outcomes.ts'
import { readValueExpression } from '../../rule.ts'

const PHASE = 'http_response_cache_settings'
const MAX_SECONDS = 2_147_483_648
const MAX_TAGS = 1_000
const MAX_TAG_CHARACTERS = 1_024
const MAX_QUALIFIERS = 100
const TAG = /^[\x21-\x2b\x2d-\x7e]+$/

type Strips = { readonly etags?: boolean; readonly setCookie?: boolean; readonly lastModified?: boolean }

export type CacheResponseEffect =
  | { readonly kind: 'strip'; readonly strips: Strips }
  | TagsEffect
  | { readonly kind: 'control'; readonly control: ReadonlyMap<CacheDirective, DirectiveEdit> }

type TagsEffect = {
  readonly kind: 'tags'
  readonly operation: TagEdit['operation']
  readonly tags: readonly string[] | ValueExpression
}

const STRIPS: Readonly<Record<string, keyof Strips>> = {
  strip_etags: 'etags',
  strip_set_cookie: 'setCookie',
  strip_last_modified: 'lastModified',
}

export function readStrips(reader: JsonReader): CacheResponseEffect | undefined {
  const members = reader.members(Object.keys(STRIPS))
  if (members === undefined) return undefined
  const strips: { -readonly [Name in keyof Strips]: boolean } = {}
  for (const [name, member] of members) {
    const isOn = member.boolean()
    const strip = STRIPS[name]
    if (strip !== undefined && isOn !== undefined) strips[strip] = isOn
  }
  return { kind: 'strip', strips }
}

export function readCacheTags(reader: JsonReader): CacheResponseEffect | undefined {
  const members = reader.members(['operation', 'values', 'expression'])
  if (members === undefined) return undefined
  const operation = members.get('operation')?.oneOf(['add', 'remove', 'set'])
  if (!members.has('operation')) reader.refuse('operation is missing; use add, remove or set')
  const [values, expression] = [members.get('values'), members.get('expression')]
  if ((values === undefined) === (expression === undefined))
    return reader.refuse('use exactly one of values and expression')
  const tags =
    expression === undefined
      ? values?.elements(1, MAX_TAGS)?.flatMap((element) => readTag(element) ?? [])
      : readValueExpression(expression, PHASE, arrayOf(STRING))
  return operation === undefined || tags === undefined ? undefined : { kind: 'tags', operation, tags }
}

function readTag(reader: JsonReader): string | undefined {
  const tag = reader.string()
  if (tag === undefined) return undefined
  if (tag.length > MAX_TAG_CHARACTERS)
    return reader.refuse(`${tag.length} characters exceed ${MAX_TAG_CHARACTERS}; shorten it`)
  return TAG.test(tag) ? tag : reader.refuse(`${quote(tag)} is no tag; use printable ASCII without spaces and commas`)
}

/** What a rule does to tags in this context; a computed tag that is none is left out. */
export function tagsOf({ operation, tags }: TagsEffect, context: RuleContext): TagEdit {
  if (!('get' in tags)) return { operation, tags }
  const computed = tags.get(context)
  const texts = Array.isArray(computed) ? (computed as readonly string[]) : []
  const trimmed = texts.slice(0, MAX_TAGS).map((tag) => tag.replace(/[ \t]+/g, ''))
  return { operation, tags: trimmed.filter((tag) => tag.length <= MAX_TAG_CHARACTERS && TAG.test(tag)) }
}

type Kind = 'duration' | 'qualified' | 'flag'

const DIRECTIVES: Readonly<Record<CacheDirective, Kind>> = {
  'max-age': 'duration',
  's-maxage': 'duration',
  'stale-if-error': 'duration',
  'stale-while-revalidate': 'duration',
  private: 'qualified',
  'no-cache': 'qualified',
  'no-store': 'flag',
  'no-transform': 'flag',
  'must-revalidate': 'flag',
  'proxy-revalidate': 'flag',
  'must-understand': 'flag',
  public: 'flag',
  immutable: 'flag',
}

/** Beside `operation` and `cloudflare_only`. */
const MEMBERS: Readonly<Record<Kind, readonly string[]>> = { duration: ['value'], qualified: ['qualifiers'], flag: [] }

export function readCacheControl(reader: JsonReader): CacheResponseEffect | undefined {
  const entries = reader.entries()
  if (entries === undefined) return undefined
  const control = new Map<CacheDirective, DirectiveEdit>()
  for (const [name, member] of entries) {
    const kind = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name as CacheDirective] : undefined
    if (kind === undefined) {
      member.refuse(`${quote(name)} is no directive here; use ${listed(Object.keys(DIRECTIVES))}`)
      continue
    }
    const edit = readDirective(member, kind)
    if (edit !== undefined) control.set(name as CacheDirective, edit)
  }
  return { kind: 'control', control }
}

function readDirective(reader: JsonReader, kind: Kind): DirectiveEdit | undefined {
  const members = reader.members(['operation', 'cloudflare_only', ...MEMBERS[kind]])
  if (members === undefined) return undefined
  const operation = members.get('operation')?.oneOf(['set', 'remove'])
  if (!members.has('operation')) reader.refuse('operation is missing; use set or remove')
  const edgeOnly = members.get('cloudflare_only')?.boolean() ?? false
  const [value, qualifiers] = [members.get('value'), members.get('qualifiers')]
  if (operation === undefined) return undefined
  if (operation === 'remove') {
    value?.refuse('remove takes no value; leave it out')
    qualifiers?.refuse('remove takes no qualifiers, because the whole directive goes; leave them out')
    return { operation, argument: undefined, edgeOnly }
  }
  if (kind !== 'duration') {
    return { operation, argument: qualifiers && readQualifiers(qualifiers), edgeOnly }
  }
  if (value === undefined) return reader.refuse('value is missing; add a number of seconds')
  const seconds = value.integer('a lifetime in seconds', 0, MAX_SECONDS)
  return seconds === undefined ? undefined : { operation, argument: String(seconds), edgeOnly }
}

/** Field names as a quoted list; an empty list is none.  RFC 9111 §5.2.2.4, §5.2.2.7 */
function readQualifiers(reader: JsonReader): string | undefined {
  const names = reader.elements(0, MAX_QUALIFIERS)?.flatMap((element) => {
    const name = element.string()
    if (name !== undefined && !isToken(name)) element.refuse(`${quote(name)} is no field name; correct it`)
    return name ?? []
  })
  return names === undefined || names.length === 0 ? undefined : `"${names.join(', ')}"`
}
