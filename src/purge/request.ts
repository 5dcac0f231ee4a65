// The body of purge_cache and invalidate_cache: exactly one selector.  CF cache/how-to/purge-cache.
//
//   { purge_everything: true } | { files: […] } | { tags: […] } | { hosts: […] } | { prefixes: […] }
//
// Pure and total.  One bad item refuses the whole body, and every bad item is reported, so that nothing is purged by a
// request whose sender believes that all of it was.

import { fail, ok, type Result } from '../base/index.ts'
import { isObject, type PurgeFile, parseFileItem } from './file-item.ts'
import { type HostName, parseHostName } from './host-name.ts'
import { canonicalPath, MAX_PREFIX_SEPARATORS } from './location-names.ts'
import { type PurgeProblem, type PurgeProblemKind, quote } from './problems.ts'
import type { Selector } from './selector.ts'

/** What a body asks for; of files the data plane makes selectors. */
export type PurgeRequest =
  | { readonly kind: 'selectors'; readonly selectors: readonly Selector[] }
  | { readonly kind: 'files'; readonly files: readonly PurgeFile[] }

export type PurgeZone = { readonly id: string; readonly name: string }

/** What the parser must know beside the body. */
export type PurgeContext = {
  readonly zone: PurgeZone
  /** The id of the zone that serves a host, or undefined when none does. */
  findZone(hostname: string): string | undefined
  /** Whether hosts that no zone has are purged through this one.  CF workers/reference/how-the-cache-works */
  readonly fetchesElsewhere?: boolean | undefined
}

/** The members of the body, and how many items each may have. */
export const MAX_ITEMS = { files: 500, tags: 100, hosts: 100, prefixes: 100 } as const
const EVERYTHING = 'purge_everything'
type ListName = keyof typeof MAX_ITEMS
const MAX_TAG_CHARACTERS = 1_024

/** What the body asks for, or all that is wrong with it. */
export function parsePurgeBody(body: unknown, context: PurgeContext): Result<PurgeRequest, readonly PurgeProblem[]> {
  const selector = findSelector(body)
  if (!selector.ok) return fail([selector.problem])
  const { name, value } = selector.value
  if (name === EVERYTHING) return parseEverything(value)
  const items = parseItems(name, value)
  if (!items.ok) return fail([items.problem])
  if (name === 'files') {
    const files = parseEach(items.value, name, (item, pointer) => parseOwnFile(item, pointer, context))
    return files.ok ? ok({ kind: 'files', files: files.value }) : files
  }
  const parse = { tags: parseTag, hosts: parseHost, prefixes: parsePrefix }[name]
  const selectors = parseEach(items.value, name, (item, pointer) => parse(item, pointer, context))
  return selectors.ok ? ok({ kind: 'selectors', selectors: selectors.value }) : selectors
}

type Named = { readonly name: ListName | typeof EVERYTHING; readonly value: unknown }

function findSelector(body: unknown): Result<Named, PurgeProblem> {
  if (!isObject(body)) return noSelector()
  const names = Object.keys(body)
  const unknown = names.find((name) => !isSelectorName(name))
  const known = names.filter(isSelectorName)
  const [name] = known
  if (name === undefined) return noSelector()
  if (unknown !== undefined) {
    return bad(
      'purge-unknown-member',
      `the body has no member ${quote(unknown)}; leave it out`,
      `/${pointerToken(unknown)}`,
    )
  }
  if (known.length > 1) {
    return bad('purge-several-selectors', `${known.join(' and ')} exclude each other; send one request for each`, '')
  }
  return ok({ name, value: body[name] })
}

function isSelectorName(name: string): name is Named['name'] {
  return name === EVERYTHING || Object.hasOwn(MAX_ITEMS, name)
}

// CF quirk, kept verbatim: clients look for this sentence.
const NO_SELECTOR = 'Request must contain one of "purge_everything", "files", "tags", "hosts" or "prefixes"'
const NOT_AN_ARRAY = '"files", "tags", "hosts" or "prefixes" must be an array'

function noSelector(): Result<never, PurgeProblem> {
  return bad('purge-no-selector', NO_SELECTOR, '')
}

function parseEverything(value: unknown): Result<PurgeRequest, readonly PurgeProblem[]> {
  if (value === true) return ok({ kind: 'selectors', selectors: [{ kind: 'everything' }] })
  const message = 'purge_everything must be true; to purge less, send files, tags, hosts or prefixes'
  return fail([{ kind: 'purge-everything-not-true', message, pointer: `/${EVERYTHING}` }])
}

function parseItems(name: ListName, value: unknown): Result<readonly unknown[], PurgeProblem> {
  const pointer = `/${name}`
  if (!Array.isArray(value)) return bad('purge-not-an-array', NOT_AN_ARRAY, pointer)
  if (value.length === 0) return bad('purge-nothing-named', `${name} is empty; name at least one`, pointer)
  const most = MAX_ITEMS[name]
  if (value.length > most) {
    return bad('purge-too-many-items', `${value.length} ${name} exceed ${most} items; send several requests`, pointer)
  }
  return ok(value)
}

