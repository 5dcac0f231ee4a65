// One access record for each exchange: when it is written, and what is in it.

import { describe, expect, test } from 'bun:test'
import type { AccessRecord } from '../../base/index.ts'
import { makeEdge, makeExchange, makeRequest, PEER, type TestEdge } from '../edge.fixture.ts'
import type { Exchange } from '../exchange.ts'
import type { EdgeResponse } from '../response.ts'
import { record } from './record.ts'

const PASSED: EdgeResponse = {
  kind: 'passing',
  outcome: 'ineligible',
  answer: { status: 200, headers: new Headers(), body: null },
}
const MADE = { kind: 'made' } as EdgeResponse

function loggingEdge(): TestEdge {
  return makeEdge({}, undefined, { accessLog: true })
}

const recordsOf = ({ reported }: TestEdge): readonly AccessRecord[] =>
  reported.flatMap((event) => (event.kind === 'access' ? [event.record] : []))

/** An answer of three pieces whose length nobody announced. */
function piecewise(onCancel: () => void = () => undefined): Response {
  const left = ['one', 'two', 'three']
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const piece = left.shift()
        if (piece === undefined) controller.close()
        else controller.enqueue(Buffer.from(piece))
      },
      cancel: onCancel,
    },
    { highWaterMark: 0 },
  )
  return new Response(body)
}

test('a record has who asked, what came of it, and every decision', () => {
  const edge = loggingEdge()
  const exchange = makeExchange(edge, makeRequest('/a?b=1', {}, 'POST'))
  exchange.trail.push('one reason', 'another reason')
  exchange.originMillis = 20
  edge.clock.advance(30)
  record(exchange, PASSED, new Response('abc', { status: 201, headers: { 'content-length': '3' } }), edge)
  expect(recordsOf(edge)).toEqual([
    {
      ...{ ray: exchange.ray, at: exchange.receivedAt, client: PEER, method: 'POST' },
      ...{ url: 'http://example.com/a?b=1', status: 201, cacheStatus: 'dynamic' },
      ...{ why: ['one reason', 'another reason'], bytes: 3, durationMillis: 30, originMillis: 20 },
    },
  ])
})

test('an answer made before the cache has no cache status', () => {
  const edge = loggingEdge()
  record(makeExchange(edge, makeRequest('/')), MADE, new Response(null, { status: 400 }), edge)
  expect(recordsOf(edge)[0]).toMatchObject({ status: 400, cacheStatus: 'none', bytes: 0 })
})

test('HEAD sends no content, whatever its Content-Length', () => {
  const edge = loggingEdge()
  const exchange = makeExchange(edge, makeRequest('/', {}, 'HEAD'))
  record(exchange, PASSED, new Response(null, { headers: { 'content-length': '7' } }), edge)
  expect(recordsOf(edge)[0]?.bytes).toBe(0)
})

describe('content of unknown length is recorded', () => {
  test('at its end, with what was taken, and goes out unchanged', async () => {
    const edge = loggingEdge()
    const response = record(exchangeOf(edge), PASSED, piecewise(), edge)
    expect(recordsOf(edge)).toEqual([])
    edge.clock.advance(500)
    expect(await response.text()).toBe('onetwothree')
    expect(recordsOf(edge)).toMatchObject([{ bytes: 11, durationMillis: 500 }])
  })

  test('when the client leaves, with what it had taken; and the origin learns it', async () => {
    const edge = loggingEdge()
    let cancelled = false
    const answer = piecewise(() => {
      cancelled = true
    })
    const reader = record(exchangeOf(edge), PASSED, answer, edge).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect(recordsOf(edge)).toMatchObject([{ bytes: 3 }])
    expect(cancelled).toBe(true)
  })

  test('when it breaks off, once, and the client learns that it did', async () => {
    const edge = loggingEdge()
    const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('cut')) })
    await expect(record(exchangeOf(edge), PASSED, new Response(broken), edge).text()).rejects.toThrow('cut')
    expect(recordsOf(edge)).toMatchObject([{ bytes: 0 }])
  })
})

test('without an access log nothing is recorded, and the response is the very one', () => {
  const edge = makeEdge()
  const response = piecewise()
  expect(record(exchangeOf(edge), PASSED, response, edge)).toBe(response)
  expect(edge.reported).toEqual([])
})

describe('Cache-Status', () => {
  test('goes out where it is asked for, behind what the origin’s cache said', () => {
    const edge = makeEdge({}, undefined, { debugHeaders: true })
    const response = new Response(null, { headers: { 'cache-status': 'other; hit' } })
    record(exchangeOf(edge), PASSED, response, edge)
    expect(response.headers.get('cache-status')).toBe('other; hit, varyant; fwd=bypass; fwd-status=200')
  })

  test('and nowhere else', () => {
    const edge = makeEdge()
    expect(record(exchangeOf(edge), PASSED, new Response(null), edge).headers.has('cache-status')).toBe(false)
  })
})

function exchangeOf(edge: TestEdge): Exchange {
  return makeExchange(edge, makeRequest('/'))
}
