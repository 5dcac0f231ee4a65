// What does a Cache-Control value say?  RFC 9111 §5.2, and the same vocabulary in the targeted fields of RFC 9213.
//
//   Cache-Control = #( token [ "=" ( token / quoted-string ) ] )
//
// Total: malformed input is data.  Where the standard leaves a choice the answer keeps a response private or stale rather
// than public or fresh: a lifetime that is no number is 0, a list of names that cannot be read restricts everything.
// What the directives mean for this cache is decided elsewhere (storable.ts, freshness.ts).

import { type Seconds, seconds } from '../base/index.ts'
import { isToken, listMembers, trimOws } from '../http/index.ts'

/** true: everything; a list: only these fields, lower case; false: the directive is absent. */
export type Restriction = boolean | readonly string[]

export type CacheControl = {
  readonly noStore: boolean
  readonly private: Restriction
  readonly noCache: Restriction
  readonly maxAge: Seconds | undefined
  readonly sMaxage: Seconds | undefined
  readonly staleWhileRevalidate: Seconds | undefined
  readonly staleIfError: Seconds | undefined
  readonly mustRevalidate: boolean
  readonly proxyRevalidate: boolean
  readonly public: boolean
  readonly noTransform: boolean
  readonly immutable: boolean
  readonly mustUnderstand: boolean
}

/** "the value 2147483648 (2^31) or the greatest positive integer the cache can conveniently represent."  RFC 9111 §1.2.2 */
export const MAX_DELTA_SECONDS: Seconds = seconds(2_147_483_648)

/** Digits, and a fraction that is floored (CF changelog 2026-05-04). */
const DELTA = /^(\d+)(?:\.\d+)?$/

type Draft = { -readonly [Name in keyof CacheControl]: CacheControl[Name] } & {
  private: boolean | string[]
  noCache: boolean | string[]
}

/** The directives of a field value; lines are joined with ", " before.  Unknown directives are ignored. */
export function parseCacheControl(value: string): CacheControl {
  const draft = emptyDraft()
  for (const member of listMembers(value)) {
    const equals = member.indexOf('=')
    if (equals < 0) readDirective(draft, member.toLowerCase(), undefined)
    else readDirective(draft, trimOws(member.slice(0, equals)).toLowerCase(), member.slice(equals + 1))
  }
  return draft
}

function emptyDraft(): Draft {
  return {
    noStore: false,
    private: false,
    noCache: false,
    maxAge: undefined,
    sMaxage: undefined,
    staleWhileRevalidate: undefined,
    staleIfError: undefined,
    mustRevalidate: false,
    proxyRevalidate: false,
    public: false,
    noTransform: false,
    immutable: false,
    mustUnderstand: false,
  }
}

/** Of a duration that occurs twice "either the first occurrence should be used or the response should be considered stale". */
function readDirective(draft: Draft, name: string, argument: string | undefined): void {
  switch (name) {
    case 'no-store':
      draft.noStore = true
      break
    case 'private':
      draft.private = restrict(draft.private, argument)
      break
    case 'no-cache':
      draft.noCache = restrict(draft.noCache, argument)
      break
    case 'max-age':
      draft.maxAge ??= parseDelta(argument)
      break
    case 's-maxage':
      draft.sMaxage ??= parseDelta(argument)
      break
    case 'stale-while-revalidate':
      draft.staleWhileRevalidate ??= parseDelta(argument)
      break
    case 'stale-if-error':
      draft.staleIfError ??= parseDelta(argument)
      break
    case 'must-revalidate':
      draft.mustRevalidate = true
      break
    case 'proxy-revalidate':
      draft.proxyRevalidate = true
      break
    case 'public':
      draft.public = true
      break
    case 'no-transform':
      draft.noTransform = true
      break
    case 'immutable':
      draft.immutable = true
      break
    case 'must-understand':
      draft.mustUnderstand = true
      break
  }
}

/** Once it restricts everything it does; names of several occurrences add up. */
function restrict(soFar: boolean | string[], argument: string | undefined): boolean | string[] {
  const names = argument === undefined ? undefined : parseFieldNames(argument)
  if (soFar === true || names === undefined) return true
  if (soFar === false) return names
  for (const name of names) soFar.push(name)
  return soFar
}

/** Lower-case names, or undefined when the argument lists none or anything else. */
function parseFieldNames(argument: string): string[] | undefined {
  const text = unquoted(argument)
  if (text === undefined) return undefined
  const names = listMembers(text)
  return names.length > 0 && names.every(isToken) ? names.map((name) => name.toLowerCase()) : undefined
}

/** "Caches are encouraged to consider responses that have invalid freshness information ... to be stale."  §4.2.1 */
function parseDelta(argument: string | undefined): Seconds {
  const digits = DELTA.exec((argument === undefined ? undefined : unquoted(argument)) ?? '')?.[1]
  return digits === undefined ? seconds(0) : seconds(Math.min(Number(digits), MAX_DELTA_SECONDS))
}

/** Both forms of an argument mean the same ("recipients ought to accept both forms"); undefined: the quotes do not close. */
function unquoted(argument: string): string | undefined {
  if (!argument.startsWith('"')) return argument
  if (argument.length < 2 || !argument.endsWith('"')) return undefined
  return argument.slice(1, -1).replace(/\\(.)/g, '$1')
}
