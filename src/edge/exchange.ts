// One exchange with a client, as the pipeline sees it.  Fields are grouped by who writes them; each stage reads what
// earlier ones wrote, and the narrowed types make "too early" a compile error.
//
//   Exchange ──find-zone──► RoutedExchange ──cache-settings──► KeyedExchange

import type { EpochMillis } from '../base/index.ts'
import type { CacheKey, Location } from '../cache/index.ts'
import type { OriginTarget } from '../config/index.ts'
import type { ZonePlan } from './plan.ts'

export type Scheme = 'http' | 'https'

export type Exchange = {
  // Written by the listener.
  readonly clientRequest: Request
  readonly method: string
  /** The scheme towards the visitor. */
  readonly scheme: Scheme
  /** The peer's address. */
  readonly peer: string
  readonly receivedAt: EpochMillis
  /** Sixteen hexadecimal digits; unique in this process, and with its random beginning among others. */
  readonly ray: string
  /** Begins with "/". */
  readonly path: string
  /** Begins with "?" or is empty; sorted by cache-settings where a rule says so. */
  query: string

  // Written by every stage that changes the outcome: one sentence each; read by record.
  readonly trail: string[]

  // Written by forward and fetch, read by record.
  /** From the request to the origin server until its response head. */
  originMillis: number | undefined
}

/** What find-zone knows of the Host. */
export type Destination = {
  readonly plan: ZonePlan
  readonly origin: OriginTarget
  /** The Host as the key and purges write it: lower case, with its port unless that is the scheme's default. */
  readonly authority: string
  /** The port that the visitor addressed. */
  readonly port: number
}

export type RoutedExchange = Exchange & Destination

export type KeyedExchange = RoutedExchange & {
  readonly key: CacheKey
  readonly location: Location
}

/** Who knows the address of a request's peer: the runtime's server. */
export type PeerSource = { requestIP(request: Request): { readonly address: string } | null }

/** For a peer that was gone before it could be asked about. */
export const UNKNOWN_PEER = '0.0.0.0'

/** The value of a request's field, its lines joined, or null. */
export function fieldReader(headers: Headers): (name: string) => string | null {
  return (name) => headers.get(name)
}
