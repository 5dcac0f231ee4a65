// A stored body that is a file: ranges, HEAD and conditions are this edge's to answer, not the runtime's, which answers a
// Range by itself when a file goes out.  RFC 9110 §13.1.5, §14; CF cache/reference/range-requests

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { deployWorker, play, type Scene, startScene, until, ZONE } from '../support/edge/index.ts'
import { connect, type FieldLine } from '../support/index.ts'

const SIZE = 1024 * 1024
const CONTENT = Buffer.alloc(SIZE, Array.from({ length: 997 }, (_, i) => String.fromCharCode(33 + (i % 90))).join(''))
const MODIFIED = 'Mon, 04 May 2026 11:00:00 GMT'

describe.each([
  ['with a content type', [['Content-Type', 'application/octet-stream']]],
  ['without a content type', []],
] as readonly (readonly [string, readonly FieldLine[]])[])('a stored megabyte %s', (_, typed) => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', {
      fields: [['Cache-Control', 'max-age=60'], ['ETag', '"1"'], ['Last-Modified', MODIFIED], ...typed],
      body: CONTENT,
    })
    await scene.get('/big')
    await until('it is stored', async () => (await scene.get('/big')).cacheStatus === 'HIT')
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  // The runtime would name a type of its own for a file, so without one the bytes go out as a stream, which it frames.
  test('goes out whole, with its length where it has a type', async () => {
    const answer = await scene.get('/big')
    expect([answer.status, answer.field('content-length')]).toEqual([200, typed.length > 0 ? String(SIZE) : undefined])
    expect(CONTENT.equals(answer.body)).toBe(true)
  })

  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-65535', 0, 65_535],
    ['bytes=65535-131072', 65_535, 131_072],
    ['bytes=-1', SIZE - 1, SIZE - 1],
    ['bytes=1-', 1, SIZE - 1],
    ['bytes=0-9999999', 0, SIZE - 1],
  ] as const)('%s is that part', async (range, first, last) => {
    const answer = await scene.get('/big', [['Range', range]])
    expect([answer.status, answer.cacheStatus]).toEqual([206, 'HIT'])
    expect(answer.field('content-range')).toBe(`bytes ${first}-${last}/${SIZE}`)
    expect(CONTENT.subarray(first, last + 1).equals(answer.body)).toBe(true)
  })

  test.each([
    [
      'a few bytes each',
      [
        [0, 9],
        [500_000, 500_009],
        [SIZE - 10, SIZE - 1],
      ],
    ],
    [
      'together nearly all',
      [
        [0, 400_000],
        [400_002, 900_000],
        [900_002, SIZE - 1],
      ],
    ],
  ] as readonly (readonly [string, readonly (readonly [number, number])[]])[])(
    'several ranges, %s',
    async (_, ranges) => {
      const answer = await scene.get('/big', [['Range', `bytes=${ranges.map((range) => range.join('-')).join(',')}`]])
      expect(answer.status).toBe(206)
      const boundary = /boundary="?([^";]+)/.exec(answer.field('content-type') ?? '')?.[1]
      const text = Buffer.from(answer.body).toString('latin1')
      const parts = text.split(`--${boundary}`).slice(1, -1)
      expect(parts.map((part) => part.slice(part.indexOf('\r\n\r\n') + 4, -2))).toEqual(
        ranges.map(([first, last]) => CONTENT.subarray(first, last + 1).toString('latin1')),
      )
    },
  )

  test.each([
    ['the ETag', '"1"', 206],
    ['the Last-Modified', MODIFIED, 206],
    ['another ETag', '"2"', 200],
    ['a weak ETag', 'W/"1"', 200],
    ['another date', 'Mon, 04 May 2026 10:00:00 GMT', 200],
    ['nonsense', 'nonsense', 200],
  ])('If-Range with %s', async (_, ifRange, status) => {
    const answer = await scene.get('/big', [
      ['Range', 'bytes=10-19'],
      ['If-Range', ifRange],
    ])
    const expected = status === 206 ? CONTENT.subarray(10, 20) : CONTENT
    expect([answer.status, expected.equals(answer.body)]).toEqual([status, true])
    if (status === 200) expect(answer.field('content-range')).toBeUndefined()
  })

  test.each(['bytes=abc', 'items=0-3', 'bytes=0-4,3-6'])('%s is no range: the whole', async (range) => {
    const answer = await scene.get('/big', [['Range', range]])
    expect([answer.status, CONTENT.equals(answer.body)]).toEqual([200, true])
  })

  test.each([`bytes=${SIZE}-`, 'bytes=-0'])('%s is not satisfiable', async (range) => {
    const answer = await scene.get('/big', [['Range', range]])
    expect([answer.status, answer.body.length, answer.field('content-range')]).toEqual([416, 0, `bytes */${SIZE}`])
  })

  test.each([
    [[], 200, SIZE, undefined],
    [[['Range', 'bytes=5-9']], 206, 5, `bytes 5-9/${SIZE}`],
    [[['Range', `bytes=${SIZE}-`]], 416, 0, `bytes */${SIZE}`],
    [
      [
        ['Range', 'bytes=5-9'],
        ['If-Range', '"2"'],
      ],
      200,
      SIZE,
      undefined,
    ],
  ] as readonly (readonly [readonly FieldLine[], number, number, string | undefined])[])(
    'HEAD with %j has the head of the %d and no content',
    async (fields, status, length, contentRange) => {
      const answer = await scene.request('/big', { method: 'HEAD', fields })
      expect([answer.status, answer.body.length]).toEqual([status, 0])
      expect([answer.field('content-length'), answer.field('content-range')]).toEqual([String(length), contentRange])
    },
  )

  test.each([
    [[['If-None-Match', '"1"']]],
    [[['If-Modified-Since', MODIFIED]]],
    [
      [
        ['If-None-Match', '"1"'],
        ['Range', 'bytes=0-4'],
      ],
    ],
  ] as readonly (readonly [readonly FieldLine[]])[])('%j is answered 304 without content', async (fields) => {
    const answer = await scene.get('/big', fields)
    expect([answer.status, answer.body.length, answer.field('etag')]).toEqual([304, 0, '"1"'])
  })

  test('a visitor who leaves in the middle disturbs nobody', async () => {
    const others = Array.from({ length: 5 }, () => scene.get('/big'))
    for (let i = 0; i < 5; i += 1) {
      using leaving = await connect(scene.edge.url)
      await leaving.request('GET', '/big', ZONE)
      const head = await leaving.readResponseHead()
      expect(head?.response.status).toBe(200)
      await leaving.stream.readSome(1000)
      leaving.abort()
      await leaving.closed
    }
    for (const answer of [...(await Promise.all(others)), await scene.get('/big')]) {
      expect([answer.cacheStatus, CONTENT.equals(answer.body)]).toEqual(['HIT', true])
    }
    expect(scene.edge.events.all.filter(({ kind }) => kind !== 'access')).toEqual([])
  })

  test('all this while the origin was asked once', () => {
    expect(scene.origin.requests.length).toBe(1)
  })
})

