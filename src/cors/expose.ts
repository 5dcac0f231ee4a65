// Which response fields can a script read?  Fetch §Filtered responses, §HTTP new-header syntax
// (Access-Control-Expose-Headers, "CORS-exposed header-name list").

import type { FieldList } from '../http/index.ts'
import { extractTokens } from './header-list.ts'

/** "CORS-safelisted response-header name": readable without being exposed. */
const SAFELISTED: ReadonlySet<string> = new Set([
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
])
/** "Forbidden response-header name": never readable. */
const FORBIDDEN: ReadonlySet<string> = new Set(['set-cookie', 'set-cookie2'])

/** How the response is filtered for the page. */
export type ResponseType = 'basic' | 'cors' | 'opaque'

/** The names, in lower case and sorted, of the fields of an answer that a script of the page can read. */
export function readableNames(type: ResponseType, fields: FieldList, credentials: boolean): readonly string[] {
  if (type === 'opaque') return []
  const names = [...new Set(fields.map(([name]) => name))].filter((name) => !FORBIDDEN.has(name)).sort()
  if (type === 'basic') return names
  const exposed = exposedNames(fields, credentials)
  return exposed === 'all' ? names : names.filter((name) => SAFELISTED.has(name) || exposed.has(name))
}

/** The CORS-exposed header-name list; `*` stands for all but in a request with credentials. */
function exposedNames(fields: FieldList, credentials: boolean): ReadonlySet<string> | 'all' {
  const extracted = extractTokens(fields, 'access-control-expose-headers')
  // "Otherwise, if headerNames is non-null and not failure": a malformed list exposes nothing.
  const names = extracted === undefined || extracted === 'failure' ? [] : extracted
  return !credentials && names.includes('*') ? 'all' : new Set(names.map((name) => name.toLowerCase()))
}
