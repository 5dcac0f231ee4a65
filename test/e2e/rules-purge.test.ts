// Purging in a zone with rules: a URL is the visitor's, a prefix that of the origin server.
// CF cache/how-to/purge-cache; docs/decisions/0074

import { describe, expect, test } from 'bun:test'
import { headerRule, play, type Scene, type SceneOptions, setRules, startScene, ZONE } from '../support/edge/index.ts'

async function startSite(options: SceneOptions = { cache: { cache: true } }): Promise<Scene> {
  const scene = await startScene(options)
  scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  return scene
}

const url = (target: string): string => `http://${ZONE}${target}`

describe('a URL is what the visitor asked for', () => {
  test('before rewrites; a prefix is what the origin was asked for', async () => {
    await using scene = await startSite()
    await setRules(scene, 'http_request_transform', {
      expression: 'starts_with(http.request.uri.path, "/public/")',
      action_parameters: {
        uri: { path: { expression: 'concat("/internal", http.request.uri.path)' }, query: { value: 'v=2' } },
      },
    })
    await play(scene, [{ get: '/public/a', cache: 'MISS' }])
    await scene.purge({ files: [url('/internal/public/a')] })
    await scene.purge({ prefixes: [`${ZONE}/public`] })
    await play(scene, [{ get: '/public/a', cache: 'HIT' }])
    await scene.purge({ files: [url('/public/a')] })
    await play(scene, [{ get: '/public/a', cache: 'MISS' }])
    await scene.purge({ prefixes: [`${ZONE}/internal`] })
    await play(scene, [{ get: '/public/a', cache: 'MISS' }])
    await scene.purge({ files: [{ url: url('/public/a'), variants: 'all' }] })
    await play(scene, [{ get: '/public/a', cache: 'MISS' }])
  })

  test('with the fields that request header rules make of those that are given', async () => {
    const custom_key = { header: { include: ['x-tier'] } }
    await using scene = await startSite({ cache: { cache: true, cache_key: { custom_key } } })
    const gold = { 'X-Tier': { operation: 'set', value: 'gold' } }
    await setRules(scene, 'http_request_late_transform', headerRule(gold, 'http.cookie contains "member"'))
    const member = [['Cookie', 'member=1']] as const
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', fields: member, cache: 'MISS' },
    ])
    await scene.purge({ files: [{ url: url('/a'), headers: { Cookie: 'member=1' } }] })
    await play(scene, [
      { get: '/a', cache: 'HIT' },
      { get: '/a', fields: member, cache: 'MISS' },
    ])
    await scene.purge({ files: [{ url: url('/a'), headers: { 'X-Tier': 'gold' } }] })
    await play(scene, [{ get: '/a', fields: member, cache: 'MISS' }])
  })

  test('by the cache rules that match it, those for GET among them', async () => {
    await using scene = await startSite({})
    const ignoreQuery = { custom_key: { query_string: { exclude: { all: true } } } }
    await setRules(scene, 'http_request_cache_settings', {
      expression: 'http.request.method eq "GET" and starts_with(http.request.uri.path, "/static/")',
      action_parameters: { cache: true, cache_key: ignoreQuery },
    })
    await play(scene, [{ get: '/static/a?v=1', cache: 'MISS' }])
    await scene.purge({ files: [url('/static/a?v=9')] })
    await play(scene, [{ get: '/static/a?v=2', cache: 'MISS' }])
  })

  test('also one that is redirected by now', async () => {
    await using scene = await startSite()
    await play(scene, [{ get: '/a', cache: 'MISS' }])
    const from_value = { target_url: { value: '/b' } }
    await setRules(scene, 'http_request_dynamic_redirect', { action_parameters: { from_value } })
    await scene.purge({ files: [url('/a')] })
    await setRules(scene, 'http_request_dynamic_redirect')
    await play(scene, [{ get: '/a', cache: 'MISS' }])
  })

  test('takes every variant of Vary with it, under a custom key too', async () => {
    const cache = { cache: true, cache_key: { custom_key: {} }, vary: { default: { action: 'passthrough' } } }
    await using scene = await startSite({ cache })
    scene.origin.on('*', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Vary', 'X-A'],
      ],
      body: 'x',
    })
    await setRules(scene, 'http_request_transform', {
      action_parameters: { uri: { path: { expression: 'concat("/v", http.request.uri.path)' } } },
    })
    for (const value of ['1', '2']) await play(scene, [{ get: '/a', fields: [['X-A', value]], cache: 'MISS' }])
    await scene.purge({ files: [url('/a')] })
    for (const value of ['1', '2']) await play(scene, [{ get: '/a', fields: [['X-A', value]], cache: 'MISS' }])
  })

  test('whose request a rule makes impossible is refused, and says why', async () => {
    await using scene = await startSite()
    const path = { expression: 'http.request.headers["x-path"][0]' }
    await setRules(scene, 'http_request_transform', { action_parameters: { uri: { path } } })
    await play(scene, [{ get: '/a', fields: [['X-Path', '/b']], cache: 'MISS' }])
    await expect(scene.purge({ files: [url('/a')] })).rejects.toThrow('rule')
    await scene.purge({ files: [{ url: url('/a'), headers: { 'X-Path': '/b' } }] })
    await play(scene, [{ get: '/a', fields: [['X-Path', '/b']], cache: 'MISS' }])
  })
})

test('a successful POST to a rewritten URL outdates what is stored for it', async () => {
  await using scene = await startSite()
  await setRules(scene, 'http_request_transform', {
    action_parameters: { uri: { path: { expression: 'concat("/v", http.request.uri.path)' } } },
  })
  await play(scene, [{ get: '/a', cache: 'MISS' }])
  await scene.request('/a', { method: 'POST', body: 'x' })
  await play(scene, [{ get: '/a', cache: 'MISS' }])
})
