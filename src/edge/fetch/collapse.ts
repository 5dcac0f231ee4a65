// Whom a client waits with: for which flight, and whether what that one brought is for it.
// RFC 9111 §4 ("collapse requests"); docs/decisions/0040
//
// Judgements only.  `flights.ts` knows what is under way, `stages/fetch.ts` does the waiting.

import {
  type CacheKey,
  matchesSelecting,
  type Selecting,
  type StoredResponse,
  selectingFor,
} from '../../cache/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { KeyedExchange } from '../exchange.ts'
import type { FlightHead } from '../flights.ts'
import { sentFieldReader } from '../origin-request.ts'
import { askerOf, knownOf, mayGoTo } from '../sharing.ts'
import { isLostTo } from './keep.ts'
import type { Base } from './voyage.ts'

/** The flight that a client wants. */
export type Wanted = {
  readonly base: Base
  /** The key under which others are waited for. */
  readonly place: CacheKey
  readonly selecting: Selecting
  readonly mayShare: boolean
}

/** What an exchange wants first: to validate `base`, or to fetch as the newest stored variant was fetched. */
export function wantedFirst(exchange: KeyedExchange, base: Base, edge: EdgeServices): Wanted {
  return wantedAt(placeOf(exchange, base, edge), exchange, base, edge)
}

/**
 * What a client wants after a flight that was another's brought `head`; undefined: what it brought.  It never waits a second
 * time for an answer of the kind that has just failed it.
 */
export function decideOtherFlight(
  head: FlightHead,
  wanted: Wanted,
  exchange: KeyedExchange,
  edge: EdgeServices,
): Wanted | undefined {
  switch (head.kind) {
    case 'filling':
      // A body too long to be kept has lost its beginning, or is about to.
      if (!head.fill.isKept) return alone(wanted)
      if (isForOther(head.draft, exchange, edge)) return wantedApart(exchange, wanted.base, edge)
      if (fits(head.draft.selecting, exchange)) return undefined
      return { ...wanted, selecting: selectingOf(head.draft.selecting, exchange) }
    case 'freshened':
    case 'stale':
      if (isForOther(head.variant.response, exchange, edge)) return wantedApart(exchange, wanted.base, edge)
      return fits(head.variant.response.selecting, exchange) ? undefined : anew(wanted)
    case 'not-stored':
      return alone(wanted)
    default:
      return undefined
  }
}

/** The same, waiting for nobody. */
function alone(wanted: Wanted): Wanted {
  return { ...wanted, mayShare: false }
}

/** The whole response, waiting for nobody: what was to be validated is of no use. */
export function anew(wanted: Wanted): Wanted {
  return { ...wanted, mayShare: false, base: undefined }
}

/** Whether what was last fetched for such a request could be stored, as far as that is remembered. */
export function wasStorable(exchange: KeyedExchange, base: Base, edge: EdgeServices): boolean {
  return wantedFirst(exchange, base, edge).mayShare
}

/** The key, and the values of the fields that are known to select, so that nobody waits for another's variant. */
export function flightKey({ place, selecting }: Pick<Wanted, 'place' | 'selecting'>): string {
  return selecting.length === 0 ? place : `${place} ${JSON.stringify(selecting)}`
}

function wantedAt(place: CacheKey, exchange: KeyedExchange, base: Base, edge: EdgeServices): Wanted {
  const selecting = base?.response.selecting ?? newestSelecting(place, exchange, edge)
  return { base, place, selecting, mayShare: edge.flights.mayShare(flightKey({ place, selecting })) }
}

/** After another's answer was not for it: its own, and only its own copy to validate. */
function wantedApart(exchange: KeyedExchange, base: Base, edge: EdgeServices): Wanted {
  return wantedAt(exchange.key, exchange, base?.response.key === exchange.key ? base : undefined, edge)
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

/** How this request would be selected if its answer varied as the newest stored one does. */
function newestSelecting(place: CacheKey, exchange: KeyedExchange, { store }: EdgeServices): Selecting {
  const newest = store.peek(place)?.variants[0]
  return newest === undefined ? [] : selectingOf(newest.response.selecting, exchange)
}

function selectingOf(like: Selecting, exchange: KeyedExchange): Selecting {
  const names = like.map(([name]) => name)
  return selectingFor(names, sentFieldReader(exchange), exchange.plan.settings.vary)
}

function fits(selecting: Selecting, exchange: KeyedExchange): boolean {
  return matchesSelecting(selecting, sentFieldReader(exchange), exchange.plan.settings.vary)
}
