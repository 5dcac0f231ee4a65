// Single Redirects: answered by the edge, before anything else is asked.  CF rules/url-forwarding/single-redirects

import { describe, expect, test } from 'bun:test'
import { headerRule, play, type RuleOfTest, setRules, startScene } from '../support/edge/index.ts'

const PHASE = 'http_request_dynamic_redirect'

type Target = Readonly<Record<string, unknown>>

function redirect(target_url: Target, more: Target = {}, expression = 'true'): RuleOfTest {
  return { expression, action_parameters: { from_value: { target_url, ...more } } }
}

describe('a redirect', () => {
  test.each([
    ['to a text', redirect({ value: 'https://new.example/x' }), 302, 'https://new.example/x'],
    ['with a status', redirect({ value: '/x' }, { status_code: 308 }), 308, '/x'],
    [
      'with the query',
      redirect({ value: 'https://new.example/x' }, { status_code: 301, preserve_query_string: true }),
      301,
      'https://new.example/x?q=1',
    ],
    [
      'to an expression',
      redirect({ expression: 'concat("https://", http.host, "/new", http.request.uri.path)' }),
      302,
      'https://example.com/new/old',
    ],
  ] as const)('%s', async (_, rule, status, location) => {
    await using scene = await startScene()
    await setRules(scene, PHASE, rule)
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      const answer = await scene.request('/old?q=1', { method })
      expect([answer.status, answer.field('location'), answer.field('cache-control')]).toEqual([
        status,
        location,
        'private, no-store',
      ])
    }
    expect(scene.origin.requests).toEqual([])
  })

  test('comes from the first rule that matches, which sees the normalised URL', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'x' })
    await setRules(
      scene,
      PHASE,
      redirect({ value: '/one' }, {}, 'http.request.uri.path eq "/old"'),
      redirect({ value: '/two' }, {}, 'starts_with(http.request.uri.path, "/old")'),
    )
    await play(scene, [
      { get: '/old', status: 302, has: { location: '/one' } },
      { get: '/%6fld', status: 302, has: { location: '/one' } },
      { get: '/older', status: 302, has: { location: '/two' } },
      { get: '/new', status: 200 },
    ])
  })

  test('goes before what is stored, and what is stored is there again when the rule is gone', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await play(scene, [{ get: '/a', cache: 'MISS' }])
    await setRules(scene, PHASE, redirect({ value: '/b' }))
    await play(scene, [{ get: '/a', status: 302, cache: null }])
    await setRules(scene, PHASE)
    await play(scene, [{ get: '/a', cache: 'HIT' }])
  })

  test('gets the fields that rules for the response set, and may lose its Cache-Control by them', async () => {
    await using scene = await startScene()
    await setRules(scene, PHASE, redirect({ value: '/b' }, { status_code: 301 }))
    await setRules(
      scene,
      'http_response_headers_transform',
      headerRule({
        'Access-Control-Allow-Origin': { operation: 'set', value: '*' },
        'Cache-Control': { operation: 'set', value: 'max-age=3600' },
      }),
    )
    const has = { 'access-control-allow-origin': '*', 'cache-control': 'max-age=3600', location: '/b' }
    await play(scene, [{ get: '/a', status: 301, has }])
  })

  test('never has a line’s end in its Location', async () => {
    await using scene = await startScene()
    const target = { expression: 'concat("/", url_decode(http.request.uri.query))' }
    await setRules(scene, PHASE, redirect(target))
    const answer = await scene.get('/a?x%0d%0aSet-Cookie:a=1')
    expect(answer.field('set-cookie')).toBeUndefined()
    expect(answer.field('location') ?? '').not.toMatch(/[\r\n]/)
  })

  test('is a line of the trail', async () => {
    await using scene = await startScene({ config: { edge: { http: '127.0.0.1:0', access_log: true } } })
    await setRules(scene, PHASE, { ...redirect({ value: '/b' }), description: 'moved' })
    await scene.get('/a')
    expect(scene.edge.access().at(-1)?.why.join('\n')).toContain('"moved"')
  })
})
