// One request through the pipeline, without a trace: the very stages, on dry services (dry-edge.ts).
//
// What only the origin server knows is either asked, when the caller wants it, or taken as what is likely, with the
// condition in words.

import { EdgeError, unreachable } from '../../base/index.ts'
import { type CacheOutcome, cacheStatusName, type Variant, validationFields } from '../../cache/index.ts'
import type { Leg, LegAnswer, ProbeReport } from '../../cors/index.ts'
import { type FieldList, formatHttpDate, splitTarget } from '../../http/index.ts'
import { debugStatus } from '../debug-status.ts'
import type { EdgeServices } from '../edge.ts'
import { type Exchange, type KeyedExchange, makeExchange, type RoutedExchange } from '../exchange.ts'
import { wasStorable } from '../fetch/collapse.ts'
import { UNKNOWN_PEER } from '../nobody.ts'
import { admit } from '../pipeline.ts'
import { nextRay } from '../ray.ts'
import { faultAnswer } from '../refusal.ts'
import type { EdgeResponse } from '../response.ts'
import { applyCacheSettings } from '../stages/cache-settings.ts'
import { deliver } from '../stages/deliver.ts'
import { fetchThroughStore } from '../stages/fetch.ts'
import { forward } from '../stages/forward.ts'
import { type CacheDecision, lookUp } from '../stages/look-up.ts'
import { transformResponse } from '../stages/response-headers.ts'
import { chooseScripts, type ScriptChoice } from '../stages/run-scripts.ts'
import { type DryEdge, makeDryEdge } from './dry-edge.ts'
import { isHandedOn } from './methods.ts'

/** What would become of a request. */
export type Rehearsal = {
  readonly exchange: Exchange & Partial<KeyedExchange>
  /** Whether the store is asked at all. */
  readonly eligible: boolean
  /** CF-Cache-Status; undefined: the answer would have none. */
  readonly status: string | undefined
  /** What must hold for `status`. */
  readonly assumes: string | undefined
  /** The stored response that is reused or validated. */
  readonly variant: Variant | undefined
  /** What goes out; undefined: only the origin server knows. */
  readonly answer: LegAnswer | undefined
  readonly probe: ProbeReport | undefined
  /** There is never an answer: the listener closes the connection. */
  readonly isRefused: boolean
}

/** Methods that a probe may send: they ask for nothing to be changed.  RFC 9110 §9.2.1 */
const PROBE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What browsers accept over https and from this machine. */
const BROWSER_ENCODINGS = 'gzip, deflate, br, zstd'

const NOTHING = {
  variant: undefined,
  answer: undefined,
  probe: undefined,
  status: undefined,
  assumes: undefined,
} as const

/** Goes through the pipeline with one request of a page; what it would store, later ones on this stage find. */
export async function rehearse(leg: Leg, probes: boolean, { dry, edge }: Stage): Promise<Rehearsal> {
  const exchange = openExchange(leg, edge)
  if (!isHandedOn(leg.method)) {
    exchange.trail.push(`the listener knows no method ${leg.method} and closes the connection`)
    return { ...NOTHING, exchange, eligible: false, isRefused: true }
  }
  const outcome = await run(exchange, probes, { dry: dry.services, edge })
  tellAsIf(exchange.trail)
  return { ...NOTHING, isRefused: false, ...outcome, ...probed(await dry.settle()) }
}

export type Stage = {
  /** What the stages run on. */
  readonly dry: DryEdge
  /** What is really there. */
  readonly edge: EdgeServices
}

/** What the stages say they do, which here they do not. */
const AS_IF: Readonly<Record<string, string>> = {
  'the answer is being stored': 'the answer would be stored',
  'the answer replaces the stored one': 'the answer would replace the stored one',
}

function tellAsIf(trail: string[]): void {
  for (const [index, sentence] of trail.entries()) trail[index] = AS_IF[sentence] ?? sentence
}

function probed(probe: ProbeReport | undefined): Partial<Pick<Rehearsal, 'probe'>> {
  return probe === undefined ? {} : { probe }
}

function openExchange({ url, method, fields }: Leg, edge: EdgeServices): Exchange {
  const headers = new Headers({ host: url.host, accept: '*/*' })
  for (const [name, value] of fields) headers.set(name, value)
  return makeExchange({
    clientRequest: new Request(url.href, { headers }),
    method,
    scheme: url.protocol === 'https:' ? 'https' : 'http',
    ...{ peer: UNKNOWN_PEER, peerPort: undefined },
    receivedAt: edge.clock.now(),
    ray: nextRay(),
    ...pathAndQuery(url),
  })
}

