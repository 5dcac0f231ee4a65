// A data plane without sockets, for the tests of this room: one zone, an origin server that a test plays, a store in memory
// and a clock that stands still.

import { bytes, type EdgeEvent, type FakeClock, makeFakeClock } from '../base/index.ts'
import { makeMemoryStore } from '../cache/store/index.ts'
import { makeSnapshot, resolveConfig } from '../config/index.ts'
import { makeFindingsBook, makeVariantBudget, SHARING } from '../cors/sharing/index.ts'
import { splitTarget } from '../http/index.ts'
import type { OriginAnswer, OriginRequest } from '../origin/index.ts'
import { makeMemoryJournal } from '../purge/index.ts'
import { makeBackground } from './background.ts'
import type { EdgeServices } from './edge.ts'
import {
  type Exchange,
  type KeyedExchange,
  makeExchange as newExchange,
  type RoutedExchange,
  type Scheme,
} from './exchange.ts'
import { Flights } from './flights.ts'
import { nextRay } from './ray.ts'
import { makeRoutes } from './routes.ts'
import { applyCacheSettings } from './stages/cache-settings.ts'
import { findZone } from './stages/find-zone.ts'

/** The peer that every request of these tests comes from. */
export const PEER = '192.0.2.7'

/** Fields of a message, each once. */
export type Fields = Readonly<Record<string, string>>

export type ZoneParts = {
  readonly settings?: Readonly<Record<string, unknown>>
  /** Parameters of a cache rule that matches every request. */
  readonly cache?: Readonly<Record<string, unknown>>
  /** Rules of other phases, by phase. */
  readonly rulesets?: Readonly<Record<string, readonly unknown[]>>
  /** Further members of the zone. */
  readonly more?: Readonly<Record<string, unknown>>
}

export type TestEdge = EdgeServices & {
  readonly clock: FakeClock
  /** What the edge reported. */
  readonly reported: EdgeEvent[]
  /** What the origin server was asked. */
  readonly asked: OriginRequest[]
}

/** What the origin server answers. */
export type OriginScript = (request: OriginRequest) => OriginAnswer | Promise<OriginAnswer>

const ANSWERS_NOTHING: OriginScript = () => {
  throw new Error('this test has no origin server')
}

export function makeEdge(
  { settings = {}, cache, rulesets = {}, more = {} }: ZoneParts = {},
  script: OriginScript = ANSWERS_NOTHING,
  options: Partial<Pick<EdgeServices, 'accessLog' | 'debugHeaders'>> = {},
): TestEdge {
  const clock = makeFakeClock(Date.UTC(2026, 4, 4, 12, 0, 0))
  const reported: EdgeEvent[] = []
  const asked: OriginRequest[] = []
  const events = (event: EdgeEvent): void => void reported.push(event)
  return {
    routes: makeRoutes(
      makeSnapshot(resolveConfig({ zones: [{ ...zoneJson(settings, cache, rulesets), ...more }] }), new Map(), 1),
    ),
    store: makeMemoryStore({ memoryLimit: bytes(2 ** 24), events, clock }),
    journal: makeMemoryJournal(clock),
    origins: {
      send: async (request) => {
        asked.push(request)
        return script(request)
      },
      close: () => undefined,
    },
    flights: new Flights(),
    sharing: SHARING,
    budget: makeVariantBudget(),
    findings: makeFindingsBook(),
    background: makeBackground(events),
    ...{ clock, events, reported, asked },
    ...{
      locate: undefined,
      addresses: {},
      scripts: undefined,
      relay: undefined,
      siblings: undefined,
      allowPrivate: [],
      accessLog: false,
      debugHeaders: false,
      ...options,
    },
  }
}

/** A request from PEER as the listener hands it on. */
export function makeExchange(edge: TestEdge, clientRequest: Request, scheme: Scheme = 'http'): Exchange {
  const { path, query } = splitTarget(clientRequest.url)
  return newExchange({
    ...{ clientRequest, method: clientRequest.method, scheme, path, query },
    ...{ peer: PEER, peerPort: 40_000, receivedAt: edge.clock.now(), ray: nextRay() },
  })
}

/** A request of the zone; its Host is `example.com` unless the fields say otherwise. */
export function makeRequest(target: string, fields: Fields = {}, method = 'GET'): Request {
  const headers = new Headers(fields)
  if (!headers.has('host')) headers.set('host', 'example.com')
  return new Request(`http://example.com${target}`, { method, headers })
}

/** An exchange that has found its zone. */
export function makeRouted(edge: TestEdge, request: Request, scheme: Scheme = 'http'): RoutedExchange {
  const found = findZone(makeExchange(edge, request, scheme), edge)
  if (found.kind !== 'found') throw new Error('this request has no zone')
  return found.exchange
}

/** An exchange that has its key. */
export function makeKeyed(edge: TestEdge, request: Request, scheme: Scheme = 'http'): KeyedExchange {
  const entrance = applyCacheSettings(makeRouted(edge, request, scheme), edge)
  if (entrance.kind !== 'eligible') throw new Error(`this request is ${entrance.kind}`)
  return entrance.exchange
}

/** An origin server's answer. */
export function makeAnswer(
  body: string | ReadableStream<Uint8Array> | null,
  fields: Fields = {},
  status = 200,
): OriginAnswer {
  const headers = new Headers(fields)
  if (typeof body === 'string' && !headers.has('content-length')) {
    headers.set('content-length', String(Buffer.byteLength(body)))
  }
  return { status, headers, body: body === null ? null : new Response(body).body }
}

function zoneJson(settings: ZoneParts['settings'], cache: ZoneParts['cache'], rulesets: ZoneParts['rulesets']) {
  const rule = { expression: 'true', action: 'set_cache_settings', action_parameters: cache }
  const http_request_cache_settings = cache === undefined ? [] : [rule]
  return {
    name: 'example.com',
    origins: { '*': 'http://127.0.0.1:3000' },
    settings: { browser_cache_ttl: 0, ...settings },
    rulesets: { http_request_cache_settings, ...rulesets },
  }
}
