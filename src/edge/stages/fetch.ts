// Fetches a response that may be stored: with the client's own fields, with validators when a stale response is at hand,
// once for everybody who asks for the same.  RFC 9111 §3, §4.3
//
// `fetchThroughStore` is one client's view: join or launch a flight, wait for its head, make an answer of it.  `fly` is the
// flight's: ask the origin server, judge the head, write the body.  They share nothing but the flight.
//
// A head that a waiting client cannot use (another variant, or not storable) sends that client off on a flight of its own
// at once; none of them waits for another a second time.

import { bytes, EdgeError, type EpochMillis, unreachable } from '../../base/index.ts'
import {
  type CacheOutcome,
  decideFreshened,
  decideStorable,
  decideValidation,
  excessVariants,
  type Fill,
  matchesSelecting,
  mayServeOnError,
  NOT_STORED_REASONS,
  type OriginFailure,
  type PresentedRequest,
  type ReceivedResponse,
  type Selecting,
  type StorableDecision,
  type StoredResponse,
  selectingFor,
  type Variant,
  validationFields,
} from '../../cache/index.ts'
import { fieldValue, isFinal } from '../../http/index.ts'
import { ClientGone, type OriginAnswer } from '../../origin/index.ts'
import { passUnderRules, underResponseRules } from '../cache-response.ts'
import type { EdgeServices } from '../edge.ts'
import { fieldReader, type KeyedExchange } from '../exchange.ts'
import type { Draft, Flight, FlightHead } from '../flights.ts'
import { backgroundFields, fetchingFields, rememberedFields } from '../origin-request.ts'
import { originFields } from '../origin-response.ts'
import type { EdgeResponse } from '../response.ts'
import { passing, readTimeoutOf } from './forward.ts'

/** What a fetch starts from: nothing, or a stored response to validate. */
type Base = Variant | undefined

/** A client's answer from the origin server, by way of the store. */
export async function fetchThroughStore(
  exchange: KeyedExchange,
  base: Base,
  edge: EdgeServices,
): Promise<EdgeResponse> {
  let selecting = base?.response.selecting ?? newestSelecting(exchange, edge)
  let mayShare = edge.flights.mayShare(flightKey(exchange, selecting))
  let isSecondTry = false
  for (;;) {
    const { flight, isLeader } = board(exchange, { base, selecting, mayShare }, edge)
    const head = await edge.flights.join(flight, exchange.clientRequest.signal)
    if (!isLeader) exchange.trail.push(`waited for another request's fetch: ${head.kind}`)
    switch (head.kind) {
      case 'filling':
        if (isLeader) return arriving(head, head.first, base, exchange)
        // A body too long to be kept has lost its beginning, or is about to.
        if (!head.fill.isKept) mayShare = false
        else if (fits(head.draft.selecting, exchange)) return arriving(head, head.fill.reader(), base, exchange)
        else selecting = selectingOf(head.draft.selecting, exchange)
        break
      case 'freshened':
      case 'stale': {
        const answer =
          isLeader || fits(head.variant.response.selecting, exchange) ? await reused(head, edge) : undefined
        if (answer !== undefined) return answer
        mayShare = false
        base = undefined
        break
      }
      case 'not-stored':
        if (isLeader) return passing(head.answer, 'not-stored')
        mayShare = false
        break
      case 'failed':
        if (isLeader || isSecondTry) throw head.fault
        isSecondTry = true
        break
      case 'deserted':
        // A client that is gone reads no answer; one that joined in the last moment tries again.
        if (exchange.clientRequest.signal.aborted) throw new ClientGone()
        break
      default:
        return unreachable(head)
    }
  }
}

/** Validates a stale response that is going out already.  One validation at a time; nobody waits for it. */
export function validateBehind(exchange: KeyedExchange, base: Variant, edge: EdgeServices): void {
  const key = flightKey(exchange, base.response.selecting)
  if (edge.flights.find(key, edge.journal.revision) !== undefined) return
  const { flight, landed } = edge.flights.launch(key, edge.journal.revision, 'shared', (launched, settle) =>
    fly({ exchange, base, isBehind: true, edge, flight: launched }, settle),
  )
  // Wanted by the stored response itself: clients that join it may leave again.
  flight.parties += 1
  edge.background.run('validating behind a stale response', landed)
}

