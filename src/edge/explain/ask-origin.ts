// What would the origin server say?  One request to it, exactly as the edge would send it, and the judgements that its
// answer would meet; nothing is stored, and the body is let go unread.

import { EdgeError, type EpochMillis, millis, unreachable } from '../../base/index.ts'
import {
  type CacheOutcome,
  decideFreshened,
  decideStorable,
  decideValidation,
  NOT_STORED_REASONS,
  type ReceivedResponse,
  type Variant,
  validationFields,
} from '../../cache/index.ts'
import type { ProbeReport } from '../../cors/index.ts'
import { fieldValue, isFinal } from '../../http/index.ts'
import { ClientGone, type OriginAnswer } from '../../origin/index.ts'
import { passUnderResponseRules, passUnderRules, underResponseRules } from '../cache-response.ts'
import type { EdgeServices } from '../edge.ts'
import type { KeyedExchange, RoutedExchange } from '../exchange.ts'
import { fetchingFields, passingFields } from '../origin-request.ts'
import { originFields } from '../origin-response.ts'
import { faultAnswer } from '../refusal.ts'
import type { BodySource, EdgeResponse } from '../response.ts'
import { mayGoOutStale, mayTakePart, presentedOf } from '../stages/fetch.ts'
import { passing, readTimeoutOf } from '../stages/forward.ts'

/** Who waits for an explanation waits no longer than this for the origin server. */
const MAX_PROBE_MILLIS = 10_000

/** A request that would go through the store, perhaps validating, or one that would pass through. */
export type Question =
  | { readonly exchange: KeyedExchange; readonly base: Variant | undefined }
  | { readonly exchange: RoutedExchange; readonly passesAs: 'not-stored' | 'ineligible' }

export type Asked = {
  /** What the edge would answer. */
  readonly response: EdgeResponse
  /** What the origin server said. */
  readonly report: ProbeReport
}

/** Asks, and judges.  Never rejects: an origin server that fails has its page. */
export async function askOrigin(question: Question, edge: EdgeServices): Promise<Asked> {
  const { exchange } = question
  let report: ProbeReport = { kind: 'failed', why: 'nothing came' }
  try {
    const requestTime = edge.clock.now()
    const answer = await send(question, edge)
    report = { kind: 'answered', answer: { status: answer.status, fields: originFields(answer.headers) } }
    // Fail open: the head is all that is wanted, and a connection that cannot be reused is closed.
    void answer.body?.cancel().catch(() => undefined)
    exchange.trail.push(`the origin server answered ${answer.status}`)
    const head: OriginAnswer = { status: answer.status, headers: answer.headers, body: null }
    return { response: judge(question, head, requestTime, edge), report }
  } catch (cause) {
    // Fail closed: told as what the client would be told.
    const fault = faultOf(cause)
    if (report.kind === 'failed') report = { kind: 'failed', why: fault.message }
    return { response: onFailure(question, fault, edge), report }
  }
}

function send(question: Question, edge: EdgeServices): Promise<OriginAnswer> {
  const { exchange } = question
  const { origin, path, query, method } = exchange
  const isFetched = 'base' in question
  return edge.origins.send({
    address: origin,
    method: isFetched ? 'GET' : method,
    target: path + query,
    headers: isFetched ? fetchingFields(question.exchange, question.base?.response) : passingFields(exchange),
    body: null,
    readTimeout: millis(Math.min(readTimeoutOf(exchange), MAX_PROBE_MILLIS)),
    signal: AbortSignal.timeout(MAX_PROBE_MILLIS),
  })
}

