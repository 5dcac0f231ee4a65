// Preconditions of a visitor, evaluated against what is stored.  RFC 9110 §13

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Scene, startScene } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const MODIFIED = 'Fri, 01 May 2026 10:00:00 GMT'
const LATER = 'Sat, 02 May 2026 10:00:00 GMT'
const EARLIER = 'Thu, 30 Apr 2026 10:00:00 GMT'

type Row = readonly [title: string, fields: readonly FieldLine[], status: number]

const ROWS: readonly Row[] = [
  ['If-None-Match that matches', [['If-None-Match', '"1"']], 304],
  ['If-None-Match with a weak form (weak comparison)', [['If-None-Match', 'W/"1"']], 304],
  ['If-None-Match in a list', [['If-None-Match', '"0", "1", "2"']], 304],
  [
    'If-None-Match over two lines',
    [
      ['If-None-Match', '"0"'],
      ['If-None-Match', '"1"'],
    ],
    304,
  ],
  ['If-None-Match: *', [['If-None-Match', '*']], 304],
  ['If-None-Match that does not match', [['If-None-Match', '"2"']], 200],
  ['If-Modified-Since, the same date', [['If-Modified-Since', MODIFIED]], 304],
  ['If-Modified-Since, later', [['If-Modified-Since', LATER]], 304],
  ['If-Modified-Since, earlier', [['If-Modified-Since', EARLIER]], 200],
  ['If-Modified-Since that is no date', [['If-Modified-Since', 'yesterday']], 200],
  [
    'If-None-Match goes before If-Modified-Since',
    [
      ['If-None-Match', '"2"'],
      ['If-Modified-Since', LATER],
    ],
    200,
  ],
]

describe.each([
  ['a stored response', true],
  ['a response that is fetched for it', false],
])('a precondition on %s', (_, warm) => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['ETag', '"1"'],
        ['Last-Modified', MODIFIED],
        ['X-A', '1'],
        ['Access-Control-Allow-Origin', '*'],
        ['Vary', 'X-B'],
      ],
      body: 'content',
    })
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test.each(ROWS)('%s', async (title, fields, status) => {
    const path = `/${encodeURIComponent(title)}`
    if (warm) await scene.get(path)
    const answer = await scene.get(path, fields)
    expect([answer.status, answer.text]).toEqual([status, status === 304 ? '' : 'content'])
    const origin = scene.origin.seen(path)
    expect(origin.length).toBe(1)
    // The whole content is needed to fill the cache: a visitor's validators stay here.
    expect([origin[0]?.field('if-none-match'), origin[0]?.field('if-modified-since')]).toEqual([undefined, undefined])
    expect((await scene.get(path)).cacheStatus).toBe('HIT')
  })

  test('a 304 carries the fields that a cache needs, and the grant', async () => {
    if (warm) await scene.get('/fields')
    const answer = await scene.get('/fields', [['If-None-Match', '"1"']])
    expect(answer.status).toBe(304)
    expect([answer.field('etag'), answer.field('cache-control'), answer.field('vary')]).toEqual([
      '"1"',
      'max-age=60',
      'X-B',
    ])
    expect(answer.field('access-control-allow-origin')).toBe('*')
    expect(answer.body.length).toBe(0)
  })
})

describe('other preconditions', () => {
  test('on a URL that is not eligible they go to the origin', async () => {
    await using scene = await startScene()
    scene.origin.on('/page', { status: 304, fields: [['ETag', '"1"']] })
    const answer = await scene.get('/page', [['If-None-Match', '"1"']])
    expect([answer.status, answer.cacheStatus]).toEqual([304, 'DYNAMIC'])
    expect(scene.origin.requests[0]?.field('if-none-match')).toBe('"1"')
  })

  test('a stored 404 is never turned into 304', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { status: 404, fields: [['ETag', '"1"']], body: 'gone' })
    await scene.get('/a')
    expect((await scene.get('/a', [['If-None-Match', '"1"']])).status).toBe(404)
  })

  test("a visitor's own Cache-Control and Pragma change nothing", async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await scene.get('/a')
    for (const field of [
      ['Cache-Control', 'no-cache'],
      ['Cache-Control', 'no-store'],
      ['Cache-Control', 'max-age=0'],
      ['Pragma', 'no-cache'],
    ] as const) {
      expect((await scene.get('/a', [field])).cacheStatus).toBe('HIT')
    }
    expect(scene.origin.requests.length).toBe(1)
  })
})
