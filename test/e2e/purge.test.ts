// Purge and invalidation through the API, seen from the edge.  CF cache/how-to/purge-cache, cache/guides/invalidate-cache

import { describe, expect, test } from 'bun:test'
import { play, type Scene, startScene, until, ZONE, zoneId } from '../support/edge/index.ts'
import { type Answer, type FieldLine, request, taggedWith } from '../support/index.ts'

const OTHER_HOST: FieldLine = ['Host', 'other.example.com']

const answer: Answer = { fields: [['Cache-Control', 'max-age=86400']], body: 'x' }

/** A small site, all of it in the cache. */
async function site(): Promise<Scene> {
  const scene = await startScene({ cache: { cache: true } })
  scene.origin.on('*', answer)
  scene.origin.on('/tagged/a', {
    ...answer,
    fields: [...(answer.fields ?? []), ['Cache-Tag', 'Red, blue'], ['Cache-Tag', 'green']],
  })
  for (const target of TARGETS) await play(scene, [{ get: target, cache: 'MISS' }])
  await play(scene, [{ get: '/', fields: [OTHER_HOST], cache: 'MISS' }])
  for (const target of TARGETS) await play(scene, [{ get: target, cache: 'HIT' }])
  return scene
}

const TARGETS = ['/', '/a', '/a?q=1', '/A', '/foo/bar/baz', '/foobar', '/foo/bar?x=1', '/tagged/a', '/tagged/b']

/** Targets that are gone, "other" for the other host's. */
async function goneAfter(scene: Scene): Promise<readonly string[]> {
  const gone: string[] = []
  for (const target of TARGETS) if ((await scene.get(target)).cacheStatus === 'MISS') gone.push(target)
  if ((await scene.get('/', [OTHER_HOST])).cacheStatus === 'MISS') gone.push('other')
  return gone
}

describe('a purge takes what it names and nothing else', () => {
  test.each([
    ['a URL', { files: ['http://example.com/a'] }, ['/a']],
    ['a URL with its query', { files: ['http://example.com/a?q=1'] }, ['/a?q=1']],
    ['a host in another case', { files: ['http://EXAMPLE.com/A'] }, ['/A']],
    [
      'several URLs, as text and as objects',
      { files: ['http://example.com/', { url: 'http://example.com/a' }] },
      ['/', '/a'],
    ],
    ['a URL of another host', { files: ['http://other.example.com/'] }, ['other']],
    ['a URL that is not cached', { files: ['http://example.com/nothing'] }, []],
    ['a host', { hosts: ['other.example.com'] }, ['other']],
    ['a host in capitals', { hosts: ['OTHER.example.com'] }, ['other']],
    ['a tag', { tags: ['blue'] }, ['/tagged/a']],
    ['a tag in another case', { tags: ['RED'] }, ['/tagged/a']],
    ['a tag of a second field line', { tags: ['green'] }, ['/tagged/a']],
    ['a tag that nothing has', { tags: ['yellow'] }, []],
    ['a prefix, at segment boundaries', { prefixes: ['example.com/foo'] }, ['/foo/bar/baz', '/foo/bar?x=1']],
    ['a prefix with a trailing slash', { prefixes: ['example.com/foo/'] }, ['/foo/bar/baz', '/foo/bar?x=1']],
    ['a prefix that is a whole path', { prefixes: ['example.com/foo/bar'] }, ['/foo/bar/baz', '/foo/bar?x=1']],
    ['a prefix that is a bare host', { prefixes: ['other.example.com'] }, ['other']],
    ['everything', { purge_everything: true }, [...TARGETS, 'other']],
  ] as const)('%s', async (_, body, expected) => {
    await using scene = await site()
    await scene.purge(body)
    expect(await goneAfter(scene)).toEqual([...expected])
  })

  test.each([
    ['two selectors', { hosts: ['example.com'], tags: ['red'] }],
    ['no selector', {}],
    ['purge_everything false', { purge_everything: false }],
    ['one bad item among good ones', { files: ['http://example.com/a', 7] }],
    ['a prefix with a query', { prefixes: ['example.com/foo?x=1'] }],
    ['files that are no array', { files: 'http://example.com/a' }],
    ['101 hosts', { hosts: Array.from({ length: 101 }, (_, i) => `h${i}.example.com`) }],
  ])('%s is refused with 400, and nothing is purged', async (_, body) => {
    await using scene = await site()
    const refused = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/purge_cache`, body)
    expect(refused.status).toBe(400)
    expect(refused.json).toMatchObject({ success: false, result: null })
    expect(await goneAfter(scene)).toEqual([])
  })

  test("the answer is Cloudflare's envelope with an id", async () => {
    await using scene = await startScene()
    const done = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/purge_cache`, { purge_everything: true })
    expect(done.json).toMatchObject({ success: true, errors: [], messages: [], result: { id: expect.any(String) } })
  })

  test('a wrong token purges nothing', async () => {
    await using scene = await site()
    const refused = await request(`${scene.edge.apiUrl}/client/v4/zones/${zoneId(ZONE)}/purge_cache`, {
      method: 'POST',
      fields: [
        ['Authorization', 'Bearer wrong'],
        ['Content-Type', 'application/json'],
      ],
      body: '{"purge_everything":true}',
    })
    expect([401, 403]).toContain(refused.status)
    expect(await goneAfter(scene)).toEqual([])
  })
})

