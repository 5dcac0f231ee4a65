// What a redirect makes of a request: where it goes next, what is left out, and whether the page's origin is still told.
// Fetch §HTTP-redirect fetch, §Requests (redirect-taint, "serializing a request origin").
//
// An origin is told along a chain as long as each step away from a URL was decided by the page's own origin.  Once another
// origin sends the request on to a third one, the Origin is `null`: the page's name must not vouch for where a stranger
// leads it.  Coming back to the page's own origin counts as such a step too.

import { type FieldList, fieldValue } from '../http/index.ts'
import type { Reading } from './reading.ts'
import { NON_WILDCARD_NAMES } from './request-headers.ts'
import type { Step, StepName } from './steps.ts'
import { shown } from './steps.ts'

/** "If request's redirect count is 20, then return a network error." */
export const MAX_REDIRECTS = 20

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** "Request-body-header name": gone with the body. */
const BODY_HEADERS: readonly string[] = ['content-encoding', 'content-language', 'content-location', 'content-type']

export function isRedirectStatus(status: number): boolean {
  return REDIRECTS.has(status)
}

/** A request somewhere along its chain. */
export type RedirectedRequest = {
  readonly url: URL
  readonly method: string
  readonly headers: FieldList
  /** The page's origin, `null` for an opaque one; undefined when nobody said. */
  readonly pageOrigin: string | undefined
  /** Whether a hop so far was a CORS request: from then on all are. */
  readonly isCors: boolean
  /** Whether Origin is `null` from here on. */
  readonly isTainted: boolean
  readonly redirects: number
}

export type RedirectOutcome =
  /** No redirect, or one without Location: the answer itself is for the page. */
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly step: Step }
  | { readonly kind: 'follow'; readonly next: RedirectedRequest }

/** Where an answer sends a request on to.  Total: any Location gives an outcome. */
export function followRedirect(
  request: RedirectedRequest,
  answer: { readonly status: number; readonly fields: FieldList },
  reading: Reading = 'standard',
): RedirectOutcome {
  const location = isRedirectStatus(answer.status) ? readLocation(answer.fields, reading) : undefined
  // "If locationURL is null, then return response."
  if (location === undefined) return { kind: 'none' }
  const next = URL.parse(location, request.url.href)
  if (next === null) return failed('location-malformed', `Location is ${shown(location)}`)
  if (next.protocol !== 'http:' && next.protocol !== 'https:')
    return failed('location-scheme', `Location is ${shown(location)}`)
  if (request.redirects >= MAX_REDIRECTS)
    return failed('too-many-redirects', `Location is ${shown(location)}, the 21st`)
  const hasCredentials = next.username !== '' || next.password !== ''
  // "If request's mode is "cors", locationURL includes credentials, and request's origin is not same origin with
  // locationURL's origin", and "if request's response tainting is "cors" and locationURL includes credentials".
  const crosses = request.pageOrigin !== undefined && (request.isCors || request.pageOrigin !== next.origin)
  // DEVIATION Fetch §HTTP-redirect fetch: explain goes by Chromium, which loads nothing into a page from a URL that has
  // credentials in it, of the page's own origin neither.
  if (hasCredentials && (crosses || reading === 'chromium')) {
    return failed('location-credentials', `Location leads to ${next.host} with a user name or password`)
  }
  // "If locationURL's fragment is null, then set locationURL's fragment to requestFragment": no server sees it.
  next.hash = ''
  return { kind: 'follow', next: redirected(request, answer.status, next) }
}

/**
 * The Location, or undefined when there is none.
 *
 * DEVIATION Fetch §Responses (location URL): explain goes by Chromium, to which an empty Location is none, and a byte beyond ASCII
 * stands for itself.  By the standard the first leads to the same URL, and the second is encoded as UTF-8.
 */
function readLocation(fields: FieldList, reading: Reading): string | undefined {
  const location = fieldValue(fields, 'location')
  if (reading === 'standard' || location === undefined) return location
  return location === '' ? undefined : location.replace(/[\x80-\xff]/g, escapeByte)
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

function redirected(request: RedirectedRequest, status: number, url: URL): RedirectedRequest {
  const { method, pageOrigin } = request
  const isRewritten =
    ((status === 301 || status === 302) && method === 'POST') ||
    (status === 303 && method !== 'GET' && method !== 'HEAD')
  const leavesOrigin = url.origin !== request.url.origin
  const dropped = [...(isRewritten ? BODY_HEADERS : []), ...(leavesOrigin ? NON_WILDCARD_NAMES : [])]
  return {
    ...request,
    url,
    method: isRewritten ? 'GET' : method,
    headers: request.headers.filter(([name]) => !dropped.includes(name)),
    // "url's origin is not same origin with lastURL's origin and request's origin is not same origin with lastURL's."
    isTainted: request.isTainted || (leavesOrigin && pageOrigin !== undefined && pageOrigin !== request.url.origin),
    redirects: request.redirects + 1,
  }
}

function failed(name: StepName, why: string): RedirectOutcome {
  return { kind: 'failed', step: { name, why } }
}
