// Fetches a response that may be stored: with the client's own fields, with validators when a stale response is at hand,
// once for everybody who asks for the same.  RFC 9111 §3, §4.3
//
// Here is one client's view: join or launch a flight, wait for its head, make an answer of it.  The flight's is
// `fetch/fly.ts`; they share nothing but the flight.
//
// A head that a waiting client cannot use (another variant, or not storable) sends that client off on a flight of its own
// at once; none of them waits for another a second time.

import { unreachable } from '../../base/index.ts'
import type { CacheOutcome, Content, Variant } from '../../cache/index.ts'
import { ClientGone } from '../../origin/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { KeyedExchange } from '../exchange.ts'
import { anew, decideOtherFlight, flightKey, type Wanted, wantedFirst } from '../fetch/collapse.ts'
import { fly } from '../fetch/fly.ts'
import type { Base } from '../fetch/voyage.ts'
import type { Flight, FlightHead } from '../flights.ts'
import type { EdgeResponse } from '../response.ts'
import { passing } from './forward.ts'

/** What a look-up has found, with its bytes. */
type Found = { readonly variant: Variant; readonly content: Content }

/** A client's answer from the origin server, by way of the store.  `found`: a stored response to validate. */
export async function fetchThroughStore(
  exchange: KeyedExchange,
  found: Found | undefined,
  edge: EdgeServices,
): Promise<EdgeResponse> {
  const { signal } = exchange.clientRequest
  let wanted = wantedFirst(exchange, found?.variant, edge)
  let isSecondTry = false
  for (;;) {
    const { flight, isLeader } = board(exchange, wanted, edge)
    const head = await edge.flights.join(flight, signal)
    if (!isLeader) {
      exchange.trail.push(`waited for another request's fetch: ${head.kind}`)
      const other = decideOtherFlight(head, wanted, exchange, edge)
      if (other !== undefined) {
        wanted = other
        continue
      }
    }
    switch (head.kind) {
      case 'filling':
        return arriving(head, isLeader ? head.first : head.fill.reader(), wanted.base, exchange)
      case 'freshened':
      case 'stale': {
        const answer = await reused(head, found, edge)
        if (answer !== undefined) return answer
        wanted = anew(wanted)
        break
      }
      case 'not-stored':
        return passing(head.answer, 'not-stored')
      case 'failed':
        if (isLeader || isSecondTry) throw head.fault
        isSecondTry = true
        break
      case 'deserted':
        // A client that is gone reads no answer; one that joined in the last moment tries again.
        if (signal.aborted) throw new ClientGone()
        break
      default:
        return unreachable(head)
    }
  }
}

/** Validates a stale response that is going out already.  One validation at a time; nobody waits for it. */
export function validateBehind(exchange: KeyedExchange, base: Variant, edge: EdgeServices): void {
  const { key: place, selecting } = base.response
  const key = flightKey({ place, selecting })
  const { revision } = edge.journal
  if (edge.flights.find(key, revision) !== undefined) return
  const { flight, landed } = edge.flights.launch(key, revision, 'shared', (launched, settle) =>
    fly({ exchange, base, isBehind: true, edge, flight: launched }, settle),
  )
  // Wanted by the stored response itself: clients that join it may leave again.
  flight.parties += 1
  edge.background.run('validating behind a stale response', landed)
}

function board(exchange: KeyedExchange, wanted: Wanted, edge: EdgeServices): { flight: Flight; isLeader: boolean } {
  const key = flightKey(wanted)
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
