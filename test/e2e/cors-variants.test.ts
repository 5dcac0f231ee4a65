// CORS through the cache: each requesting Origin has its own copy, with the grant that it earned.
// CF cache/cache-security/cors, cache/how-to/cache-keys; Fetch §CORS check

import { describe, expect, test } from 'bun:test'
import { play, type Scene, startScene, until } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const A: FieldLine = ['Origin', 'https://a.example']
const B: FieldLine = ['Origin', 'https://b.example']
const ACAO = 'access-control-allow-origin'

/** An origin that grants to whoever asks, and nothing to those without an Origin. */
async function reflecting(cacheControl = 'max-age=60'): Promise<Scene> {
  const scene = await startScene({ cache: { cache: true } })
  scene.origin.on('*', (request) => {
    const origin = request.field('origin')
    return {
      fields: [
        ['Cache-Control', cacheControl],
        ...(origin === undefined ? [] : [['Access-Control-Allow-Origin', origin] as const]),
      ],
      body: 'font',
    }
  })
  return scene
}

describe('variants by Origin', () => {
  test('each Origin is granted what the origin server granted to it, and nothing else', async () => {
    await using scene = await reflecting()
    await play(scene, [
      { get: '/f', cache: 'MISS', has: { [ACAO]: null } },
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: A[1] } },
      { get: '/f', fields: [B], cache: 'MISS', has: { [ACAO]: B[1] } },
      { get: '/f', cache: 'HIT', has: { [ACAO]: null } },
      { get: '/f', fields: [A], cache: 'HIT', has: { [ACAO]: A[1] } },
      { get: '/f', fields: [B], cache: 'HIT', has: { [ACAO]: B[1] }, origin: 3 },
    ])
  })

  test('Origin null is an Origin of its own', async () => {
    await using scene = await reflecting()
    await play(scene, [
      { get: '/f', fields: [['Origin', 'null']], cache: 'MISS', has: { [ACAO]: 'null' } },
      { get: '/f', fields: [['Origin', 'null']], cache: 'HIT', has: { [ACAO]: 'null' } },
      { get: '/f', cache: 'MISS', has: { [ACAO]: null } },
    ])
  })

  test.each([
    'https://a.example/',
    'https://a.example:99999',
    'a.example',
    '*',
    'https://a.example, https://b.example',
    'https://',
  ])('an Origin that is none (%s) is served uncached', async (value) => {
    await using scene = await reflecting()
    await play(scene, [
      { get: '/f', fields: [['Origin', value]], cache: 'BYPASS' },
      { get: '/f', fields: [['Origin', value]], cache: 'BYPASS', origin: 2 },
    ])
  })

  test('Origin reaches the origin server, on a validation too', async () => {
    await using scene = await reflecting('max-age=10')
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS' },
      { get: '/f', fields: [A], cache: 'EXPIRED', after: 10 },
    ])
    expect(scene.origin.requests.map((request) => request.field('origin'))).toEqual([A[1], A[1]])
  })

  test('Origin reaches the origin server on a validation behind a stale copy', async () => {
    await using scene = await reflecting('max-age=10, stale-while-revalidate=60')
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS' },
      { get: '/f', fields: [A], cache: 'UPDATING', after: 15, has: { [ACAO]: A[1] } },
    ])
    await until('the refresh has come', async () => (await scene.get('/f', [A])).cacheStatus === 'HIT')
    expect(scene.origin.requests.map((request) => request.field('origin'))).toEqual([A[1], A[1]])
    await play(scene, [{ get: '/f', fields: [A], cache: 'HIT', has: { [ACAO]: A[1] } }])
  })

  test('OPTIONS, a preflight, goes to the origin and is not stored', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', {
      status: 204,
      fields: [
        ['Access-Control-Allow-Methods', 'PUT'],
        ['Cache-Control', 'max-age=60'],
      ],
    })
    const preflight: readonly FieldLine[] = [A, ['Access-Control-Request-Method', 'PUT']]
    await play(scene, [
      {
        get: '/f',
        method: 'OPTIONS',
        fields: preflight,
        status: 204,
        cache: 'DYNAMIC',
        has: { 'access-control-allow-methods': 'PUT' },
      },
      { get: '/f', method: 'OPTIONS', fields: preflight, status: 204, cache: 'DYNAMIC', origin: 2 },
    ])
    expect(scene.origin.requests[0]?.field('access-control-request-method')).toBe('PUT')
  })
})

describe('whatever is made of a copy grants what the copy grants', () => {
  const GRANTS: readonly FieldLine[] = [
    ['access-control-allow-origin', A[1]],
    ['access-control-allow-credentials', 'true'],
    ['access-control-expose-headers', 'content-range'],
    ['timing-allow-origin', '*'],
    ['cross-origin-resource-policy', 'cross-origin'],
    ['vary', 'Origin'],
  ]

  test.each([
    ['a part', ['Range', 'bytes=0-1'], 206],
    ['several parts', ['Range', 'bytes=0-1,3-4'], 206],
    ['a range that it does not have', ['Range', 'bytes=99-'], 416],
    ['a confirmation', ['If-None-Match', '"1"'], 304],
  ] as const)('%s', async (_, field, status) => {
    await using scene = await startScene({ cache: { cache: true } })
    const fields: readonly FieldLine[] = [['Cache-Control', 'max-age=60'], ['ETag', '"1"'], ...GRANTS]
    scene.origin.on('*', { fields, body: 'content' })
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS' }])
    const answer = await scene.get('/f', [A, field])
    expect([answer.status, answer.cacheStatus]).toEqual([status, 'HIT'])
    expect(GRANTS.map(([name]) => [name, answer.field(name) ?? ''])).toEqual(GRANTS.map((grant) => [...grant]))
  })
})

describe('purging variants by Origin', () => {
  async function filled(): Promise<Scene> {
    const scene = await reflecting()
    await play(scene, [
      { get: '/f', cache: 'MISS' },
      { get: '/f', fields: [A], cache: 'MISS' },
      { get: '/f', fields: [B], cache: 'MISS' },
    ])
    return scene
  }

  const URL = 'http://example.com/f'

  test.each([
    ['a URL takes the copy without Origin only', { files: [URL] }, ['MISS', 'HIT', 'HIT']],
    [
      "a URL with an Origin takes that Origin's copy",
      { files: [{ url: URL, headers: { Origin: A[1] } }] },
      ['HIT', 'MISS', 'HIT'],
    ],
    [
      'a URL with variants "all" takes every copy',
      { files: [{ url: URL, variants: 'all' }] },
      ['MISS', 'MISS', 'MISS'],
    ],
    ['everything takes every copy', { purge_everything: true }, ['MISS', 'MISS', 'MISS']],
    ['a prefix takes every copy', { prefixes: ['example.com/f'] }, ['MISS', 'MISS', 'MISS']],
    ['a host takes every copy', { hosts: ['example.com'] }, ['MISS', 'MISS', 'MISS']],
  ])('%s', async (_, body, statuses) => {
    await using scene = await filled()
    await scene.purge(body)
    const seen = [await scene.get('/f'), await scene.get('/f', [A]), await scene.get('/f', [B])]
    expect(seen.map(({ cacheStatus }) => cacheStatus)).toEqual(statuses)
  })
})
