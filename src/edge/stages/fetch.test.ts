// Fetching through the store, seen from the pipeline: what becomes of an answer, and of those who wait for it.

import { describe, expect, test } from 'bun:test'
import { bytes, EdgeError } from '../../base/index.ts'
import { makeSnapshot, resolveConfig } from '../../config/index.ts'
import type { OriginAnswer } from '../../origin/index.ts'
import {
  type Fields,
  makeAnswer,
  makeEdge,
  makeExchange,
  makeRequest,
  type OriginScript,
  type TestEdge,
} from '../edge.fixture.ts'
import { handle } from '../pipeline.ts'
import { makeRoutes } from '../routes.ts'

const FRESH: Fields = { 'content-type': 'text/plain', 'cache-control': 'max-age=60' }
const CACHED = { cache: { cache: true } }

const ask = (edge: TestEdge, fields: Fields = {}): Promise<Response> =>
  handle(makeExchange(edge, makeRequest('/a', fields)), edge)

/** Status, cache status and content of an answer, once what it began has landed. */
async function told(edge: TestEdge, fields: Fields = {}): Promise<readonly unknown[]> {
  const answer = await ask(edge, fields)
  const seen = [answer.status, answer.headers.get('cf-cache-status'), await answer.text()]
  await edge.background.settled()
  return seen
}

/** Lets all that can happen without the origin server happen. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

type SlowOrigin = {
  readonly script: OriginScript
  /** Answers the request that waits longest, and lets come what comes of it. */
  answer(outcome: OriginAnswer | EdgeError): Promise<void>
  /** The request that waits longest, to be answered later. */
  take(): PromiseWithResolvers<OriginAnswer>
}

/** An origin that answers each request only when it is told to, with what it is told. */
function slowOrigin(): SlowOrigin {
  const waiting: PromiseWithResolvers<OriginAnswer>[] = []
  return {
    script: () => {
      const asked = Promise.withResolvers<OriginAnswer>()
      waiting.push(asked)
      return asked.promise
    },
    take: () => {
      const next = waiting.shift()
      if (next === undefined) throw new Error('nothing was asked')
      return next
    },
    answer: async (outcome) => {
      await turn()
      const next = waiting.shift()
      if (outcome instanceof EdgeError) next?.reject(outcome)
      else next?.resolve(outcome)
      await turn()
    },
  }
}

describe('an object larger than the limit', () => {
  const LIMIT = 10
  function limited(script: OriginScript): TestEdge {
    const edge = makeEdge(CACHED, script)
    const rule = { expression: 'true', action: 'set_cache_settings', action_parameters: CACHED.cache }
    const zone = { name: 'example.com', origins: { '*': 'http://127.0.0.1:3000' } }
    const rulesets = { http_request_cache_settings: [rule] }
    const made = makeSnapshot(resolveConfig({ zones: [{ ...zone, rulesets }] }), new Map(), 1)
    const findRoute: typeof made.findRoute = (host) => {
      const route = made.findRoute(host)
      const cacheSettings = route && { ...route.zone.cacheSettings, maxObjectSize: bytes(LIMIT) }
      return route && cacheSettings && { ...route, zone: { ...route.zone, cacheSettings } }
    }
    edge.routes = makeRoutes({ ...made, findRoute })
    return edge
  }

  test('that says so goes out and is not stored', async () => {
    const edge = limited(() => makeAnswer('x'.repeat(LIMIT + 1), FRESH))
    for (const _ of [1, 2]) expect(await told(edge)).toEqual([200, 'BYPASS', 'x'.repeat(LIMIT + 1)])
  })

  test('that is found out while it comes goes out whole and is not stored', async () => {
    const edge = limited(() => makeAnswer(new Response('x'.repeat(LIMIT + 1)).body, FRESH))
    for (const _ of [1, 2]) expect(await told(edge)).toEqual([200, 'MISS', 'x'.repeat(LIMIT + 1)])
    expect(edge.store.stats()).toMatchObject({ variants: 0 })
  })

  test('of exactly the limit is stored', async () => {
    const edge = limited(() => makeAnswer(new Response('x'.repeat(LIMIT)).body, FRESH))
    expect([(await told(edge))[1], (await told(edge))[1]]).toEqual(['MISS', 'HIT'])
  })
})

describe('those who wait', () => {
  test('for what fails before its head try once more, together, and then get the page', async () => {
    const origin = slowOrigin()
    const edge = makeEdge(CACHED, origin.script)
    const asking = Promise.all(Array.from({ length: 5 }, () => ask(edge)))
    await origin.answer(new EdgeError('origin-refused'))
    expect(edge.asked.length).toBe(2)
    await origin.answer(new EdgeError('origin-refused'))
    expect((await asking).map(({ status }) => status)).toEqual([521, 521, 521, 521, 521])
    expect(edge.asked.length).toBe(2)
  })

  test('for what may not be stored ask for themselves, all at once; later ones do not wait at all', async () => {
    const origin = slowOrigin()
    const edge = makeEdge(CACHED, origin.script)
    const asking = Promise.all(Array.from({ length: 3 }, () => ask(edge)))
    await origin.answer(makeAnswer('for 1', { 'cache-control': 'private' }))
    expect(edge.asked.length).toBe(3)
    const later = [ask(edge), ask(edge)]
    await turn()
    expect(edge.asked.length).toBe(5)
    for (const n of [2, 3, 4, 5]) await origin.answer(makeAnswer(`for ${n}`, { 'cache-control': 'private' }))
    const texts = await Promise.all([...(await asking), ...(await Promise.all(later))].map((answer) => answer.text()))
    expect(new Set(texts).size).toBe(5)
  })

  test('wait again once an answer could be stored', async () => {
    const origin = slowOrigin()
    const edge = makeEdge(CACHED, origin.script)
    const first = ask(edge)
    await origin.answer(makeAnswer('x', { 'cache-control': 'private' }))
    await first
    const second = ask(edge)
    await origin.answer(makeAnswer('x', { ...FRESH, 'cache-control': 'max-age=0' }))
    await (await second).text()
    const crowd = [ask(edge), ask(edge), ask(edge)]
    await origin.answer(makeAnswer('x', FRESH))
    await Promise.all(crowd)
    expect(edge.asked.length).toBe(3)
  })
})

