// What the origin server is told: the client's own fields, and in the edge's name only what the edge knows.

import { describe, expect, test } from 'bun:test'
import { epochMillis } from '../base/index.ts'
import type { StoredResponse } from '../cache/index.ts'
import { type Fields, makeEdge, makeKeyed, makeRequest, makeRouted, PEER, type ZoneParts } from './edge.fixture.ts'
import { backgroundFields, fetchingFields, passingFields, rememberedFields } from './origin-request.ts'

const edge = makeEdge({ cache: { cache: true } })

/** The fields that an uncached request is passed on with. */
function passed(fields: Fields, scheme: 'http' | 'https' = 'http'): Headers {
  return passingFields(makeRouted(edge, makeRequest('/', fields), scheme))
}

describe('fields of one connection end here', () => {
  test.each([
    ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding'],
    ...['upgrade', 'http2-settings', 'expect'],
  ])('%s', (name) => {
    expect(passed({ [name]: 'x' }).has(name)).toBe(false)
  })

  test('and what Connection lists', () => {
    const headers = passed({ connection: 'close, X-Hop', 'x-hop': '1', 'x-a': '1' })
    expect([headers.has('x-hop'), headers.get('x-a')]).toEqual([false, '1'])
  })

  test.each(['cookie', 'authorization', 'origin', 'x-forwarded-for', 'range'])(
    'but Connection cannot strike %s: the request would pass for another',
    (name) => {
      expect(passed({ connection: name, [name]: 'x' }).get(name)).toContain('x')
    },
  )
})

describe('what the client says in the edge’s name is not believed', () => {
  test.each([
    ['cf-connecting-ip', PEER],
    ['cf-visitor', '{"scheme":"http"}'],
    ['x-forwarded-proto', 'http'],
  ])('%s is %s', (name, value) => {
    expect(passed({ [name]: 'forged' }).get(name)).toBe(value)
  })

  test.each(['cf-ipcountry', 'cf-worker', 'cf-device-type', 'cf-anything'])('%s is dropped', (name) => {
    expect(passed({ [name]: 'forged' }).has(name)).toBe(false)
  })

  test('CF-Ray is this exchange’s', () => {
    const exchange = makeRouted(edge, makeRequest('/', { 'cf-ray': 'forged' }))
    expect(passingFields(exchange).get('cf-ray')).toBe(exchange.ray)
  })

  test('X-Forwarded-For is appended to, and ends in the real peer', () => {
    expect(passed({}).get('x-forwarded-for')).toBe(PEER)
    expect(passed({ 'x-forwarded-for': '203.0.113.1, 203.0.113.2' }).get('x-forwarded-for')).toBe(
      `203.0.113.1, 203.0.113.2, ${PEER}`,
    )
  })

  test.each([
    [undefined, 'varyant'],
    ['', 'varyant'],
    ['other', 'other, varyant'],
  ])('CDN-Loop %s becomes %s', (given, expected) => {
    expect(passed(given === undefined ? {} : { 'cdn-loop': given }).get('cdn-loop')).toBe(expected)
  })

  test('a visitor by https is told as one', () => {
    const headers = passed({}, 'https')
    expect([headers.get('x-forwarded-proto'), headers.get('cf-visitor')]).toEqual(['https', '{"scheme":"https"}'])
  })
})

test('the request that the client sent is left as it is', () => {
  const request = makeRequest('/', { connection: 'close', 'cf-ray': 'forged', range: 'bytes=0-1' })
  fetchingFields(makeKeyed(edge, request), undefined)
  expect([request.headers.get('connection'), request.headers.get('cf-ray')]).toEqual(['close', 'forged'])
  expect(request.headers.get('range')).toBe('bytes=0-1')
})

