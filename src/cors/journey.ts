// One `fetch()` of a page, as far as CORS is concerned: which requests the browser sends one after the other, and what it
// lets the page have in the end.  Fetch §Main fetch, §HTTP fetch.
//
//   setOut ──► send leg ──answer──► advance ──► send leg ──► ... ──► end
//                │                     │
//                └ preflight, then the request itself, for each hop of a chain of redirects
//
// Nothing is sent here: somebody else gets the answers, from a store, from an origin server, or from a recording.

import { unreachable } from '../base/index.ts'
import type { FieldList } from '../http/index.ts'
import { type Asker, corsCheck } from './check.ts'
import { type ResponseType, readableNames } from './expose.ts'
import { checkPreflight, decidePreflight, preflightFields } from './preflight.ts'
import type { Reading } from './reading.ts'
import { followRedirect, type RedirectedRequest } from './redirect.ts'
import { isDropped, isForbiddenRequestHeader } from './request-headers.ts'
import { checkResourcePolicy } from './resource-policy.ts'
import type { Step } from './steps.ts'
import { checkTiming, type TimingOutcome } from './timing.ts'

/** What a page asks for: `fetch(url, { method, headers, mode, credentials })`. */
export type PageRequest = {
  readonly url: URL
  /** As it goes over the wire (`parseMethod`). */
  readonly method: string
  /** Lower-case names.  Those that a page cannot set are the browser's own and make no preflight. */
  readonly headers: FieldList
  /** A serialised origin or `null`; undefined: a no-cors request of nobody knows whom. */
  readonly origin: string | undefined
  /** The credentials mode is "include". */
  readonly credentials: boolean
  /** The standard's when absent. */
  readonly reading?: Reading
}

/** One request that the browser sends. */
export type Leg = {
  readonly kind: 'preflight' | 'same-origin' | 'cors' | 'no-cors'
  readonly url: URL
  readonly method: string
  /** The page's fields and the ones that CORS adds. */
  readonly fields: FieldList
  /** Why there is a preflight; for the preflight only. */
  readonly why?: string
}

export type LegAnswer = { readonly status: number; readonly fields: FieldList }

export type Journey =
  | { readonly kind: 'send'; readonly leg: Leg; readonly state: JourneyState }
  | { readonly kind: 'end'; readonly end: JourneyEnd }

/** What the page has in the end. */
export type JourneyEnd = {
  readonly verdict: 'allow' | 'block'
  readonly step: Step
  /** What a script can read of the answer's fields. */
  readonly exposed: readonly string[]
  /** Whether the page sees the timing of the fetch. */
  readonly timing: TimingOutcome
}

/** Opaque to others. */
export type JourneyState = {
  readonly request: RedirectedRequest
  readonly credentials: boolean
  readonly reading: Reading
  readonly phase: 'preflight' | 'request'
  readonly timingFailed: boolean
}

/** The first request of a fetch. */
export function setOut({ url, method, headers, origin, credentials, reading = 'standard' }: PageRequest): Journey {
  // What no browser sends is no part of the request, nor of its key.
  const sent = origin === undefined ? headers : headers.filter(([name, value]) => !isDropped(name, value))
  const request: RedirectedRequest = {
    ...{ url, method, headers: sent, pageOrigin: origin },
    ...{ isCors: false, isTainted: false, redirects: 0 },
  }
  return depart({ request, credentials, reading, phase: 'request', timingFailed: false })
}

/** The request itself on its first hop, whether or not a preflight goes before it. */
export function requestItself(request: PageRequest): Leg {
  const journey = setOut(request)
  if (journey.kind === 'end') throw new TypeError('a journey begins with a request')
  return requestLeg(journey.state)
}

/** What the browser does with the answer to the leg that was sent last. */
export function advance(state: JourneyState, answer: LegAnswer): Journey {
  return state.phase === 'preflight' ? afterPreflight(state, answer) : afterRequest(state, answer)
}

/** What the browser would send as Origin were this hop a CORS request. */
export function originOf({ pageOrigin, isTainted }: RedirectedRequest): string {
  return isTainted ? 'null' : (pageOrigin ?? 'null')
}

/** A hop begins: same-origin, no-cors, or CORS with or without a preflight. */
function depart(state: JourneyState): Journey {
  const { request, reading } = state
  if (kindOf(request) !== 'cors') return send(state, 'request')
  const asCors = { ...state, request: { ...request, isCors: true } }
  const need = decidePreflight(pageWants(request), reading)
  return need.kind === 'none' ? send(asCors, 'request') : send(asCors, 'preflight')
}

