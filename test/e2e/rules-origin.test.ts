// Origin Rules and the `ssl` of Configuration Rules: which origin server is asked, and by which names.
// CF rules/origin-rules, rules/configuration-rules; docs/decisions/0071, 0072

import { describe, expect, test } from 'bun:test'
import { createServer } from 'node:tls'
import { play, type RuleOfTest, setRules, startScene } from '../support/edge/index.ts'
import { type Certificate, makeSelfSigned, startOrigin } from '../support/index.ts'

const PHASE = 'http_request_origin'
const STORED = { fields: [['Cache-Control', 'max-age=60']], body: 'first' } as const

function route(action_parameters: Readonly<Record<string, unknown>>, expression = 'true'): RuleOfTest {
  return { expression, action_parameters }
}

describe('an Origin Rule', () => {
  test('leads to another port and another Host; http.host stays the visitor’s', async () => {
    await using scene = await startScene()
    await using second = await startOrigin()
    second.on('*', { body: 'second' })
    await setRules(scene, PHASE, route({ origin: { port: second.port }, host_header: 'app.internal' }))
    const seen = { operation: 'set', expression: 'http.host' }
    await setRules(scene, 'http_request_late_transform', { action_parameters: { headers: { 'X-Host': seen } } })
    for (const method of ['GET', 'POST']) {
      const answer = await scene.request('/a', { method })
      expect(answer.text).toBe('second')
    }
    expect(second.requests.map((request) => [request.field('host'), request.field('x-host')])).toEqual([
      ['app.internal', 'example.com'],
      ['app.internal', 'example.com'],
    ])
    expect(scene.origin.requests).toEqual([])
  })

  test('leads to another address', async () => {
    await using scene = await startScene()
    await using second = await startOrigin()
    second.on('*', { body: 'second' })
    await setRules(scene, PHASE, route({ origin: { host: 'localhost', port: second.port } }))
    await play(scene, [{ get: '/a', text: 'second' }])
    expect(second.requests[0]?.field('host')).toBe('example.com')
  })

  test('merges with the others that match: the last one wins, parameter by parameter', async () => {
    await using scene = await startScene()
    await using second = await startOrigin()
    second.on('*', { body: 'second' })
    await setRules(
      scene,
      PHASE,
      route({ host_header: 'one.internal', origin: { port: second.port } }),
      route({ host_header: 'two.internal' }, 'http.request.uri.path eq "/a"'),
    )
    await play(scene, [
      { get: '/a', text: 'second' },
      { get: '/b', text: 'second' },
    ])
    expect(second.requests.map((request) => request.field('host'))).toEqual(['two.internal', 'one.internal'])
  })

  test('holds for WebSocket handshakes', async () => {
    await using scene = await startScene()
    await using second = await startOrigin()
    second.on('*', { status: 403, body: 'second' })
    await setRules(scene, PHASE, route({ origin: { port: second.port }, host_header: 'ws.internal' }))
    const answer = await scene.get('/socket', [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ])
    expect([answer.status, answer.text, second.requests[0]?.field('host')]).toEqual([403, 'second', 'ws.internal'])
  })

  test('holds for a validation that nobody waits for', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', {
      fields: [
        ['Cache-Control', 'max-age=1, stale-while-revalidate=60'],
        ['ETag', '"1"'],
      ],
      body: 'x',
    })
    await setRules(scene, PHASE, route({ host_header: 'app.internal' }))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', after: 5, cache: 'UPDATING' },
    ])
    await scene.origin.waitForRequests(2)
    expect(scene.origin.requests.map((request) => request.field('host'))).toEqual(['app.internal', 'app.internal'])
  })
})

describe('the key under Origin Rules', () => {
  const onCookie = 'http.cookie contains "beta"'
  const beta = [['Cookie', 'beta=1']] as const

  test('has the Host that a rule sets, so that two Hosts never share a copy', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', (request) => ({ ...STORED, body: request.field('host') ?? '' }))
    await setRules(scene, PHASE, route({ host_header: 'beta.internal' }, onCookie))
    await play(scene, [
      { get: '/a', cache: 'MISS', text: 'example.com' },
      { get: '/a', fields: beta, cache: 'MISS', text: 'beta.internal' },
      { get: '/a', cache: 'HIT', text: 'example.com' },
      { get: '/a', fields: beta, cache: 'HIT', text: 'beta.internal' },
    ])
  })

  test('keeps visitors’ hosts apart, and a purge by host finds them', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', STORED)
    await setRules(scene, PHASE, route({ host_header: 'app.internal' }))
    const other = [['Host', 'other.example.com']] as const
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', fields: other, cache: 'MISS' },
    ])
    await scene.purge({ hosts: ['other.example.com'] })
    await play(scene, [
      { get: '/a', cache: 'HIT' },
      { get: '/a', fields: other, cache: 'MISS' },
    ])
    await scene.purge({ files: ['http://example.com/a'] })
    await play(scene, [{ get: '/a', cache: 'MISS' }])
  })

  test('has the address only where host.resolved asks for it', async () => {
    for (const [resolved, cache] of [
      [false, 'HIT'],
      [true, 'MISS'],
    ] as const) {
      await using scene = await startScene({
        cache: { cache: true, cache_key: { custom_key: { host: { resolved } } } },
      })
      scene.origin.on('*', STORED)
      await setRules(scene, PHASE, route({ origin: { host: 'localhost' } }, onCookie))
      await play(scene, [
        { get: '/a', cache: 'MISS' },
        { get: '/a', fields: beta, cache },
      ])
    }
  })
})

describe('towards an origin that speaks TLS', () => {
  test('sni is the name in the handshake; without it the Host is', async () => {
    await using second = startNamed(makeSelfSigned(['sni.example']))
    await using scene = await startScene({ zone: { origins: { '*': second.url } } })
    await play(scene, [{ get: '/a', text: 'second' }])
    await setRules(scene, PHASE, route({ sni: { value: 'sni.example' } }))
    await play(scene, [{ get: '/a', text: 'second' }])
    expect(second.names).toEqual(['example.com', 'sni.example'])
  })

  test('ssl: strict of a configuration rule verifies the certificate, and holds for the requests that it matches', async () => {
    await using second = await startOrigin({ tls: makeSelfSigned() })
    second.on('*', { body: 'second' })
    await using scene = await startScene({ zone: { origins: { '*': second.url } } })
    const strict = { expression: 'http.request.uri.path eq "/strict"', action_parameters: { ssl: 'strict' } }
    await setRules(scene, 'http_config_settings', strict)
    await play(scene, [
      { get: '/a', text: 'second' },
      { get: '/strict', status: 526 },
    ])
  })
})

/** An origin that speaks TLS and remembers by which names it was asked. */
function startNamed({ cert, key }: Certificate) {
  const names: string[] = []
  const server = createServer(
    {
      cert,
      key,
      SNICallback: (name, done) => {
        names.push(name)
        done(null)
      },
    },
    (socket) => {
      socket.on('error', () => undefined)
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nsecond'))
    },
  ).listen(0, '127.0.0.1')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `https://127.0.0.1:${port}`, names, [Symbol.asyncDispose]: async () => void server.close() }
}
