// Request Header Transform Rules and managed transforms: what the origin server, the key and Vary see.
// CF rules/transform/request-header-modification, rules/transform/managed-transforms

import { describe, expect, test } from 'bun:test'
import { headerRule, play, putRules, setRules, startScene, until } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const PHASE = 'http_request_late_transform'

describe('the origin server receives', () => {
  test('what rules set, and not what they remove, whatever becomes of the answer', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await setRules(
      scene,
      PHASE,
      headerRule({
        'X-Set': { operation: 'set', value: 'rule' },
        'X-Path': { operation: 'set', expression: 'http.request.uri.path' },
        'X-Gone': { operation: 'remove' },
        'X-Empty': { operation: 'set', expression: 'http.request.headers["x-none"][0]' },
      }),
    )
    const fields: readonly FieldLine[] = [
      ['X-Set', 'visitor'],
      ['X-Gone', '1'],
      ['X-Empty', '1'],
      ['X-Kept', '1'],
    ]
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      await scene.request('/a', { method, fields })
      const received = scene.origin.requests.at(-1)
      const names = ['x-set', 'x-path', 'x-gone', 'x-empty', 'x-kept']
      expect(names.map((name) => received?.field(name))).toEqual(['rule', '/a', undefined, undefined, '1'])
    }
  })

  test('the address of the visitor, whatever a visitor says; a rule may take it out', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'x' })
    await setRules(
      scene,
      PHASE,
      headerRule({ 'X-Ip': { operation: 'set', expression: 'http.request.headers["cf-connecting-ip"][0]' } }),
    )
    const forged: readonly FieldLine[] = [
      ['CF-Connecting-IP', '203.0.113.9'],
      ['X-Forwarded-For', '203.0.113.9'],
      ['Connection', 'x-ip, cf-connecting-ip'],
    ]
    await scene.get('/a', forged)
    const names = ['cf-connecting-ip', 'x-ip', 'x-forwarded-for', 'cdn-loop', 'host']
    expect(names.map((name) => scene.origin.requests[0]?.field(name))).toEqual([
      '127.0.0.1',
      '127.0.0.1',
      '203.0.113.9, 127.0.0.1',
      'varyant',
      'example.com',
    ])
    await setRules(
      scene,
      PHASE,
      headerRule({ 'CF-Connecting-IP': { operation: 'remove' }, 'X-Forwarded-For': { operation: 'remove' } }),
    )
    await scene.get('/a', forged)
    expect(names.map((name) => scene.origin.requests[1]?.field(name))).toEqual([
      undefined,
      undefined,
      '127.0.0.1',
      'varyant',
      'example.com',
    ])
  })

  test('the same of a WebSocket handshake', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { status: 403, body: 'no' })
    await setRules(scene, PHASE, headerRule({ 'X-Set': { operation: 'set', value: 'rule' } }))
    await scene.get('/socket', [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['Sec-WebSocket-Protocol', 'chat'],
    ])
    const received = scene.origin.requests[0]
    expect(['x-set', 'upgrade', 'sec-websocket-protocol', 'host'].map((name) => received?.field(name))).toEqual([
      'rule',
      'websocket',
      'chat',
      'example.com',
    ])
  })

  test('where the visitor came in', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'x' })
    const where = { operation: 'set', expression: 'to_string(cf.edge.server_ip)' }
    await setRules(scene, PHASE, headerRule({ 'X-Where': where }))
    await scene.get('/a')
    expect(scene.origin.requests[0]?.field('x-where')).toBe('127.0.0.1')
  })

  test('nothing that a rule may not set: the API refuses', async () => {
    await using scene = await startScene()
    for (const name of [
      'CF-Ray',
      'X-CF-Anything',
      'Host',
      'Accept-Encoding',
      'Content-Length',
      'X-Forwarded-For',
      'Cookie',
      'A b',
    ]) {
      const answer = await putRules(scene, PHASE, [headerRule({ [name]: { operation: 'set', value: 'x' } })])
      expect([name, answer.status]).toEqual([name, 400])
    }
  })

  test('no second field by a value that was decoded: 1041', async () => {
    await using scene = await startScene()
    await setRules(
      scene,
      PHASE,
      headerRule({ 'X-V': { operation: 'set', expression: 'url_decode(http.request.uri.query)' } }),
    )
    const answer = await scene.get('/a?x%0d%0aX-Evil:%201', [['Accept', 'application/json']])
    expect(answer.json).toMatchObject({ error: { number: 1041 } })
    expect(scene.origin.requests).toEqual([])
  })
})

