// The CORS-preflight request: when the browser sends it, what it says, and whether its answer lets the real request go.
// Fetch §CORS-preflight fetch.

import { type FieldList, fieldValue } from '../http/index.ts'
import { type Asker, type CheckOutcome, corsCheck } from './check.ts'
import { extractTokens } from './header-list.ts'
import { isCorsSafelistedMethod } from './methods.ts'
import type { Reading } from './reading.ts'
import { isRedirectStatus } from './redirect.ts'
import { NON_WILDCARD_NAMES, unsafeRequestHeaderNames } from './request-headers.ts'
import { type StepName, shown } from './steps.ts'

/** What the page wants to send. */
export type Wanted = { readonly method: string; readonly headers: FieldList }

export type PreflightNeed =
  /** The browser sends the request at once. */
  | { readonly kind: 'none' }
  /** It asks first; `why` names the method or headers that make it. */
  | { readonly kind: 'needed'; readonly unsafeNames: readonly string[]; readonly why: string }

/** Seconds that a preflight's answer is good for when it does not say. */
export const DEFAULT_MAX_AGE_SECONDS = 5
/** What browsers make of a longer Access-Control-Max-Age: Chromium two hours, Firefox a day. */
export const BROWSER_MAX_AGE_SECONDS = { chromium: 7200, firefox: 86_400 } as const

/** Whether a CORS request needs a preflight. */
export function decidePreflight({ method, headers }: Wanted, reading: Reading = 'standard'): PreflightNeed {
  const unsafeNames = unsafeRequestHeaderNames(headers, reading)
  const isSafelisted = isCorsSafelistedMethod(method)
  if (isSafelisted && unsafeNames.length === 0) return { kind: 'none' }
  const reasons = [
    ...(isSafelisted ? [] : [`the method ${method}`]),
    ...(unsafeNames.length === 0
      ? []
      : [`the ${unsafeNames.length === 1 ? 'header' : 'headers'} ${unsafeNames.join(', ')}`]),
  ]
  return { kind: 'needed', unsafeNames, why: `${reasons.join(' and ')} cannot be sent without asking first` }
}

/** The fields that the preflight itself carries, beside those of every request. */
export function preflightFields({ method, headers }: Wanted, origin: string, reading: Reading = 'standard'): FieldList {
  const names = unsafeRequestHeaderNames(headers, reading)
  return [
    ['accept', '*/*'],
    ['access-control-request-method', method],
    ...(names.length === 0 ? [] : [['access-control-request-headers', names.join(',')] as const]),
    ['origin', origin],
  ]
}

/** Whether the answer to the preflight lets the request go.  Total. */
export function checkPreflight(
  wanted: Wanted,
  asker: Asker,
  answer: { readonly status: number; readonly fields: FieldList },
  reading: Reading = 'standard',
): CheckOutcome {
  const { status, fields } = answer
  // "If a CORS check for request and response returns success and response's status is an ok status, then ..."
  const checked = corsCheck(asker, fields)
  if (checked.kind === 'failed') return failed(checked.step.name, `the preflight: ${checked.step.why}`)
  if (isRedirectStatus(status))
    return failed('preflight-redirect', `the preflight was answered ${status}, and no preflight is redirected`)
  if (status < 200 || status > 299)
    return failed('preflight-status', `the preflight was answered ${status}; it needs a status from 200 to 299`)
  return checkMethod(wanted, asker, fields) ?? checkHeaders(wanted, asker, fields, reading) ?? allowed(wanted, reading)
}

function checkMethod({ method }: Wanted, { credentials }: Asker, fields: FieldList): CheckOutcome | undefined {
  const methods = extractTokens(fields, 'access-control-allow-methods')
  // "If either methods or headerNames is failure, return a network error."
  if (methods === 'failure') return failed('allow-methods-malformed', malformed('Access-Control-Allow-Methods', fields))
  if (extractTokens(fields, 'access-control-allow-headers') === 'failure') {
    return failed('allow-headers-malformed', malformed('Access-Control-Allow-Headers', fields))
  }
  if (isCorsSafelistedMethod(method) || methods?.includes(method) === true) return undefined
  // "... and request's credentials mode is "include" or methods does not contain `*`, then return a network error."
  const hasWildcard = methods?.includes('*') === true
  if (hasWildcard && !credentials) return undefined
  if (hasWildcard)
    return failed(
      'method-wildcard-with-credentials',
      `Access-Control-Allow-Methods has * but not ${method}, and the request has credentials`,
    )
  return failed('method-not-allowed', `Access-Control-Allow-Methods ${listed(methods)}, and the method is ${method}`)
}

function checkHeaders(
  { headers }: Wanted,
  { credentials }: Asker,
  fields: FieldList,
  reading: Reading,
): CheckOutcome | undefined {
  const extracted = extractTokens(fields, 'access-control-allow-headers')
  const names = (extracted === 'failure' ? [] : (extracted ?? [])).map((name) => name.toLowerCase())
  const unsafeNames = unsafeRequestHeaderNames(headers, reading)
  const nonWildcard = unsafeNames.find((name) => NON_WILDCARD_NAMES.includes(name) && !names.includes(name))
  const hasWildcard = names.includes('*')
  // DEVIATION Fetch §CORS-preflight fetch: explain goes by what Chromium does, and its advice names the difference.
  const isLenient = reading === 'chromium' && !credentials
  if (nonWildcard !== undefined && hasWildcard && !isLenient) {
    return failed(
      'authorization-not-allowed',
      `Access-Control-Allow-Headers ${listed(names)}; * does not stand for ${nonWildcard}, which must be named`,
    )
  }
  const missing = unsafeNames.find((name) => !names.includes(name))
  if (missing === undefined || (hasWildcard && !credentials)) return undefined
  if (hasWildcard)
    return failed(
      'header-wildcard-with-credentials',
      `Access-Control-Allow-Headers has * but not ${missing}, and the request has credentials`,
    )
  return failed('header-not-allowed', `Access-Control-Allow-Headers ${listed(names)}, and the request has ${missing}`)
}

/** How long the browser may send such requests without asking again: what the answer says, 5 s when it says nothing usable. */
export function preflightMaxAge(fields: FieldList): number {
  const value = fieldValue(fields, 'access-control-max-age')
  // "extracting header list values given `Access-Control-Max-Age`": its ABNF is delta-seconds.
  return value !== undefined && /^[0-9]{1,15}$/.test(value) ? Number(value) : DEFAULT_MAX_AGE_SECONDS
}

function allowed({ method, headers }: Wanted, reading: Reading): CheckOutcome {
  const names = unsafeRequestHeaderNames(headers, reading)
  return {
    kind: 'passed',
    why: `the preflight allows ${method}${names.length === 0 ? '' : ` with ${names.join(', ')}`}`,
  }
}

function listed(members: readonly string[] | undefined): string {
  if (members === undefined) return 'is missing'
  return members.length === 0 ? 'names nothing' : `is ${shown(members.join(', '))}`
}

function malformed(name: string, fields: FieldList): string {
  return `${name} is ${shown(fieldValue(fields, name.toLowerCase()) ?? '')}, which is no list of tokens`
}

function failed(name: StepName, why: string): CheckOutcome {
  return { kind: 'failed', step: { name, why } }
}