function send(state: JourneyState, phase: JourneyState['phase']): Journey {
  return {
    kind: 'send',
    leg: phase === 'preflight' ? preflightLeg(state) : requestLeg(state),
    state: { ...state, phase },
  }
}

function kindOf({ pageOrigin, isCors, url }: RedirectedRequest): Exclude<Leg['kind'], 'preflight'> {
  if (pageOrigin === undefined) return 'no-cors'
  return !isCors && pageOrigin === url.origin ? 'same-origin' : 'cors'
}

function preflightLeg({ request, reading }: JourneyState): Leg {
  const need = decidePreflight(pageWants(request), reading)
  return {
    kind: 'preflight',
    url: request.url,
    method: 'OPTIONS',
    fields: preflightFields(pageWants(request), originOf(request), reading),
    ...(need.kind === 'needed' && { why: need.why }),
  }
}

function requestLeg({ request }: JourneyState): Leg {
  const { url, method, headers } = request
  const kind = kindOf(request)
  const own = headers.filter(([name]) => name !== 'origin')
  return { kind, url, method, fields: sendsOrigin(kind, method) ? [...own, ['origin', originOf(request)]] : own }
}

/** "append a request `Origin` header": always to a CORS request, else when the method is neither GET nor HEAD. */
function sendsOrigin(kind: Leg['kind'], method: string): boolean {
  return kind === 'cors' || (kind === 'same-origin' && method !== 'GET' && method !== 'HEAD')
}

/** What the page itself set: the rest is the browser's own. */
function pageWants({ method, headers }: RedirectedRequest): { method: string; headers: FieldList } {
  return { method, headers: headers.filter(([name, value]) => !isForbiddenRequestHeader(name, value)) }
}

function afterPreflight(state: JourneyState, answer: LegAnswer): Journey {
  const outcome = checkPreflight(pageWants(state.request), askerOf(state), answer, state.reading)
  return outcome.kind === 'failed' ? block(outcome.step) : send(state, 'request')
}

function afterRequest(state: JourneyState, answer: LegAnswer): Journey {
  const { request } = state
  const kind = kindOf(request)
  let why = ''
  // "If request's response tainting is "cors" and a CORS check ... returns failure, then return a network error":
  // redirects and errors are checked like everything else.
  if (kind === 'cors') {
    const outcome = corsCheck(askerOf(state), answer.fields)
    if (outcome.kind === 'failed') return block(outcome.step)
    why = outcome.why
  }
  const redirect = followRedirect(request, answer, state.reading)
  const timing = checkTiming(originOf(request), answer.fields, {
    isBasic: kind === 'same-origin',
    failedBefore: state.timingFailed,
  })
  switch (redirect.kind) {
    case 'failed':
      return block(redirect.step)
    case 'follow':
      return depart({ ...state, request: redirect.next, phase: 'request', timingFailed: timing === 'hidden' })
    case 'none':
      return arrive(state, answer, { kind, why, timing })
    default:
      return unreachable(redirect)
  }
}

type Arrival = { readonly kind: Leg['kind']; readonly why: string; readonly timing: TimingOutcome }

function arrive({ request, credentials }: JourneyState, { fields }: LegAnswer, arrival: Arrival): Journey {
  const { kind, why, timing } = arrival
  const exposed = readableNames(RESPONSE_TYPES[kind], fields, credentials)
  return { kind: 'end', end: { verdict: 'allow', step: stepOf(kind, request, fields, why), exposed, timing } }
}

const RESPONSE_TYPES: Readonly<Record<Leg['kind'], ResponseType>> = {
  preflight: 'cors',
  cors: 'cors',
  'same-origin': 'basic',
  'no-cors': 'opaque',
}

function stepOf(kind: Leg['kind'], { url, pageOrigin }: RedirectedRequest, fields: FieldList, why: string): Step {
  if (kind === 'cors') return { name: 'cors-allowed', why }
  if (kind === 'same-origin') return { name: 'same-origin', why: `the page and the URL are both of ${url.origin}` }
  // Nobody said which page it is: the policy is told for one of another origin.
  const policy = checkResourcePolicy(pageOrigin ?? 'null', url, fields)
  const note = policy.kind === 'blocked' ? `; a page of another origin does not get it, as ${policy.why}` : ''
  return { name: 'no-cors', why: `without an Origin it is no CORS request, so no grant is asked for${note}` }
}

function askerOf({ request, credentials }: JourneyState): Asker {
  return { origin: originOf(request), credentials }
}

function block(step: Step): Journey {
  return { kind: 'end', end: { verdict: 'block', step, exposed: [], timing: 'hidden' } }
}