describe('the runtime adds no Content-Type', () => {
  test.each([0, 100, SIZE])('to a stored response of %d bytes that has none, on the way in', async (length) => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: CONTENT.subarray(0, length) })
    await play(scene, [{ get: '/a', cache: 'MISS', has: { 'content-type': null } }])
  })

  test.each([0, 100, SIZE])('to a response of %d bytes that is not stored', async (length) => {
    await using scene = await startScene({ cache: { cache: true } })
    for (const [path, policy] of [
      ['/refused', 'no-store'],
      ['/passed', 'max-age=60'],
    ] as const) {
      const method = path === '/passed' ? 'OPTIONS' : 'GET'
      const body = CONTENT.subarray(0, length)
      for (const framing of ['length', 'chunked'] as const) {
        scene.origin.on(path, { fields: [['Cache-Control', policy]], body, framing })
        const answer = await scene.request(path, { method })
        expect([answer.field('content-type'), body.equals(answer.body)]).toEqual([undefined, true])
      }
    }
  })

  test.each([0, 100, SIZE])('to a Worker’s own of %d bytes', async (length) => {
    await using scene = await startScene()
    const script = `export default { fetch: () => new Response(new Uint8Array(${length})) }`
    await deployWorker(scene, script)
    const answer = await scene.get('/a')
    expect([answer.field('content-type'), answer.body.length]).toEqual([undefined, length])
  })

  test.each([0, 100])('to one of %d bytes, from the store', async (length) => {
    expect(await typeOfStored(length)).toBeUndefined()
  })

  test('to one that is a file', async () => {
    expect(await typeOfStored(SIZE)).toBeUndefined()
  })
})

async function typeOfStored(length: number): Promise<string | undefined> {
  await using scene = await startScene({ cache: { cache: true } })
  scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: CONTENT.subarray(0, length) })
  await scene.get('/a')
  await until('it is stored', async () => (await scene.get('/a')).cacheStatus === 'HIT')
  return (await scene.get('/a')).field('content-type')
}

describe('the largest object that is stored has 512 MB', () => {
  test.each([
    [512_000_000, 'MISS'],
    [512_000_001, 'BYPASS'],
  ] as const)('%d bytes: %s, and it goes out as it comes', async (length, status) => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/huge', async (_, response) => {
      const fields: readonly FieldLine[] = [
        ['Cache-Control', 'max-age=60'],
        ['Content-Length', String(length)],
      ]
      const writer = await response.start({ fields }, 'length')
      await writer.write('the beginning')
      return undefined
    })
    using connection = await connect(scene.edge.url)
    await connection.request('GET', '/huge', ZONE)
    const head = await connection.readResponseHead()
    expect(head?.response.cacheStatus).toBe(status)
    const pieces = connection.pieces('GET', head?.response ?? expect.unreachable())[Symbol.asyncIterator]()
    expect(Buffer.from((await pieces.next()).value ?? '').toString()).toBe('the beginning')
    connection.abort()
    scene.origin.dropConnections()
  })
})
