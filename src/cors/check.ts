// Would the browser let the page read this answer?  Fetch §CORS check.
//
// The check compares texts, nothing else: it does not know that `https://a.example/` means the same origin, nor that two
// values in one field were meant as a list.  Where it fails, the step says which mistake it was.

import { type FieldList, fieldValue } from '../http/index.ts'
import { type Step, type StepName, shown } from './steps.ts'
import { isSerializedOrigin } from './web-origin.ts'

/** Who asks: what the browser sends as Origin, and whether the request's credentials mode is "include". */
export type Asker = { readonly origin: string; readonly credentials: boolean }

/** `passed`, or the step at which the check fails. */
export type CheckOutcome =
  | { readonly kind: 'passed'; readonly why: string }
  | { readonly kind: 'failed'; readonly step: Step }

/** The check of one answer's fields.  Total: any text in them gives an outcome. */
export function corsCheck({ origin, credentials }: Asker, fields: FieldList): CheckOutcome {
  // "Let origin be the result of getting `Access-Control-Allow-Origin` ... If origin is null, then return failure."
  const granted = fieldValue(fields, 'access-control-allow-origin')
  if (granted === undefined) {
    return failed('allow-origin-missing', `the answer to a request from ${origin} has no Access-Control-Allow-Origin`)
  }
  // "If request's credentials mode is not "include" and origin is `*`, then return success."
  if (granted === '*') {
    if (!credentials) return passed('Access-Control-Allow-Origin is *, and the request has no credentials')
    return failed(
      'wildcard-with-credentials',
      'Access-Control-Allow-Origin is *, which no request with credentials accepts',
    )
  }
  // "If the result of byte-serializing a request origin with request is not origin, then return failure."
  if (granted !== origin) return failed(mismatchOf(granted), whyOther(granted, origin))
  // "If request's credentials mode is not "include", then return success."
  if (!credentials) return passed(`Access-Control-Allow-Origin is ${origin}`)
  // "If credentials is `true`, then return success."
  const allowed = fieldValue(fields, 'access-control-allow-credentials')
  if (allowed === 'true') {
    return passed(`Access-Control-Allow-Origin is ${origin} and Access-Control-Allow-Credentials is true`)
  }
  if (allowed === undefined) {
    return failed(
      'allow-credentials-missing',
      'the request has credentials, and the answer no Access-Control-Allow-Credentials',
    )
  }
  return failed(
    'allow-credentials-not-true',
    `Access-Control-Allow-Credentials is ${shown(allowed)}; only true counts, in lower case`,
  )
}

function mismatchOf(granted: string): StepName {
  if (granted.includes(',')) return 'allow-origin-several'
  return granted === 'null' || isSerializedOrigin(granted) ? 'allow-origin-other' : 'allow-origin-not-an-origin'
}

function whyOther(granted: string, origin: string): string {
  const is = `Access-Control-Allow-Origin is ${shown(granted)}`
  switch (mismatchOf(granted)) {
    case 'allow-origin-several':
      return `${is}; exactly one value is compared with ${origin}`
    case 'allow-origin-not-an-origin':
      return `${is}; ${hintOf(granted, origin)}`
    default:
      return `${is}, and the Origin is ${origin}`
  }
}

function hintOf(granted: string, origin: string): string {
  if (granted === `${origin}/`) return `the slash behind it makes it another text than ${origin}`
  if (granted.startsWith(`${origin}/`)) return `an origin has no path; ${origin} was meant`
  if (granted.toLowerCase() === origin.toLowerCase())
    return `letters are compared with their case, and the Origin is ${origin}`
  if (granted.includes('*')) return 'a * in a pattern is no wildcard; only * alone is'
  return `the Origin is ${origin}`
}

function passed(why: string): CheckOutcome {
  return { kind: 'passed', why }
}

function failed(name: StepName, why: string): CheckOutcome {
  return { kind: 'failed', step: { name, why } }
}
