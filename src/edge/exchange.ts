// One exchange with a client, as the pipeline sees it.  Fields are grouped by who writes them; each stage reads what
// earlier ones wrote, and the narrowed types make "too early" a compile error.
//
//   Exchange ──find-zone──► RoutedExchange ──cache-settings──► KeyedExchange
//
// I1  `clientRequest` never changes.  Fields that rules edit are a copy, without what a visitor may not say: the fields that
//     begin with `cf-` are then this edge's or a rule's.

import type { EpochMillis } from '../base/index.ts'
import type { CacheKey, KeyMaker, Location } from '../cache/index.ts'
import type { OriginTarget } from '../config/index.ts'
import type { AllowedTarget } from '../origin/index.ts'
import type { ResponseFacts, RuleContext } from '../rulesets/index.ts'
import type { CfKnobs } from '../runtime/index.ts'
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
  /** Undefined for a peer that was gone before it could be asked about. */
  readonly peerPort: number | undefined
  readonly receivedAt: EpochMillis
  /** Sixteen hexadecimal digits; unique in this process, and with its random beginning among others. */
  readonly ray: string

  // Written by the gateway of scripts, whose requests are exchanges too.
  /** The script that asks; undefined: a visitor. */
  readonly caller: ScriptCaller | undefined

  // The target as the origin server is to receive it; written by the listener, normalize-url, rewrite-url and, where the
  // query is to be sorted, cache-settings.
  /** Begins with "/". */
  path: string
  /** Begins with "?" or is empty. */
  query: string

  // The target as rules see it; written by the listener, normalize-url and rewrite-url.
  rulePath: string
  ruleQuery: string

  // Written by the listener and request-headers, read by everything that makes a key, selects, or asks the origin server.
  /** The fields of the presented request: the client's own, or a copy that rules have edited (I1). */
  presented: Headers

  // For rules: made when the first phase runs, and filled before each phase of the response.
  context: RuleContext | undefined
  response: ResponseFacts | undefined

  // Written by every stage that changes the outcome: one sentence each; read by record.
  readonly trail: string[]

  // Written by forward and fetch, read by record.
  /** From the request to the origin server until its response head. */
  originMillis: number | undefined
}

/** A script as the sender of a request. */
export type ScriptCaller = {
  /** The name of its zone: what CF-Worker says. */
  readonly zoneName: string
  /** How many zones' scripts have led to this request. */
  readonly depth: number
  /** What it said about caching the answer. */
  readonly knobs: CfKnobs
  /** Whether the host is none of its zone's. */
  readonly isOutside: boolean
}

/** What find-zone knows of the Host. */
export type Destination = {
  /** Replaced by cache-settings where rules change the settings. */
  readonly plan: ZonePlan
  /** Replaced by configure and choose-origin where rules say so. */
  readonly origin: OriginServer
  /** The Host's name in lower case, without port. */
  readonly host: string
  /** The Host as the key and purges write it: lower case, with its port unless that is the scheme's default. */
  readonly authority: string
  /** The port that the visitor addressed. */
  readonly port: number
}

/** An entry of the zone's `origins`, as rules may have changed it. */
export type OriginServer = OriginTarget & {
  /** The name to ask for and verify in the TLS handshake, when it is not the Host's. */
  readonly serverName?: string
  /** A script chose it: private addresses are refused unless they are allowed. */
  readonly foreign?: { readonly allowed: readonly AllowedTarget[] } | undefined
}

export type RoutedExchange = Exchange &
  Destination & {
    /** The Host field that the origin server receives, where a rule replaced it; written by choose-origin. */
    readonly hostHeader: string | undefined
  }

/** Keys of one URL that do not depend on who asks. */
export type CommonKeys = NonNullable<ReturnType<KeyMaker['common']>>

export type KeyedExchange = RoutedExchange & {
  readonly key: CacheKey
  readonly location: Location
  /** The keys that all Origins have in common; undefined where each has its own copies only. */
  readonly common: CommonKeys | undefined
}

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] }

type Received = Pick<
  Exchange,
  'clientRequest' | 'method' | 'scheme' | 'peer' | 'peerPort' | 'receivedAt' | 'ray' | 'path' | 'query'
> &
  Partial<Pick<Exchange, 'caller'>>

/**
 * An exchange with room for all that later stages write: one shape from the beginning to the end, which the runtime
 * reads several times faster than one that grows.
 */
export function makeExchange(received: Received): Exchange {
  const exchange: Exchange & {
    [Name in keyof Destination | 'hostHeader' | 'key' | 'location' | 'common']: undefined
  } = {
    clientRequest: received.clientRequest,
    method: received.method,
    scheme: received.scheme,
    peer: received.peer,
    peerPort: received.peerPort,
    receivedAt: received.receivedAt,
    ray: received.ray,
    caller: received.caller,
    path: received.path,
    query: received.query,
    rulePath: received.path,
    ruleQuery: received.query,
    presented: received.clientRequest.headers,
    context: undefined,
    response: undefined,
    trail: [],
    originMillis: undefined,
    plan: undefined,
    origin: undefined,
    host: undefined,
    hostHeader: undefined,
    authority: undefined,
    port: undefined,
    key: undefined,
    location: undefined,
    common: undefined,
  }
  return exchange
}

/** The exchange with its destination. */
export function routed(exchange: Exchange, { plan, origin, host, authority, port }: Destination): RoutedExchange {
  const narrowed = exchange as Writable<RoutedExchange>
  narrowed.plan = plan
  narrowed.origin = origin
  narrowed.host = host
  narrowed.authority = authority
  narrowed.port = port
  return narrowed
}

/** From here on the exchange goes by another plan of its zone. */
export function setPlan(exchange: RoutedExchange, plan: ZonePlan): void {
  const open = exchange as Writable<RoutedExchange>
  open.plan = plan
}

/** From here on the exchange leads to another origin server, or to it by another Host. */
export function setOrigin(exchange: RoutedExchange, origin: OriginServer, hostHeader?: string): void {
  const open = exchange as Writable<RoutedExchange>
  open.origin = origin
  if (hostHeader !== undefined) open.hostHeader = hostHeader
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
export type PeerSource = { requestIP(request: Request): { readonly address: string; readonly port?: number } | null }

/** The value of a request's field, its lines joined, or null. */
export function fieldReader(headers: Headers): (name: string) => string | null {
  return (name) => headers.get(name)
}
