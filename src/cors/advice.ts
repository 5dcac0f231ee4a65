// One line of advice: what to change so that the page gets the answer, and where.
//
// The edge repeats and narrows grants and never makes any, so the advice is about the origin server, the page, or a copy
// that must go; never about adding a grant at the edge.

import { unreachable } from '../base/index.ts'
import { type FieldList, fieldValue } from '../http/index.ts'
import { isCorsSafelistedMethod } from './methods.ts'
import type { StepName } from './steps.ts'

/** What the advice is given for. */
export type Situation = {
  readonly verdict: 'allow' | 'block' | 'unknown'
  readonly code: StepName | undefined
  readonly url: string
  readonly method: string
  /** What the browser sent as Origin on the hop that decided. */
  readonly origin: string | undefined
  /** The page's own. */
  readonly pageOrigin: string | undefined
  readonly credentials: boolean
  /** Headers that Chromium lets go, and the standard does not. */
  readonly lenientNames: readonly string[]
  /** The answer that decided was to a preflight. */
  readonly isPreflight: boolean
  readonly unsafeNames: readonly string[]
  /** The answer that decided. */
  readonly fields: FieldList | undefined
  /** It is a page of the edge's own. */
  readonly isMade: boolean
  /** It is a redirect that a rule made. */
  readonly isRuleRedirect: boolean
  /** It came from the store. */
  readonly isStored: boolean
  /** What the origin server says by now would pass. */
  readonly wouldPassNow: boolean | undefined
  /** The origin server was asked. */
  readonly wasProbed: boolean
}

/** The advice, or undefined when all is well. */
export function adviseOn(situation: Situation): string | undefined {
  switch (situation.verdict) {
    case 'unknown':
      return situation.wasProbed ? undefined : 'ask the origin server too, which stores nothing: --probe'
    case 'allow':
      return adviseOnAllowed(situation)
    case 'block':
      return adviseOnBlocked(situation)
    default:
      return unreachable(situation.verdict)
  }
}

function adviseOnAllowed(situation: Situation): string | undefined {
  const { origin, fields, isStored, wouldPassNow, url, lenientNames } = situation
  if (lenientNames.length > 0) {
    return `at the origin server, answer OPTIONS with Access-Control-Allow-Headers: ${lenientNames.join(', ')}; Chromium does without, and browsers that keep to the standard do not`
  }
  if (isStored && wouldPassNow === false) {
    return `the origin server no longer grants it; drop the copy that still does: ${purgeOf(url, origin)}`
  }
  const granted = fieldValue(fields ?? [], 'access-control-allow-origin')
  if (granted === 'null') return NEVER_NULL
  if (origin === undefined || granted !== origin || hasVaryOrigin(fields ?? [])) return undefined
  return 'the grant names one origin and Vary does not: send Vary: Origin with every answer for this URL, or browsers and other caches hand it to the wrong page'
}

const NEVER_NULL =
  'at the origin server, never grant null: any page can ask with it from a sandboxed frame; grant * if everybody may read it, and nothing otherwise'

function adviseOnBlocked(situation: Situation): string {
  const { code, url, origin, isStored, wouldPassNow, isMade } = situation
  if (isStored && wouldPassNow === true) {
    return `the origin server grants it by now; drop the copy that does not: ${purgeOf(url, origin)}`
  }
  if (situation.isRuleRedirect) return RULE_REDIRECT
  if (isMade)
    return 'the origin server did not answer, and a page of the edge grants nothing: mend the origin server first'
  if (origin === 'null' && situation.pageOrigin !== 'null' && code?.startsWith('allow-') === true) {
    return 'a redirect across origins made the Origin null: let the page ask for the last URL itself, or answer it with Access-Control-Allow-Origin: *'
  }
  return REMEDIES[code ?? 'allow-origin-missing'](situation)
}

const RULE_REDIRECT =
  'a rule of the zone redirects before the origin server is asked, and its redirect grants nothing: let the page ask for the URL that it leads to'

