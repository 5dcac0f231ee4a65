// What the `cf` options of a Worker's `fetch` say about caching.  CF workers/runtime-apis/request §The cf property

import { describe, expect, test } from 'bun:test'
import { play, startWithWorker, ZONE } from '../support/edge/index.ts'

const FRESH = [['Cache-Control', 'max-age=60']] as const

describe('the cf options of fetch', () => {
  test('beat the rules of the zone', async () => {
    await using scene = await startWithWorker(
      'return fetch(request, { cf: { cacheTtl: 300, cacheEverything: true } })',
      { cache: { cache: false } },
    )
    scene.origin.on('/page', { fields: [['Cache-Control', 'no-store']], body: 'x' })
    await play(scene, [
      { get: '/page', cache: 'MISS' },
      { get: '/page', cache: 'HIT', after: 299, origin: 1 },
      { get: '/page', cache: 'EXPIRED', after: 2, origin: 2 },
    ])
  })

  test('with cacheKey shares one copy among URLs, apart from everybody else’s', async () => {
    await using scene = await startWithWorker(
      'return fetch(request, { cf: { cacheKey: "shared", cacheEverything: true } })',
      { cache: { cache: true } },
    )
    scene.origin.on('*', { fields: FRESH, body: 'x' })
    await play(scene, [
      { get: '/one', cache: 'MISS' },
      { get: '/two', cache: 'HIT', origin: 1 },
    ])
  })

  test('with cacheTags is purged by them', async () => {
    await using scene = await startWithWorker('return fetch(request, { cf: { cacheTags: ["from-worker"] } })', {
      cache: { cache: true },
    })
    scene.origin.on('/a', { fields: FRESH, body: 'x' })
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'HIT' },
    ])
    await scene.purge({ tags: ['from-worker'] })
    await play(scene, [{ get: '/a', cache: 'MISS' }])
  })

  test('with cacheTtlByStatus and cacheControl steers by the answer', async () => {
    await using scene = await startWithWorker(`
      const cf = new URL(request.url).pathname === '/a' ? { cacheTtlByStatus: { '200-299': 60, 404: -1 } } : { cacheEverything: true, cacheControl: 'max-age=30' }
      return fetch(request, { cf })`)
    scene.origin.on('/a', [{ status: 404 }, { status: 404 }, { body: 'x' }])
    scene.origin.on('/b', { fields: [['Cache-Control', 'no-store']], body: 'x' })
    await play(scene, [
      { get: '/a', status: 404, cache: 'BYPASS' },
      { get: '/a', status: 404, cache: 'BYPASS' },
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'HIT' },
      { get: '/b', cache: 'MISS', has: { 'cache-control': 'no-store' } },
      { get: '/b', cache: 'HIT' },
    ])
  })
})

describe('the cf options of fetch', () => {
  test('with cacheLevel bypass, or cache: no-store, neither ask the cache nor fill it', async () => {
    for (const how of ['cf: { cacheLevel: "bypass" }', 'cache: "no-store"', 'cf: { cacheTtl: -1 }']) {
      await using scene = await startWithWorker(
        `return new URL(request.url).search === '?around' ? fetch('http://${ZONE}/a', { ${how} }) : fetch(request)`,
        { cache: { cache: true } },
      )
      scene.origin.on('/a', { fields: FRESH, body: 'x' })
      await play(scene, [
        { get: '/a?around', origin: 1 },
        { get: '/a', cache: 'MISS', origin: 2 },
        { get: '/a', cache: 'HIT', origin: 2 },
        { get: '/a?around', origin: 3 },
      ])
    }
  })

  test('with cacheTtl 0 store a copy that is asked about each time', async () => {
    await using scene = await startWithWorker('return fetch(request, { cf: { cacheTtl: 0 } })')
    scene.origin.on('/page', { fields: [...FRESH, ['ETag', '"v"']], body: 'x' })
    await play(scene, [
      { get: '/page', cache: 'MISS' },
      { get: '/page', cache: 'EXPIRED' },
    ])
    expect(scene.origin.requests[1]?.field('if-none-match')).toBe('"v"')
  })

  test('with stripEtags and stripLastModified store no validators', async () => {
    await using scene = await startWithWorker(
      'return fetch(request, { cf: { cacheEverything: true, stripEtags: true, stripLastModified: true } })',
    )
    const validators = [['ETag', '"v"'] as const, ['Last-Modified', 'Mon, 04 May 2026 10:00:00 GMT'] as const]
    scene.origin.on('/page', { fields: [...FRESH, ...validators], body: 'x' })
    await play(scene, [
      { get: '/page', cache: 'MISS' },
      { get: '/page', cache: 'HIT', has: { etag: null, 'last-modified': null } },
    ])
  })

  test('with vary keep copies apart by a field that the answer varies on', async () => {
    const vary = { default: { action: 'bypass' }, headers: { 'x-kind': { action: 'passthrough' } } }
    await using scene = await startWithWorker(`return fetch(request, { cf: { vary: ${JSON.stringify(vary)} } })`, {
      cache: { cache: true },
    })
    scene.origin.on('/a', (asked) => ({ fields: [...FRESH, ['Vary', 'X-Kind']], body: asked.field('x-kind') ?? '' }))
    await play(scene, [
      { get: '/a', fields: [['X-Kind', 'one']], cache: 'MISS', text: 'one' },
      { get: '/a', fields: [['X-Kind', 'two']], cache: 'MISS', text: 'two' },
      { get: '/a', fields: [['X-Kind', 'one']], cache: 'HIT', text: 'one', origin: 2 },
    ])
  })

  test('that make no sense are as if they were not there', async () => {
    const cf = '{ cacheTtl: "long", cacheTtlByStatus: { "2xx": 5 }, cacheKey: 7, cacheTags: "a", vary: "x" }'
    await using scene = await startWithWorker(`return fetch(request, { cf: ${cf} })`, { cache: { cache: true } })
    scene.origin.on('/a', { fields: FRESH, body: 'x' })
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'HIT' },
    ])
  })
})
