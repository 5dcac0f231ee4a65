// An unsafe request that succeeds outdates what is stored for its target.  RFC 9111 §4.4; docs/decisions/0042

import { describe, expect, test } from 'bun:test'
import { play, type Scene, type SceneOptions, startScene } from '../support/edge/index.ts'
import { type Answer, type FieldLine, makeGate } from '../support/index.ts'

const A: FieldLine = ['Origin', 'https://a.example']
const B: FieldLine = ['Origin', 'https://b.example']
const STORED: Answer = { fields: [['Cache-Control', 'max-age=600']], body: 'x' }

/** A scene in which GET is cached everywhere and the unsafe method is answered as given. */
async function scene(answer: Answer, options: SceneOptions = { cache: { cache: true } }): Promise<Scene> {
  const made = await startScene(options)
  made.origin.on('*', ({ method }) => (method === 'GET' ? STORED : answer))
  return made
}

/** CF-Cache-Status of a GET. */
async function statusOf(on: Scene, target: string, fields: readonly FieldLine[] = []): Promise<string | undefined> {
  return (await on.get(target, fields)).cacheStatus
}

describe('after an unsafe request the stored response', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PURGE'])('of its target is gone: %s', async (method) => {
    await using on = await scene({ status: 200 })
    await play(on, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'HIT' },
      { get: '/a', method, cache: 'DYNAMIC' },
      { get: '/a', cache: 'MISS' },
    ])
  })

  test.each([200, 201, 204, 301, 303])('is gone when the answer is %d', async (status) => {
    await using on = await scene({ status })
    await play(on, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', method: 'POST', status },
      { get: '/a', cache: 'MISS' },
    ])
  })

  test.each([400, 404, 409, 500, 503])('stays when the answer is %d: nothing was changed', async (status) => {
    await using on = await scene({ status })
    await play(on, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', method: 'POST', status },
      { get: '/a', cache: 'HIT' },
    ])
  })

  test('of another query stays', async () => {
    await using on = await scene({ status: 200 })
    await play(on, [
      { get: '/a?q=1', cache: 'MISS' },
      { get: '/a', method: 'POST' },
      { get: '/a?q=1', cache: 'HIT' },
    ])
  })

  test('stays after a safe method', async () => {
    await using on = await scene({ status: 200 })
    await play(on, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', method: 'OPTIONS' },
      { get: '/a', method: 'HEAD', cache: 'HIT' },
      { get: '/a', cache: 'HIT' },
    ])
  })
})

test('the copies without Origin and with the request’s own are gone; that of another Origin stays', async () => {
  await using on = await scene({ status: 200 })
  for (const fields of [[], [A], [B]]) expect(await statusOf(on, '/a', fields)).toBe('MISS')
  await on.request('/a', { method: 'POST', fields: [A] })
  expect([await statusOf(on, '/a'), await statusOf(on, '/a', [A]), await statusOf(on, '/a', [B])]).toEqual([
    ...['MISS', 'MISS', 'HIT'],
  ])
})

test('every variant of a copy that is gone is gone', async () => {
  await using on = await scene(
    { status: 200 },
    { cache: { cache: true, vary: { default: { action: 'passthrough' } } } },
  )
  on.origin.on('/v', ({ method }) =>
    method === 'GET' ? { ...STORED, fields: [...(STORED.fields ?? []), ['Vary', 'X-A']] } : { status: 200 },
  )
  for (const value of ['1', '2']) expect(await statusOf(on, '/v', [['X-A', value]])).toBe('MISS')
  await on.request('/v', { method: 'POST' })
  for (const value of ['1', '2']) expect(await statusOf(on, '/v', [['X-A', value]])).toBe('MISS')
})

describe('Location and Content-Location', () => {
  test.each([
    ['a path', 'Location', '/b', true],
    ['a relative path', 'Location', 'b', true],
    ['a URL of the same host', 'Location', 'http://example.com/b', true],
    ['a URL of the same host in capitals', 'Location', 'http://EXAMPLE.com:80/b', true],
    ['a content location', 'Content-Location', '/b', true],
    ['a URL of another host', 'Location', 'http://other.example/b', false],
    ['another host without a scheme', 'Location', '//other.example/b', false],
    ['another port', 'Location', 'http://example.com:81/b', false],
    ['another scheme', 'Location', 'https://example.com/b', false],
    ['what is no URL', 'Location', 'http://[', false],
  ] as const)('%s: %s: %s', async (_, name, value, isGone) => {
    await using on = await scene({ status: 201, fields: [[name, value]] })
    const other: FieldLine = ['Host', 'other.example']
    await statusOf(on, '/b')
    await statusOf(on, '/b', [other])
    await on.request('/a', { method: 'POST' })
    expect(await statusOf(on, '/b', [other])).toBe('HIT')
    expect(await statusOf(on, '/b')).toBe(isGone ? 'MISS' : 'HIT')
  })

  test('with the query in another order, where queries are sorted', async () => {
    await using on = await scene(
      { status: 201, fields: [['Location', '/b?y=2&x=1']] },
      { cache: { cache: true }, settings: { sort_query_string_for_cache: 'on' } },
    )
    await statusOf(on, '/b?x=1&y=2')
    await on.request('/a', { method: 'POST' })
    expect(await statusOf(on, '/b?x=1&y=2')).toBe('MISS')
  })
})

describe('what is on its way', () => {
  test('is not stored when it was asked for before the unsafe request came back', async () => {
    await using on = await scene({ status: 200 })
    const gate = on.origin.hold(({ method }) => method === 'GET')
    const early = on.get('/a')
    await gate.arrived()
    await on.request('/a', { method: 'POST' })
    const late = on.get('/a')
    await gate.arrived(2)
    gate.release()
    expect([(await early).status, (await late).status]).toEqual([200, 200])
    expect(on.origin.seen(({ method }) => method === 'GET').length).toBe(2)
    expect(await statusOf(on, '/a')).toBe('HIT')
  })

  test('as a 304 does not bring the outdated content back', async () => {
    await using on = await startScene({ cache: { cache: true } })
    const old: Answer = {
      fields: [
        ['Cache-Control', 'max-age=10'],
        ['ETag', '"1"'],
      ],
      body: 'old',
    }
    on.origin.on('/a', ({ method }) => (method === 'GET' ? old : { status: 200 }))
    // A copy of another Origin keeps the body in the store.
    for (const fields of [[], [B]]) expect(await statusOf(on, '/a', fields)).toBe('MISS')
    on.pass(10)
    // The origin confirms the old content, but its answer is slower than the change.
    const slow = makeGate()
    on.origin.on('/a', async ({ method }) => {
      if (method !== 'GET') return { status: 200 }
      await slow.released
      return { status: 304, fields: [['Cache-Control', 'max-age=600']] }
    })
    const validating = on.get('/a')
    await on.origin.waitForRequests(3)
    await on.request('/a', { method: 'POST' })
    on.origin.on('/a', { ...STORED, body: 'new' })
    slow.release()
    await validating
    expect((await on.get('/a')).text).toBe('new')
  })
})
