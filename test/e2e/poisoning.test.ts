// What one visitor writes into a request must not change what another is answered: whatever reaches the origin server and
// is not part of the key could be stored for everybody.  RFC 9110 §7.6.1, RFC 9111 §4.1; docs/decisions/0165

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Scene, type SceneOptions, startScene, ZONE } from '../support/edge/index.ts'
import { type FieldLine, sendRaw } from '../support/index.ts'

const FRESH: FieldLine = ['Cache-Control', 'max-age=60']

/** An origin that answers with what it was sent of a field. */
async function echoing(name: string, options: SceneOptions, more: readonly FieldLine[] = []): Promise<Scene> {
  const scene = await startScene(options)
  scene.origin.on('*', (request) => ({ fields: [FRESH, ...more], body: request.field(name) ?? 'none' }))
  return scene
}

describe('a field that Connection strikes out does not reach the origin, so it keys and selects nothing', () => {
  const keyed = (custom: unknown): SceneOptions => ({ cache: { cache: true, cache_key: { custom_key: custom } } })
  const ROWS: readonly (readonly [title: string, name: string, value: string, SceneOptions, readonly FieldLine[]])[] = [
    [
      'nominated by Vary',
      'Accept-Language',
      'de',
      { cache: { cache: true, vary: { default: { action: 'passthrough' } } } },
      [['Vary', 'Accept-Language']],
    ],
    ['in a custom key', 'X-Tier', 'gold', keyed({ header: { include: ['x-tier'] } }), []],
    [
      'of which only the presence is in the key',
      'X-Tier',
      'gold',
      keyed({ header: { check_presence: ['x-tier'] } }),
      [],
    ],
  ]

  test.each(ROWS)('%s', async (_, name, value, options, more) => {
    await using scene = await echoing(name, options, more)
    const struck = await scene.get('/a', [
      ['Connection', `keep-alive, ${name}`],
      [name, value],
    ])
    expect([struck.cacheStatus, struck.text]).toEqual(['MISS', 'none'])
    const honest = await scene.get('/a', [[name, value]])
    expect([honest.cacheStatus, honest.text]).toEqual(['MISS', value])
    expect((await scene.get('/a')).text).toBe('none')
  })

  test('User-Agent, of which the device type is made', async () => {
    await using scene = await echoing('cf-device-type', {
      cache: { cache: true, cache_key: { cache_by_device_type: true } },
    })
    const agent: FieldLine = ['User-Agent', 'Mozilla/5.0 (iPhone) Mobile']
    expect((await scene.get('/a', [['Connection', 'user-agent'], agent])).text).toBe('desktop')
    expect((await scene.get('/a', [agent])).text).toBe('mobile')
  })

  test('and what else this edge says of the visitor is said all the same', async () => {
    await using scene = await echoing('x-forwarded-for', { cache: { cache: true } })
    await scene.get('/a', [
      ['Connection', 'x-hop'],
      ['X-Hop', '1'],
      ['CF-Connecting-IP', '1.2.3.4'],
    ])
    const request = scene.origin.requests[0]
    const told = ['x-hop', 'cf-connecting-ip', 'x-forwarded-for', 'x-forwarded-proto', 'cdn-loop', 'host']
    expect(told.map((name) => request?.field(name))).toEqual([
      ...[undefined, '127.0.0.1', '127.0.0.1', 'http', 'varyant', ZONE],
    ])
  })
})

describe('a Host has one spelling towards the origin, the one in the key', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await echoing('host', { cache: { cache: true } })
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  const SPELLINGS: readonly (readonly [spelling: string, sent: string])[] = [
    ['EXAMPLE.com', ZONE],
    ['example.com.', ZONE],
    ['example.com:', ZONE],
    ['example.com:80', ZONE],
    ['example.com:080', ZONE],
    ['example.com.:80', ZONE],
    ['example.com:08080', `${ZONE}:8080`],
    ['[::1]', '[::1]'],
    ['[::A]:80', '[::a]'],
  ]

  test.each(SPELLINGS)('%s arrives as %s', async (spelling, sent) => {
    await scene.purge({ purge_everything: true })
    const before = scene.origin.requests.length
    for (const method of ['GET', 'OPTIONS']) {
      await sendRaw(scene.edge.url, `${method} / HTTP/1.1\r\nHost: ${spelling}\r\n\r\n`)
    }
    expect(scene.origin.requests.slice(before).map(({ fields }) => fields.all('host'))).toEqual([[sent], [sent]])
  })
})

describe('a name with "_" that an origin could read as one of this edge’s own does not reach it', () => {
  test.each([
    ...['CF_Connecting_IP', 'X_Forwarded_For', 'X_Forwarded-Proto', 'X_Forwarded_Host', 'CDN_Loop', 'X_Original_URL'],
    ...['X_HTTP_Method_Override', 'Content_Length', 'Transfer_Encoding'],
  ])('%s', async (name) => {
    await using scene = await echoing(name, { cache: { cache: true } })
    await scene.get('/a', [[name, '1']])
    await scene.request('/a', { method: 'POST', fields: [[name, '1']], body: 'content' })
    expect(scene.origin.requests.map((request) => request.field(name))).toEqual([undefined, undefined])
  })

  test('others do', async () => {
    await using scene = await echoing('api_key', { cache: { cache: true } })
    expect((await scene.get('/a', [['api_key', '1']])).text).toBe('1')
  })
})