describe('what a visitor says about itself', () => {
  test('is neither seen by rules nor sent on where only this edge may say it', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'x' })
    const german = 'any(http.request.headers["cf-ipcountry"][*] eq "DE")'
    const uri = { path: { value: '/german' } }
    await setRules(scene, 'http_request_transform', { expression: german, action_parameters: { uri } })
    await setRules(
      scene,
      PHASE,
      headerRule({ 'X-German': { operation: 'set', value: 'yes' } }, german),
      headerRule({ 'X-Any': { operation: 'set', value: 'yes' } }),
    )
    await scene.get('/a', [
      ['CF-IPCountry', 'DE'],
      ['CF-Evil', '1'],
    ])
    const received = scene.origin.requests[0]
    expect(received?.target).toBe('/a')
    const names = ['cf-ipcountry', 'cf-evil', 'x-german', 'x-any']
    expect(names.map((name) => received?.field(name))).toEqual([undefined, undefined, undefined, 'yes'])
  })
})

describe('limits', () => {
  test('a value of more than 4,096 characters is 1041', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'x' })
    await setRules(scene, PHASE, headerRule({ 'X-V': { operation: 'set', expression: 'http.request.uri.query' } }))
    await play(scene, [{ get: `/a?${'x'.repeat(4096)}` }])
    const answer = await scene.get(`/a?${'x'.repeat(4097)}`, [['Accept', 'application/json']])
    expect(answer.json).toMatchObject({ error: { number: 1041 } })
    expect(scene.origin.requests.length).toBe(1)
  })

  test('more than 16,384 characters of fields in all are 1038, with Retry-After', async () => {
    await using scene = await startScene()
    const value = { operation: 'set', value: 'x'.repeat(4000) }
    const names = ['X-A', 'X-B', 'X-C', 'X-D', 'X-E']
    await setRules(scene, PHASE, ...names.map((name) => headerRule({ [name]: value })))
    const answer = await scene.get('/a', [['Accept', 'application/json']])
    expect([answer.status, answer.field('retry-after')]).toEqual([503, '60'])
    expect(answer.json).toMatchObject({ error: { number: 1038 } })
    expect(scene.origin.requests).toEqual([])
  })
})

describe('the cache sees the edited request', () => {
  const stored = { fields: [['Cache-Control', 'max-age=60']], body: 'x' } as const

  test('in a custom key', async () => {
    const cache = { cache: true, cache_key: { custom_key: { header: { include: ['x-tier'] } } } }
    await using scene = await startScene({ cache })
    scene.origin.on('*', stored)
    await setRules(
      scene,
      PHASE,
      headerRule({ 'X-Tier': { operation: 'set', value: 'one' } }, 'http.cookie contains "member"'),
    )
    const member: readonly FieldLine[] = [['Cookie', 'member=1']]
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', fields: member, cache: 'MISS' },
      { get: '/a', fields: [...member, ['X-Tier', 'forged']], cache: 'HIT' },
      { get: '/a', fields: [['X-Tier', 'one']], cache: 'HIT' },
      { get: '/a', cache: 'HIT', origin: 2 },
    ])
  })

  test('in Vary', async () => {
    await using scene = await startScene({ cache: { cache: true, vary: { default: { action: 'passthrough' } } } })
    scene.origin.on('*', { ...stored, fields: [...stored.fields, ['Vary', 'X-Tier']] })
    await setRules(scene, PHASE, headerRule({ 'X-Tier': { operation: 'set', value: 'one' } }))
    await play(scene, [
      { get: '/a', fields: [['X-Tier', 'a']], cache: 'MISS' },
      { get: '/a', fields: [['X-Tier', 'b']], cache: 'HIT', origin: 1 },
    ])
  })

  test('in the default key: an Origin that a rule removes is none', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', stored)
    await setRules(scene, PHASE, headerRule({ Origin: { operation: 'remove' } }))
    await play(scene, [
      { get: '/a', fields: [['Origin', 'https://a.example']], cache: 'MISS' },
      { get: '/a', fields: [['Origin', 'https://b.example']], cache: 'HIT' },
      { get: '/a', cache: 'HIT', origin: 1 },
    ])
    expect(scene.origin.requests[0]?.field('origin')).toBeUndefined()
  })

  test('in ranges and conditions', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', { fields: [...stored.fields, ['ETag', '"1"']], body: 'xyz' })
    await setRules(scene, PHASE, headerRule({ Range: { operation: 'remove' } }))
    await play(scene, [{ get: '/a', fields: [['Range', 'bytes=0-0']], status: 200, text: 'xyz' }])
  })

  test('a validation that nobody waits for has what rules add for the origin, and nothing of whoever triggers it', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', {
      fields: [
        ['Cache-Control', 'max-age=1, stale-while-revalidate=60'],
        ['ETag', '"1"'],
      ],
      body: 'x',
    })
    await setRules(
      scene,
      PHASE,
      headerRule({
        'X-Key': { operation: 'set', value: 'secret' },
        'X-Session': { operation: 'set', expression: 'http.cookie' },
      }),
    )
    await play(scene, [
      { get: '/a', fields: [['Cookie', 'first']], cache: 'MISS' },
      { get: '/a', fields: [['Cookie', 'second']], after: 5, cache: 'UPDATING' },
    ])
    await until('the edge has validated', () => scene.origin.requests.length === 2)
    const behind = scene.origin.requests[1]
    expect([behind?.field('x-key'), behind?.field('x-session'), behind?.field('cookie')]).toEqual([
      'secret',
      undefined,
      undefined,
    ])
  })
})

