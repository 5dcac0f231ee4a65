// One request through the pipeline, without doing it: the same stages and the same judgements, on what is stored now.
//
// Nothing is written, counted, logged, launched or marked as used.  What only the origin server knows is either asked
// (ask-origin.ts, when the caller wants it) or taken as what is likely, with the condition in words.

import { EdgeError, unreachable } from '../../base/index.ts'
import { type CacheOutcome, cacheStatusName, findVariant, type Variant, validationFields } from '../../cache/index.ts'
import type { Leg, LegAnswer, ProbeReport } from '../../cors/index.ts'
import { type FieldList, formatHttpDate, splitTarget } from '../../http/index.ts'
import { debugStatus } from '../debug-status.ts'
import type { EdgeServices } from '../edge.ts'
import { type Exchange, fieldReader, type KeyedExchange, makeExchange, type Scheme } from '../exchange.ts'
import { UNKNOWN_PEER } from '../nobody.ts'
import { admit } from '../pipeline.ts'
import { nextRay } from '../ray.ts'
import { faultAnswer } from '../refusal.ts'
import type { BodySource, EdgeResponse } from '../response.ts'
import { applyCacheSettings } from '../stages/cache-settings.ts'
import { deliver } from '../stages/deliver.ts'
import { flightKey, selectingOf } from '../stages/fetch.ts'
import { decideAbout, MISS_REASONS, type MissReason } from '../stages/look-up.ts'
import { transformResponse } from '../stages/response-headers.ts'
import { askOrigin } from './ask-origin.ts'
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
  /** Everything stored under the same key. */
  readonly underKey: readonly Variant[]
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

/** Goes through the pipeline with one request of a page. */
export async function rehearse(leg: Leg, probes: boolean, edge: EdgeServices): Promise<Rehearsal> {
  const exchange = openExchange(leg, edge)
  if (!isHandedOn(leg.method)) return refusedByListener(exchange)
  const admission = admit(exchange, edge)
  if (admission.kind === 'answered') return answered(exchange, admission.response, edge)
  const entrance = applyCacheSettings(admission.exchange, edge)
  switch (entrance.kind) {
    case 'eligible':
      return rehearseLookUp(entrance.exchange, probes, edge)
    case 'bypass':
      return rehearsePassing(
        { ...NOTHING, exchange: admission.exchange, outcome: 'not-stored', eligible: false },
        probes,
        edge,
      )
    case 'ineligible':
      return rehearsePassing(
        { ...NOTHING, exchange: admission.exchange, outcome: 'ineligible', eligible: false },
        probes,
        edge,
      )
    default:
      return unreachable(entrance)
  }
}

function openExchange({ url, method, fields }: Leg, edge: EdgeServices): Exchange {
  const headers = new Headers({ host: url.host, accept: '*/*' })
  for (const [name, value] of fields) headers.set(name, value)
  const { path, query } = splitTarget(url.href)
  return makeExchange({
    clientRequest: new Request(url.href, { headers }),
    method,
    scheme: url.protocol === 'https:' ? 'https' : ('http' satisfies Scheme),
    peer: UNKNOWN_PEER,
    peerPort: undefined,
    receivedAt: edge.clock.now(),
    ray: nextRay(),
    path,
    query,
  })
}

function refusedByListener(exchange: Exchange): Rehearsal {
  exchange.trail.push(`the listener knows no method ${exchange.method} and closes the connection`)
  return { ...NOTHING, ...SILENCE, exchange, eligible: false, isRefused: true }
}

const SILENCE = { status: undefined, assumes: undefined, answer: undefined, probe: undefined } as const

// What is stored

type Looked =
  | { readonly kind: 'miss'; readonly reason: MissReason; readonly underKey: readonly Variant[] }
  | { readonly kind: 'found'; readonly variant: Variant; readonly underKey: readonly Variant[] }

async function rehearseLookUp(exchange: KeyedExchange, probes: boolean, edge: EdgeServices): Promise<Rehearsal> {
  const looked = look(exchange, edge)
  const { underKey } = looked
  const base = looked.kind === 'found' ? looked.variant : undefined
  const decision =
    looked.kind === 'found' ? decideAbout(exchange, looked.variant.response, looked.variant.invalidatedAt) : 'miss'
  if (looked.kind === 'miss') exchange.trail.push(MISS_REASONS[looked.reason])
  if (base !== undefined && decision === 'fresh')
    return reused(exchange, base, 'reused-fresh', { underKey, probes }, edge)
  if (base !== undefined && decision === 'stale-while-revalidate') {
    return reused(exchange, base, 'reused-while-validating', { underKey, probes }, edge)
  }
  const parts = { exchange, eligible: true, variant: base, underKey, isRefused: false }
  if (probes) return probed(parts, edge)
  return { ...(await foreseen(parts, edge)), probe: undefined }
}