const REMEDIES: Readonly<Record<StepName, (situation: Situation) => string>> = {
  'same-origin': () => 'nothing is to be changed',
  'cors-allowed': () => 'nothing is to be changed',
  'no-cors': () => 'nothing is to be changed',
  'allow-origin-missing': grantIt,
  'allow-origin-other': grantIt,
  'allow-origin-not-an-origin': grantIt,
  'allow-origin-several': () =>
    'let one layer alone send Access-Control-Allow-Origin, once, with the one origin that asked',
  'wildcard-with-credentials': (situation) =>
    `${grantIt(situation)}; or let the page leave credentials out, for which * is enough`,
  'allow-credentials-missing': () =>
    'at the origin server, add Access-Control-Allow-Credentials: true; or let the page leave credentials out',
  'allow-credentials-not-true': () =>
    'at the origin server, send Access-Control-Allow-Credentials: true, in lower case and once',
  'preflight-status': () =>
    'at the origin server, answer OPTIONS for this URL with 204 and the grant, before any login is asked for',
  'preflight-redirect': () =>
    'at the origin server, answer OPTIONS for this URL itself; or let the page use the URL that it redirects to',
  'allow-methods-malformed': ({ method }) =>
    `at the origin server, answer OPTIONS with Access-Control-Allow-Methods: ${method}`,
  'allow-headers-malformed': ({ unsafeNames }) =>
    `at the origin server, answer OPTIONS with Access-Control-Allow-Headers: ${unsafeNames.join(', ')}`,
  'method-not-allowed': ({ method }) =>
    `at the origin server, answer OPTIONS with Access-Control-Allow-Methods: ${method}`,
  'method-wildcard-with-credentials': ({ method }) =>
    `at the origin server, name the method in Access-Control-Allow-Methods: ${method}; * does not count with credentials`,
  'authorization-not-allowed': () =>
    'at the origin server, name it in Access-Control-Allow-Headers: Authorization; * does not stand for it',
  'header-not-allowed': ({ unsafeNames }) =>
    `at the origin server, answer OPTIONS with Access-Control-Allow-Headers: ${unsafeNames.join(', ')}`,
  'header-wildcard-with-credentials': ({ unsafeNames }) =>
    `at the origin server, name them in Access-Control-Allow-Headers: ${unsafeNames.join(', ')}; * does not count with credentials`,
  'no-answer': ({ method }) =>
    method === method.toUpperCase()
      ? `use another method; no HTTP/1.1 listener here knows ${method}`
      : `in the page, write the method as ${method.toUpperCase()}: browsers leave the case of ${method} as it is`,
  'location-malformed': () => 'at the origin server, send a Location that is a URL',
  'location-scheme': () => 'at the origin server, redirect to an http or https URL only',
  'location-credentials': () => 'at the origin server, leave user name and password out of Location',
  'too-many-redirects': () => 'at the origin server, end the circle of redirects',
}

function grantIt(situation: Situation): string {
  const { origin, credentials, isPreflight } = situation
  const named = origin ?? 'the page'
  if (isPreflight) return grantPreflight(situation, named)
  if (credentials) {
    return `at the origin server, answer with Access-Control-Allow-Origin: ${named}, Access-Control-Allow-Credentials: true and Vary: Origin, errors and 304 too`
  }
  if (origin === 'null')
    return 'at the origin server, answer with Access-Control-Allow-Origin: * if everybody may read it; never grant null, which any sandboxed page is'
  return `at the origin server, answer with Access-Control-Allow-Origin: ${named} and Vary: Origin, or with * if everybody may read it; errors and 304 too`
}

/** Everything that the preflight needs at once: nobody wants to mend it field by field. */
function grantPreflight({ credentials, method, unsafeNames }: Situation, named: string): string {
  const fields = [
    `Access-Control-Allow-Origin: ${named}`,
    ...(credentials ? ['Access-Control-Allow-Credentials: true'] : []),
    ...(isCorsSafelistedMethod(method) ? [] : [`Access-Control-Allow-Methods: ${method}`]),
    ...(unsafeNames.length === 0 ? [] : [`Access-Control-Allow-Headers: ${unsafeNames.join(', ')}`]),
  ]
  return `at the origin server, answer OPTIONS for this URL with 204, ${fields.join(', ')} and Vary: Origin`
}

function purgeOf(url: string, origin: string | undefined): string {
  return `varyant purge ${url}${origin === undefined ? '' : ` --origin ${origin}`}`
}

function hasVaryOrigin(fields: FieldList): boolean {
  const names = (fieldValue(fields, 'vary') ?? '').split(',').map((name) => name.trim().toLowerCase())
  return names.includes('origin') || names.includes('*')
}
