// Stale copies that go out when the origin server fails.  RFC 5861 §4; CF cache/concepts/cache-control

import { describe, expect, test } from 'bun:test'
import { play, startScene } from '../support/edge/index.ts'
import type { Answer, Script } from '../support/index.ts'

const CACHE_CONTROL = 'max-age=10, stale-if-error=60'

const good: Answer = { fields: [['Cache-Control', CACHE_CONTROL]], body: 'good' }

/** Good once, then this. */
function onceGoodThen(next: Script | Answer, first: Answer = good): Script {
  let turn = 0
  return (request, response) => {
    turn += 1
    if (turn === 1) return first
    return typeof next === 'function' ? next(request, response) : next
  }
}

describe('stale-if-error', () => {
  test.each([500, 502, 503, 504])('a %d from the origin is answered with the stale copy', async (status) => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', onceGoodThen({ status, body: 'broken' }))
    await play(scene, [
      { get: '/a', cache: 'MISS', text: 'good' },
      { get: '/a', cache: 'STALE', text: 'good', after: 15, age: 15, origin: 2 },
      { get: '/a', cache: 'STALE', text: 'good', after: 54, origin: 3 },
      { get: '/a', status, text: 'broken', after: 1, origin: 4 },
    ])
  })

  test.each([400, 403, 404, 410, 501])('a %d is no error: the stale copy does not hide it', async (status) => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', onceGoodThen({ status, body: 'other' }))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', status, text: 'other', after: 15 },
    ])
  })

  test('a 404 replaces the stale copy', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', onceGoodThen({ status: 404, body: 'gone' }))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', status: 404, cache: 'EXPIRED', after: 15 },
      { get: '/a', status: 404, cache: 'HIT', text: 'gone', origin: 2 },
    ])
  })

  test.each([
    ['does not accept connections', async (_: unknown, response: { cut(): void }) => response.cut()],
    [
      'answers with what is not HTTP',
      async (_: unknown, response: { raw(data: string): Promise<void>; finish(): void }) => {
        await response.raw('nonsense\r\n\r\n')
        response.finish()
      },
    ],
  ])('an origin that %s is answered for with the stale copy', async (_, script) => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', onceGoodThen(script as Script))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'STALE', text: 'good', after: 15 },
    ])
  })

  test('an origin that is gone is answered for with the stale copy', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', good)
    await play(scene, [{ get: '/a', cache: 'MISS' }])
    await scene.origin.close()
    await play(scene, [
      { get: '/a', cache: 'STALE', text: 'good', after: 15 },
      { get: '/a', status: 521, after: 55 },
    ])
  })

  test.each([
    ['stale-if-error=0', 'max-age=10, stale-if-error=0'],
    ['must-revalidate', `${CACHE_CONTROL}, must-revalidate`],
    ['proxy-revalidate', `${CACHE_CONTROL}, proxy-revalidate`],
    ['s-maxage', `${CACHE_CONTROL}, s-maxage=10`],
    ['no-cache', `${CACHE_CONTROL}, no-cache`],
  ])('%s forbids it', async (_, cacheControl) => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on(
      '/a',
      onceGoodThen({ status: 503, body: 'broken' }, { fields: [['Cache-Control', cacheControl]], body: 'good' }),
    )
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', status: 503, text: 'broken', after: 15 },
    ])
  })

  test('Always Online forbids it', async () => {
    await using scene = await startScene({ cache: { cache: true }, settings: { always_online: 'on' } })
    scene.origin.on('/a', onceGoodThen({ status: 503, body: 'broken' }))
    const first = await scene.get('/a')
    expect(first.cacheStatus).toBe('MISS')
    await play(scene, [{ get: '/a', status: 503, after: 15 }])
  })

  test('the origin heals: the next answer replaces the stale copy', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', [good, { status: 500 }, { ...good, body: 'healed' }])
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'STALE', text: 'good', after: 15 },
      { get: '/a', cache: 'EXPIRED', text: 'healed' },
      { get: '/a', cache: 'HIT', text: 'healed' },
    ])
  })
})