/** The look-up of look-up.ts, on variants that purges left standing. */
function look(exchange: KeyedExchange, edge: EdgeServices): Looked {
  const underKey = edge.store.inspect(exchange.key).flatMap((variant) => standing(variant, edge))
  const variant = findVariant(
    { key: exchange.key, variants: underKey },
    presented(exchange),
    exchange.plan.settings.vary,
  )
  if (variant !== undefined) return { kind: 'found', variant, underKey }
  if (underKey.length === 0) return { kind: 'miss', reason: 'uri-miss', underKey }
  return asBrowser(exchange, underKey) ?? { kind: 'miss', reason: 'vary-miss', underKey }
}

/**
 * Who gives no Accept-Encoding may mean a program that sends none, or a browser, which always does.  It is read as the
 * first where that fits something, and else as the second.
 */
function asBrowser(exchange: KeyedExchange, underKey: readonly Variant[]): Looked | undefined {
  const headers = exchange.presented
  if (headers.has('accept-encoding')) return undefined
  headers.set('accept-encoding', BROWSER_ENCODINGS)
  const variant = findVariant(
    { key: exchange.key, variants: underKey },
    presented(exchange),
    exchange.plan.settings.vary,
  )
  if (variant === undefined) {
    headers.delete('accept-encoding')
    return undefined
  }
  exchange.trail.push(`read as a browser's request, with Accept-Encoding: ${BROWSER_ENCODINGS}`)
  return { kind: 'found', variant, underKey }
}

function presented(exchange: KeyedExchange): (name: string) => string | null {
  return fieldReader(exchange.presented)
}

/** The variant as it stands, in a record of its own; none when a purge named it. */
function standing(variant: Variant, { journal }: EdgeServices): readonly Variant[] {
  const { response, checkedRevision, invalidatedAt } = variant
  const said = journal.standing(response)
  if (said.kind === 'purged') return []
  const at = said.kind === 'invalidated' ? Math.min(said.at, invalidatedAt ?? said.at) : invalidatedAt
  return [{ response, checkedRevision, invalidatedAt: at, prepared: undefined }]
}

async function reused(
  exchange: KeyedExchange,
  variant: Variant,
  outcome: CacheOutcome,
  { underKey, probes }: { readonly underKey: readonly Variant[]; readonly probes: boolean },
  edge: EdgeServices,
): Promise<Rehearsal> {
  const goesOut = await sent(exchange, storedResponse(variant, outcome), edge)
  // The store answers; the probe tells what the origin server would say by now.
  const probe = probes
    ? (await askOrigin({ exchange: { ...exchange, trail: [], context: undefined }, base: undefined }, edge)).report
    : undefined
  return { exchange, eligible: true, isRefused: false, assumes: undefined, variant, underKey, probe, ...goesOut }
}

// What only the origin server knows

type Unknown = Pick<Rehearsal, 'eligible' | 'variant' | 'underKey' | 'isRefused'> & { readonly exchange: KeyedExchange }

const NOTHING: Pick<Rehearsal, 'variant' | 'underKey' | 'isRefused'> = {
  variant: undefined,
  underKey: [],
  isRefused: false,
}

async function probed(parts: Unknown, edge: EdgeServices): Promise<Rehearsal> {
  const { exchange, variant } = parts
  const { response, report } = await askOrigin({ exchange, base: variant }, edge)
  return { ...parts, assumes: undefined, probe: report, ...(await sent(exchange, response, edge)) }
}

/** The likely outcome: the origin server does as it did before. */
async function foreseen(parts: Unknown, edge: EdgeServices): Promise<Omit<Rehearsal, 'probe'>> {
  const { exchange, variant, underKey } = parts
  const outcome = likelyOutcome(exchange, variant, underKey, edge)
  // A copy that is validated or replaced: most origin servers send the fields again that they sent before.
  const known = { ...parts, assumes: ASSUMPTIONS[outcome] }
  if (variant === undefined) return { ...known, status: cacheStatusName(outcome), answer: undefined }
  return { ...known, ...(await sent(exchange, storedResponse(variant, outcome), edge)) }
}