function pathAndQuery({ href }: URL): Pick<Exchange, 'path' | 'query'> {
  const { path, query } = splitTarget(href)
  return { path, query }
}

type Services = { readonly dry: EdgeServices; readonly edge: EdgeServices }

type Outcome = Pick<Rehearsal, 'exchange' | 'eligible'> & Partial<Rehearsal>

async function run(exchange: Exchange, probes: boolean, services: Services): Promise<Outcome> {
  const admission = admit(exchange, services.dry)
  if (admission.kind === 'answered') {
    return { exchange, eligible: false, ...(await sent(exchange, admission.response, services.dry)) }
  }
  const scripts = chooseScripts(admission.exchange, services.dry)
  const outcome = await runZone(admission.exchange, probes, services)
  return scripts === undefined ? outcome : { ...outcome, assumes: underScripts(scripts, outcome.assumes) }
}

/** Scripts are not run: what they do is theirs to decide, and may change something. */
function underScripts({ stages }: ScriptChoice, assumes: string | undefined): string {
  const names = stages.map(({ name }) => name).join(' and ')
  const said = `${names} ${stages.length === 1 ? 'passes' : 'pass'} the request on, and the answer back, as it is`
  return assumes === undefined ? said : `${said}, and ${assumes}`
}

async function runZone(exchange: RoutedExchange, probes: boolean, services: Services): Promise<Outcome> {
  const entrance = applyCacheSettings(exchange, services.dry)
  switch (entrance.kind) {
    case 'eligible':
      return runCached(entrance.exchange, probes, services)
    case 'bypass':
      return runPassing(exchange, 'not-stored', probes, services)
    case 'ineligible':
      return runPassing(exchange, 'ineligible', probes, services)
    default:
      return unreachable(entrance)
  }
}

// What the store may answer

async function runCached(exchange: KeyedExchange, probes: boolean, services: Services): Promise<Outcome> {
  const decision = await lookUpAsBrowser(exchange, services.dry)
  const variant = decision.kind === 'miss' ? undefined : decision.variant
  const parts = { exchange, eligible: true, variant }
  switch (decision.kind) {
    case 'fresh':
    case 'stale-while-revalidate': {
      const outcome = decision.kind === 'fresh' ? 'reused-fresh' : 'reused-while-validating'
      const goesOut = await sent(exchange, storedAnswer(decision.variant, outcome), services.dry)
      // The store answers; the probe tells what the origin server would say by now.
      return { ...parts, ...goesOut, ...(probes && (await besides(exchange, services.edge))) }
    }
    case 'must-validate':
    case 'miss':
      return {
        ...parts,
        ...(probes ? await fetched(exchange, decision, services) : await foreseen(exchange, variant, services)),
      }
    default:
      return unreachable(decision)
  }
}

/**
 * Who gives no Accept-Encoding may mean a program that sends none, or a browser, which always does.  It is read as the
 * first where that fits something, and else as the second.
 */
async function lookUpAsBrowser(exchange: KeyedExchange, dry: EdgeServices): Promise<CacheDecision> {
  const before = exchange.trail.length
  const decision = await lookUp(exchange, dry)
  if (decision.kind !== 'miss' || decision.reason !== 'vary-miss') return decision
  // With a range a browser asks for no coding either.  Fetch §HTTP-network-or-cache fetch
  if (exchange.presented.has('accept-encoding') || exchange.presented.has('range')) return decision
  const said = exchange.trail.splice(before)
  exchange.presented.set('accept-encoding', BROWSER_ENCODINGS)
  exchange.trail.push(`read as a browser's request, with Accept-Encoding: ${BROWSER_ENCODINGS}`)
  const asBrowser = await lookUp(exchange, dry)
  if (asBrowser.kind !== 'miss') return asBrowser
  exchange.presented.delete('accept-encoding')
  exchange.trail.splice(before, exchange.trail.length, ...said)
  return decision
}

/** The store answers; beside it, the probe tells what the origin server would say by now. */
async function besides(exchange: KeyedExchange, edge: EdgeServices): Promise<Pick<Rehearsal, 'probe'>> {
  const aside = makeDryEdge(edge)
  const copy = { ...exchange, trail: [], context: undefined }
  // Fail open: what the origin server did is in the report; what the edge would have made of it is not asked for.
  await fetchThroughStore(copy, undefined, aside.services).catch(() => undefined)
  return { probe: await aside.settle() }
}

