// A page's fetch from its first request to its end, on rehearsals: preflights, hops, and the browser's verdict.
//
// The browser's part is `cors`'s; here only the answers are found.  A chain that leaves the zone ends in `unknown`: nobody
// here knows what another server answers, and a probe asks the zone's own origin servers only.

import {
  advance,
  type BrowserReport,
  corsCheck,
  type Hop,
  type JourneyState,
  type Leg,
  type LegAnswer,
  type PageRequest,
  type PreflightReport,
  preflightFields,
  preflightMaxAge,
  requestItself,
  setOut,
  stepTitle,
} from '../../cors/index.ts'
import { fieldValue } from '../../http/index.ts'
import type { EdgeServices } from '../edge.ts'
import { makeDryEdge } from './dry-edge.ts'
import { type Rehearsal, rehearse, type Stage } from './rehearse.ts'

export type Travelled = {
  /** Of the request itself on its first URL. */
  readonly first: Rehearsal
  readonly preflight: PreflightReport | undefined
  readonly hops: readonly Hop[]
  /** A line for each hop. */
  readonly lines: readonly string[]
  readonly browser: BrowserReport
  /** The request whose answer decided, and its rehearsal. */
  readonly last: { readonly leg: Leg; readonly rehearsal: Rehearsal | undefined }
}

type Asked = { readonly page: PageRequest; readonly zone: string; readonly probes: boolean }

/** A chain that takes longer than this is followed without asking any further origin server. */
const MAX_PROBING_MILLIS = 20_000

/** Walks the whole fetch; ends after at most 21 hops and as many preflights. */
export async function travel({ page, zone, probes }: Asked, edge: EdgeServices): Promise<Travelled> {
  const itself = requestItself(page)
  const stage: Stage = { dry: makeDryEdge(edge), edge }
  const began = edge.clock.now()
  const mayProbe = (): boolean => probes && edge.clock.now() - began < MAX_PROBING_MILLIS
  const first = await rehearse(itself, probes, stage)
  const hops: Hop[] = []
  const lines: string[] = []
  let preflight: PreflightReport | undefined
  let passedPreflight: string | undefined
  let journey = setOut(page)
  for (;;) {
    if (journey.kind === 'end') throw new TypeError('an end is returned where it is met')
    const { leg, state } = journey
    const isFirst = leg.kind !== 'preflight' && !hops.some(({ kind }) => kind !== 'preflight')
    const rehearsal = isFirst ? first : serves(leg, zone, edge) ? await rehearse(leg, mayProbe(), stage) : undefined
    hops.push(hopOf(leg, rehearsal))
    lines.push(lineOf(leg, rehearsal))
    const last = { leg, rehearsal }
    const answer = rehearsal?.answer
    if (leg.kind === 'preflight') preflight ??= preflightOf(leg, answer)
    if (rehearsal?.isRefused === true) {
      return { first, preflight, hops, lines, browser: refused(leg), last }
    }
    if (answer === undefined) {
      const browser = await unanswered(
        { leg, rehearsal, state, passedPreflight, probes, credentials: page.credentials },
        edge,
      )
      return { first, preflight, hops, lines, browser, last }
    }
    const next = advance(state, answer)
    if (leg.kind === 'preflight' && preflight?.passes === undefined && preflight !== undefined) {
      preflight = { ...preflight, ...verdictOf(next.kind === 'send', answer) }
    }
    passedPreflight = leg.kind === 'preflight' ? leg.url.href : undefined
    if (next.kind === 'end') {
      const { verdict, step, exposed, timing } = next.end
      const assumes = rehearsal?.assumes
      const browser = { verdict, step: stepTitle(step.name), code: step.name, why: step.why, assumes, exposed, timing }
      return { first, preflight, hops, lines, browser, last }
    }
    journey = next
  }
}

function serves({ url }: Leg, zone: string, edge: EdgeServices): boolean {
  const route = edge.routes.find(url.host, url.protocol === 'https:' ? 'https' : 'http')
  return route.kind === 'found' && route.plans.normal.zone.id === zone
}

function verdictOf(passes: boolean, { fields }: LegAnswer): Pick<PreflightReport, 'passes' | 'maxAge'> {
  return { passes, maxAge: passes ? preflightMaxAge(fields) : undefined }
}

