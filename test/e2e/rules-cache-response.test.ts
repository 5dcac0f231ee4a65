// Cache Response Rules: after the origin's answer and before it is stored.  CF cache/how-to/cache-response-rules

import { describe, expect, test } from 'bun:test'
import {
  play,
  type RuleOfTest,
  type Scene,
  type SceneOptions,
  setRules,
  startScene,
  until,
} from '../support/edge/index.ts'
import type { Answer } from '../support/index.ts'

const PHASE = 'http_response_cache_settings'

const control = (action_parameters: Readonly<Record<string, unknown>>, expression = 'true'): RuleOfTest => ({
  ...{ expression, action: 'set_cache_control', action_parameters },
})
const tags = (action_parameters: Readonly<Record<string, unknown>>, expression = 'true'): RuleOfTest => ({
  ...{ expression, action: 'set_cache_tags', action_parameters },
})
const strip = (action_parameters: Readonly<Record<string, unknown>>, expression = 'true'): RuleOfTest => ({
  ...{ expression, action: 'set_cache_settings', action_parameters },
})
const set = (value: number, cloudflare_only = false) => ({ operation: 'set', value, cloudflare_only })

async function startSite(answer: Answer, options: SceneOptions = { cache: { cache: true } }): Promise<Scene> {
  const scene = await startScene(options)
  scene.origin.on('*', answer)
  return scene
}

describe('directives', () => {
  test('decide how long the edge keeps a response, and what the browser is told', async () => {
    await using scene = await startSite({ fields: [['Cache-Control', 'max-age=10']], body: 'x' })
    await setRules(scene, PHASE, control({ 'max-age': set(100) }))
    await play(scene, [
      { get: '/a', cache: 'MISS', has: { 'cache-control': 'max-age=100' } },
      { get: '/a', after: 99, cache: 'HIT', has: { 'cache-control': 'max-age=100' } },
      { get: '/a', after: 2, cache: 'EXPIRED' },
    ])
  })

  test('for the edge alone leave what the browser is told', async () => {
    await using scene = await startSite({
      fields: [
        ['Cache-Control', 's-maxage=600'],
        ['CDN-Cache-Control', 'max-age=5'],
      ],
      body: 'x',
    })
    const edge_ttl = { mode: 'override_origin', default: 7200 }
    await setRules(scene, 'http_request_cache_settings', { action_parameters: { cache: true, edge_ttl } })
    await setRules(scene, PHASE, control({ 's-maxage': set(3600, true) }))
    await play(scene, [
      { get: '/a', cache: 'MISS', has: { 'cache-control': 's-maxage=600' } },
      { get: '/a', after: 3599, cache: 'HIT', has: { 'cache-control': 's-maxage=600' } },
      { get: '/a', after: 2, cache: 'EXPIRED' },
    ])
  })

  test('are worked out again when the origin confirms what is stored', async () => {
    const answer: Answer = {
      fields: [
        ['Cache-Control', 'max-age=10'],
        ['ETag', '"1"'],
      ],
      body: 'x',
    }
    await using scene = await startSite(answer)
    scene.origin.on('*', (request) =>
      request.field('if-none-match') === undefined ? answer : { ...answer, status: 304, body: '' },
    )
    await setRules(scene, PHASE, control({ 'max-age': set(100, true) }, 'http.response.code eq 200'))
    await play(scene, [
      { get: '/a', cache: 'MISS', has: { 'cache-control': 'max-age=10' } },
      { get: '/a', after: 101, cache: 'REVALIDATED', has: { 'cache-control': 'max-age=10' } },
      { get: '/a', after: 99, cache: 'HIT', has: { 'cache-control': 'max-age=10' } },
      { get: '/a', after: 2, cache: 'REVALIDATED', origin: 3 },
    ])
  })

  test('no-store keeps a response out; what is not stored goes out with the directive', async () => {
    await using scene = await startSite({ fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await setRules(scene, PHASE, control({ 'no-store': { operation: 'set' } }, 'http.request.uri.path eq "/a"'))
    await play(scene, [
      { get: '/a', cache: 'BYPASS', has: { 'cache-control': 'max-age=60, no-store' } },
      { get: '/a', cache: 'BYPASS' },
      { get: '/b', cache: 'MISS' },
      { get: '/b', cache: 'HIT' },
    ])
  })

  test('cannot make a request eligible, and change answers that pass through for the browser', async () => {
    await using scene = await startSite({ fields: [['Cache-Control', 'max-age=60, private']], body: 'x' }, {})
    await setRules(scene, PHASE, control({ private: { operation: 'remove' }, 'max-age': set(5) }))
    for (const method of ['GET', 'GET', 'POST']) {
      await play(scene, [{ get: '/a', method, cache: 'DYNAMIC', has: { 'cache-control': 'max-age=5' } }])
    }
  })

  test('of several rules stack: the last one wins, directive by directive', async () => {
    await using scene = await startSite({ body: 'x' })
    await setRules(
      scene,
      PHASE,
      control({ 'max-age': set(10), 'stale-if-error': set(5) }),
      control({ 'max-age': set(20) }, 'http.response.code eq 200'),
      control({ 'max-age': set(30) }, 'http.response.code eq 404'),
    )
    const { value } = { value: (await scene.get('/a')).field('cache-control') ?? '' }
    expect(value.split(', ').sort()).toEqual(['max-age=20', 'stale-if-error=5'])
  })

  test('switch Origin Cache Control on for the response', async () => {
    await using scene = await startSite(
      {
        fields: [
          ['Cache-Control', 'no-cache'],
          ['ETag', '"1"'],
        ],
        body: 'x',
      },
      { cache: { cache: true, origin_cache_control: false } },
    )
    await play(scene, [{ get: '/a', cache: 'BYPASS' }])
    await setRules(scene, PHASE, control({ immutable: { operation: 'set' } }))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'EXPIRED' },
    ])
  })

  test('give what was only dated a lifetime: heuristic freshness by rule', async () => {
    await using scene = await startSite(
      { fields: [['Last-Modified', 'Mon, 04 May 2026 10:00:00 GMT']], body: 'x' },
      { cache: { cache: true, edge_ttl: { mode: 'bypass_by_default' } } },
    )
    await play(scene, [{ get: '/a', cache: 'BYPASS' }])
    const undated =
      'has_key(http.response.headers, "last-modified") and not has_key(http.response.headers, "cache-control")'
    await setRules(scene, PHASE, control({ 'max-age': set(60, true) }, undated))
    await play(scene, [
      { get: '/a', cache: 'MISS', has: { 'cache-control': null } },
      { get: '/a', after: 59, cache: 'HIT', has: { 'cache-control': null } },
    ])
  })
})