type Parse<Value> = (item: unknown, pointer: string, context: PurgeContext) => Result<Value, PurgeProblem>

function parseEach<Value>(
  items: readonly unknown[],
  name: ListName,
  parse: (item: unknown, pointer: string) => Result<Value, PurgeProblem>,
): Result<readonly Value[], readonly PurgeProblem[]> {
  const values: Value[] = []
  const problems: PurgeProblem[] = []
  for (const [i, item] of items.entries()) {
    const parsed = parse(item, `/${name}/${i}`)
    if (parsed.ok) values.push(parsed.value)
    else problems.push(parsed.problem)
  }
  return problems.length === 0 ? ok(values) : fail(problems)
}

const parseOwnFile: Parse<PurgeFile> = (item, pointer, context) => {
  const file = parseFileItem(item, pointer)
  if (!file.ok || isOwnHost(file.value.hostname, context)) return file
  return foreignHost(file.value.hostname, pointer, context)
}

/** Printable, without the comma that separates tags in a Cache-Tag field.  CF cache/how-to/purge-cache/purge-by-tags */
const TAG = /^[\x21-\x2b\x2d-\x7e]+$/

const parseTag: Parse<Selector> = (item, pointer) => {
  if (typeof item !== 'string') return bad('purge-bad-tag', 'a tag must be a string', pointer)
  if (item.length > MAX_TAG_CHARACTERS) {
    return bad('purge-bad-tag', `a tag of ${item.length} characters exceeds ${MAX_TAG_CHARACTERS}; shorten it`, pointer)
  }
  const tag = item.trim().toLowerCase()
  if (TAG.test(tag)) return ok({ kind: 'tag', tag })
  return bad('purge-bad-tag', `${quote(item)} is not a tag; use printable ASCII without space and comma`, pointer)
}

const parseHost: Parse<Selector> = (item, pointer, context) => {
  if (typeof item !== 'string') return bad('purge-bad-host', 'a host must be a string', pointer)
  const host = parseHostName(item.trim())
  if (!host.ok) return bad('purge-bad-host', `${quote(item)} ${host.problem}`, pointer)
  if (!isOwnHost(host.value.hostname, context)) return foreignHost(host.value.hostname, pointer, context)
  return ok({ kind: 'host', host: host.value.authority })
}

const parsePrefix: Parse<Selector> = (item, pointer, context) => {
  if (typeof item !== 'string') return bad('purge-bad-prefix', 'a prefix must be a string', pointer)
  const prefix = cutPrefix(item.trim())
  if (!prefix.ok) return bad('purge-bad-prefix', `the prefix ${quote(item)} ${prefix.problem}`, pointer)
  const { host, path } = prefix.value
  if (!isOwnHost(host.hostname, context)) return foreignHost(host.hostname, pointer, context)
  return ok({ kind: 'prefix', prefix: host.authority + path })
}

/** Host and path, in the spelling of stored responses; a trailing "/" says nothing and is dropped. */
function cutPrefix(text: string): Result<{ host: HostName; path: string }, string> {
  if (text.includes('://')) return fail('has a scheme; begin with the host')
  if (/[?#]/.test(text)) return fail('has a "?" or "#"; a prefix is host and path, and takes every query')
  if (/\p{Cc}/u.test(text)) return fail('has a control character; percent-encode it')
  const slash = text.indexOf('/')
  const host = parseHostName(slash === -1 ? text : text.slice(0, slash))
  if (!host.ok) return fail(`begins with what ${host.problem}`)
  const path = canonicalPath(URL.parse(`http://host${slash === -1 ? '/' : text.slice(slash)}`)?.pathname ?? '/')
  const separators = path === '/' && slash === -1 ? 0 : path.split('/').length - 1
  if (separators > MAX_PREFIX_SEPARATORS) {
    return fail(`has ${separators} "/", which exceeds ${MAX_PREFIX_SEPARATORS}; name a directory further up`)
  }
  return ok({ host: host.value, path: path.endsWith('/') ? path.slice(0, -1) : path })
}

/** Of this zone is what it serves, what is under its name when nobody serves it, and what its scripts fetch from elsewhere. */
function isOwnHost(hostname: string, { zone, findZone, fetchesElsewhere }: PurgeContext): boolean {
  const owner = findZone(hostname)
  if (owner !== undefined) return owner === zone.id
  return fetchesElsewhere === true || hostname === zone.name || hostname.endsWith(`.${zone.name}`)
}

function foreignHost(hostname: string, pointer: string, { zone }: PurgeContext): Result<never, PurgeProblem> {
  const message = `${quote(hostname)} is not of the zone ${zone.name}; purge it in its own zone`
  return bad('purge-foreign-host', message, pointer)
}

function bad(kind: PurgeProblemKind, message: string, pointer: string): Result<never, PurgeProblem> {
  return fail({ kind, message, pointer })
}

/** A member's name as a JSON pointer's token.  RFC 6901 §3 */
function pointerToken(name: string): string {
  return name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')
}