describe('what no origin may answer', () => {
  test.each([
    ['a 304 to a request without conditions', 304],
    ['a part to a request for the whole', 206],
    ['an upgrade that nobody asked for', 101],
  ])('%s: 520, and nothing is stored', async (_, status) => {
    const edge = makeEdge(CACHED, () => ({ ...makeAnswer(null, FRESH), status }))
    expect((await told(edge)).slice(0, 1)).toEqual([520])
    expect(edge.store.stats()).toMatchObject({ variants: 0 })
  })
})

test('content that breaks off is an error to its readers, and is not stored', async () => {
  const broken = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('half')),
      pull: (controller) => controller.error(new Error('the connection broke')),
    })
  const edge = makeEdge(CACHED, () => makeAnswer(broken(), FRESH))
  await expect(ask(edge).then((answer) => answer.text())).rejects.toThrow()
  await edge.background.settled()
  expect(edge.store.stats()).toMatchObject({ variants: 0 })
  expect(edge.reported).toEqual([])
})

describe('a validation behind a stale copy', () => {
  test('goes on when a client that came to wait for it leaves', async () => {
    const origin = slowOrigin()
    const edge = makeEdge(CACHED, origin.script)
    const first = ask(edge)
    await origin.answer(makeAnswer('x', { ...FRESH, 'cache-control': 'max-age=10, stale-while-revalidate=10' }))
    await (await first).text()
    await edge.background.settled()
    edge.clock.advance(15_000)
    expect((await ask(edge)).headers.get('cf-cache-status')).toBe('UPDATING')
    // Past the window nobody gets the stale copy any more: the next client waits, and loses patience.
    edge.clock.advance(10_000)
    const client = new AbortController()
    const leaving = handle(makeExchange(edge, new Request(makeRequest('/a'), { signal: client.signal })), edge)
    await turn()
    client.abort()
    await turn()
    const [, validation] = edge.asked
    expect([edge.asked.length, validation?.signal?.aborted]).toEqual([2, false])
    await origin.answer(makeAnswer('y', FRESH))
    await leaving
  })
})

describe('a copy for everybody whose sharing ends while it is validated', () => {
  const STAR = { 'access-control-allow-origin': '*' }
  const STALE: Fields = { ...FRESH, 'cache-control': 'max-age=10, stale-if-error=60', etag: '"1"' }
  const B = { origin: 'https://b.example' }
  const REFLECTING = { 'access-control-allow-origin': B.origin }

  /** A copy that a request without Origin has earned and that has expired; B and a request without Origin ask at once. */
  async function askTwice() {
    const origin = slowOrigin()
    const edge = makeEdge({ ...CACHED, settings: { cors_variants: 'collapse' } }, origin.script)
    const first = ask(edge)
    await origin.answer(makeAnswer('x', { ...STALE, ...STAR }))
    await (await first).text()
    await edge.background.settled()
    edge.clock.advance(15_000)
    const asking = { b: ask(edge, B), without: ask(edge) }
    await turn()
    expect(edge.asked.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, '"1"', '"1"'])
    return { edge, origin, ...asking }
  }

  test('goes to who earned it, with the bytes that were at hand', async () => {
    const { edge, origin, b, without } = await askTwice()
    // At once: while what B's answer teaches is noted, the copy is dropped already.
    const [asB, asNobody] = [origin.take(), origin.take()]
    asB.resolve(makeAnswer(null, { ...STALE, ...REFLECTING }, 304))
    asNobody.resolve(makeAnswer(null, STALE, 304))
    const confirmed = await without
    expect([confirmed.headers.get('cf-cache-status'), await confirmed.text()]).toEqual(['REVALIDATED', 'x'])
    expect(edge.asked.length).toBe(4)
    await origin.answer(makeAnswer('x', { ...STALE, ...REFLECTING }))
    expect((await b).headers.get('access-control-allow-origin')).toBe(B.origin)
    expect(edge.asked.length).toBe(4)
  })

  test('goes to nobody else, though a 304 confirms it', async () => {
    const { origin, b, without } = await askTwice()
    // The second that asked is answered first.
    const [asB, asNobody] = [origin.take(), origin.take()]
    asNobody.resolve(makeAnswer('x', { ...STALE, ...STAR, vary: 'Origin' }))
    expect(await (await without).text()).toBe('x')
    await turn()
    asB.resolve(makeAnswer(null, STALE, 304))
    await origin.answer(makeAnswer('x', STALE))
    expect((await b).headers.get('access-control-allow-origin')).toBeNull()
  })

  test('goes to nobody else for an origin server that fails', async () => {
    const { origin, b, without } = await askTwice()
    const [asB, asNobody] = [origin.take(), origin.take()]
    asNobody.resolve(makeAnswer('x', { ...STALE, ...STAR, vary: 'Origin' }))
    expect(await (await without).text()).toBe('x')
    await turn()
    asB.resolve(makeAnswer('down', {}, 503))
    const answer = await b
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([503, null])
  })
})