type LikelyOutcome = 'stored' | 'not-stored' | 'validated' | 'replaced'

const ASSUMPTIONS: Readonly<Record<LikelyOutcome, string>> = {
  stored: 'the origin server answers with something that may be stored',
  'not-stored': 'the origin server answers as last time, with something that may not be stored',
  validated: 'the origin server confirms the stored response with 304',
  replaced: 'the origin server answers with something that may be stored, and as it did before',
}

function likelyOutcome(
  exchange: KeyedExchange,
  base: Variant | undefined,
  underKey: readonly Variant[],
  { flights }: EdgeServices,
): LikelyOutcome {
  const selecting = base?.response.selecting ?? selectingOf(underKey[0]?.response.selecting ?? [], exchange)
  if (!flights.mayShare(flightKey(exchange, selecting))) return 'not-stored'
  if (base === undefined) return 'stored'
  return validationFields(base.response).length > 0 ? 'validated' : 'replaced'
}

// What passes through

type Passing = Pick<Rehearsal, 'eligible' | 'variant' | 'underKey' | 'isRefused'> & {
  readonly exchange: Parameters<typeof askOrigin>[0]['exchange']
  readonly outcome: 'not-stored' | 'ineligible'
}

async function rehearsePassing(
  { outcome, ...parts }: Passing,
  probes: boolean,
  edge: EdgeServices,
): Promise<Rehearsal> {
  const { exchange } = parts
  const known = { ...parts, status: cacheStatusName(outcome), assumes: 'the origin server answers' }
  if (!probes) return { ...known, answer: undefined, probe: undefined }
  if (!PROBE_METHODS.has(exchange.method)) {
    const why = `a ${exchange.method} could change something at the origin server, so it was not sent`
    return { ...known, answer: undefined, probe: { kind: 'not-asked', why } }
  }
  const { response, report } = await askOrigin({ exchange, passesAs: outcome }, edge)
  return { ...parts, assumes: undefined, probe: report, ...(await sent(exchange, response, edge)) }
}

// What goes out

async function answered(exchange: Exchange, response: EdgeResponse, edge: EdgeServices): Promise<Rehearsal> {
  const goesOut = await sent(exchange, response, edge)
  return { ...NOTHING, exchange, eligible: false, assumes: undefined, probe: undefined, ...goesOut }
}

function storedResponse({ response }: Variant, outcome: CacheOutcome): EdgeResponse {
  const body: BodySource = {
    kind: 'arriving',
    length: response.body.length,
    open: () => new ReadableStream<Uint8Array>(),
    leave: () => undefined,
  }
  return { kind: 'stored', outcome, stored: response, body, receivedAge: undefined }
}

type Sent = Pick<Rehearsal, 'status'> & { readonly answer: LegAnswer }

/** The head of the response that the client would get, with its CF-Cache-Status; its body is let go unread. */
async function sent(exchange: Exchange, response: EdgeResponse, edge: EdgeServices): Promise<Sent> {
  // To HEAD goes the same head, without content that would have to be put together.  RFC 9110 §9.3.2
  const delivered = await deliver({ ...exchange, method: 'HEAD' }, response, edge)
  const clientResponse = transformResponse(exchange, response, delivered, edge)
  if (!(clientResponse instanceof EdgeError)) return headOf(exchange, response, clientResponse, edge)
  // A rule failed: its page goes out instead, and no rule is asked about it.
  const page = faultAnswer(exchange, clientResponse)
  return headOf(exchange, page, await deliver({ ...exchange, method: 'HEAD' }, page, edge), edge)
}

function headOf(exchange: Exchange, response: EdgeResponse, clientResponse: Response, edge: EdgeServices): Sent {
  if (edge.debugHeaders) clientResponse.headers.append('cache-status', debugStatus(exchange, response, edge))
  const { status, headers, body } = clientResponse
  // Fail open: nobody was to read it.
  void body?.cancel().catch(() => undefined)
  // The listener adds the one field that every response has.
  const date: FieldList = headers.has('date') ? [] : [['date', formatHttpDate(edge.clock.now())]]
  const answer = { status, fields: [...headers, ...date] }
  return { answer, status: response.kind === 'made' ? undefined : cacheStatusName(response.outcome) }
}
