// The Cache API of Workers over the zone's store.  CF workers/runtime-apis/cache, workers/reference/how-the-cache-works

import { describe, expect, test } from 'bun:test'
import { deployWorker, play, type Scene, startScene, ZONE } from '../support/edge/index.ts'

const FRESH = [['Cache-Control', 'max-age=60']] as const

/** Does what the path says: /put/x, /match/x, /delete/x on the cache that ?in names, else passes the request on. */
const CACHE_WORKER = `export default {
  async fetch(request) {
    const url = new URL(request.url)
    const [, action, name] = url.pathname.split('/')
    if (!['put', 'match', 'delete'].includes(action)) return fetch(request)
    const cache = url.searchParams.has('in') ? await caches.open(url.searchParams.get('in')) : caches.default
    const key = new Request('http://' + (url.searchParams.get('host') ?? '${ZONE}') + '/' + name, { headers: request.headers })
    if (action === 'put') {
      const fields = JSON.parse(request.headers.get('x-fields') ?? '{"cache-control":"max-age=60"}')
      await cache.put(key, new Response(request.headers.get('x-body') ?? 'put', { headers: fields }))
      return new Response('done')
    }
    if (action === 'delete') return new Response(String(await cache.delete(key)))
    return (await cache.match(key)) ?? new Response('nothing', { status: 404 })
  },
}`

async function startWithCaches(): Promise<Scene> {
  const scene = await startScene({ cache: { cache: true } })
  await deployWorker(scene, CACHE_WORKER)
  return scene
}

const nothing = (path: string, after = 0) => ({ get: path, status: 404, text: 'nothing', after })

describe('caches.default', () => {
  test('has what was put until its lifetime is over', async () => {
    await using scene = await startWithCaches()
    await play(scene, [
      nothing('/match/a.txt'),
      { get: '/put/a.txt', text: 'done' },
      { get: '/match/a.txt', text: 'put', cache: 'HIT', age: 0 },
      { get: '/match/a.txt', text: 'put', cache: 'HIT', age: 59, after: 59, has: { 'cache-control': 'max-age=60' } },
      nothing('/match/a.txt', 1),
    ])
    expect(scene.origin.requests.length).toBe(0)
  })

  test('shares its copies with fetch, both ways', async () => {
    await using scene = await startWithCaches()
    scene.origin.on('/b.txt', { fields: FRESH, body: 'origin' })
    await play(scene, [
      { get: '/put/a.txt' },
      { get: '/a.txt', text: 'put', cache: 'HIT', origin: 0 },
      { get: '/b.txt', text: 'origin', cache: 'MISS' },
      { get: '/match/b.txt', text: 'origin', cache: 'HIT', origin: 1 },
    ])
  })

  test('deletes, and says whether there was something', async () => {
    await using scene = await startWithCaches()
    await play(scene, [
      { get: '/delete/a', text: 'false' },
      { get: '/put/a' },
      { get: '/delete/a', text: 'true' },
      nothing('/match/a'),
    ])
  })

  test('gives a part or a 304 to those who ask for one', async () => {
    await using scene = await startWithCaches()
    const fields = [
      ['X-Fields', '{"cache-control":"max-age=60","etag":"\\"v\\""}'],
      ['X-Body', '0123456789'],
    ] as const
    await play(scene, [
      { get: '/put/a', fields },
      {
        get: '/match/a',
        fields: [['Range', 'bytes=2-4']],
        status: 206,
        text: '234',
        has: { 'content-range': 'bytes 2-4/10' },
      },
      { get: '/match/a', fields: [['If-None-Match', '"v"']], status: 304 },
    ])
  })

  test('never has what is stale, whatever windows the response has', async () => {
    await using scene = await startWithCaches()
    const fields = [
      ['X-Fields', '{"cache-control":"max-age=10, stale-while-revalidate=600, stale-if-error=600"}'],
    ] as const
    await play(scene, [{ get: '/put/a', fields }, nothing('/match/a', 11)])
  })
})

describe('put stores nothing of', () => {
  test.each([
    ['what says no-store', { 'cache-control': 'no-store' }],
    ['what says private', { 'cache-control': 'private, max-age=60' }],
    ['what sets a cookie', { 'cache-control': 'max-age=60', 'set-cookie': 'a=1' }],
  ])('%s', async (_title, fields) => {
    await using scene = await startWithCaches()
    await play(scene, [
      { get: '/put/a', fields: [['X-Fields', JSON.stringify(fields)]], text: 'done' },
      nothing('/match/a'),
    ])
  })

  test('a cookie that the response calls private: the rest is stored', async () => {
    await using scene = await startWithCaches()
    const fields = { 'cache-control': 'max-age=60, private=Set-Cookie', 'set-cookie': 'a=1', 'x-a': 'b' }
    await play(scene, [
      { get: '/put/a', fields: [['X-Fields', JSON.stringify(fields)]] },
      { get: '/match/a', text: 'put', has: { 'set-cookie': null, 'x-a': 'b' } },
    ])
  })
})

describe('a named cache', () => {
  test('is apart from the default one and from other names', async () => {
    await using scene = await startWithCaches()
    await play(scene, [
      { get: '/put/a?in=mine' },
      { get: '/match/a?in=mine', text: 'put', cache: 'HIT' },
      nothing('/match/a?in=other'),
      nothing('/match/a'),
      { get: '/delete/a', text: 'false' },
      { get: '/delete/a?in=mine', text: 'true' },
    ])
  })
})

describe('a purge reaches what was put', () => {
  const TAGGED = [['X-Fields', '{"cache-control":"max-age=60","cache-tag":"tagged"}']] as const
  test.each([
    ['by URL', { files: [`http://${ZONE}/a`] }],
    ['by tag', { tags: ['tagged'] }],
    ['by host', { hosts: [ZONE] }],
    ['by prefix', { prefixes: [`${ZONE}/a`] }],
    ['of everything', { purge_everything: true }],
  ])('%s', async (_title, body) => {
    await using scene = await startWithCaches()
    await play(scene, [
      { get: '/put/a', fields: TAGGED },
      { get: '/match/a', text: 'put' },
    ])
    await scene.purge(body)
    await play(scene, [nothing('/match/a')])
  })

  test('in a named cache too, but by URL, which is the default cache’s', async () => {
    await using scene = await startWithCaches()
    await play(scene, [{ get: '/put/a?in=mine', fields: TAGGED }])
    await scene.purge({ files: [`http://${ZONE}/a`] })
    await play(scene, [{ get: '/match/a?in=mine', text: 'put' }])
    await scene.purge({ tags: ['tagged'] })
    await play(scene, [nothing('/match/a?in=mine')])
  })
})

test('what was put under another host poisons no visitor of the zone', async () => {
  await using scene = await startWithCaches()
  scene.origin.on('*', { fields: FRESH, body: 'origin' })
  await play(scene, [
    { get: '/put/a.txt?host=other.example' },
    { get: '/match/a.txt?host=other.example', text: 'put' },
    { get: '/a.txt', fields: [['Host', 'other.example']], text: 'origin' },
  ])
})
