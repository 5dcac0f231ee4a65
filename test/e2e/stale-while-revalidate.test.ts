// Stale copies that go out while a fresh one is fetched behind them.  RFC 5861 §3; CF cache/concepts/revalidation

import { describe, expect, test } from 'bun:test'
import { play, startScene, until } from '../support/edge/index.ts'
import { taggedWith } from '../support/index.ts'

const CACHE_CONTROL = 'max-age=600, stale-while-revalidate=30'

describe('stale-while-revalidate', () => {
  test('the first request after expiry gets the stale copy at once; later ones too, until the origin answers', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', [
      { fields: [['Cache-Control', CACHE_CONTROL]], body: 'old' },
      { fields: [['Cache-Control', CACHE_CONTROL]], body: 'new' },
    ])
    await play(scene, [{ get: '/a', cache: 'MISS', text: 'old' }])
    const gate = scene.origin.hold('/a')
    await play(scene, [
      { get: '/a', cache: 'UPDATING', text: 'old', after: 600, age: 600 },
      { get: '/a', cache: 'UPDATING', text: 'old', after: 5, age: 605 },
      { get: '/a', cache: 'UPDATING', text: 'old' },
    ])
    await gate.arrived()
    expect(scene.origin.requests.length).toBe(2)
    gate.release()
    await until('the new copy is served', async () => (await scene.get('/a')).cacheStatus === 'HIT')
    await play(scene, [{ get: '/a', cache: 'HIT', text: 'new', origin: 2 }])
  })

  test('a 304 renews the lifetime of what is stored', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', taggedWith('"1"', { fields: [['Cache-Control', CACHE_CONTROL]], body: 'same' }))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'UPDATING', after: 610 },
    ])
    await until('it is fresh again', async () => (await scene.get('/a')).cacheStatus === 'HIT')
    await play(scene, [{ get: '/a', cache: 'HIT', text: 'same', after: 599, origin: 2 }])
    expect(scene.origin.requests[1]?.field('if-none-match')).toBe('"1"')
  })

  test('past the window the request waits for the origin', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', [
      { fields: [['Cache-Control', CACHE_CONTROL]], body: 'old' },
      { fields: [['Cache-Control', CACHE_CONTROL]], body: 'new' },
    ])
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'EXPIRED', text: 'new', after: 630 },
    ])
  })

  test('a failed refresh leaves the stale copy to the rest of its window', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', [
      { fields: [['Cache-Control', CACHE_CONTROL]], body: 'old' },
      { status: 500, body: 'broken' },
    ])
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'UPDATING', text: 'old', after: 605 },
    ])
    await scene.origin.waitForRequests(2)
    await play(scene, [{ get: '/a', cache: 'UPDATING', text: 'old', after: 5 }])
  })

  test.each([
    ['absent', 'max-age=600'],
    ['0', 'max-age=600, stale-while-revalidate=0'],
    ['beside must-revalidate', `${CACHE_CONTROL}, must-revalidate`],
    ['beside proxy-revalidate', `${CACHE_CONTROL}, proxy-revalidate`],
    ['beside s-maxage', `${CACHE_CONTROL}, s-maxage=600`],
  ])('%s: no stale copy, the request waits', async (_, cacheControl) => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { fields: [['Cache-Control', cacheControl]], body: 'x' })
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'EXPIRED', after: 601, origin: 2 },
    ])
  })

  test.each([
    ['must-revalidate', `${CACHE_CONTROL}, must-revalidate`],
    ['proxy-revalidate', `${CACHE_CONTROL}, proxy-revalidate`],
  ])('with Origin Cache Control off %s is ignored', async (_, cacheControl) => {
    await using scene = await startScene({ cache: { cache: true, origin_cache_control: false } })
    scene.origin.on('/a', { fields: [['Cache-Control', cacheControl]], body: 'x' })
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'UPDATING', after: 601 },
    ])
  })

  test.each([
    [
      'the rule switch disable_stale_while_updating',
      { cache: { cache: true, serve_stale: { disable_stale_while_updating: true } } },
    ],
    ['Always Online', { cache: { cache: true }, settings: { always_online: 'on' } }],
  ])('%s turns it off', async (_, options) => {
    await using scene = await startScene(options)
    scene.origin.on('/a', { fields: [['Cache-Control', CACHE_CONTROL]], body: 'x' })
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'EXPIRED', after: 601 },
    ])
  })
})
