// Response Header Transform Rules: they change what goes out, never what is stored.
// CF rules/transform/response-header-modification, rules/transform/examples/add-cors-header

import { describe, expect, test } from 'bun:test'
import { headerRule, play, type Scene, type SceneOptions, setRules, startScene } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const PHASE = 'http_response_headers_transform'
const HOST = 'example.com'
const OTHER: FieldLine = ['Host', 'other.example.com']
const ALLOW = 'access-control-allow-origin'
const WILDCARD = headerRule(
  { 'Access-Control-Allow-Origin': { operation: 'set', value: '*' } },
  `http.host eq "${HOST}"`,
)

/** A zone in which everything is cached for a minute. */
async function startSite(options: SceneOptions = {}): Promise<Scene> {
  const scene = await startScene({ cache: { cache: true }, ...options })
  scene.origin.on('*', {
    fields: [
      ['Cache-Control', 'max-age=60'],
      ['Content-Type', 'text/plain'],
    ],
    body: 'x',
  })
  return scene
}

describe('the acceptance case: a wildcard CORS field for one host', () => {
  test('1: every response of the host has exactly one, whatever the origin sent', async () => {
    await using scene = await startSite()
    scene.origin.on('/own', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Access-Control-Allow-Origin', 'https://a.example'],
        ['Access-Control-Allow-Origin', 'https://b.example'],
      ],
      body: 'x',
    })
    await setRules(scene, PHASE, WILDCARD)
    for (const cache of ['MISS', 'HIT', 'HIT']) {
      const answer = await scene.get('/own')
      expect([answer.cacheStatus, answer.fields.all(ALLOW)]).toEqual([cache, ['*']])
    }
    await play(scene, [{ get: '/without', has: { [ALLOW]: '*' } }])
  })

  test('2: another host is left alone', async () => {
    await using scene = await startSite()
    await setRules(scene, PHASE, WILDCARD)
    await play(scene, [
      { get: '/a', fields: [OTHER], has: { [ALLOW]: null } },
      { get: '/a', fields: [OTHER], cache: 'HIT', has: { [ALLOW]: null } },
    ])
  })

  test.each([
    ['without an Origin', 'GET', '/a', [], 200],
    ['with an Origin', 'GET', '/a', [['Origin', 'https://a.example']], 200],
    ['by HEAD', 'HEAD', '/a', [], 200],
    ['by POST', 'POST', '/a', [], 200],
    ['by OPTIONS', 'OPTIONS', '/a', [], 200],
    ['by DELETE', 'DELETE', '/a', [], 200],
    ['for an error of the origin', 'GET', '/missing', [], 404],
    ['for a redirection of the origin', 'GET', '/moved', [], 302],
    ['for no content', 'GET', '/empty', [], 204],
    ['for a range', 'GET', '/ranged', [['Range', 'bytes=0-0']], 206],
    ['for a range that cannot be', 'GET', '/ranged', [['Range', 'bytes=9-']], 416],
    ['for what has not been modified', 'GET', '/ranged', [['If-None-Match', '"1"']], 304],
    ['for an answer that breaks the protocol', 'GET', '/broken', [], 520],
    ['for content that is too large', 'POST', '/a', [['Content-Length', '999999999999']], 413],
  ] as const)('3: it is there %s', async (_, method, target, fields, status) => {
    await using scene = await startSite()
    scene.origin.on('/missing', { status: 404, body: 'no' })
    scene.origin.on('/moved', { status: 302, fields: [['Location', '/a']] })
    scene.origin.on('/empty', { status: 204 })
    scene.origin.on('/ranged', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['ETag', '"1"'],
      ],
      body: 'xyz',
    })
    scene.origin.on('/broken', async (_request, response) => response.cut())
    await setRules(scene, PHASE, WILDCARD)
    for (let time = 0; time < 2; time += 1) {
      const answer = await scene.request(target, { method, fields })
      expect([answer.status, answer.fields.all(ALLOW)]).toEqual([status, ['*']])
    }
  })

  test('3: it is there on the edge’s own page when the origin is gone', async () => {
    await using scene = await startSite()
    await setRules(scene, PHASE, WILDCARD)
    await scene.origin.close()
    await play(scene, [{ get: '/a', status: 521, has: { [ALLOW]: '*' } }])
  })

  test('4: what is stored is not changed: without the rule the very next HIT is without the field', async () => {
    await using scene = await startSite()
    await setRules(scene, PHASE, WILDCARD)
    await play(scene, [
      { get: '/a', cache: 'MISS', has: { [ALLOW]: '*' } },
      { get: '/a', cache: 'HIT', has: { [ALLOW]: '*' } },
    ])
    await setRules(scene, PHASE)
    await play(scene, [{ get: '/a', cache: 'HIT', has: { [ALLOW]: null }, origin: 1 }])
    await setRules(scene, PHASE, WILDCARD)
    await play(scene, [{ get: '/a', cache: 'HIT', has: { [ALLOW]: '*' }, origin: 1 }])
  })

  test('5: a preflight goes to the origin, and gets this field alone', async () => {
    await using scene = await startSite()
    scene.origin.on('*', { status: 204 })
    await setRules(scene, PHASE, WILDCARD)
    const preflight: readonly FieldLine[] = [
      ['Origin', 'https://a.example'],
      ['Access-Control-Request-Method', 'PUT'],
      ['Access-Control-Request-Headers', 'x-a'],
    ]
    const answer = await scene.request('/a', { method: 'OPTIONS', fields: preflight })
    expect(answer.status).toBe(204)
    expect(corsFields(answer.fields.names())).toEqual([ALLOW])
    expect(scene.origin.requests.map(({ method }) => method)).toEqual(['OPTIONS'])
  })

  test('6: neither Vary nor a grant of credentials comes with it', async () => {
    await using scene = await startSite()
    await setRules(scene, PHASE, WILDCARD)
    for (const _ of [1, 2]) {
      const answer = await scene.get('/a', [['Origin', 'https://a.example']])
      expect(corsFields(answer.fields.names())).toEqual([ALLOW])
      expect(answer.field('vary')).toBeUndefined()
    }
  })

  test('7: the API takes name and value as they are, for several hosts too', async () => {
    await using scene = await startSite()
    await setRules(scene, PHASE, { ...WILDCARD, expression: `http.host in {"${HOST}" "other.example.com"}` })
    await play(scene, [
      { get: '/a', has: { [ALLOW]: '*' } },
      { get: '/a', fields: [OTHER], has: { [ALLOW]: '*' } },
      { get: '/a', fields: [['Host', 'third.example.com']], has: { [ALLOW]: null } },
    ])
  })
})

