// URL normalisation: one spelling for rules, and for origin server and key where the zone says so.
// CF rules/normalization; docs/decisions/0070

import { describe, expect, test } from 'bun:test'
import { headerRule, play, type Scene, setRules, startScene, ZONE, zoneId } from '../support/edge/index.ts'

type Normalization = { readonly scope: string; readonly type: string }

async function startSite(url_normalization?: Normalization): Promise<Scene> {
  const zone = url_normalization === undefined ? {} : { zone: { url_normalization } }
  const scene = await startScene({ cache: { cache: true }, ...zone })
  scene.origin.on('*', ({ target }) => ({ fields: [['Cache-Control', 'max-age=60']], body: target }))
  const seen = { operation: 'set', expression: 'http.request.uri.path' }
  await setRules(scene, 'http_response_headers_transform', headerRule({ 'X-Seen': seen }))
  return scene
}

describe('rules see one spelling', () => {
  test.each([
    ['by default', undefined, '/%68ello//x', '/hello//x', '/%68ello//x'],
    ['under incoming and rfc3986', { scope: 'incoming', type: 'rfc3986' }, '/%68ello//x', '/hello//x', '/%68ello//x'],
    [
      'under incoming and cloudflare',
      { scope: 'incoming', type: 'cloudflare' },
      '/%68ello//x',
      '/hello/x',
      '/%68ello//x',
    ],
    ['under both and rfc3986', { scope: 'both', type: 'rfc3986' }, '/%68ello//x', '/hello//x', '/hello//x'],
    ['under both and cloudflare', { scope: 'both', type: 'cloudflare' }, '/%68ello//x', '/hello/x', '/hello/x'],
    ['but under none', { scope: 'none', type: 'cloudflare' }, '/%68ello//x', '/%68ello//x', '/%68ello//x'],
    [
      'a slash that is escaped is no slash',
      { scope: 'both', type: 'cloudflare' },
      '/a%2f%2e%2e%2fb',
      '/a%2F..%2Fb',
      '/a%2F..%2Fb',
    ],
    ['the query is left alone', { scope: 'both', type: 'cloudflare' }, '/a?%41//..', '/a', '/a?%41//..'],
  ] as const)('%s', async (_, normalization, visited, seen, asked) => {
    await using scene = await startSite(normalization)
    await play(scene, [
      { get: visited, cache: 'MISS', text: asked, has: { 'x-seen': seen } },
      { get: visited, cache: 'HIT', text: asked, has: { 'x-seen': seen } },
    ])
  })
})

describe('the key', () => {
  test('is made of what the origin receives: under incoming two spellings are two objects', async () => {
    await using scene = await startSite()
    await play(scene, [
      { get: '/a', cache: 'MISS', text: '/a' },
      { get: '/%61', cache: 'MISS', text: '/%61' },
      { get: '/a', cache: 'HIT', text: '/a' },
    ])
  })

  test('under both they are one, also for a hit in memory', async () => {
    await using scene = await startSite({ scope: 'both', type: 'rfc3986' })
    await play(scene, [
      { get: '/a', cache: 'MISS', text: '/a' },
      { get: '/%61', cache: 'HIT', text: '/a' },
      { get: '/%61', cache: 'HIT', text: '/a' },
      { get: '/x/%2e%2e/a', cache: 'HIT', text: '/a', origin: 1 },
    ])
  })

  test('under both a zone without rules normalises all the same', async () => {
    await using scene = await startSite({ scope: 'both', type: 'rfc3986' })
    await setRules(scene, 'http_response_headers_transform')
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/%61', cache: 'HIT', text: '/a', origin: 1 },
    ])
  })
})

test('what the API sets holds for the very next request', async () => {
  await using scene = await startSite()
  const path = `/zones/${zoneId(ZONE)}/url_normalization`
  await play(scene, [{ get: '/%61', text: '/%61' }])
  expect((await scene.edge.api('PUT', path, { scope: 'both', type: 'cloudflare' })).status).toBe(200)
  await play(scene, [{ get: '/%61//b', text: '/a/b', has: { 'x-seen': '/a/b' } }])
  expect((await scene.edge.api('DELETE', path)).status).toBe(200)
  await play(scene, [{ get: '/%61//b', text: '/%61//b', has: { 'x-seen': '/a//b' } }])
})

test('a purge names a URL in any spelling that leads to the same object', async () => {
  await using scene = await startSite({ scope: 'both', type: 'rfc3986' })
  await play(scene, [{ get: '/a', cache: 'MISS' }])
  await scene.purge({ files: [`http://${ZONE}/%61`] })
  await play(scene, [{ get: '/a', cache: 'MISS' }])
})
