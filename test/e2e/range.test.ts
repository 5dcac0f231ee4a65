// Ranges of a stored response, and of one that is being fetched.  RFC 9110 §14; CF cache/reference/range-requests

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Scene, startScene } from '../support/edge/index.ts'

const CONTENT = '0123456789'

type Row = readonly [range: string, status: number, text: string, contentRange: string | undefined]

const ROWS: readonly Row[] = [
  ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
  ['bytes=4-4', 206, '4', 'bytes 4-4/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-3', 206, '789', 'bytes 7-9/10'],
  ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
  ['bytes=-99', 206, CONTENT, 'bytes 0-9/10'],
  ['Bytes=0-3', 206, '0123', 'bytes 0-3/10'],
  ['bytes=10-', 416, '', 'bytes */10'],
  ['bytes=99-100', 416, '', 'bytes */10'],
  ['bytes=-0', 416, '', 'bytes */10'],
  ['bytes=5-2', 416, '', 'bytes */10'],
  ['bytes=', 416, '', 'bytes */10'],
  ['bytes=abc', 200, CONTENT, undefined],
  ['items=0-3', 200, CONTENT, undefined],
  ['bytes=0-99999999999999999999999999', 200, CONTENT, undefined],
  ['bytes=0-4,3-6', 200, CONTENT, undefined],
  ['bytes=6-8,0-2', 200, CONTENT, undefined],
  ['bytes=0-3,20-30', 206, '0123', 'bytes 0-3/10'],
  [`bytes=${Array.from({ length: 301 }, (_, i) => `${i}-${i}`).join(',')}`, 200, CONTENT, undefined],
]

describe.each([
  ['a stored response', true],
  ['a response that is fetched for it', false],
])('a range of %s', (_, warm) => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['ETag', '"1"'],
      ],
      body: CONTENT,
    })
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test.each(ROWS)('%s is answered %d', async (range, status, text, contentRange) => {
    const path = `/${Bun.hash(range).toString(36)}`
    if (warm) await scene.get(path)
    const answer = await scene.get(path, [['Range', range]])
    expect([answer.status, answer.text, answer.field('content-range')]).toEqual([status, text, contentRange])
    expect(answer.cacheStatus).toBe(warm ? 'HIT' : 'MISS')
    expect(scene.origin.seen(path).map((request) => request.field('range'))).toEqual([undefined])
    expect((await scene.get(path)).text).toBe(CONTENT)
  })

  test('several ascending ranges are one multipart answer', async () => {
    if (warm) await scene.get('/multi')
    const answer = await scene.get('/multi', [['Range', 'bytes=0-1,4-5,-2']])
    expect(answer.status).toBe(206)
    const boundary = /^multipart\/byteranges; ?boundary="?([^"]+)"?$/.exec(answer.field('content-type') ?? '')?.[1]
    expect(boundary).toBeDefined()
    const parts = answer.text.split(`--${boundary}`).slice(1, -1)
    expect(parts.map((part) => part.split('\r\n\r\n')[1]?.trim())).toEqual(['01', '45', '89'])
    expect(parts.map((part) => /content-range: (.*)\r\n/i.exec(part)?.[1])).toEqual([
      'bytes 0-1/10',
      'bytes 4-5/10',
      'bytes 8-9/10',
    ])
    expect(answer.field('content-length')).toBe(String(answer.body.length))
  })

  test('HEAD with a range has the head of the 206 and no content', async () => {
    if (warm) await scene.get('/head')
    const answer = await scene.request('/head', { method: 'HEAD', fields: [['Range', 'bytes=2-5']] })
    expect([answer.status, answer.text, answer.field('content-range')]).toEqual([206, '', 'bytes 2-5/10'])
    expect(answer.field('content-length')).toBe('4')
  })
})

describe('If-Range', () => {
  const MODIFIED = 'Fri, 01 May 2026 10:00:00 GMT'

  test.each([
    ['the entity-tag itself', '"1"', 206],
    ['another entity-tag', '"2"', 200],
    ['a weak form of it', 'W/"1"', 200],
    ['the Last-Modified itself', MODIFIED, 206],
    ['a later date', 'Fri, 01 May 2026 10:00:01 GMT', 200],
    ['the same date in another form', 'Friday, 01-May-26 10:00:00 GMT', 200],
  ])('%s', async (_, ifRange, status) => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['ETag', '"1"'],
        ['Last-Modified', MODIFIED],
      ],
      body: CONTENT,
    })
    await scene.get('/a')
    const answer = await scene.get('/a', [
      ['Range', 'bytes=0-3'],
      ['If-Range', ifRange],
    ])
    expect([answer.status, answer.text]).toEqual([status, status === 206 ? '0123' : CONTENT])
  })

  test('preconditions go before the range: If-None-Match that matches is 304', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['ETag', '"1"'],
      ],
      body: CONTENT,
    })
    await scene.get('/a')
    const answer = await scene.get('/a', [
      ['Range', 'bytes=0-3'],
      ['If-None-Match', '"1"'],
    ])
    expect(answer.status).toBe(304)
  })
})

describe('other ranges', () => {
  test('a response without Content-Length is answered whole while it is fetched', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: CONTENT, framing: 'chunked' })
    const answer = await scene.get('/a', [['Range', 'bytes=0-3']])
    expect([answer.status, answer.text]).toEqual([200, CONTENT])
  })

  test('of a URL that is not eligible the origin decides', async () => {
    await using scene = await startScene()
    scene.origin.on('/page', { status: 206, fields: [['Content-Range', 'bytes 0-3/10']], body: '0123' })
    const answer = await scene.get('/page', [['Range', 'bytes=0-3']])
    expect([answer.status, answer.text, answer.cacheStatus]).toEqual([206, '0123', 'DYNAMIC'])
    expect(scene.origin.requests[0]?.field('range')).toBe('bytes=0-3')
  })

  test('an empty stored response has no satisfiable range', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: '' })
    await scene.get('/a')
    const answer = await scene.get('/a', [['Range', 'bytes=0-']])
    expect([answer.status, answer.field('content-range')]).toEqual([416, 'bytes */0'])
  })

  test('a stored 404 is not ranged', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { status: 404, body: CONTENT })
    await scene.get('/a')
    expect((await scene.get('/a', [['Range', 'bytes=0-3']])).status).toBe(404)
  })
})

test('several ranges of an answer that breaks off at the origin are its failure: 520', async () => {
  await using scene = await startScene({ cache: { cache: true } })
  scene.origin.on('/cut', async (_, response) => {
    const fields = [
      ['Cache-Control', 'max-age=60'],
      ['Content-Length', '100'],
    ] as const
    const writer = await response.start({ fields }, 'length')
    await writer.write('0123456789')
    writer.cut()
  })
  const answer = await scene.get('/cut', [['Range', 'bytes=0-1,50-51']])
  expect(answer.status).toBe(520)
  expect(scene.edge.events.all.filter(({ kind }) => kind === 'unexpected')).toEqual([])
})
