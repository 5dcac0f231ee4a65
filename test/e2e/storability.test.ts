// Which responses to eligible requests are stored, under Origin Cache Control on and off.
// CF cache/concepts/cache-control (directive and condition tables), cache/concepts/cache-responses

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { play, type Scene, START_OF_TIME, startScene } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const REFUSED = ['BYPASS', 'BYPASS'] as const
const STORED = ['MISS', 'HIT'] as const
/** Stored, and validated at each use; the origin of this table always has new content. */
const VALIDATED = ['MISS', 'EXPIRED'] as const

const inOneHour = new Date(START_OF_TIME + 3_600_000).toUTCString()
const anHourAgo = new Date(START_OF_TIME - 3_600_000).toUTCString()

type Pair = readonly [string, string]
type Row = readonly [title: string, fields: readonly FieldLine[], on: Pair, off: Pair]

const ROWS: readonly Row[] = [
  ['max-age=60', [['Cache-Control', 'max-age=60']], STORED, STORED],
  ['public, max-age=60', [['Cache-Control', 'public, max-age=60']], STORED, STORED],
  ['s-maxage=60', [['Cache-Control', 's-maxage=60']], STORED, STORED],
  ['no-store', [['Cache-Control', 'no-store']], REFUSED, REFUSED],
  ['no-store beside max-age', [['Cache-Control', 'max-age=60, no-store']], REFUSED, REFUSED],
  ['private', [['Cache-Control', 'private']], REFUSED, REFUSED],
  ['private beside max-age', [['Cache-Control', 'private, max-age=60']], REFUSED, REFUSED],
  [
    'private that names fields',
    [
      ['Cache-Control', 'private="x-a", max-age=60'],
      ['X-A', '1'],
    ],
    STORED,
    REFUSED,
  ],
  ['no-cache', [['Cache-Control', 'no-cache']], VALIDATED, REFUSED],
  ['no-cache beside max-age', [['Cache-Control', 'no-cache, max-age=60']], VALIDATED, REFUSED],
  [
    'no-cache that names a field present',
    [
      ['Cache-Control', 'no-cache="x-a", max-age=60'],
      ['X-A', '1'],
    ],
    VALIDATED,
    REFUSED,
  ],
  [
    'no-cache that names only absent fields',
    [
      ['Cache-Control', 'no-cache="x-b", max-age=60'],
      ['X-A', '1'],
    ],
    STORED,
    REFUSED,
  ],
  ['max-age=0', [['Cache-Control', 'max-age=0']], VALIDATED, REFUSED],
  ['s-maxage=0', [['Cache-Control', 's-maxage=0']], VALIDATED, REFUSED],
  ['s-maxage=0 wins over max-age', [['Cache-Control', 'max-age=60, s-maxage=0']], VALIDATED, REFUSED],
  ['s-maxage wins over max-age=0', [['Cache-Control', 'max-age=0, s-maxage=60']], STORED, STORED],
  ['a fraction is floored', [['Cache-Control', 'max-age=60.9']], STORED, STORED],
  ['directives in any case', [['CACHE-CONTROL', 'Max-Age=60, PUBLIC']], STORED, STORED],
  [
    'directives over two lines',
    [
      ['Cache-Control', 'public'],
      ['Cache-Control', 'no-store'],
    ],
    REFUSED,
    REFUSED,
  ],
  ['Expires in the future', [['Expires', inOneHour]], STORED, STORED],
  ['Expires in the past', [['Expires', anHourAgo]], REFUSED, REFUSED],
  [
    'max-age wins over Expires',
    [
      ['Cache-Control', 'max-age=60'],
      ['Expires', anHourAgo],
    ],
    STORED,
    STORED,
  ],
  [
    'Vary: *',
    [
      ['Cache-Control', 'max-age=60'],
      ['Vary', '*'],
    ],
    REFUSED,
    REFUSED,
  ],
  [
    'Vary: * among names',
    [
      ['Cache-Control', 'max-age=60'],
      ['Vary', 'Accept, *'],
    ],
    REFUSED,
    REFUSED,
  ],
  [
    'a Vary that nothing is configured for',
    [
      ['Cache-Control', 'max-age=60'],
      ['Vary', 'X-A'],
    ],
    STORED,
    STORED,
  ],
  ['must-revalidate beside max-age', [['Cache-Control', 'max-age=60, must-revalidate']], STORED, STORED],
  ['no field at all', [], STORED, STORED],
]

describe.each([
  ['on', undefined, 2],
  ['off', { origin_cache_control: false }, 3],
] as const)('Origin Cache Control %s', (_, cache, column) => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene(cache === undefined ? {} : { cache })
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test.each(ROWS)('%s', async (...row) => {
    const [title, fields] = row
    const [first, second] = row[column]
    const path = `/${encodeURIComponent(title)}.css`
    scene.origin.on(path, [
      { fields, body: 'first' },
      { fields, body: 'second' },
    ])
    await play(scene, [
      { get: path, cache: first, text: 'first', age: null },
      { get: path, cache: second, text: second === 'HIT' ? 'first' : 'second' },
    ])
  })
})

describe('the fields of what is stored', () => {
  test('private="x-a": the stored response lacks the field', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', {
      fields: [
        ['Cache-Control', 'private="x-a", max-age=60'],
        ['X-A', '1'],
        ['X-B', '2'],
      ],
      body: 'a',
    })
    await play(scene, [{ get: '/a.css', cache: 'MISS', has: { 'x-b': '2' } }])
    await play(scene, [{ get: '/a.css', cache: 'HIT', has: { 'x-a': null, 'x-b': '2' } }])
  })

  test('a fraction of a second is floored: max-age=60.9 is stale after 60 s', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'max-age=60.9']], body: 'a' })
    await play(scene, [
      { get: '/a.css', cache: 'MISS' },
      { get: '/a.css', after: 59, cache: 'HIT' },
      { get: '/a.css', after: 1, cache: 'EXPIRED' },
    ])
  })

  test('a GET with content is cacheable, and the content is not in the key', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    const first = await scene.request('/a.css', { body: 'one' })
    const second = await scene.request('/a.css', { body: 'two' })
    expect([first.cacheStatus, second.cacheStatus]).toEqual(['MISS', 'HIT'])
  })
})
