// URL Rewrite Rules: what the origin server is asked, what the key is made of, and what later phases see.
// CF rules/transform/url-rewrite

import { describe, expect, test } from 'bun:test'
import { headerRule, play, type RuleOfTest, type Scene, setRules, startScene } from '../support/edge/index.ts'

const PHASE = 'http_request_transform'

function rewrite(uri: Readonly<Record<string, unknown>>, expression = 'true'): RuleOfTest {
  return { expression, action_parameters: { uri } }
}

async function startSite(): Promise<Scene> {
  const scene = await startScene({ cache: { cache: true } })
  scene.origin.on('*', ({ target }) => ({ fields: [['Cache-Control', 'max-age=60']], body: target }))
  return scene
}

const targets = (scene: Scene): readonly string[] => scene.origin.requests.map(({ target }) => target)

describe('a rewrite', () => {
  test.each([
    ['of the path, as a text', { path: { value: '/new' } }, '/old?a=1', '/new?a=1'],
    ['of the query, as a text', { query: { value: 'b=2' } }, '/old?a=1', '/old?b=2'],
    ['of the query to nothing', { query: { value: '' } }, '/old?a=1', '/old'],
    ['of both', { path: { value: '/new' }, query: { value: 'b=2' } }, '/old?a=1', '/new?b=2'],
    ['by an expression', { path: { expression: 'concat("/x", http.request.uri.path)' } }, '/old?a=1', '/x/old?a=1'],
    [
      'by an expression of the query',
      { query: { expression: 'concat("p=", http.request.uri.path)' } },
      '/old',
      '/old?p=/old',
    ],
    ['with "?" and "#" in the path', { path: { value: '/a?b#c' } }, '/old?a=1', '/a%3Fb%23c?a=1'],
    ['with "#" in the query', { query: { value: 'a#b' } }, '/old', '/old?a%23b'],
    ['with dot segments', { path: { value: '/a/../b' } }, '/old', '/b'],
  ])('%s', async (_, uri, visited, asked) => {
    await using scene = await startSite()
    await setRules(scene, PHASE, rewrite(uri))
    await play(scene, [{ get: visited, cache: 'MISS', text: asked }])
    expect(targets(scene)).toEqual([asked])
  })

  test('makes the key: what it leads to is stored once, and nothing under the old name', async () => {
    await using scene = await startSite()
    await setRules(scene, PHASE, rewrite({ path: { value: '/one' } }, 'starts_with(http.request.uri.path, "/many/")'))
    await play(scene, [
      { get: '/many/a', cache: 'MISS', text: '/one' },
      { get: '/many/b', cache: 'HIT', text: '/one' },
      { get: '/one', cache: 'HIT', text: '/one', origin: 1 },
    ])
    await setRules(scene, PHASE)
    await play(scene, [
      { get: '/many/a', cache: 'MISS', text: '/many/a' },
      { get: '/one', cache: 'HIT' },
    ])
  })

  test('is made of what the visitor asked for: no rule of the phase sees what another did, and the last one wins', async () => {
    await using scene = await startSite()
    await setRules(
      scene,
      PHASE,
      rewrite({ path: { value: '/first' } }, 'http.request.uri.path eq "/a"'),
      rewrite({ path: { value: '/second' } }, 'http.request.uri.path eq "/first"'),
      rewrite({ path: { expression: 'concat("/third", http.request.uri.path)' } }, 'http.request.uri.path eq "/a"'),
      rewrite({ query: { value: 'q' } }, 'http.request.uri.path eq "/a"'),
    )
    await play(scene, [
      { get: '/a', text: '/third/a?q' },
      { get: '/first', text: '/second' },
    ])
  })

  test('is what later phases see; the raw fields stay the visitor’s', async () => {
    await using scene = await startSite()
    await setRules(scene, PHASE, rewrite({ path: { value: '/new' }, query: { value: 'b=2' } }))
    const seen = headerRule({
      'X-Seen': { operation: 'set', expression: 'concat(http.request.uri, " ", raw.http.request.uri)' },
    })
    await setRules(scene, 'http_request_late_transform', seen)
    await setRules(scene, 'http_response_headers_transform', seen)
    for (const cache of ['MISS', 'HIT']) {
      await play(scene, [{ get: '/old?a=1', cache, has: { 'x-seen': '/new?b=2 /old?a=1' } }])
    }
    expect(scene.origin.requests[0]?.field('x-seen')).toBe('/new?b=2 /old?a=1')
  })

  test('holds for requests that are passed on, and for WebSocket handshakes', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { status: 403, body: 'no' })
    await setRules(scene, PHASE, rewrite({ path: { expression: 'concat("/v2", http.request.uri.path)' } }))
    await scene.request('/a', { method: 'POST', body: 'x' })
    await scene.request('/a', { method: 'OPTIONS' })
    await scene.get('/socket', [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ])
    expect(targets(scene)).toEqual(['/v2/a', '/v2/a', '/v2/socket'])
  })

  test('is a line of the trail', async () => {
    await using scene = await startScene({ config: { edge: { http: '127.0.0.1:0', access_log: true } } })
    await setRules(scene, PHASE, { ...rewrite({ path: { value: '/new' } }), description: 'moved' })
    await scene.get('/a')
    expect(scene.edge.access().at(-1)?.why.join('\n')).toMatch(/"moved".*\/new/)
  })
})

describe('a rewrite that cannot be requested', () => {
  const VALUE = 'http.request.headers["x-path"][0]'
  test.each([
    ['does not begin with "/"', 'elsewhere', 1035],
    ['is below /cdn-cgi/', '/cdn-cgi/trace', 1035],
    ['is below /cdn-cgi/ by dot segments', '/a/../cdn-cgi/trace', 1035],
    ['is below /cdn-cgi/ by escaped dot segments', '/a/%2e%2e/cdn-cgi/trace', 1035],
    ['is below /cdn-cgi/ behind a second slash', '//cdn-cgi/trace', 1035],
    ['has no value', undefined, 1037],
  ])('because its path %s never reaches the origin: %p ends in %p', async (_, path, number) => {
    await using scene = await startSite()
    await setRules(scene, PHASE, rewrite({ path: { expression: VALUE } }))
    const answer = await scene.get('/a', [
      ['Accept', 'application/json'],
      ...(path === undefined ? [] : [['X-Path', path] as const]),
    ])
    expect(answer.status).toBe(500)
    expect(answer.json).toMatchObject({ error: { number } })
    expect(scene.origin.requests).toEqual([])
  })

  test('because it is too long', async () => {
    await using scene = await startSite()
    const long = `/${'x'.repeat(14_000)}`
    await setRules(
      scene,
      PHASE,
      rewrite({ path: { expression: `concat("${'/y'.repeat(1500)}", http.request.uri.path)` } }),
    )
    const answer = await scene.get(long, [['Accept', 'application/json']])
    expect(answer.json).toMatchObject({ error: { number: 1036 } })
    expect(scene.origin.requests).toEqual([])
  })

  test('has a page that rules for the response may edit, and know by its number', async () => {
    await using scene = await startSite()
    await setRules(scene, PHASE, rewrite({ path: { expression: VALUE } }))
    const number = { operation: 'set', expression: 'to_string(cf.response.1xxx_code)' }
    await setRules(
      scene,
      'http_response_headers_transform',
      headerRule({ 'X-Number': number }, 'cf.response.error_type eq "1xxx"'),
    )
    await play(scene, [{ get: '/a', status: 500, has: { 'x-number': '1037' } }])
  })
})