function fetched(exchange: KeyedExchange, decision: CacheDecision, { dry }: Services): Promise<Sent> {
  const found = decision.kind === 'miss' ? undefined : decision
  return sentOrFault(exchange, fetchThroughStore(exchange, found, dry), dry)
}

type LikelyOutcome = 'stored' | 'not-stored' | 'validated' | 'replaced'

const ASSUMPTIONS: Readonly<Record<LikelyOutcome, string>> = {
  stored: 'the origin server answers with something that may be stored',
  'not-stored': 'the origin server answers as last time, with something that may not be stored',
  validated: 'the origin server confirms the stored response with 304',
  replaced: 'the origin server answers with something that may be stored, and as it did before',
}

/** The likely outcome: the origin server does as it did before. */
async function foreseen(
  exchange: KeyedExchange,
  base: Variant | undefined,
  { dry, edge }: Services,
): Promise<Partial<Rehearsal>> {
  const outcome = likelyOutcome(exchange, base, { ...dry, flights: edge.flights })
  const assumes = ASSUMPTIONS[outcome]
  if (base === undefined) return { status: cacheStatusName(outcome), assumes }
  // Most origin servers send the fields again that they sent before.
  return { ...(await sent(exchange, storedAnswer(base, outcome), dry)), assumes }
}

function likelyOutcome(exchange: KeyedExchange, base: Variant | undefined, edge: EdgeServices): LikelyOutcome {
  if (!wasStorable(exchange, base, edge)) return 'not-stored'
  if (base === undefined) return 'stored'
  return validationFields(base.response).length > 0 ? 'validated' : 'replaced'
}

// What passes through

async function runPassing(
  exchange: RoutedExchange,
  outcome: 'not-stored' | 'ineligible',
  probes: boolean,
  { dry }: Services,
): Promise<Outcome> {
  const known = { exchange, eligible: false, status: cacheStatusName(outcome), assumes: 'the origin server answers' }
  if (!probes) return known
  if (!PROBE_METHODS.has(exchange.method)) {
    const why = `a ${exchange.method} could change something at the origin server, so it was not sent`
    return { ...known, probe: { kind: 'not-asked', why } }
  }
  return { exchange, eligible: false, ...(await sentOrFault(exchange, forward(exchange, dry, outcome), dry)) }
}

// What goes out

function storedAnswer({ response }: Variant, outcome: CacheOutcome): EdgeResponse {
  const body = { kind: 'arriving', length: response.body.length, open: emptyStream, leave: () => undefined } as const
  return { kind: 'stored', outcome, stored: response, body, receivedAge: undefined }
}

function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>()
}

type Sent = Pick<Rehearsal, 'status'> & { readonly answer: LegAnswer }

async function sentOrFault(exchange: Exchange, response: Promise<EdgeResponse>, dry: EdgeServices): Promise<Sent> {
  try {
    return await sent(exchange, await response, dry)
  } catch (cause) {
    // Fail closed: told as what the client would be told.
    const fault = cause instanceof EdgeError ? cause : new EdgeError('edge-internal', 'explaining failed', { cause })
    return sent(exchange, faultAnswer(exchange, fault), dry)
  }
}

/** The head of the response that the client would get, with its CF-Cache-Status; its body is let go unread. */
async function sent(exchange: Exchange, response: EdgeResponse, dry: EdgeServices): Promise<Sent> {
  // To HEAD goes the same head, without content that would have to be put together.  RFC 9110 §9.3.2
  const delivered = await deliver({ ...exchange, method: 'HEAD' }, response, dry)
  const transformed = transformResponse(exchange, response, delivered, dry)
  if (!(transformed instanceof EdgeError)) return headOf(exchange, response, transformed, dry)
  // A rule failed: its page goes out instead, and no rule is asked about it.
  const page = faultAnswer(exchange, transformed)
  return headOf(exchange, page, await deliver({ ...exchange, method: 'HEAD' }, page, dry), dry)
}

function headOf(exchange: Exchange, response: EdgeResponse, clientResponse: Response, dry: EdgeServices): Sent {
  if (dry.debugHeaders) clientResponse.headers.append('cache-status', debugStatus(exchange, response, dry))
  const { status, headers, body } = clientResponse
  // Fail open: nobody was to read it.
  void body?.cancel().catch(() => undefined)
  // The listener adds the one field that every response has.
  const date: FieldList = headers.has('date') ? [] : [['date', formatHttpDate(dry.clock.now())]]
  const answer = { status, fields: [...headers, ...date] }
  return { answer, status: 'outcome' in response ? cacheStatusName(response.outcome) : undefined }
}
