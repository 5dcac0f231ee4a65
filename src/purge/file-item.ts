// One item of `files`: "https://host/path?query", or { url, headers, variants }.
//
// Pure and total.  The URL is read as a browser reads it, since what is purged is what a browser would have requested;
// the edge makes cache keys of it.  `variants: "all"` is ours: every stored response of the URL, whatever its key.

import { fail, ok, type Result } from '../base/index.ts'
import type { Field, FieldList } from '../http/index.ts'
import { type PurgeProblem, type PurgeProblemKind, quote } from './problems.ts'

export type PurgeFile = {
  /** Normalised: lower-case host, no default port, no fragment. */
  readonly url: string
  readonly hostname: string
  /** What a visitor's request would carry: the fields that the cache key was made of. */
  readonly fields: FieldList
  /** `keyed`: the responses under the key of this very request.  `all`: every response of the URL. */
  readonly variants: 'keyed' | 'all'
}

/** No request head is longer (CF and the edge's listener agree on 16 KB), so no stored URL can be. */
const MAX_URL_CHARACTERS = 16_384
const MAX_FIELDS = 100
const CONTROL = /\p{Cc}/u
const ABSOLUTE_HTTP_URL = /^https?:\/\/([^/?#\\]*)/i
/** RFC 9110 §5.6.2 token. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** RFC 9110 §5.5: no control character but tab. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const FILE_MEMBERS: readonly string[] = ['url', 'headers', 'variants']

/** The file that an item names, or what is wrong with it; `pointer` is the item's place in the body. */
export function parseFileItem(item: unknown, pointer: string): Result<PurgeFile, PurgeProblem> {
  if (typeof item === 'string') return parseFile(item, { fields: [], variants: 'keyed' }, pointer)
  if (!isObject(item)) return bad('purge-bad-file', 'a file must be a URL, or an object with a url', pointer)
  const unknown = Object.keys(item).find((name) => !FILE_MEMBERS.includes(name))
  if (unknown !== undefined) {
    return bad(
      'purge-unknown-member',
      `a file has no member ${quote(unknown)}; it has url, headers and variants`,
      pointer,
    )
  }
  if (typeof item.url !== 'string') {
    return bad('purge-no-selector', 'a file that is an object must have a "url" that is a string', `${pointer}/url`)
  }
  if (item.variants !== undefined && item.variants !== 'all') {
    return bad('purge-bad-file', 'variants must be "all", or be left out', `${pointer}/variants`)
  }
  const fields = parseFields(item.headers, `${pointer}/headers`)
  if (!fields.ok) return fields
  const variants = item.variants === 'all' ? 'all' : 'keyed'
  return parseFile(item.url, { fields: fields.value, variants }, `${pointer}/url`)
}

function parseFile(
  text: string,
  rest: Pick<PurgeFile, 'fields' | 'variants'>,
  pointer: string,
): Result<PurgeFile, PurgeProblem> {
  const url = parseUrl(text)
  if (!url.ok) return bad('purge-bad-file', url.problem, pointer)
  return ok({ url: url.value.href, hostname: url.value.hostname, ...rest })
}

function parseUrl(text: string): Result<URL, string> {
  if (text.length > MAX_URL_CHARACTERS) {
    return fail(`a URL of ${text.length} characters exceeds ${MAX_URL_CHARACTERS}; no request for it can be stored`)
  }
  if (CONTROL.test(text)) return fail(`the URL ${quote(text)} has a control character; percent-encode it`)
  const authority = ABSOLUTE_HTTP_URL.exec(text)?.[1]
  if (authority === undefined)
    return fail(`${quote(text)} is not an absolute http or https URL; send scheme and host too`)
  if (authority.includes('@')) return fail('a URL with a user name or password names no stored response; leave it out')
  const url = URL.parse(text)
  if (url === null) return fail(`${quote(text)} is not a valid URL`)
  url.hash = ''
  return ok(url)
}

function parseFields(headers: unknown, pointer: string): Result<FieldList, PurgeProblem> {
  if (headers === undefined) return ok([])
  if (!isObject(headers)) return bad('purge-bad-file', 'headers must be an object of strings', pointer)
  const members = Object.entries(headers)
  if (members.length > MAX_FIELDS) {
    return bad(
      'purge-bad-file',
      `${members.length} headers exceed ${MAX_FIELDS}; send those that the key is made of`,
      pointer,
    )
  }
  const fields: Field[] = []
  const seen = new Set<string>()
  for (const [name, value] of members) {
    const field = parseField(name, value)
    if (!field.ok) return bad('purge-bad-file', field.problem, pointer)
    if (seen.has(field.value[0]))
      return bad('purge-bad-file', `${quote(name)} is given twice; case does not count`, pointer)
    seen.add(field.value[0])
    fields.push(field.value)
  }
  return ok(fields)
}

function parseField(name: string, value: unknown): Result<Field, string> {
  if (!FIELD_NAME.test(name)) return fail(`${quote(name)} is not a field name`)
  if (typeof value !== 'string') return fail(`the value of ${quote(name)} must be a string`)
  if (!FIELD_VALUE.test(value)) return fail(`the value of ${quote(name)} has a character that no field can carry`)
  const lower = name.toLowerCase()
  if (lower === 'host') return fail('the host is that of the URL; leave "Host" out of headers')
  return ok([lower, value.trim()])
}

function bad(kind: PurgeProblemKind, message: string, pointer: string): Result<never, PurgeProblem> {
  return fail({ kind, message, pointer })
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