// Boarding

type Wanted = { readonly base: Base; readonly selecting: Selecting; readonly mayShare: boolean }

function board(exchange: KeyedExchange, wanted: Wanted, edge: EdgeServices): { flight: Flight; isLeader: boolean } {
  const key = flightKey(exchange, wanted.selecting)
  const { revision } = edge.journal
  const known = wanted.mayShare ? edge.flights.find(key, revision) : undefined
  if (known !== undefined) return { flight: known, isLeader: false }
  const mode = wanted.mayShare ? 'shared' : 'alone'
  const { flight, landed } = edge.flights.launch(key, revision, mode, (launched, settle) =>
    fly({ exchange, base: wanted.base, isBehind: false, edge, flight: launched }, settle),
  )
  edge.background.run('fetching a response', landed)
  return { flight, isLeader: true }
}

/** The key, and the values of the fields that are known to select, so that nobody waits for another's variant. */
function flightKey({ key }: KeyedExchange, selecting: Selecting): string {
  return selecting.length === 0 ? key : `${key} ${JSON.stringify(selecting)}`
}

/** Whether what was last fetched for such a request could be stored, as far as that is remembered. */
export function wasStorable(exchange: KeyedExchange, base: Base, edge: EdgeServices): boolean {
  return edge.flights.mayShare(flightKey(exchange, base?.response.selecting ?? newestSelecting(exchange, edge)))
}

/** How this request would be selected if its answer varied as the newest stored one does. */
function newestSelecting(exchange: KeyedExchange, { store }: EdgeServices): Selecting {
  const newest = store.peek(exchange.key)?.variants[0]
  return newest === undefined ? [] : selectingOf(newest.response.selecting, exchange)
}

function selectingOf(like: Selecting, exchange: KeyedExchange): Selecting {
  const names = like.map(([name]) => name)
  return selectingFor(names, fieldReader(exchange.presented), exchange.plan.settings.vary)
}

function fits(selecting: Selecting, exchange: KeyedExchange): boolean {
  return matchesSelecting(selecting, fieldReader(exchange.presented), exchange.plan.settings.vary)
}

// Landing with a client

function arriving(
  { draft, fill, length, age }: Extract<FlightHead, { kind: 'filling' }>,
  first: ReadableStream<Uint8Array> | undefined,
  base: Base,
  exchange: KeyedExchange,
): EdgeResponse {
  // Nobody reads the answer to a client that is gone; the fill must not wait for its reader.
  if (exchange.clientRequest.signal.aborted) void first?.cancel().catch(() => undefined)
  const outcome: CacheOutcome = base === undefined ? 'stored' : 'replaced'
  exchange.trail.push(base === undefined ? 'the answer is being stored' : 'the answer replaces the stored one')
  return {
    kind: 'stored',
    outcome,
    stored: draft,
    body: {
      kind: 'arriving',
      length,
      open: () => first ?? fill.reader(),
      leave: () => void first?.cancel().catch(() => undefined),
    },
    receivedAge: age,
  }
}

/** A stored response that was just validated, or that goes out although the origin failed; undefined: its bytes are lost. */
async function reused(
  head: Extract<FlightHead, { kind: 'freshened' | 'stale' }>,
  edge: EdgeServices,
): Promise<EdgeResponse | undefined> {
  const content = await edge.store.content(head.variant)
  if (content === undefined) return undefined
  const outcome: CacheOutcome = head.kind === 'freshened' ? 'validated' : 'reused-on-error'
  return {
    kind: 'stored',
    outcome,
    stored: head.variant.response,
    body: { kind: 'content', content },
    receivedAge: undefined,
  }
}

// The flight

type Voyage = {
  readonly exchange: KeyedExchange
  readonly base: Base
  /** Nobody waits for it. */
  readonly isBehind: boolean
  readonly edge: EdgeServices
  readonly flight: Flight
}

type Settle = (head: FlightHead) => void

async function fly(voyage: Voyage, settle: Settle): Promise<void> {
  try {
    await ask(voyage, settle)
  } catch (cause) {
    settle(headOfFailure(voyage, cause))
    if (!(cause instanceof EdgeError) && !(cause instanceof ClientGone)) throw cause
  }
}