function preflightOf({ why = '', fields }: Leg, answer: LegAnswer | undefined): PreflightReport {
  return { why, requestFields: fields, answer, passes: undefined, maxAge: undefined }
}

function hopOf({ kind, method, url, fields }: Leg, rehearsal: Rehearsal | undefined): Hop {
  return {
    ...{ kind, method, url: url.href, origin: fieldValue(fields, 'origin') },
    cacheStatus: rehearsal?.status,
    status: rehearsal?.answer?.status,
  }
}

function lineOf({ kind, method, url, fields }: Leg, rehearsal: Rehearsal | undefined): string {
  const origin = fieldValue(fields, 'origin')
  const asked = `${kind === 'preflight' ? 'preflight: ' : ''}${method} ${url.href} ${origin === undefined ? 'without Origin' : `with Origin ${origin}`}`
  const answer = rehearsal?.answer
  if (answer === undefined) return `${asked}: nobody knows the answer`
  const location = fieldValue(answer.fields, 'location')
  return `${asked}: ${answer.status}${location === undefined ? '' : ` to ${location.slice(0, 200)}`}`
}

// Without an answer

type Unanswered = {
  readonly leg: Leg
  readonly rehearsal: Rehearsal | undefined
  readonly state: JourneyState
  /** The URL whose preflight has just passed. */
  readonly passedPreflight: string | undefined
  readonly probes: boolean
  readonly credentials: boolean
}

async function unanswered(situation: Unanswered, edge: EdgeServices): Promise<BrowserReport> {
  const { leg, rehearsal, passedPreflight } = situation
  if (leg.kind === 'same-origin') {
    const why = `the page and the URL are both of ${leg.url.origin}`
    const assumes = 'the answer does not redirect to another origin'
    return { ...UNKNOWN, verdict: 'allow', step: stepTitle('same-origin'), code: 'same-origin', why, assumes }
  }
  if (rehearsal === undefined) {
    const origin = fieldValue(leg.fields, 'origin')
    return unknown(`it leads to ${leg.url.origin}, which is not of this zone; Origin is ${origin ?? 'absent'} there`)
  }
  if (passedPreflight === leg.url.href) return allowedByPreflight(leg, 'its preflight')
  if (rehearsal.probe?.kind === 'not-asked') return byStandIn(situation, edge)
  return unknown('nothing is stored that answers it, and the origin server was not asked')
}

/** A method that could change something is not sent; a preflight asks for the same grant and changes nothing. */
async function byStandIn({ leg, rehearsal, credentials }: Unanswered, edge: EdgeServices): Promise<BrowserReport> {
  const origin = fieldValue(leg.fields, 'origin')
  const notAsked = rehearsal?.probe?.kind === 'not-asked' ? rehearsal.probe.why : ''
  if (origin === undefined) return unknown(notAsked)
  const fields = preflightFields({ method: leg.method, headers: [] }, origin)
  const standIn = await rehearse({ ...leg, kind: 'preflight', method: 'OPTIONS', fields }, true, {
    dry: makeDryEdge(edge),
    edge,
  })
  const outcome = standIn.answer === undefined ? undefined : corsCheck({ origin, credentials }, standIn.answer.fields)
  if (outcome?.kind === 'passed') return allowedByPreflight(leg, 'OPTIONS for the same URL')
  return unknown(`${notAsked}; OPTIONS for the same URL grants nothing, which need not be its answer too`)
}

function allowedByPreflight({ method }: Leg, by: string): BrowserReport {
  return {
    ...UNKNOWN,
    verdict: 'allow',
    step: stepTitle('cors-allowed'),
    code: 'cors-allowed',
    why: `${by} grants it`,
    assumes: `the answer to ${method} itself has the same grant; it was not sent, since it could change something`,
  }
}

const UNKNOWN: BrowserReport = {
  verdict: 'unknown',
  step: 'none: the answer is not known',
  code: undefined,
  why: '',
  assumes: undefined,
  exposed: [],
  timing: 'hidden',
}

function refused({ method }: Leg): BrowserReport {
  const why = `the edge closes the connection on a ${method}, so the page has a network error`
  return { ...UNKNOWN, verdict: 'block', step: stepTitle('no-answer'), code: 'no-answer', why }
}

function unknown(why: string): BrowserReport {
  return { ...UNKNOWN, why }
}
