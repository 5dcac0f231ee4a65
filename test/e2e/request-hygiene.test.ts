// Requests that must not get through, and fields that are never believed.  RFC 9112 §3, RFC 8586

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Scene, startEdge, startScene, ZONE } from '../support/edge/index.ts'
import { connect, type FieldLine, sendRaw } from '../support/index.ts'

let scene: Scene
beforeAll(async () => {
  scene = await startScene({ cache: { cache: true } })
  scene.origin.on('*', { fields: [['Cache-Control', 'no-store']], body: 'x' })
})
afterAll(() => scene[Symbol.asyncDispose]())

describe('a request line or Host that is refused never reaches the origin', () => {
  const ROWS: readonly (readonly [title: string, raw: string, statuses: readonly number[]])[] = [
    ['two Host lines', `GET / HTTP/1.1\r\nHost: ${ZONE}\r\nHost: evil.example\r\n\r\n`, [400]],
    ['two equal Host lines', `GET / HTTP/1.1\r\nHost: ${ZONE}\r\nHost: ${ZONE}\r\n\r\n`, [400]],
    ['no Host', 'GET / HTTP/1.1\r\nX-A: 1\r\n\r\n', [400]],
    ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', [400]],
    ['a Host with a space', 'GET / HTTP/1.1\r\nHost: exa mple.com\r\n\r\n', [400]],
    ['a Host with a path', `GET / HTTP/1.1\r\nHost: ${ZONE}/evil\r\n\r\n`, [400]],
    ['a Host with user information', `GET / HTTP/1.1\r\nHost: user@${ZONE}\r\n\r\n`, [400]],
    ['a Host with a comma', `GET / HTTP/1.1\r\nHost: ${ZONE},evil.example\r\n\r\n`, [400]],
    ['a Host with a bad port', `GET / HTTP/1.1\r\nHost: ${ZONE}:99999\r\n\r\n`, [400]],
    ['CONNECT', `CONNECT ${ZONE}:443 HTTP/1.1\r\nHost: ${ZONE}\r\n\r\n`, [400]],
    ['TRACE', `TRACE / HTTP/1.1\r\nHost: ${ZONE}\r\n\r\n`, [405]],
    [
      'Content-Length beside Transfer-Encoding',
      `POST / HTTP/1.1\r\nHost: ${ZONE}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      [400],
    ],
    [
      'two lengths that differ',
      `POST / HTTP/1.1\r\nHost: ${ZONE}\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
      [400],
    ],
    [
      'the same length twice',
      `POST / HTTP/1.1\r\nHost: ${ZONE}\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc`,
      [400],
    ],
    ['a space before the colon', `GET / HTTP/1.1\r\nHost: ${ZONE}\r\nX-A : 1\r\n\r\n`, [400]],
    ['a folded line', `GET / HTTP/1.1\r\nHost: ${ZONE}\r\nX-A: 1\r\n 2\r\n\r\n`, [400]],
    ['a head of more than 16 KB', `GET / HTTP/1.1\r\nHost: ${ZONE}\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, [431]],
  ]

  test.each(ROWS)('%s', async (_, raw, statuses) => {
    const before = scene.origin.requests.length
    const answer = await sendRaw(scene.edge.url, raw)
    if (answer !== undefined) expect(statuses).toContain(answer.status)
    expect(scene.origin.requests.length).toBe(before)
  })

  test('TRACE is told so with 405, CONNECT with 400', async () => {
    for (const [raw, status] of [
      [`TRACE / HTTP/1.1\r\nHost: ${ZONE}\r\n\r\n`, 405],
      [`CONNECT ${ZONE}:443 HTTP/1.1\r\nHost: ${ZONE}\r\n\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: ${ZONE}\r\nHost: evil.example\r\n\r\n`, 400],
    ] as const) {
      expect((await sendRaw(scene.edge.url, raw))?.status).toBe(status)
    }
  })
})

describe('what the origin receives', () => {
  async function received(fields: readonly FieldLine[]): Promise<(name: string) => string | undefined> {
    const before = scene.origin.requests.length
    expect((await scene.get('/page', fields)).status).toBe(200)
    const request = scene.origin.requests[before]
    return (name) => request?.field(name)
  }

  test("the Host, path and query are the visitor's", async () => {
    const answer = await sendRaw(scene.edge.url, `GET /a/b?c=%20d&e HTTP/1.1\r\nHost: ${ZONE}\r\n\r\n`)
    expect(answer?.status).toBe(200)
    const request = scene.origin.requests.at(-1)
    expect([request?.target, request?.field('host')]).toEqual(['/a/b?c=%20d&e', ZONE])
  })

  test.each([
    ['CF-Connecting-IP', '1.2.3.4', '127.0.0.1'],
    ['X-Forwarded-Proto', 'https', 'http'],
    ['CF-Visitor', '{"scheme":"https"}', '{"scheme":"http"}'],
  ])('%s from a visitor is overwritten', async (name, sent, expected) => {
    const field = await received([[name, sent]])
    expect(field(name)).toBe(expected)
  })

  test.each(['CF-IPCountry', 'CF-Worker', 'CF-Device-Type', 'CF-EW-Via', 'CF-Cache-Status'])(
    '%s from a visitor is not believed',
    async (name) => {
      const field = await received([[name, 'spoofed']])
      expect(field(name) ?? '').not.toContain('spoofed')
    },
  )

  test("CF-Ray is the edge's own, the same that the visitor is told", async () => {
    const answer = await scene.get('/page', [['CF-Ray', 'spoofed']])
    const ray = answer.field('cf-ray')
    expect(ray).toMatch(/^[0-9a-f]{16}(-[A-Z]{3})?$/)
    expect(scene.origin.requests.at(-1)?.field('cf-ray')?.split('-')[0]).toBe(ray?.split('-')[0] ?? '')
  })

  test('X-Forwarded-For is appended to and ends in the real peer', async () => {
    expect((await received([]))('x-forwarded-for')).toBe('127.0.0.1')
    expect((await received([['X-Forwarded-For', '1.2.3.4']]))('x-forwarded-for')?.replaceAll(' ', '')).toBe(
      '1.2.3.4,127.0.0.1',
    )
  })

  test('fields named in Connection, and Connection itself, end here', async () => {
    const field = await received([
      ['Connection', 'keep-alive, X-Hop'],
      ['X-Hop', '1'],
      ['Keep-Alive', '5'],
      ['TE', 'trailers'],
      ['Proxy-Connection', 'close'],
    ])
    expect([field('x-hop'), field('keep-alive'), field('proxy-connection')]).toEqual([undefined, undefined, undefined])
  })

  test("fields named in the answer's Connection end here too", async () => {
    scene.origin.on('/hop', {
      fields: [
        ['Connection', 'X-Hop'],
        ['X-Hop', '1'],
        ['Keep-Alive', 'timeout=5'],
        ['X-Kept', '1'],
      ],
      body: 'x',
    })
    const answer = await scene.get('/hop')
    expect([answer.field('x-hop'), answer.field('keep-alive'), answer.field('x-kept')]).toEqual([
      undefined,
      undefined,
      '1',
    ])
  })

  test("a field of the origin that claims to be the edge's is overwritten", async () => {
    scene.origin.on('/claims', {
      fields: [
        ['CF-Cache-Status', 'HIT'],
        ['CF-Ray', 'x'],
      ],
      body: 'x',
    })
    const answer = await scene.get('/claims')
    expect([answer.fields.all('cf-cache-status').length, answer.fields.all('cf-ray').length]).toEqual([1, 1])
    expect(answer.field('cf-ray')).not.toContain('x')
  })

  test('CDN-Loop names this edge', async () => {
    expect((await received([]))('cdn-loop')).toContain('varyant')
    expect((await received([['CDN-Loop', 'other']]))('cdn-loop')).toMatch(/other.*varyant/)
  })
})

describe('loops', () => {
  test('a request that names this edge in CDN-Loop is answered 508', async () => {
    const before = scene.origin.requests.length
    for (const value of ['varyant', 'other, varyant', 'Varyant; v=1']) {
      expect((await scene.get('/page', [['CDN-Loop', value]])).status).toBe(508)
    }
    expect(scene.origin.requests.length).toBe(before)
  })

  test('an origin that leads back to the edge is found out, not asked for ever', async () => {
    await using front = await startEdge({ zones: [{ name: ZONE, origins: { '*': scene.edge.url } }] })
    const answer = await sendRaw(front.url, `GET /page HTTP/1.1\r\nHost: ${ZONE}\r\n\r\n`)
    expect(answer?.status).toBe(508)
  })
})

describe('connections', () => {
  test('several requests on one connection are answered in order', async () => {
    using connection = await connect(scene.edge.url)
    for (const target of ['/1', '/2', '/3']) {
      await connection.request('GET', target, ZONE)
      expect((await connection.readResponse())?.status).toBe(200)
    }
    expect(scene.origin.requests.slice(-3).map(({ target }) => target)).toEqual(['/1', '/2', '/3'])
  })

  test('an absolute-form target is served as its own host says', async () => {
    const answer = await sendRaw(scene.edge.url, `GET http://${ZONE}/abs?q=1 HTTP/1.1\r\nHost: ${ZONE}\r\n\r\n`)
    expect(answer?.status).toBe(200)
    expect(scene.origin.requests.at(-1)?.target).toBe('/abs?q=1')
  })

  // Stated in docs/deviations.md: RFC 9112 §3.2.2: the runtime does not show the host of an absolute-form target.
  test('of an absolute-form target the Host beside it counts, as the runtime hides the other', async () => {
    await sendRaw(scene.edge.url, `GET http://elsewhere.test/abs?q=2 HTTP/1.1\r\nHost: ${ZONE}\r\n\r\n`)
    expect(scene.origin.seen('/abs?q=2').at(-1)?.field('host')).toBe(ZONE)
  })

  test('interim responses of the origin do not disturb the final one', async () => {
    scene.origin.on('/early', async (_, response) => {
      await response.interim(103, [['Link', '</a.css>; rel=preload']])
      return { fields: [['Cache-Control', 'no-store']], body: 'final' }
    })
    const answer = await scene.get('/early')
    expect([answer.status, answer.text]).toEqual([200, 'final'])
  })
})
