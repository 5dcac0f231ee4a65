// One fetch on its way: what set it off, and in whose name the origin server is asked.
//
// A validation behind a stale copy speaks for whoever earned that copy, never for whoever happened to come by.

import type { StoredResponse, Variant } from '../../cache/index.ts'
import type { AskedBy } from '../../cors/sharing/index.ts'
import { fieldValue } from '../../http/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { KeyedExchange } from '../exchange.ts'
import type { Flight, FlightHead } from '../flights.ts'
import { sentFieldReader } from '../origin-request.ts'
import { askerOf, copyOf } from '../sharing.ts'

/** What a fetch starts from: nothing, or a stored response to validate. */
export type Base = Variant | undefined

/** The stored response that the origin server is asked about; undefined: it is asked without conditions. */
export type Conditions = StoredResponse | undefined

export type Voyage = {
  readonly exchange: KeyedExchange
  readonly base: Base
  /** Nobody waits for it. */
  readonly isBehind: boolean
  readonly edge: EdgeServices
  readonly flight: Flight
}

export type Settle = (head: FlightHead) => void

type FieldReader = (name: string) => string | null

/** Whose request the origin server is sent. */
export function askedBy({ exchange, base, isBehind }: Voyage): AskedBy {
  return isBehind && base !== undefined ? copyOf(base.response, exchange.plan).askedBy : askerOf(exchange)
}

/** The fields that the origin server was sent, as far as they key or select. */
export function sentField({ exchange, base, isBehind }: Voyage): FieldReader {
  if (!isBehind || base === undefined) return sentFieldReader(exchange)
  const { requestFields } = base.response
  return (name) => fieldValue(requestFields, name) ?? null
}
