// A flight from its launch to its landing: ask the origin server, decide what its answer means, and settle with a head that
// all who wait can use.  RFC 9111 §3, §4.3
//
//   conditions ──► ask ──┬─ 304 ──────────► freshen ──┬──────────────► freshened
//        ▲               │                            └ says too little ─┐
//        └── without ────┼────────────────────────────────────────────────┘
//                        ├─ 500 502 503 504, no answer ─► stale, or failed
//                        └─ a full answer ─► admit ─┬─ store ────────► filling, until it is whole
//                                                   └─ pass ─────────► not-stored
//
// The judgements are those files'; here is the order, and what touches the origin server.

import { EdgeError, unreachable } from '../../base/index.ts'
import type { ReceivedResponse } from '../../cache/index.ts'
import { fieldValue, isFinal } from '../../http/index.ts'
import { ClientGone, type OriginAnswer } from '../../origin/index.ts'
import { passUnderRules, underResponseRules } from '../cache-response.ts'
import { noteAnswer } from '../cors-findings.ts'
import type { FlightHead } from '../flights.ts'
import { backgroundFields, fetchingFields } from '../origin-request.ts'
import { originFields } from '../origin-response.ts'
import { readTimeoutOf } from '../stages/forward.ts'
import { admit } from './admit.ts'
import { fillFrom } from './fill.ts'
import { takeConfirmation } from './freshen.ts'
import { conditionsOf, decideMeaning, mayGoOutStale } from './validate.ts'
import { askedBy, type Conditions, type Settle, type Voyage } from './voyage.ts'

/** Flies; settles once, whatever happens, and ends when what is stored is stored. */
export async function fly(voyage: Voyage, settle: Settle): Promise<void> {
  try {
    await travel(voyage, settle)
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

async function travel(voyage: Voyage, settle: Settle): Promise<void> {
  let conditions = conditionsOf(voyage)
  // Twice at most: a 304 to a request without conditions is a bad answer.
  for (;;) {
    const { answer, received } = await ask(voyage, conditions)
    const meaning = decideMeaning(voyage, answer.status, conditions)
    if (meaning.kind === 'replace') return take(voyage, answer, received, settle)
    await discard(answer)
    switch (meaning.kind) {
      case 'freshen': {
        const head = await takeConfirmation(voyage, meaning.base, received)
        if (head !== undefined) return settle(head)
        conditions = undefined
        break
      }
      case 'serve-stale':
        return settle({ kind: 'stale', variant: meaning.base, why: `the origin server answered ${answer.status}` })
      case 'bad-answer':
        throw new EdgeError('origin-bad-response', `${answer.status} to a request without conditions`)
      default:
        return unreachable(meaning)
    }
  }
}

type Asked = { readonly answer: OriginAnswer; readonly received: ReceivedResponse }

async function ask(voyage: Voyage, conditions: Conditions): Promise<Asked> {
  const { exchange, edge, flight, isBehind } = voyage
  const { clientRequest, origin, path, query } = exchange
  const requestTime = edge.clock.now()
  const answer = await edge.origins.send({
    address: origin,
    // HEAD too: the whole response is needed.  CF cache/concepts/cache-behavior
    method: 'GET',
    target: path + query,
    headers: fieldsToSend(voyage, conditions),
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
  return { answer, received }
}

function fieldsToSend({ exchange, base, isBehind, edge }: Voyage, conditions: Conditions): Headers {
  return isBehind && base !== undefined
    ? backgroundFields(exchange, base.response, conditions, edge)
    : fetchingFields(exchange, conditions)
}

/** A full answer: stored while it is handed on, or handed to the one whose request it answers. */
async function take(voyage: Voyage, answer: OriginAnswer, received: ReceivedResponse, settle: Settle): Promise<void> {
  const { exchange, edge } = voyage
  const ruled = underResponseRules(exchange, received, edge)
  const admission = await admit(voyage, received, ruled)
  if (admission.kind === 'store') {
    return fillFrom(voyage, answer, admission.draft, fieldValue(received.fields, 'age'), settle)
  }
  exchange.trail.push(`not stored: ${admission.why}`)
  passUnderRules(answer, ruled)
  settle({ kind: 'not-stored', answer, why: admission.why })
  if (voyage.isBehind) await discard(answer)
}

async function discard({ body }: OriginAnswer): Promise<void> {
  // Fail open: nobody reads it, and a connection that cannot be reused is closed.
  await body?.cancel().catch(() => undefined)
}
