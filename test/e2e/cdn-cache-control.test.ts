// Cache-Control for this edge alone: the first field present decides by itself; what goes on to the client.
// CF cache/concepts/cdn-cache-control; RFC 9213

import { describe, expect, test } from 'bun:test'
import { play, startScene } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const FOR_US = 'Cloudflare-CDN-Cache-Control'
const FOR_CDNS = 'CDN-Cache-Control'

type Row = readonly [title: string, fields: readonly FieldLine[], lifetime: number | 'refused' | 'validated']

const ROWS: readonly Row[] = [
  [
    'Cloudflare-CDN-Cache-Control wins over the others',
    [
      [FOR_US, 'max-age=30'],
      [FOR_CDNS, 'max-age=20'],
      ['Cache-Control', 'max-age=10'],
    ],
    30,
  ],
  [
    'CDN-Cache-Control wins over Cache-Control',
    [
      [FOR_CDNS, 'max-age=20'],
      ['Cache-Control', 'max-age=10, s-maxage=15'],
    ],
    20,
  ],
  [
    'the fields are not merged',
    [
      [FOR_US, 'max-age=30'],
      ['Cache-Control', 'no-store'],
    ],
    30,
  ],
  [
    'with a CDN field Expires has no influence',
    [
      [FOR_CDNS, 'max-age=20'],
      ['Expires', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ],
    20,
  ],
  [
    'no-store in a CDN field refuses',
    [
      [FOR_CDNS, 'no-store'],
      ['Cache-Control', 'max-age=60'],
    ],
    'refused',
  ],
  [
    'private in a CDN field refuses',
    [
      [FOR_US, 'private'],
      ['Cache-Control', 'max-age=60'],
    ],
    'refused',
  ],
  [
    'no-cache in a CDN field stores and validates',
    [
      [FOR_CDNS, 'no-cache'],
      ['Cache-Control', 'max-age=60'],
    ],
    'validated',
  ],
  ['max-age=0 in a CDN field stores and validates', [[FOR_US, 'max-age=0']], 'validated'],
  ['s-maxage=0 in a CDN field stores and validates', [[FOR_CDNS, 's-maxage=0']], 'validated'],
  [
    'an empty Surrogate-Control neutralises Cache-Control',
    [
      ['Surrogate-Control', ''],
      ['Cache-Control', 'no-store'],
    ],
    7200,
  ],
]

describe.each([
  ['on', true],
  ['off', false],
])('Origin Cache Control %s', (_, originCacheControl) => {
  test.each(ROWS)('%s', async (_title, fields, lifetime) => {
    await using scene = await startScene({ cache: { cache: true, origin_cache_control: originCacheControl } })
    scene.origin.on('/a', { fields, body: 'x' })
    if (typeof lifetime === 'number') {
      await play(scene, [
        { get: '/a', cache: 'MISS' },
        { get: '/a', cache: 'HIT', after: lifetime - 1 },
        { get: '/a', cache: 'EXPIRED', after: 1 },
      ])
    } else {
      const [first, second] = lifetime === 'refused' ? ['BYPASS', 'BYPASS'] : ['MISS', 'EXPIRED']
      await play(scene, [
        { get: '/a', cache: first as string },
        { get: '/a', cache: second as string, origin: 2 },
      ])
    }
  })
})

describe('what goes on to the client', () => {
  test('Cloudflare-CDN-Cache-Control never, CDN-Cache-Control and Cache-Control unchanged', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', {
      fields: [
        [FOR_US, 'max-age=24400'],
        [FOR_CDNS, 'max-age=18000'],
        ['Cache-Control', 'max-age=14400, s-maxage=84000'],
      ],
      body: 'x',
    })
    const has = { [FOR_US]: null, [FOR_CDNS]: 'max-age=18000', 'cache-control': 'max-age=14400, s-maxage=84000' }
    await play(scene, [
      { get: '/a.css', cache: 'MISS', has },
      { get: '/a.css', cache: 'HIT', after: 24399, has },
    ])
  })

  test('Cloudflare-CDN-Cache-Control goes to nobody on an answer that is not cached either', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { fields: [[FOR_US, 'no-store']], body: 'x' })
    await play(scene, [
      { get: '/a.css', cache: 'BYPASS', has: { [FOR_US]: null } },
      { get: '/page', cache: 'DYNAMIC', has: { [FOR_US]: null } },
    ])
  })
})

describe('Cloudflare-CDN-Cache-Control turns Origin Cache Control on for its response', () => {
  const fields: readonly FieldLine[] = [[FOR_US, 'max-age=60']]
  const authorized: readonly FieldLine[] = [['Authorization', 'Basic eDp5']]

  test('so that an answer to a request with Authorization needs public, s-maxage or must-revalidate', async () => {
    await using scene = await startScene({ cache: { cache: true, origin_cache_control: false } })
    scene.origin.on('/plain', { fields, body: 'x' })
    scene.origin.on('/public', { fields: [[FOR_US, 'public, max-age=60']], body: 'x' })
    await play(scene, [
      { get: '/plain', fields: authorized, cache: 'BYPASS' },
      { get: '/public', fields: authorized, cache: 'MISS' },
    ])
  })

  test("the edge sends the request's own fields on", async () => {
    await using scene = await startScene()
    scene.origin.on('*', { fields, body: 'x' })
    await play(scene, [{ get: '/a.css', fields: authorized }])
    expect(scene.origin.requests[0]?.field('authorization')).toBe('Basic eDp5')
  })
})