function headOfFailure({ exchange, base, edge }: Voyage, cause: unknown): FlightHead {
  if (cause instanceof ClientGone) return { kind: 'deserted' }
  const fault = cause instanceof EdgeError ? cause : new EdgeError('edge-internal', 'fetching failed', { cause })
  if (
    base !== undefined &&
    fault.row.source === 'origin' &&
    mayGoOutStale(base, exchange, edge.clock.now(), 'unreachable')
  ) {
    return { kind: 'stale', variant: base, why: fault.message }
  }
  return { kind: 'failed', fault }
}

async function ask(voyage: Voyage, settle: Settle): Promise<void> {
  const { exchange, edge, flight, isBehind, base } = voyage
  const { clientRequest, origin, path, query } = exchange
  const requestTime = edge.clock.now()
  const headers =
    isBehind && base !== undefined
      ? backgroundFields(exchange, base.response, edge)
      : fetchingFields(exchange, base?.response)
  const answer = await edge.origins.send({
    address: origin,
    // HEAD too: the whole response is needed.  CF cache/concepts/cache-behavior
    method: 'GET',
    target: path + query,
    headers,
    body: isBehind ? null : clientRequest.body,
    readTimeout: readTimeoutOf(exchange),
    signal: flight.abort.signal,
  })
  const responseTime = edge.clock.now()
  exchange.originMillis = responseTime - requestTime
  exchange.trail.push(`the origin server answered ${answer.status}`)
  if (!isFinal(answer.status)) throw new EdgeError('origin-bad-response', `status ${answer.status}`)
  const received = { status: answer.status, fields: originFields(answer.headers), requestTime, responseTime }
  await judgeAnswer(voyage, answer, received, settle)
}

async function judgeAnswer(
  voyage: Voyage,
  answer: OriginAnswer,
  received: ReceivedResponse,
  settle: Settle,
): Promise<void> {
  const { base, exchange } = voyage
  const mayServeStale = base !== undefined && mayGoOutStale(base, exchange, received.responseTime, 'error')
  const isConditional = base !== undefined && validationFields(base.response).length > 0
  const outcome = decideValidation(answer.status, mayServeStale, isConditional)
  switch (outcome) {
    case 'freshen':
      await discard(answer)
      if (base !== undefined) settle(freshen(voyage, base, received))
      return
    case 'serve-stale':
      await discard(answer)
      if (base !== undefined)
        settle({ kind: 'stale', variant: base, why: `the origin server answered ${answer.status}` })
      return
    case 'bad-answer':
      await discard(answer)
      throw new EdgeError('origin-bad-response', `${answer.status} to a request without conditions`)
    case 'replace':
      return take(voyage, answer, received, settle)
    default:
      return unreachable(outcome)
  }
}

function freshen({ exchange, edge, flight }: Voyage, base: Variant, received: ReceivedResponse): FlightHead {
  const stored = base.response
  const { settings } = exchange.plan
  const decision = decideFreshened(settings, presentedOf(exchange), stored, received, (merged) =>
    underResponseRules(exchange, merged, edge),
  )
  if (decision.kind === 'refuse') {
    // The origin no longer lets it be kept.  It answers this once, as it was just validated, and then is gone.
    exchange.trail.push(`not stored: ${NOT_STORED_REASONS[decision.reason]}`)
    edge.store.remove(base)
    return { kind: 'freshened', variant: base }
  }
  const { fields, freshness, initialAge, tags } = decision
  const freshened: StoredResponse = {
    ...stored,
    ...{ id: exchange.ray, fields, freshness, initialAge, tags },
    ...{ responseTime: received.responseTime, revision: flight.revision },
  }
  // What changed at the origin while it was being confirmed is not stored again.  RFC 9111 §4.4
  if (flight.outdated) return { kind: 'freshened', variant: base }
  exchange.trail.push('the origin server confirmed the stored response')
  return { kind: 'freshened', variant: edge.store.put(freshened) }
}

