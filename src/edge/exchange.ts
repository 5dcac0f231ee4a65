// One exchange with a client, as the pipeline sees it.  Fields are grouped by who writes them; each stage reads what
// earlier ones wrote, and the narrowed types make "too early" a compile error.
//
//   Exchange ──find-zone──► RoutedExchange ──cache-settings──► KeyedExchange

import type { EpochMillis } from '../base/index.ts'
import type { CacheKey, KeyMaker, Location } from '../cache/index.ts'
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

/** Keys of one URL that do not depend on who asks. */
export type CommonKeys = NonNullable<ReturnType<KeyMaker['common']>>

export type KeyedExchange = RoutedExchange & {
  readonly key: CacheKey
  readonly location: Location
  /** The keys that all Origins have in common; undefined where each has its own copies only. */
  readonly common: CommonKeys | undefined
}

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] }

type Received = Pick<Exchange, 'clientRequest' | 'method' | 'scheme' | 'peer' | 'receivedAt' | 'ray' | 'path' | 'query'>

/**
 * An exchange with room for all that later stages write: one shape from the beginning to the end, which the runtime
 * reads several times faster than one that grows.
 */
export function makeExchange(received: Received): Exchange {
  const exchange: Exchange & { [Name in keyof Destination | 'key' | 'location' | 'common']: undefined } = {
    clientRequest: received.clientRequest,
    method: received.method,
    scheme: received.scheme,
    peer: received.peer,
    receivedAt: received.receivedAt,
    ray: received.ray,
    path: received.path,
    query: received.query,
    trail: [],
    originMillis: undefined,
    plan: undefined,
    origin: undefined,
    authority: undefined,
    port: undefined,
    key: undefined,
    location: undefined,
    common: undefined,
  }
  return exchange
}

/** The exchange with its destination. */
export function routed(exchange: Exchange, { plan, origin, authority, port }: Destination): RoutedExchange {
  const narrowed = exchange as Writable<RoutedExchange>
  narrowed.plan = plan
  narrowed.origin = origin
  narrowed.authority = authority
  narrowed.port = port
  return narrowed
}

/** The exchange with what the store knows it by. */
export function keyed(
  exchange: RoutedExchange,
  key: CacheKey,
  location: Location,
  common: CommonKeys | undefined,
): KeyedExchange {
  const narrowed = exchange as Writable<KeyedExchange>
  narrowed.key = key
  narrowed.common = common
  narrowed.location = location
  return narrowed
}

/** Who knows the address of a request's peer: the runtime's server. */
export type PeerSource = { requestIP(request: Request): { readonly address: string } | null }

/** For a peer that was gone before it could be asked about. */
export const UNKNOWN_PEER = '0.0.0.0'

/** The value of a request's field, its lines joined, or null. */
export function fieldReader(headers: Headers): (name: string) => string | null {
  return (name) => headers.get(name)
}