describe('managed transforms', () => {
  test('come before rules, which see what they did', async () => {
    const managed_headers = {
      managed_request_headers: [{ id: 'add_true_client_ip_headers', enabled: true }],
      managed_response_headers: [
        { id: 'remove_x-powered-by_header', enabled: true },
        { id: 'add_security_headers', enabled: true },
      ],
    }
    await using scene = await startScene({ cache: { cache: true }, zone: { managed_headers } })
    scene.origin.on('*', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['X-Powered-By', 'PHP'],
        ['Content-Type', 'a/b'],
      ],
      body: 'x',
    })
    await setRules(
      scene,
      PHASE,
      headerRule({ 'X-Ip': { operation: 'set', expression: 'http.request.headers["true-client-ip"][0]' } }),
    )
    await setRules(
      scene,
      'http_response_headers_transform',
      headerRule({
        'X-Frame': { operation: 'set', expression: 'http.response.headers["x-frame-options"][0]' },
        'X-Frame-Options': { operation: 'remove' },
      }),
    )
    const has = {
      'x-powered-by': null,
      'x-content-type-options': 'nosniff',
      'x-frame': 'SAMEORIGIN',
      'x-frame-options': null,
    }
    for (const cache of ['MISS', 'HIT', 'HIT']) await play(scene, [{ get: '/a', cache, has }])
    expect(scene.origin.requests[0]?.field('x-ip')).toBe('127.0.0.1')
  })

  test('take out what says where the visitor is, but for what this edge adds again', async () => {
    const managed_headers = { managed_request_headers: [{ id: 'remove_visitor_ip_headers', enabled: true }] }
    await using scene = await startScene({ zone: { managed_headers } })
    scene.origin.on('*', { body: 'x' })
    await scene.get('/a', [
      ['X-Forwarded-For', '203.0.113.9'],
      ['True-Client-IP', '203.0.113.9'],
    ])
    const names = ['cf-connecting-ip', 'true-client-ip', 'x-forwarded-for', 'cf-ray']
    const received = names.map((name) => scene.origin.requests[0]?.field(name))
    expect(received.slice(0, 3)).toEqual([undefined, undefined, '127.0.0.1'])
    expect(received[3]).toMatch(/^[0-9a-f]{16}$/)
  })

  test('of responses alone leave hits in memory quick and right', async () => {
    const managed_headers = { managed_response_headers: [{ id: 'add_security_headers', enabled: true }] }
    await using scene = await startScene({ cache: { cache: true }, zone: { managed_headers } })
    scene.origin.on('*', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Content-Type', 'a/b'],
      ],
      body: 'x',
    })
    for (const cache of ['MISS', 'HIT', 'HIT'])
      await play(scene, [{ get: '/a', cache, has: { 'x-frame-options': 'SAMEORIGIN' } }])
  })
})