function corsFields(names: readonly string[]): readonly string[] {
  return names.map((name) => name.toLowerCase()).filter((name) => name.startsWith('access-control-'))
}

describe('operations', () => {
  test('set replaces, add keeps what is there, remove takes every line', async () => {
    await using scene = await startSite()
    scene.origin.on('/a', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['X-Set', 'origin'],
        ['X-Add', 'origin'],
        ['X-Gone', '1'],
        ['X-Gone', '2'],
      ],
    })
    await setRules(
      scene,
      PHASE,
      headerRule({
        'X-Set': { operation: 'set', value: 'rule' },
        'X-Add': { operation: 'add', value: 'rule' },
        'X-Gone': { operation: 'remove' },
        'X-New': { operation: 'add', value: 'new' },
      }),
    )
    const has = { 'x-set': 'rule', 'x-add': 'origin, rule', 'x-gone': null, 'x-new': 'new' }
    await play(scene, [
      { get: '/a', cache: 'MISS', has },
      { get: '/a', cache: 'HIT', has },
      { get: '/a', cache: 'HIT', has },
    ])
  })

  test('a cookie that is added keeps the origin’s; one that is set replaces them', async () => {
    await using scene = await startScene()
    scene.origin.on('/a', {
      fields: [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
      body: 'x',
    })
    await setRules(scene, PHASE, headerRule({ 'Set-Cookie': { operation: 'add', value: 'c=3' } }))
    expect((await scene.get('/a')).fields.all('set-cookie')).toEqual(['a=1', 'b=2', 'c=3'])
    await setRules(scene, PHASE, headerRule({ 'Set-Cookie': { operation: 'set', value: 'c=3' } }))
    expect((await scene.get('/a')).fields.all('set-cookie')).toEqual(['c=3'])
  })

  test('a content type that a rule takes away is not made up again', async () => {
    await using scene = await startSite()
    await setRules(scene, PHASE, headerRule({ 'Content-Type': { operation: 'remove' } }))
    for (const cache of ['MISS', 'HIT', 'HIT']) {
      const answer = await scene.get('/a')
      expect([answer.cacheStatus, answer.field('content-type'), answer.text]).toEqual([cache, undefined, 'x'])
    }
  })

  test('Cache-Control that a rule sets is for the browser: what the edge keeps, and how long, is as before', async () => {
    await using scene = await startSite()
    await setRules(scene, PHASE, headerRule({ 'Cache-Control': { operation: 'set', value: 'no-store' } }))
    await play(scene, [
      { get: '/a', cache: 'MISS', has: { 'cache-control': 'no-store' } },
      { get: '/a', after: 59, cache: 'HIT', has: { 'cache-control': 'no-store' } },
      { get: '/a', after: 2, cache: 'EXPIRED', has: { 'cache-control': 'no-store' } },
    ])
  })

  test('of several rules the last one wins, field by field, and none sees what another did', async () => {
    await using scene = await startSite()
    await setRules(
      scene,
      PHASE,
      headerRule({ 'X-A': { operation: 'set', value: '1' }, 'X-B': { operation: 'set', value: '1' } }),
      headerRule({ 'X-A': { operation: 'set', value: '2' } }),
      headerRule({ 'X-C': { operation: 'set', value: '3' } }, 'http.response.headers["x-a"][0] eq "2"'),
    )
    await play(scene, [{ get: '/a', has: { 'x-a': '2', 'x-b': '1', 'x-c': null } }])
  })
})