describe('a purge and time', () => {
  test('Cache-Tag does not go out to visitors', async () => {
    await using scene = await site()
    await play(scene, [{ get: '/tagged/a', cache: 'HIT', has: { 'cache-tag': null } }])
    const dynamic = await startScene()
    dynamic.origin.on('/page', { fields: [['Cache-Tag', 'a']], body: 'x' })
    await play(dynamic, [{ get: '/page', cache: 'DYNAMIC', has: { 'cache-tag': null } }])
    await dynamic[Symbol.asyncDispose]()
  })

  test('a fill that began before the purge does not bring the old content back', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', [
      { ...answer, body: 'old' },
      { ...answer, body: 'new' },
    ])
    const gate = scene.origin.hold('/a')
    const early = scene.get('/a')
    await gate.arrived()
    await scene.purge({ purge_everything: true })
    gate.release()
    expect((await early).text).toBe('old')
    await play(scene, [
      { get: '/a', cache: 'MISS', text: 'new', origin: 2 },
      { get: '/a', cache: 'HIT', text: 'new' },
    ])
  })

  test('a request that comes after the purge does not join a fetch from before it', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', [
      { ...answer, body: 'old' },
      { ...answer, body: 'new' },
    ])
    const gate = scene.origin.hold('/a')
    const early = scene.get('/a')
    await gate.arrived()
    await scene.purge({ files: ['http://example.com/a'] })
    const late = scene.get('/a')
    await gate.arrived(2)
    gate.release()
    expect((await early).text).toBe('old')
    expect((await late).text).toBe('new')
  })

  test('a refresh behind a stale copy that began before the purge does not bring it back', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on(
      '/a',
      taggedWith('"1"', { fields: [['Cache-Control', 'max-age=10, stale-while-revalidate=60']], body: 'x' }),
    )
    await play(scene, [{ get: '/a', cache: 'MISS' }])
    const gate = scene.origin.hold('/a')
    await play(scene, [{ get: '/a', cache: 'UPDATING', after: 15 }])
    await gate.arrived()
    await scene.purge({ purge_everything: true })
    gate.release()
    await play(scene, [{ get: '/a', cache: 'MISS', origin: 3 }])
  })
})

describe('invalidation marks stale', () => {
  test('with a validator: REVALIDATED on 304, then HIT', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', taggedWith('"1"', { ...answer, body: 'same' }))
    await play(scene, [{ get: '/a', cache: 'MISS' }])
    await scene.invalidate({ files: ['http://example.com/a'] })
    await play(scene, [
      { get: '/a', cache: 'REVALIDATED', text: 'same' },
      { get: '/a', cache: 'HIT', text: 'same', origin: 2 },
    ])
  })

  test('with new content: EXPIRED, then HIT', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', [
      { ...answer, body: 'old' },
      { ...answer, body: 'new' },
    ])
    await play(scene, [{ get: '/a', cache: 'MISS' }])
    await scene.invalidate({ hosts: ['example.com'] })
    await play(scene, [
      { get: '/a', cache: 'EXPIRED', text: 'new' },
      { get: '/a', cache: 'HIT', text: 'new' },
    ])
  })

  test('with stale-while-revalidate: UPDATING, then HIT; the window begins at the invalidation', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    const fields: readonly FieldLine[] = [['Cache-Control', 'max-age=86400, stale-while-revalidate=30']]
    scene.origin.on('/a', [
      { fields, body: 'old' },
      { fields, body: 'new' },
      { fields, body: 'newest' },
    ])
    await play(scene, [{ get: '/a', cache: 'MISS' }])
    await scene.invalidate({ purge_everything: true })
    await play(scene, [{ get: '/a', cache: 'UPDATING', text: 'old', after: 29 }])
    await until('the refresh has come', async () => (await scene.get('/a')).cacheStatus === 'HIT')
    await scene.invalidate({ purge_everything: true })
    await play(scene, [{ get: '/a', cache: 'EXPIRED', text: 'newest', after: 30 }])
  })

  test('with stale-if-error: STALE while the origin fails', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    const fields: readonly FieldLine[] = [['Cache-Control', 'max-age=86400, stale-if-error=60']]
    scene.origin.on('/a', [{ fields, body: 'old' }, { status: 503 }])
    await play(scene, [{ get: '/a', cache: 'MISS' }])
    await scene.invalidate({ purge_everything: true })
    await play(scene, [
      { get: '/a', cache: 'STALE', text: 'old', after: 59 },
      { get: '/a', status: 503, after: 1 },
    ])
  })

  test('of what was evicted or never cached changes nothing: MISS', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', answer)
    await scene.invalidate({ files: ['http://example.com/a'] })
    await play(scene, [{ get: '/a', cache: 'MISS' }])
  })
})