describe('tags', () => {
  test('that a rule adds, sets or removes are those that a purge finds', async () => {
    await using scene = await startSite({
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Cache-Tag', 'own, gone'],
        ['Surrogate-Keys', 'k1 k2'],
      ],
      body: 'x',
    })
    await setRules(
      scene,
      PHASE,
      tags({ operation: 'add', expression: 'split(http.response.headers["surrogate-keys"][0], " ", 10)' }),
      tags({ operation: 'remove', values: ['gone'] }),
    )
    for (const [tag, cache] of [
      ['gone', 'HIT'],
      ['nothing', 'HIT'],
      ['own', 'MISS'],
      ['k2', 'MISS'],
    ] as const) {
      await scene.get('/a')
      await scene.purge({ tags: [tag] })
      await play(scene, [{ get: '/a', cache, has: { 'cache-tag': null } }])
    }
  })
})

describe('strips', () => {
  test('validators: none is stored, none is sent, and none is made up', async () => {
    await using scene = await startSite({
      fields: [
        ['Cache-Control', 'max-age=10'],
        ['ETag', '"1"'],
        ['Last-Modified', 'Mon, 04 May 2026 10:00:00 GMT'],
      ],
      body: 'x',
    })
    await setRules(scene, PHASE, strip({ strip_etags: true, strip_last_modified: true }))
    const has = { etag: null, 'last-modified': null, 'varyant-without-smart-revalidation': null }
    await play(scene, [
      { get: '/a', cache: 'MISS', has },
      { get: '/a', cache: 'HIT', has },
      { get: '/a', after: 11, cache: 'EXPIRED', has },
    ])
    expect(scene.origin.requests[1]?.field('if-none-match')).toBeUndefined()
    await setRules(
      scene,
      PHASE,
      strip({ strip_etags: true, strip_last_modified: true }),
      strip({ strip_etags: false, strip_last_modified: false }),
    )
    await play(scene, [{ get: '/a', after: 11, cache: 'EXPIRED', has: { etag: '"1"' } }])
  })

  test('cookies: the response is stored, and nobody gets them', async () => {
    await using scene = await startSite({
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Set-Cookie', 'a=1'],
      ],
      body: 'x',
    })
    await play(scene, [{ get: '/a', cache: 'BYPASS', has: { 'set-cookie': 'a=1' } }])
    await setRules(scene, PHASE, strip({ strip_set_cookie: true }, 'ends_with(http.request.uri.path, "/a")'))
    await play(scene, [
      { get: '/a', cache: 'MISS', has: { 'set-cookie': null } },
      { get: '/a', cache: 'HIT', has: { 'set-cookie': null } },
      { get: '/b', cache: 'BYPASS', has: { 'set-cookie': 'a=1' } },
    ])
  })
})

test('a rule that matches is a line of the trail', async () => {
  await using scene = await startSite(
    { fields: [['Cache-Control', 'max-age=60']], body: 'x' },
    { cache: { cache: true }, config: { edge: { http: '127.0.0.1:0', access_log: true } } },
  )
  await setRules(scene, PHASE, { ...control({ 'max-age': set(5) }), description: 'short' })
  await scene.get('/a')
  await until('the record is there', () => scene.edge.access().length > 0)
  expect(scene.edge.access().at(-1)?.why.join('\n')).toContain('"short"')
})
