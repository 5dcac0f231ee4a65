// Cache Rules with real expressions: each request by the rules that match it.  CF cache/how-to/cache-rules

import { describe, expect, test } from 'bun:test'
import { play, type RuleOfTest, setRules, startScene, ZONE } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const PHASE = 'http_request_cache_settings'
const STORED = { fields: [['Cache-Control', 'max-age=60']], body: 'x' } as const

function cacheRule(action_parameters: Readonly<Record<string, unknown>>, expression = 'true'): RuleOfTest {
  return { expression, action_parameters }
}

describe('a Cache Rule', () => {
  test('holds for the requests that it matches, and for no others', async () => {
    await using scene = await startScene()
    scene.origin.on('*', STORED)
    await setRules(
      scene,
      PHASE,
      cacheRule({ cache: true }, 'starts_with(http.request.uri.path, "/cached/")'),
      cacheRule({ cache: false }, 'http.cookie contains "session"'),
    )
    const session: readonly FieldLine[] = [['Cookie', 'session=1']]
    await play(scene, [
      { get: '/cached/a', cache: 'MISS' },
      { get: '/cached/a', cache: 'HIT' },
      { get: '/cached/a', cache: 'HIT' },
      { get: '/cached/a', fields: session, cache: 'DYNAMIC' },
      { get: '/a', cache: 'DYNAMIC' },
      { get: '/cached/a', cache: 'HIT' },
    ])
  })

  test('merges with the others that match: the last one wins, setting by setting', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'x' })
    await setRules(
      scene,
      PHASE,
      cacheRule({ cache: true, edge_ttl: { mode: 'override_origin', default: 100 } }),
      cacheRule({ edge_ttl: { mode: 'override_origin', default: 10 } }, 'http.request.uri.path eq "/short"'),
    )
    await play(scene, [
      { get: '/short', cache: 'MISS' },
      { get: '/long', cache: 'MISS' },
      { get: '/short', after: 11, cache: 'EXPIRED' },
      { get: '/long', cache: 'HIT' },
    ])
  })

  test('changes how what is stored goes out, for the requests that it matches, also from memory', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { ...STORED, fields: [...STORED.fields, ['Content-Type', 'text/plain']] })
    await setRules(
      scene,
      PHASE,
      cacheRule({ cache: true }),
      cacheRule({ browser_ttl: { mode: 'override_origin', default: 5 } }, 'http.user_agent contains "old"'),
    )
    const old: readonly FieldLine[] = [['User-Agent', 'old']]
    await play(scene, [
      { get: '/a', cache: 'MISS', has: { 'cache-control': 'max-age=60' } },
      { get: '/a', fields: old, cache: 'HIT', has: { 'cache-control': 'max-age=5' } },
      { get: '/a', cache: 'HIT', has: { 'cache-control': 'max-age=60' } },
      { get: '/a', fields: old, cache: 'HIT', has: { 'cache-control': 'max-age=5' } },
      { get: '/a', fields: old, cache: 'HIT', has: { 'cache-control': 'max-age=5' } },
    ])
  })

  test('gives some requests another key', async () => {
    await using scene = await startScene()
    scene.origin.on('*', STORED)
    const custom_key = { query_string: { exclude: { all: true } } }
    await setRules(
      scene,
      PHASE,
      cacheRule({ cache: true }),
      cacheRule({ cache_key: { custom_key } }, 'starts_with(http.request.uri.path, "/static/")'),
    )
    await play(scene, [
      { get: '/static/a?v=1', cache: 'MISS' },
      { get: '/static/a?v=2', cache: 'HIT' },
      { get: '/a?v=1', cache: 'MISS' },
      { get: '/a?v=2', cache: 'MISS' },
    ])
    await scene.purge({ files: [`http://${ZONE}/static/a?v=3`] })
    await play(scene, [{ get: '/static/a?v=1', cache: 'MISS' }])
  })

  test('sees the fields that request header rules set', async () => {
    await using scene = await startScene()
    scene.origin.on('*', STORED)
    const headers = { 'X-Cache-Me': { operation: 'set', value: 'yes' } }
    await setRules(scene, 'http_request_late_transform', {
      expression: 'http.request.uri.path eq "/a"',
      action_parameters: { headers },
    })
    await setRules(scene, PHASE, cacheRule({ cache: true }, 'any(http.request.headers["x-cache-me"][*] eq "yes")'))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'HIT' },
      { get: '/b', cache: 'DYNAMIC' },
    ])
  })

  test('does not hold in Development Mode, and does again afterwards', async () => {
    await using scene = await startScene({ settings: { development_mode: 'on' } })
    scene.origin.on('*', STORED)
    await setRules(scene, PHASE, cacheRule({ cache: true }, 'http.request.uri.path eq "/a"'))
    await play(scene, [
      { get: '/a', cache: 'DYNAMIC' },
      { get: '/a', after: 3 * 3600, cache: 'MISS' },
      { get: '/a', cache: 'HIT' },
    ])
  })

  test('is a line of the trail when it matches, of a hit in memory too', async () => {
    await using scene = await startScene({ config: { edge: { http: '127.0.0.1:0', access_log: true } } })
    scene.origin.on('*', { ...STORED, fields: [...STORED.fields, ['Content-Type', 'text/plain']] })
    for (const expression of ['true', 'http.request.uri.path eq "/a"']) {
      await setRules(scene, PHASE, { ...cacheRule({ cache: true }, expression), description: 'mine' })
      for (const _ of [1, 2, 3]) await scene.get('/a')
      for (const { why } of scene.edge.access().slice(-3)) expect(why.join('\n')).toContain('"mine"')
    }
  })
})