describe('a response is fetched whole and unconditionally', () => {
  const conditions = ['range', 'if-range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since']
  test.each(conditions)('without the client’s %s', (name) => {
    const headers = fetchingFields(makeKeyed(edge, makeRequest('/', { [name]: '"1"' })), undefined)
    expect(headers.has(name)).toBe(false)
    expect(passed({ [name]: '"1"' }).get(name)).toBe('"1"')
  })

  test('and validated with the stored validators, whatever the client’s are', () => {
    const exchange = makeKeyed(edge, makeRequest('/', { 'if-none-match': '"client"' }))
    const modified = 'Mon, 04 May 2026 11:00:00 GMT'
    const headers = fetchingFields(exchange, stored({ fields: { etag: '"stored"', 'last-modified': modified } }))
    expect([headers.get('if-none-match'), headers.get('if-modified-since')]).toEqual(['"stored"', modified])
  })
})

describe('a validation that nobody waits for', () => {
  test('sends the fields that the stored response answered, not those of whoever triggers it', () => {
    const trigger = makeRequest('/', {
      origin: 'https://b.example',
      cookie: 'session=1',
      authorization: 'Basic x',
      'user-agent': 'trigger',
    })
    const copy = stored({ fields: { etag: '"1"' }, requestFields: { origin: 'https://a.example', 'x-tier': 'gold' } })
    const headers = backgroundFields(makeKeyed(edge, trigger), copy, copy, edge)
    expect([headers.get('origin'), headers.get('x-tier')]).toEqual(['https://a.example', 'gold'])
    expect([headers.get('cookie'), headers.get('authorization'), headers.get('user-agent')]).toEqual([null, null, null])
    expect([headers.get('host'), headers.get('if-none-match')]).toEqual(['example.com', '"1"'])
    expect([headers.get('x-forwarded-for'), headers.get('cdn-loop')]).toEqual([PEER, 'varyant'])
  })

  test('sends no Origin when the stored response answered a request without one', () => {
    const trigger = makeRequest('/', { origin: 'https://b.example' })
    const copy = stored({})
    expect(backgroundFields(makeKeyed(edge, trigger), copy, copy, edge).has('origin')).toBe(false)
  })

  test('sends no conditions when it asks again for the whole', () => {
    const copy = stored({ fields: { etag: '"1"' }, requestFields: { origin: 'https://a.example' } })
    const headers = backgroundFields(makeKeyed(edge, makeRequest('/')), copy, undefined, edge)
    expect([headers.get('origin'), headers.get('if-none-match')]).toEqual(['https://a.example', null])
  })
})

describe('what a later validation has to send again is remembered', () => {
  const remembered = (zone: ZoneParts, fields: Fields, nominated: readonly string[] = []) =>
    rememberedFields(makeKeyed(makeEdge(zone), makeRequest('/', fields)), nominated, (name) => fields[name] ?? null)

  test('Origin, and what Vary nominated; absent fields are not', () => {
    const fields = { origin: 'https://a.example', 'x-a': '1', cookie: 'x' }
    expect(remembered({ cache: { cache: true } }, fields, ['x-a', 'x-b'])).toEqual([
      ['origin', 'https://a.example'],
      ['x-a', '1'],
    ])
  })

  test('User-Agent where the key tells device types apart, so that the origin is told the same one again', () => {
    const zone = { cache: { cache: true, cache_key: { cache_by_device_type: true } } }
    const agent = 'Mozilla/5.0 (iPhone) Mobile'
    expect(remembered(zone, { 'user-agent': agent })).toEqual([['user-agent', agent]])
    const device = makeEdge(zone)
    const headers = backgroundFields(
      makeKeyed(device, makeRequest('/', { 'user-agent': 'desktop' })),
      stored({ requestFields: { 'user-agent': agent } }),
      undefined,
      device,
    )
    expect(headers.get('cf-device-type')).toBe('mobile')
  })
})

type StoredParts = {
  readonly fields?: Readonly<Record<string, string>>
  readonly requestFields?: Readonly<Record<string, string>>
}

/** As much of a stored response as a validation looks at. */
function stored({ fields = {}, requestFields = {} }: StoredParts): StoredResponse {
  return {
    status: 200,
    fields: Object.entries(fields),
    requestFields: Object.entries(requestFields),
    responseTime: epochMillis(0),
  } as unknown as StoredResponse
}
