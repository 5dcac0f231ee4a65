// The Cache API over the zone's store.  CF workers/runtime-apis/cache; docs/decisions/0084
//
// `caches.default` and `fetch` have the same keys, so each finds what the other stored.  A named cache has keys of its own.
// What is put knows its URL, so that purges by URL, tag, host, prefix and of everything reach it.
//
// S1  A match is a fresh response or nothing: neither validation nor stale answers.
// S2  What broke off is not stored.

import { millis } from '../base/index.ts'
import { decideStorable, type StorableDecision, type StoredResponse, selectingFor } from '../cache/index.ts'
import { hasField, parseHost } from '../http/index.ts'
import { type CacheCall, NO_KNOBS, type PutHead } from '../runtime/index.ts'
import type { EdgeServices } from './edge.ts'
import { type KeyedExchange, keyed, makeExchange, type RoutedExchange, routed } from './exchange.ts'
import { UNKNOWN_PEER } from './nobody.ts'
import { rememberedFields, sentFieldReader } from './origin-request.ts'
import { originFields } from './origin-response.ts'
import { outsidePlan } from './plan.ts'
import { nextRay } from './ray.ts'
import { namedCacheKey } from './script-keys.ts'
import { outsideTarget } from './script-target.ts'
import { keyFor, runCacheRules } from './stages/cache-settings.ts'
import { deliver } from './stages/deliver.ts'
import { lookUp } from './stages/look-up.ts'

/** What a script puts lives by its own fields, and comes out with them. */
const BY_ITS_OWN_FIELDS = {
  ...NO_KNOBS,
  parameters: {
    eligibility: 'eligible',
    originCacheControl: true,
    edgeTtl: { mode: 'respect_origin', default: undefined, byStatus: [] },
    browserTtl: { mode: 'respect_origin' },
  },
  signature: 'cache-api',
} as const

/** A fresh stored response, as it would be delivered: whole, a part, or 304. */
export async function matchCached(call: CacheCall, isOwn: boolean, edge: EdgeServices): Promise<Response | undefined> {
  const exchange = exchangeOf(call, isOwn, edge)
  if (exchange === undefined) return undefined
  const decision = await lookUp(exchange, edge)
  if (decision.kind !== 'fresh') return undefined
  const { variant, content } = decision
  return deliver(
    exchange,
    {
      ...{ kind: 'stored', outcome: 'reused-fresh', stored: variant.response },
      ...{ body: { kind: 'content', content }, receivedAge: undefined },
    },
    edge,
  )
}

/** Stores a response; false when it may not be stored, is too large, or breaks off. */
export async function putCached(
  call: CacheCall,
  head: PutHead,
  body: ReadableStream<Uint8Array>,
  isOwn: boolean,
  edge: EdgeServices,
): Promise<boolean> {
  const exchange = exchangeOf(call, isOwn, edge)
  const now = edge.clock.now()
  const { revision } = edge.journal
  const fields = originFields(new Headers(head.fields.map(([name, value]): [string, string] => [name, value])))
  const received = { status: head.status, fields, requestTime: now, responseTime: now }
  const decision = exchange === undefined ? undefined : decidePut(exchange, received)
  if (exchange === undefined || decision?.kind !== 'store') {
    // Fail closed: it is not stored; what is left of it concerns nobody.
    await body.cancel().catch(() => undefined)
    return false
  }
  const stored = await fill(body, exchange.plan.settings.maxObjectSize, edge)
  if (stored === undefined) return false
  const field = sentFieldReader(exchange)
  edge.store.put({
    ...{ id: exchange.ray, key: exchange.key, location: exchange.location, status: head.status },
    selecting: selectingFor(decision.nominated, field, exchange.plan.settings.vary),
    requestFields: rememberedFields(exchange, decision.nominated, field),
    ...{ fields: decision.fields, tags: decision.tags, initialAge: decision.initialAge },
    freshness: withoutStale(decision.freshness),
    ...{ responseTime: now, revision, body: stored },
  })
  return true
}

/** Deletes what is stored for a request; answers whether there was something. */
export function deleteCached(call: CacheCall, isOwn: boolean, edge: EdgeServices): boolean {
  const exchange = exchangeOf(call, isOwn, edge)
  const entry = exchange === undefined ? undefined : edge.store.find(exchange.key)
  if (exchange === undefined || entry === undefined) return false
  edge.flights.outdate(exchange.key)
  for (const variant of entry.variants) edge.store.remove(variant)
  return true
}

/** CF workers/runtime-apis/cache §put: a response that sets a cookie is not stored, unless it says that the cookie is private. */
function decidePut(
  exchange: KeyedExchange,
  received: Parameters<typeof decideStorable>[2],
): StorableDecision | undefined {
  if (hasField(received.fields, 'set-cookie') && !CALLS_COOKIE_PRIVATE.test(controlOf(received.fields)))
    return undefined
  const fields = received.fields.filter(([name]) => name !== 'set-cookie')
  const presented = { hasAuthorization: false, path: exchange.path }
  return decideStorable(exchange.plan.settings, presented, { ...received, fields })
}

const CALLS_COOKIE_PRIVATE = /private="?[^"]*set-cookie/i

function controlOf(fields: Parameters<typeof hasField>[0]): string {
  return fields.find(([name]) => name === 'cache-control')?.[1] ?? ''
}

/** CF cache/concepts/revalidation: stale windows are not for the Cache API. */
function withoutStale(freshness: StoredResponse['freshness']): StoredResponse['freshness'] {
  const none = millis(0)
  return { ...freshness, staleWhileRevalidate: none, staleIfError: none, staleIfUnreachable: none }
}

async function fill(body: ReadableStream<Uint8Array>, limit: number, { store }: EdgeServices) {
  const open = store.begin()
  try {
    for await (const chunk of body) {
      if (open.length + chunk.byteLength > limit) throw new RangeError(`content of more than ${limit} bytes`)
      const room = open.write(chunk)
      if (room !== undefined) await room
    }
  } catch (cause) {
    // Fail closed: a part is not stored.
    open.abort(cause instanceof Error ? cause : new Error(String(cause)))
    return undefined
  }
  return open.finish()
}

/** The request of a call as the store knows it: a GET for the URL, whatever the call is. */
function exchangeOf(call: CacheCall, isOwn: boolean, edge: EdgeServices): KeyedExchange | undefined {
  const found = destined(call, isOwn, edge)
  if (found === undefined) return undefined
  runCacheRules(found, edge)
  const { key, location } = keyFor(found, edge)
  return keyed(found, call.cache === undefined ? key : namedCacheKey(call.cache, key), location, undefined)
}

function destined(
  { request, zone, scheme, host, path, query }: CacheCall,
  isOwn: boolean,
  edge: EdgeServices,
): RoutedExchange | undefined {
  const plans = edge.routes.plansOf(zone.id)
  const parsed = parseHost(host)
  if (plans === undefined || parsed === undefined) return undefined
  const exchange = makeExchange({
    ...{ clientRequest: request, method: 'GET', scheme, path, query, peer: UNKNOWN_PEER, peerPort: undefined },
    ...{ receivedAt: edge.clock.now(), ray: nextRay() },
    caller: { zoneName: zone.name, depth: 0, knobs: BY_ITS_OWN_FIELDS, isOutside: !isOwn },
  })
  const plan = plans.at(exchange.receivedAt)
  if (!isOwn) return routed(exchange, { plan: outsidePlan(plan), ...outsideTarget(scheme, parsed, [], edge) })
  const route = edge.routes.find(host, scheme)
  return route.kind === 'found' ? routed(exchange, { ...route, plan }) : undefined
}
