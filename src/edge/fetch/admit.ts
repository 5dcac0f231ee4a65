// A full answer, judged: whether it is kept, and as what.  RFC 9111 §3
//
// May it be stored at all (`cache/storable.ts`), for whom (`keep.ts`), and what is stored beside its bytes.  The bytes are
// `fill.ts`'s.

import { EdgeError } from '../../base/index.ts'
import {
  type CacheKey,
  decideStorable,
  NOT_STORED_REASONS,
  type PresentedRequest,
  type ReceivedResponse,
  type StorableDecision,
} from '../../cache/index.ts'
import type { Ruled } from '../cache-response.ts'
import type { KeyedExchange } from '../exchange.ts'
import type { Draft } from '../flights.ts'
import { decideAdmission, keep, keyFor } from './keep.ts'
import { selectionOf } from './selection.ts'
import type { Voyage } from './voyage.ts'

export type Admission =
  | { readonly kind: 'store'; readonly draft: Draft }
  /** The answer is for the one whose request it answers. */
  | { readonly kind: 'pass'; readonly why: string }

/**
 * What becomes of a full answer, after what it teaches was noted.  One that the request cannot have meant is an
 * `origin-bad-response`.
 */
export async function admit(voyage: Voyage, received: ReceivedResponse, ruled: Ruled | undefined): Promise<Admission> {
  const { exchange } = voyage
  const decision =
    mayTakePart(voyage, received.status) ??
    decideStorable(exchange.plan.settings, presentedOf(exchange), received, ruled)
  if (decision.kind === 'refuse') {
    await heedRefusal(voyage, received)
    return { kind: 'pass', why: sentenceOf(decision) }
  }
  const key = keyFor(voyage, await keep(voyage, { ...decision, status: received.status }))
  if (key === undefined) return { kind: 'pass', why: 'it was fetched for everybody, and is for one Origin only' }
  const draft = draftOf(voyage, key, decision, received)
  const why = decideAdmission(voyage, draft)
  return why === undefined ? { kind: 'store', draft } : { kind: 'pass', why }
}

/** What is known of the request when its answer is judged. */
export function presentedOf({ presented, path }: KeyedExchange): PresentedRequest {
  return { hasAuthorization: presented.has('authorization'), path }
}

/** A part is an answer only to somebody who asked for one; nobody else's request may bring one.  RFC 9110 §15.3.7 */
function mayTakePart({ exchange, isBehind }: Voyage, status: number): StorableDecision | undefined {
  if (status !== 206) return undefined
  if (isBehind || !exchange.presented.has('range')) {
    throw new EdgeError('origin-bad-response', '206 to a request without Range')
  }
  return { kind: 'refuse', reason: 'partial' }
}

function sentenceOf({ reason, detail }: Extract<StorableDecision, { kind: 'refuse' }>): string {
  return NOT_STORED_REASONS[reason] + (detail === undefined ? '' : ` (${detail})`)
}

/** What is not kept still says something about what is. */
async function heedRefusal(voyage: Voyage, { status, fields }: ReceivedResponse): Promise<void> {
  const { base, exchange, edge } = voyage
  if (exchange.common !== undefined && edge.store.find(exchange.common.shared) !== undefined) {
    await keep(voyage, { status, fields, nominated: [] })
  }
  // What was stored is no answer any more.  A failing origin has said nothing about it: it keeps its windows.
  if (base !== undefined && status < 500) edge.store.remove(base)
}

function draftOf(
  voyage: Voyage,
  key: CacheKey,
  decision: Extract<StorableDecision, { kind: 'store' }>,
  { status, responseTime }: ReceivedResponse,
): Draft {
  const { exchange, flight } = voyage
  const { fields, freshness, initialAge, tags } = decision
  return {
    id: exchange.ray,
    key,
    location: exchange.location,
    ...selectionOf(voyage, decision.nominated),
    ...{ status, fields, tags, freshness, initialAge, responseTime },
    revision: flight.revision,
  }
}
