// Fetches a response that may be stored: with the client's own fields, with validators when a stale response is at hand,
// once for everybody who asks for the same.  RFC 9111 §3, §4.3
//
// `fetchThroughStore` is one client's view: join or launch a flight, wait for its head, make an answer of it.  `fly` is the
// flight's: ask the origin server, judge the head, write the body.  They share nothing but the flight.
//
// A head that a waiting client cannot use (another variant, or not storable) sends that client off on a flight of its own
// at once; none of them waits for another a second time.

import { bytes, EdgeError, unreachable } from '../../base/index.ts'
import {
  type CacheKey,
  type CacheOutcome,
  type Content,
  decideFreshened,
  decideStorable,
  decideValidation,
  excessVariants,
  type Fill,
  freshUntil,
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
import {
  ADMISSION_REASONS,
  ALLOW_ORIGIN,
  type AskedBy,
  hasGrant,
  type Keeping,
  SHARING_REASONS,
  withoutOldGrants,
} from '../../cors/sharing/index.ts'
import { type FieldList, fieldValue, hasField, isFinal } from '../../http/index.ts'
import { ClientGone, type OriginAnswer } from '../../origin/index.ts'
import { passUnderRules, underResponseRules } from '../cache-response.ts'
import { noteAnswer, urlOf } from '../cors-findings.ts'
import type { EdgeServices } from '../edge.ts'
import { fieldReader, type KeyedExchange } from '../exchange.ts'
import type { Draft, Flight, FlightHead } from '../flights.ts'
import { backgroundFields, fetchingFields, rememberedFields } from '../origin-request.ts'
import { originFields } from '../origin-response.ts'
import type { EdgeResponse } from '../response.ts'
import { askerOf, copyOf, keepingOf, knownOf, learn, mayGoTo, notedNames } from '../sharing.ts'
import { hasVoidGrant, stillStands } from '../standing.ts'
import { passing, readTimeoutOf } from './forward.ts'

/** What a fetch starts from: nothing, or a stored response to validate. */
type Base = Variant | undefined

/** What a look-up has found, with its bytes. */
type Found = { readonly variant: Variant; readonly content: Content }

/** A client's answer from the origin server, by way of the store.  `found`: a stored response to validate. */
export async function fetchThroughStore(
  exchange: KeyedExchange,
  found: Found | undefined,
  edge: EdgeServices,
): Promise<EdgeResponse> {
  let base: Base = found?.variant
  let place = placeOf(exchange, base, edge)
  let selecting = base?.response.selecting ?? newestSelecting(place, exchange, edge)
  let mayShare = edge.flights.mayShare(flightKey(place, selecting))
  let isSecondTry = false
  for (;;) {
    const { flight, isLeader } = board(exchange, { base, place, selecting, mayShare }, edge)
    const head = await edge.flights.join(flight, exchange.clientRequest.signal)
    if (!isLeader) exchange.trail.push(`waited for another request's fetch: ${head.kind}`)
    switch (head.kind) {
      case 'filling':
        if (isLeader) return arriving(head, head.first, base, exchange)
        // A body too long to be kept has lost its beginning, or is about to.
        if (!head.fill.isKept) mayShare = false
        else if (isForOther(head.draft, exchange, edge)) {
          ;({ base, place, selecting, mayShare } = setOffAlone(exchange, base, edge))
        } else if (fits(head.draft.selecting, exchange)) return arriving(head, head.fill.reader(), base, exchange)
        else selecting = selectingOf(head.draft.selecting, exchange)
        break
      case 'freshened':
      case 'stale': {
        if (!isLeader && isForOther(head.variant.response, exchange, edge)) {
          ;({ base, place, selecting, mayShare } = setOffAlone(exchange, base, edge))
          break
        }
        const answer =
          isLeader || fits(head.variant.response.selecting, exchange) ? await reused(head, found, edge) : undefined
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
  const key = flightKey(base.response.key, base.response.selecting)
  if (edge.flights.find(key, edge.journal.revision) !== undefined) return
  const { flight, landed } = edge.flights.launch(key, edge.journal.revision, 'shared', (launched, settle) =>
    fly({ exchange, base, isBehind: true, edge, flight: launched }, settle),
  )
  // Wanted by the stored response itself: clients that join it may leave again.
  flight.parties += 1
  edge.background.run('validating behind a stale response', landed)
}

// Boarding

type Wanted = {
  readonly base: Base
  /** The key under which others are waited for. */
  readonly place: CacheKey
  readonly selecting: Selecting
  readonly mayShare: boolean
}

function board(exchange: KeyedExchange, wanted: Wanted, edge: EdgeServices): { flight: Flight; isLeader: boolean } {
  const key = flightKey(wanted.place, wanted.selecting)
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
function flightKey(key: CacheKey, selecting: Selecting): string {
  return selecting.length === 0 ? key : `${key} ${JSON.stringify(selecting)}`
}

/** Where an exchange waits for others: with all Origins while their answers may turn out to be one, else with its own. */
function placeOf(exchange: KeyedExchange, base: Base, edge: EdgeServices): CacheKey {
  const { common, key } = exchange
  if (common === undefined || base?.response.key === key) return key
  const verdict = edge.sharing.mayWaitForOthers(askerOf(exchange), knownOf(exchange, edge))
  return verdict.may === 'yes' ? common.shared : key
}

/** Whether what arrived is another Origin's alone. */
function isForOther(
  answer: Pick<StoredResponse, 'key' | 'requestFields' | 'fields'>,
  exchange: KeyedExchange,
  edge: EdgeServices,
): boolean {
  if (exchange.common === undefined) return false
  return !mayGoTo(exchange, answer, edge.sharing) || isLostTo(askerOf(exchange), answer, exchange, edge)
}

/** Whether a shared copy is this asker's no more: the sharing has ended meanwhile, and somebody else had earned it. */
function isLostTo(
  asker: AskedBy,
  answer: Pick<StoredResponse, 'key' | 'requestFields' | 'fields'>,
  exchange: KeyedExchange,
  edge: EdgeServices,
): boolean {
  return isNoLongerShared(answer, exchange, edge) && copyOf(answer, exchange.plan).askedBy !== asker
}

/** What an exchange wants after another's answer was not for it: its own, and only its own copy to validate. */
function setOffAlone(exchange: KeyedExchange, base: Base, edge: EdgeServices): Wanted {
  const place = exchange.key
  const own = base?.response.key === place ? base : undefined
  const selecting = own?.response.selecting ?? newestSelecting(place, exchange, edge)
  return { base: own, place, selecting, mayShare: edge.flights.mayShare(flightKey(place, selecting)) }
}

/** Whether what was last fetched for such a request could be stored, as far as that is remembered. */
export function wasStorable(exchange: KeyedExchange, base: Base, edge: EdgeServices): boolean {
  const place = placeOf(exchange, base, edge)
  return edge.flights.mayShare(flightKey(place, base?.response.selecting ?? newestSelecting(place, exchange, edge)))
}

/** How this request would be selected if its answer varied as the newest stored one does. */
function newestSelecting(place: CacheKey, exchange: KeyedExchange, { store }: EdgeServices): Selecting {
  const newest = store.peek(place)?.variants[0]
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
  found: Found | undefined,
  edge: EdgeServices,
): Promise<EdgeResponse | undefined> {
  const content = (await edge.store.content(head.variant)) ?? bytesInHand(head.variant, found)
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

/**
 * The bytes that the look-up found, when they are those of the variant: it may have been evicted while it was validated, or
 * dropped because Origins share it no longer.  A file may be gone by then, or go before it is sent.
 */
function bytesInHand({ response }: Variant, found: Found | undefined): Content | undefined {
  const isHis = found?.content.kind === 'memory' && found.variant.response.body.digest === response.body.digest
  return isHis ? found.content : undefined
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

/** Whose request the origin server is sent: a validation behind a stale copy speaks for whoever earned that copy. */
function askedBy({ exchange, base, isBehind }: Voyage): AskedBy {
  return isBehind && base !== undefined ? copyOf(base.response, exchange.plan).askedBy : askerOf(exchange)
}

/** The fields that the origin server was sent, as far as they key or select. */
function sentField({ exchange, base, isBehind }: Voyage): FieldReader {
  if (!isBehind || base === undefined) return fieldReader(exchange.presented)
  const { requestFields } = base.response
  return (name) => fieldValue(requestFields, name) ?? null
}

type FieldReader = (name: string) => string | null

async function fly(voyage: Voyage, settle: Settle): Promise<void> {
  try {
    await ask(voyage, settle, conditionsOf(voyage))
  } catch (cause) {
    settle(headOfFailure(voyage, cause))
    if (!(cause instanceof EdgeError) && !(cause instanceof ClientGone)) throw cause
  }
}

function headOfFailure(voyage: Voyage, cause: unknown): FlightHead {
  const { base } = voyage
  if (cause instanceof ClientGone) return { kind: 'deserted' }
  const fault = cause instanceof EdgeError ? cause : new EdgeError('edge-internal', 'fetching failed', { cause })
  if (base !== undefined && fault.row.source === 'origin' && mayGoOutStale(voyage, base, 'unreachable')) {
    return { kind: 'stale', variant: base, why: fault.message }
  }
  return { kind: 'failed', fault }
}

/** The stored response that the origin server is asked about; undefined: it is asked without conditions. */
type Conditions = StoredResponse | undefined

/** A base that this asker may not validate is only there to stand in for a failing origin server. */
function conditionsOf(voyage: Voyage): Conditions {
  const { base, exchange, edge } = voyage
  if (base === undefined || exchange.common === undefined) return base?.response
  const verdict = edge.sharing.mayValidate(copyOf(base.response, exchange.plan), askedBy(voyage))
  if (verdict.may === 'yes') return base.response
  exchange.trail.push(SHARING_REASONS[verdict.why])
  return undefined
}

async function ask(voyage: Voyage, settle: Settle, conditions: Conditions): Promise<void> {
  const { exchange, edge, flight, isBehind, base } = voyage
  const { clientRequest, origin, path, query } = exchange
  const requestTime = edge.clock.now()
  const headers =
    isBehind && base !== undefined
      ? backgroundFields(exchange, base.response, conditions, edge)
      : fetchingFields(exchange, conditions)
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
  noteAnswer(exchange, { ...received, askedBy: askedBy(voyage), at: responseTime }, edge)
  await judgeAnswer(voyage, answer, received, settle, conditions)
}

async function judgeAnswer(
  voyage: Voyage,
  answer: OriginAnswer,
  received: ReceivedResponse,
  settle: Settle,
  conditions: Conditions,
): Promise<void> {
  const { base } = voyage
  const mayServeStale = base !== undefined && mayGoOutStale(voyage, base, 'error')
  const isConditional = conditions !== undefined && validationFields(conditions).length > 0
  const outcome = decideValidation(answer.status, mayServeStale, isConditional)
  switch (outcome) {
    case 'freshen':
      await discard(answer)
      if (base !== undefined) await takeConfirmation(voyage, base, received, settle)
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

/** A 304: what is stored goes on, or its asker asks again for the whole. */
async function takeConfirmation(
  voyage: Voyage,
  base: Variant,
  received: ReceivedResponse,
  settle: Settle,
): Promise<void> {
  const head = (await mustAskAgain(voyage, base, received.fields)) ? undefined : await freshen(voyage, base, received)
  if (head === undefined) return ask(voyage, settle, undefined)
  settle(head)
}

/** The base itself as the answer, unless it grants what no longer counts, or is no longer this asker's. */
function unchanged(voyage: Voyage, base: Variant): FlightHead | undefined {
  const { exchange, edge } = voyage
  if (hasVoidGrant(base) || isLostTo(askedBy(voyage), base.response, exchange, edge)) return undefined
  return { kind: 'freshened', variant: base }
}

/** Whether a 304 says too little, or something else, to be merged into what is stored; the latter is noted. */
async function mustAskAgain(voyage: Voyage, base: Variant, notModified: FieldList): Promise<boolean> {
  const { exchange, edge, flight } = voyage
  const copy = copyOf(base.response, exchange.plan)
  const confirmation = edge.sharing.decideConfirmation(
    copy,
    askedBy(voyage),
    notModified,
    base.grantsVoid ? 'void' : 'stand',
  )
  if (confirmation.kind === 'confirms') return false
  exchange.trail.push(SHARING_REASONS[confirmation.why])
  const { known } = confirmation
  if (known !== undefined) await learn(exchange, { known, nominated: [], revision: flight.revision }, edge)
  return true
}

async function freshen(voyage: Voyage, base: Variant, received: ReceivedResponse): Promise<FlightHead | undefined> {
  const { exchange, edge, flight } = voyage
  const stored = base.response
  const { settings } = exchange.plan
  // After an epoch only those grants count that the 304 itself says.
  const counting = base.grantsVoid ? { ...stored, fields: withoutOldGrants(stored.fields) } : stored
  const decision = decideFreshened(settings, presentedOf(exchange), counting, received, (merged) =>
    underResponseRules(exchange, merged, edge),
  )
  if (decision.kind === 'refuse') {
    // The origin no longer lets it be kept.  It answers this once, as it was just validated, and then is gone.
    exchange.trail.push(`not stored: ${NOT_STORED_REASONS[decision.reason]}`)
    edge.store.remove(base)
    return unchanged(voyage, base)
  }
  const { fields, freshness, initialAge, tags, nominated } = decision
  const keeping = await keep(voyage, { status: stored.status, fields, nominated })
  // A copy of one Origin becomes everybody's only by what this very answer says.
  const isForAll = keeping?.kept === 'shared' && hasField(received.fields, ALLOW_ORIGIN)
  const key = isForAll && exchange.common !== undefined ? exchange.common.shared : stored.key
  const freshened: StoredResponse = {
    ...stored,
    ...{ id: exchange.ray, key, fields, freshness, initialAge, tags },
    ...{ responseTime: received.responseTime, revision: flight.revision },
  }
  // What changed at the origin while it was being confirmed is not stored again.  RFC 9111 §4.4
  if (flight.outdated || isNoLongerShared(freshened, exchange, edge)) return unchanged(voyage, base)
  exchange.trail.push('the origin server confirmed the stored response')
  const variant = edge.store.put(freshened)
  if (key !== stored.key) edge.store.remove(base)
  return { kind: 'freshened', variant }
}

type Kept = { readonly status: number; readonly fields: FieldList; readonly nominated: readonly string[] }

/** For whom an answer is kept, after what it teaches was noted; undefined where each Origin has its own copies only. */
async function keep(voyage: Voyage, { status, fields, nominated }: Kept): Promise<Keeping | undefined> {
  const { exchange, edge, flight } = voyage
  if (exchange.common === undefined) return undefined
  const keeping = keepingOf(exchange, { askedBy: askedBy(voyage), status, fields }, edge)
  await learn(exchange, { known: keeping.known, nominated, revision: flight.revision }, edge)
  return keeping
}

/** Whether a copy that was meant for everybody may not be that any more: an answer has contradicted it meanwhile. */
function isNoLongerShared({ key }: Pick<StoredResponse, 'key'>, exchange: KeyedExchange, edge: EdgeServices): boolean {
  return key === exchange.common?.shared && knownOf(exchange, edge) === 'contradicted'
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
    // What is not kept can still contradict what is.
    if (exchange.common !== undefined && edge.store.find(exchange.common.shared) !== undefined) {
      await keep(voyage, { status: received.status, fields: received.fields, nominated: [] })
    }
    // What was stored is no answer any more.  A failing origin has said nothing about it: it keeps its windows.
    if (base !== undefined && received.status < 500) edge.store.remove(base)
    passUnderRules(answer, ruled)
    settle({ kind: 'not-stored', answer, why })
    if (voyage.isBehind) await discard(answer)
    return
  }
  const keeping = await keep(voyage, { ...decision, status: received.status })
  const key = keyFor(voyage, keeping)
  if (key === undefined) {
    passUnderRules(answer, ruled)
    settle({ kind: 'not-stored', answer, why: 'it was fetched for everybody, and is for one Origin only' })
    return discard(answer)
  }
  const draft = draftOf(voyage, key, decision, received)
  const refused = decideAdmission(voyage, draft)
  if (refused !== undefined) {
    exchange.trail.push(`not stored: ${refused}`)
    passUnderRules(answer, ruled)
    settle({ kind: 'not-stored', answer, why: refused })
    if (voyage.isBehind) await discard(answer)
    return
  }
  await fillFrom(voyage, answer, draft, settle, fieldValue(received.fields, 'age'))
}

/** A part is an answer only to somebody who asked for one; nobody else's request may bring one.  RFC 9110 §15.3.7 */
function mayTakePart({ exchange, isBehind }: Voyage, { status }: OriginAnswer): StorableDecision | undefined {
  if (status !== 206) return undefined
  if (isBehind || !exchange.presented.has('range')) {
    throw new EdgeError('origin-bad-response', '206 to a request without Range')
  }
  return { kind: 'refuse', reason: 'partial' }
}

/** The key of what is kept, or undefined when nobody's copy comes of it: one for an Origin other than the client's. */
function keyFor({ exchange, base, isBehind }: Voyage, keeping: Keeping | undefined): CacheKey | undefined {
  if (exchange.common === undefined || keeping === undefined) return exchange.key
  if (keeping.kept === 'shared') return exchange.common.shared
  if (!isBehind) return exchange.key
  return base?.response.key === exchange.common.shared ? undefined : base?.response.key
}

/** Why a copy would be one Origin's too many, or undefined: strangers write as many Origins as they like. */
function decideAdmission(voyage: Voyage, draft: Draft): string | undefined {
  const { base, exchange, edge } = voyage
  const asker = askedBy(voyage)
  // What has no Origin in its key is one copy, whoever asks.
  if (asker === null || !exchange.plan.keys.fieldNames.includes('origin')) return undefined
  if (exchange.plan.keys.isShared(draft.key)) return undefined
  const admission = edge.budget.admit(`${exchange.plan.zone.id} ${urlOf(exchange)}`, asker, {
    now: draft.responseTime,
    until: freshUntil(draft),
    isGranted: hasGrant(draft.fields),
    hasCopy: base?.response.key === draft.key,
  })
  return admission === 'admitted' ? undefined : ADMISSION_REASONS[admission]
}

function draftOf(
  voyage: Voyage,
  key: CacheKey,
  decision: Extract<StorableDecision, { kind: 'store' }>,
  received: ReceivedResponse,
): Draft {
  const { exchange, flight, edge } = voyage
  const { fields, freshness, initialAge, tags } = decision
  const nominated = withNoted(decision.nominated, notedNames(exchange, edge))
  const field = sentField(voyage)
  return {
    id: exchange.ray,
    key,
    location: exchange.location,
    selecting: selectingFor(nominated, field, exchange.plan.settings.vary),
    requestFields: rememberedFields(exchange, nominated, field),
    status: received.status,
    ...{ fields, tags, freshness, initialAge },
    responseTime: received.responseTime,
    revision: flight.revision,
  }
}

/** Names that Vary once had select for good; that Origin does, the key says. */
function withNoted(nominated: readonly string[], noted: readonly string[]): readonly string[] {
  const sticky = noted.filter((name) => name !== 'origin' && !nominated.includes(name))
  return sticky.length === 0 ? nominated : [...nominated, ...sticky].sort()
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
  if (isNoLongerShared(draft, exchange, edge)) return
  const variant = edge.store.put({ ...draft, body })
  if (base !== undefined && isReplaced(base, variant, exchange)) edge.store.remove(base)
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

/** Whether a stored answer takes the place of its base; `put` has replaced one that was selected by the same values. */
function isReplaced(base: Variant, { response }: Variant, exchange: KeyedExchange): boolean {
  if (base.response.key === response.key) return !isSame(base, { response })
  return response.key === exchange.common?.shared
}

/** The variant that `put` replaced is gone already: it was selected by the same values. */
function isSame(base: Pick<Variant, 'response'>, variant: Pick<Variant, 'response'>): boolean {
  return JSON.stringify(base.response.selecting) === JSON.stringify(variant.response.selecting)
}

/** Asked when the origin has failed: a purge, an epoch, or a contradiction may have come while it was waited for. */
function mayGoOutStale(voyage: Voyage, base: Variant, failure: OriginFailure): boolean {
  const { exchange, edge } = voyage
  if (exchange.plan.settings.alwaysOnline || !stillStands(base, edge) || hasVoidGrant(base)) return false
  if (isLostTo(askedBy(voyage), base.response, exchange, edge)) return false
  return mayServeOnError(base.response, base.invalidatedAt, edge.clock.now(), failure)
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