function judge(question: Question, answer: OriginAnswer, requestTime: EpochMillis, edge: EdgeServices): EdgeResponse {
  if (!('base' in question)) {
    const passed = passing(answer, question.passesAs)
    passUnderResponseRules(question.exchange, answer, edge)
    return passed
  }
  if (!isFinal(answer.status)) throw new EdgeError('origin-bad-response', `status ${answer.status}`)
  const received: ReceivedResponse = {
    status: answer.status,
    fields: originFields(answer.headers),
    requestTime,
    responseTime: edge.clock.now(),
  }
  const { exchange, base } = question
  const mayServeStale = base !== undefined && mayGoOutStale(base, exchange, received.responseTime, 'error')
  const isConditional = base !== undefined && validationFields(base.response).length > 0
  const outcome = decideValidation(answer.status, mayServeStale, isConditional)
  switch (outcome) {
    case 'freshen':
      if (base === undefined) break
      return freshened(exchange, base, received, edge)
    case 'serve-stale':
      if (base === undefined) break
      return stored(base.response, 'reused-on-error', base.response.body.length)
    case 'bad-answer':
      break
    case 'replace':
      return taken(question, answer, received, edge)
    default:
      return unreachable(outcome)
  }
  throw new EdgeError('origin-bad-response', `${answer.status} to a request without conditions`)
}

function freshened(
  exchange: KeyedExchange,
  base: Variant,
  received: ReceivedResponse,
  edge: EdgeServices,
): EdgeResponse {
  const { settings } = exchange.plan
  const decision = decideFreshened(settings, presentedOf(exchange), base.response, received, (merged) =>
    underResponseRules(exchange, merged, edge),
  )
  if (decision.kind === 'refuse') {
    exchange.trail.push(`not stored: ${NOT_STORED_REASONS[decision.reason]}`)
    return stored(base.response, 'validated', base.response.body.length)
  }
  exchange.trail.push('the origin server confirmed the stored response')
  const { fields, initialAge } = decision
  const merged = { ...base.response, fields, initialAge, responseTime: received.responseTime }
  return stored(merged, 'validated', base.response.body.length)
}

function taken(
  { exchange, base }: Extract<Question, { base: unknown }>,
  answer: OriginAnswer,
  received: ReceivedResponse,
  edge: EdgeServices,
): EdgeResponse {
  const ruled = underResponseRules(exchange, received, edge)
  const decision =
    mayTakePart({ exchange, isBehind: false }, answer) ??
    decideStorable(exchange.plan.settings, presentedOf(exchange), received, ruled)
  if (decision.kind === 'refuse') {
    exchange.trail.push(`not stored: ${NOT_STORED_REASONS[decision.reason]}`)
    passUnderRules(answer, ruled)
    return passing(answer, 'not-stored')
  }
  exchange.trail.push(base === undefined ? 'the answer would be stored' : 'the answer would replace the stored one')
  const { fields, initialAge } = decision
  const { status, responseTime } = received
  const length = fieldValue(received.fields, 'content-length')
  const response = stored(
    { status, fields, initialAge, responseTime },
    base === undefined ? 'stored' : 'replaced',
    length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined,
  )
  return { ...response, receivedAge: fieldValue(received.fields, 'age') }
}

type StoredAnswer = Extract<EdgeResponse, { kind: 'stored' }>

function stored(response: StoredAnswer['stored'], outcome: CacheOutcome, length: number | undefined): StoredAnswer {
  const body: BodySource = {
    kind: 'arriving',
    length,
    open: () => new ReadableStream<Uint8Array>(),
    leave: () => undefined,
  }
  return { kind: 'stored', outcome, stored: response, body, receivedAge: undefined }
}

function onFailure(question: Question, fault: EdgeError, edge: EdgeServices): EdgeResponse {
  const { exchange } = question
  const base = 'base' in question ? question.base : undefined
  const mayStandIn =
    'base' in question &&
    base !== undefined &&
    fault.row.source === 'origin' &&
    mayGoOutStale(base, question.exchange, edge.clock.now(), 'unreachable')
  if (!mayStandIn) return faultAnswer(exchange, fault)
  exchange.trail.push(`a stale response stands in: ${fault.code}`)
  return stored(base.response, 'reused-on-error', base.response.body.length)
}

function faultOf(cause: unknown): EdgeError {
  if (cause instanceof EdgeError) return cause
  if (cause instanceof ClientGone)
    return new EdgeError('origin-read-timeout', `no answer within ${MAX_PROBE_MILLIS} ms`)
  return new EdgeError('edge-internal', 'asking the origin server failed', { cause })
}
