// What a visitor is told when the origin server, or the request, fails.  CF support/troubleshooting/http-status-codes

import { afterAll, describe, expect, test } from 'bun:test'
import { type Scene, startEdge, startScene, ZONE } from '../support/edge/index.ts'
import { type FieldLine, makeSelfSigned, type Script, sendRaw, startOrigin } from '../support/index.ts'

const HTML: FieldLine = ['Accept', 'text/html,application/xhtml+xml']
const JSON_ACCEPTED: FieldLine = ['Accept', 'application/json']

async function edgeFor(originUrl: string) {
  const edge = await startEdge({ zones: [{ name: ZONE, origins: { '*': originUrl } }] })
  return {
    edge,
    get: (target: string, fields: readonly FieldLine[] = []) =>
      sendRaw(
        edge.url,
        `GET ${target} HTTP/1.1\r\nHost: ${ZONE}\r\n${fields.map(([n, v]) => `${n}: ${v}\r\n`).join('')}\r\n`,
      ),
    [Symbol.asyncDispose]: () => edge.stop(),
  }
}

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const origin = await startOrigin()
  const { port } = origin
  await origin.close()
  return port
}

describe('the origin server', () => {
  test('refuses the connection: 521', async () => {
    await using target = await edgeFor(`http://127.0.0.1:${await freePort()}`)
    expect((await target.get('/'))?.status).toBe(521)
  })

  test('cannot be found: 523', async () => {
    await using target = await edgeFor('http://no-such-host.invalid:80')
    expect((await target.get('/'))?.status).toBe(523)
  })

  const BROKEN: readonly (readonly [string, Script])[] = [
    ['closes without an answer', async (_, response) => response.cut()],
    [
      'sends what is not HTTP',
      async (_, response) => {
        await response.raw('this is not HTTP\r\n\r\n')
        response.finish()
      },
    ],
    [
      'ends in the middle of the head',
      async (_, response) => {
        await response.raw('HTTP/1.1 200 OK\r\nContent-Le')
        response.cut()
      },
    ],
    [
      'switches protocols though nobody asked',
      async (_, response) => {
        await response.raw('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\n')
        response.finish()
      },
    ],
  ]

  test.each(BROKEN)('%s: 520', async (_, script) => {
    await using scene = await startScene()
    scene.origin.on('*', script)
    for (const path of ['/page', '/a.css']) expect((await scene.get(path)).status).toBe(520)
  })

  test('speaks plain HTTP where TLS is expected: 525', async () => {
    await using origin = await startOrigin()
    origin.on('*', { body: 'x' })
    await using target = await edgeFor(`https://127.0.0.1:${origin.port}`)
    expect((await target.get('/'))?.status).toBe(525)
  })

  test('shows a certificate that nobody signed: 526 under strict, served under full', async () => {
    await using origin = await startOrigin({ tls: makeSelfSigned() })
    origin.on('*', { body: 'x' })
    for (const [ssl, status] of [
      ['strict', 526],
      ['full', 200],
    ] as const) {
      await using edge = await startEdge({ zones: [{ name: ZONE, origins: { '*': origin.url }, settings: { ssl } }] })
      expect((await sendRaw(edge.url, `GET /page HTTP/1.1\r\nHost: ${ZONE}\r\n\r\n`))?.status).toBe(status)
    }
  })

  test('cuts its answer in the middle: the visitor can tell', async () => {
    await using scene = await startScene()
    scene.origin.on('*', async (_, response) => {
      const writer = await response.start(
        {
          fields: [
            ['Content-Length', '10'],
            ['Cache-Control', 'max-age=60'],
          ],
        },
        'length',
      )
      await writer.write('half')
      writer.cut()
    })
    for (const path of ['/page', '/a.css']) {
      const answer = await scene.get(path).catch(() => undefined)
      expect(answer === undefined || answer.truncated || answer.status === 520).toBe(true)
    }
    expect(scene.edge.events.all.filter(({ kind }) => kind === 'unexpected')).toEqual([])
  })

  test('its own error page goes through as it is', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { status: 500, fields: [['Content-Type', 'text/plain']], body: 'my own page' })
    const answer = await scene.get('/page')
    expect([answer.status, answer.text]).toEqual([500, 'my own page'])
  })
})

describe('the answer', () => {
  let scene: Scene
  afterAll(() => scene[Symbol.asyncDispose]())

  test('is a page for those who accept HTML, JSON for those who ask for it, and names the ray', async () => {
    scene = await startScene()
    scene.origin.on('*', async (_, response) => response.cut())
    const page = await scene.get('/page', [HTML])
    expect(page.field('content-type')).toMatch(/^text\/html/)
    expect(page.text).toContain('520')
    const data = await scene.get('/page', [JSON_ACCEPTED])
    expect(data.field('content-type')).toMatch(/^application\/(problem\+)?json/)
    expect(JSON.stringify(data.json)).toContain('520')
    for (const answer of [page, data]) {
      const ray = answer.field('cf-ray')
      expect(ray).toBeDefined()
      expect(answer.text).toContain(ray?.split('-')[0] ?? 'no ray')
      expect(answer.field('cache-control')).toMatch(/no-store/)
    }
  })

  test('repeats nothing of the request unescaped', async () => {
    const answer = await scene.get('/<script>alert(1)</script>', [HTML])
    expect(answer.text).not.toContain('<script>alert')
  })
})

describe('the request', () => {
  test('for a host that no zone has: 421', async () => {
    await using origin = await startOrigin()
    await using edge = await startEdge({ zones: [{ name: ZONE, origins: { [ZONE]: origin.url } }] })
    for (const host of ['elsewhere.test', `sub.${ZONE}`]) {
      expect((await sendRaw(edge.url, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`))?.status).toBe(421)
    }
    expect(origin.requests.length).toBe(0)
  })
})

test.each(['GET', 'HEAD'])('a page to %s has one Date', async (method) => {
  await using scene = await startScene()
  scene.origin.on('*', async (_, response) => response.cut())
  const answer = await scene.request('/page', { method })
  expect([answer.status, answer.fields.all('date').length]).toEqual([520, 1])
})