/** A full answer: stored while it is handed on, or handed to the one whose request it answers. */
async function take(voyage: Voyage, answer: OriginAnswer, received: ReceivedResponse, settle: Settle): Promise<void> {
  const { base, exchange, edge } = voyage
  const ruled = underResponseRules(exchange, received, edge)
  const decision =
    mayTakePart(voyage, answer) ?? decideStorable(exchange.plan.settings, presentedOf(exchange), received, ruled)
  if (decision.kind === 'refuse') {
    const why = NOT_STORED_REASONS[decision.reason] + (decision.detail === undefined ? '' : ` (${decision.detail})`)
    exchange.trail.push(`not stored: ${why}`)
    // What was stored is no answer any more.  A failing origin has said nothing about it: it keeps its windows.
    if (base !== undefined && received.status < 500) edge.store.remove(base)
    passUnderRules(answer, ruled)
    settle({ kind: 'not-stored', answer, why })
    if (voyage.isBehind) await discard(answer)
    return
  }
  await fillFrom(voyage, answer, draftOf(voyage, decision, received), settle, fieldValue(received.fields, 'age'))
}

/** A part is an answer only to somebody who asked for one; nobody else's request may bring one.  RFC 9110 §15.3.7 */
function mayTakePart({ exchange, isBehind }: Voyage, { status }: OriginAnswer): StorableDecision | undefined {
  if (status !== 206) return undefined
  if (isBehind || !exchange.presented.has('range')) {
    throw new EdgeError('origin-bad-response', '206 to a request without Range')
  }
  return { kind: 'refuse', reason: 'partial' }
}

function draftOf(
  { exchange, flight }: Voyage,
  decision: Extract<StorableDecision, { kind: 'store' }>,
  received: ReceivedResponse,
): Draft {
  const { fields, freshness, initialAge, tags, nominated } = decision
  const field = fieldReader(exchange.presented)
  return {
    id: exchange.ray,
    key: exchange.key,
    location: exchange.location,
    selecting: selectingFor(nominated, field, exchange.plan.settings.vary),
    requestFields: rememberedFields(exchange, nominated),
    status: received.status,
    ...{ fields, tags, freshness, initialAge },
    responseTime: received.responseTime,
    revision: flight.revision,
  }
}

async function fillFrom(
  voyage: Voyage,
  answer: OriginAnswer,
  draft: Draft,
  settle: Settle,
  age: string | undefined,
): Promise<void> {
  const { edge, exchange, flight, base } = voyage
  const length = lengthOf(answer)
  const { maxObjectSize } = exchange.plan.settings
  const fill = edge.store.begin(length === undefined ? undefined : bytes(length), maxObjectSize)
  settle({ kind: 'filling', draft, fill, first: voyage.isBehind ? undefined : fill.reader(), length, age })
  try {
    if (answer.body !== null) await pour(answer.body, fill)
  } catch (cause) {
    // Readers end with an error, so that nobody takes a part for the whole; nothing is stored.
    fill.abort(cause instanceof Error ? cause : new Error(String(cause)))
    exchange.trail.push('the answer broke off; nothing is stored')
    return
  }
  const body = await fill.finish()
  if (flight.outdated || body.length > maxObjectSize) return
  const variant = edge.store.put({ ...draft, body })
  if (base !== undefined && base.response.key === draft.key && !isSame(base, variant)) edge.store.remove(base)
  const entry = edge.store.peek(draft.key)
  if (entry !== undefined) for (const excess of excessVariants(entry)) edge.store.remove(excess)
}

async function pour(body: ReadableStream<Uint8Array>, fill: Fill): Promise<void> {
  for await (const chunk of body) {
    const room = fill.write(chunk)
    if (room !== undefined) await room
  }
}

// Smaller judgements

/** The variant that `put` replaced is gone already: it was selected by the same values. */
function isSame(base: Variant, variant: Variant): boolean {
  return JSON.stringify(base.response.selecting) === JSON.stringify(variant.response.selecting)
}

function mayGoOutStale(base: Variant, { plan }: KeyedExchange, now: EpochMillis, failure: OriginFailure): boolean {
  return !plan.settings.alwaysOnline && mayServeOnError(base.response, base.invalidatedAt, now, failure)
}

function presentedOf({ presented, path }: KeyedExchange): PresentedRequest {
  return { hasAuthorization: presented.has('authorization'), path }
}

function lengthOf({ headers, body }: OriginAnswer): number | undefined {
  if (body === null) return 0
  const text = headers.get('content-length')
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

async function discard({ body }: OriginAnswer): Promise<void> {
  // Fail open: nobody reads it, and a connection that cannot be reused is closed.
  await body?.cancel().catch(() => undefined)
}