describe('what rules for the response see', () => {
  test('the visitor’s request and the response, on HIT and MISS alike', async () => {
    await using scene = await startSite()
    await setRules(
      scene,
      PHASE,
      headerRule({ 'X-Tier': { operation: 'set', value: 'gold' } }, 'any(http.request.headers["x-tier"][*] eq "gold")'),
      headerRule({ 'X-Status': { operation: 'set', expression: 'to_string(http.response.code)' } }),
      headerRule({ 'X-Cached': { operation: 'set', expression: 'http.response.headers["cf-cache-status"][0]' } }),
    )
    const gold: readonly FieldLine[] = [['X-Tier', 'gold']]
    await play(scene, [
      { get: '/a', fields: gold, has: { 'x-tier': 'gold', 'x-status': '200', 'x-cached': 'MISS' } },
      { get: '/a', fields: gold, has: { 'x-tier': 'gold', 'x-status': '200', 'x-cached': 'HIT' } },
      { get: '/a', has: { 'x-tier': null, 'x-status': '200', 'x-cached': 'HIT' } },
      { get: '/a', fields: gold, has: { 'x-tier': 'gold', 'x-status': '200', 'x-cached': 'HIT' } },
    ])
  })

  test('who made an error', async () => {
    await using scene = await startScene()
    scene.origin.on('/own', { status: 503, body: 'sorry' })
    scene.origin.on('/broken', async (_request, response) => response.cut())
    await setRules(
      scene,
      PHASE,
      headerRule({ 'X-Maker': { operation: 'set', value: 'edge' } }, 'cf.response.error_type eq "5xx"'),
    )
    await play(scene, [
      { get: '/own', status: 503, has: { 'x-maker': null } },
      { get: '/broken', status: 520, has: { 'x-maker': 'edge' } },
    ])
  })

  test('a rule that matches is a line of the trail', async () => {
    await using scene = await startSite({ config: { edge: { http: '127.0.0.1:0', access_log: true } } })
    await setRules(scene, PHASE, { ...WILDCARD, description: 'open to all' })
    for (const _ of ['MISS', 'HIT']) await scene.get('/a')
    for (const { why } of scene.edge.access().slice(-2)) expect(why.join('\n')).toContain('"open to all"')
  })
})

describe('a value that no field can have', () => {
  test('ends in a page of the edge, 1041, and never in a second field', async () => {
    await using scene = await startSite()
    const decoded = { operation: 'set', expression: 'url_decode(http.request.uri.args["v"][0])' }
    await setRules(scene, PHASE, headerRule({ 'X-V': decoded }))
    await play(scene, [{ get: '/a?v=fine', has: { 'x-v': 'fine' } }])
    for (const _ of [1, 2]) {
      const answer = await scene.get('/a?v=a%0d%0aSet-Cookie:%20x=1', [['Accept', 'application/json']])
      expect([answer.status, answer.field('x-v'), answer.field('set-cookie')]).toEqual([500, undefined, undefined])
      expect(answer.json).toMatchObject({ error: { number: 1041 } })
    }
  })
})
