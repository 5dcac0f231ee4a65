// The Cache-Control that browsers see: the zone's Browser Cache TTL and a rule's browser_ttl.
// CF cache/how-to/edge-browser-cache-ttl/set-browser-ttl, cache/how-to/cache-rules/settings (browser_ttl)

import { describe, expect, test } from 'bun:test'
import { play, START_OF_TIME, startScene } from '../support/edge/index.ts'

/** max-age as a browser would read it, or the whole field when there is none. */
function lifetimeIn(cacheControl: string | undefined): number | string | undefined {
  const found = /(?:^|[\s,])max-age=(\d+)/.exec(cacheControl ?? '')
  return found === null ? cacheControl : Number(found[1])
}

describe('the zone setting', () => {
  test.each([
    ['raises a smaller max-age', 3600, [['Cache-Control', 'max-age=60']], 3600],
    ['leaves a larger max-age', 3600, [['Cache-Control', 'max-age=7200']], 7200],
    ['is inserted when the origin sends no lifetime', 3600, [], 3600],
    ['of 0 respects the origin', 0, [['Cache-Control', 'max-age=60']], 60],
    ['of 0 inserts nothing', 0, [], undefined],
    ['raises a smaller Expires', 3600, [['Expires', new Date(START_OF_TIME + 60_000).toUTCString()]], 3600],
  ] as const)('%s', async (_, browserCacheTtl, fields, seen) => {
    await using scene = await startScene({ settings: { browser_cache_ttl: browserCacheTtl } })
    scene.origin.on('/a.css', { fields, body: 'x' })
    for (const status of ['MISS', 'HIT']) {
      const answer = await scene.get('/a.css')
      expect([answer.cacheStatus, lifetimeIn(answer.field('cache-control'))]).toEqual([status, seen])
    }
  })

  test('is four hours when nobody set it', async () => {
    await using scene = await startScene({ settings: { browser_cache_ttl: undefined } })
    scene.origin.on('/a.css', { body: 'x' })
    expect(lifetimeIn((await scene.get('/a.css')).field('cache-control'))).toBe(14400)
  })

  test('never shortens nor lengthens the life at the edge', async () => {
    await using scene = await startScene({ settings: { browser_cache_ttl: 3600 } })
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await play(scene, [
      { get: '/a.css', cache: 'MISS' },
      { get: '/a.css', cache: 'HIT', after: 59 },
      { get: '/a.css', cache: 'EXPIRED', after: 1 },
    ])
  })

  test.each([
    ['BYPASS', '/a.css', 'private, max-age=60'],
    ['DYNAMIC', '/page', 'max-age=60'],
  ])('is never applied to %s', async (status, path, cacheControl) => {
    await using scene = await startScene({ settings: { browser_cache_ttl: 3600 } })
    scene.origin.on(path, { fields: [['Cache-Control', cacheControl]], body: 'x' })
    await play(scene, [{ get: path, cache: status, has: { 'cache-control': cacheControl } }])
  })

  test('is applied to REVALIDATED, EXPIRED and STALE', async () => {
    await using scene = await startScene({ settings: { browser_cache_ttl: 3600 } })
    const fields = [
      ['Cache-Control', 'max-age=10, stale-while-revalidate=10, stale-if-error=1000'],
      ['ETag', '"1"'],
    ] as const
    scene.origin.on('/a.css', [
      { fields, body: 'x' },
      { status: 304, fields },
      { fields, body: 'y' },
      { status: 500, body: 'broken' },
    ])
    const seen: unknown[] = []
    for (const after of [0, 20, 20, 20]) {
      scene.pass(after)
      const answer = await scene.get('/a.css')
      seen.push([answer.cacheStatus, lifetimeIn(answer.field('cache-control'))])
    }
    expect(seen).toEqual([
      ['MISS', 3600],
      ['REVALIDATED', 3600],
      ['EXPIRED', 3600],
      ['STALE', 3600],
    ])
  })
})

describe('with Origin Cache Control off', () => {
  test('immutable does not go on, whether stored just now or before', async () => {
    await using scene = await startScene({ cache: { origin_cache_control: false } })
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'max-age=60, immutable']], body: 'x' })
    await play(scene, [
      { get: '/a.css', cache: 'MISS', has: { 'cache-control': 'max-age=60' } },
      { get: '/a.css', cache: 'HIT', has: { 'cache-control': 'max-age=60' } },
    ])
  })

  test('with it on, immutable does', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'max-age=60, immutable']], body: 'x' })
    await play(scene, [{ get: '/a.css', cache: 'MISS', has: { 'cache-control': 'max-age=60, immutable' } }])
  })
})

describe('the browser_ttl of a rule', () => {
  test.each([
    ['respect_origin passes on what came', { mode: 'respect_origin' }, 'max-age=60', 60],
    ['override_origin raises', { mode: 'override_origin', default: 120 }, 'max-age=60', 120],
    ['override_origin lowers', { mode: 'override_origin', default: 30 }, 'max-age=60', 30],
    ['override_origin inserts', { mode: 'override_origin', default: 30 }, undefined, 30],
    ['bypass_by_default passes on what came', { mode: 'bypass_by_default' }, 'max-age=60', 60],
  ])('%s', async (_, browserTtl, cacheControl, seen) => {
    await using scene = await startScene({ settings: { browser_cache_ttl: 3600 }, cache: { browser_ttl: browserTtl } })
    scene.origin.on('/a.css', {
      fields: cacheControl === undefined ? [] : [['Cache-Control', cacheControl]],
      body: 'x',
    })
    for (const status of ['MISS', 'HIT']) {
      const answer = await scene.get('/a.css')
      expect([answer.cacheStatus, lifetimeIn(answer.field('cache-control'))]).toEqual([status, seen])
    }
  })

  test.each([
    ['bypass_by_default without fields of the origin', { mode: 'bypass_by_default' }, []],
    ['bypass', { mode: 'bypass' }, [['Cache-Control', 'max-age=60']]],
  ] as const)('%s tells browsers not to keep it, and the edge keeps it all the same', async (_, browserTtl, fields) => {
    await using scene = await startScene({ cache: { browser_ttl: browserTtl } })
    scene.origin.on('/a.css', { fields, body: 'x' })
    await play(scene, [{ get: '/a.css', cache: 'MISS' }])
    const hit = await scene.get('/a.css')
    expect(hit.cacheStatus).toBe('HIT')
    expect(hit.field('cache-control')).toMatch(/no-store|no-cache|max-age=0/)
  })

  test('changes Cache-Control only, never CDN-Cache-Control', async () => {
    await using scene = await startScene({ cache: { browser_ttl: { mode: 'override_origin', default: 30 } } })
    scene.origin.on('/a.css', {
      fields: [
        ['CDN-Cache-Control', 'max-age=600'],
        ['Cache-Control', 'max-age=60'],
      ],
      body: 'x',
    })
    await play(scene, [{ get: '/a.css', cache: 'MISS', has: { 'cdn-cache-control': 'max-age=600' } }])
  })
})
