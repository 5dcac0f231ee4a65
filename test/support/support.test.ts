import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { X509Certificate } from 'node:crypto'
import { connect, get, request, sendRaw } from './client.ts'
import { type Origin, startOrigin } from './origin.ts'
import { makeSelfSigned } from './self-signed.ts'

let origin: Origin
beforeAll(async () => {
  origin = await startOrigin()
})
afterAll(() => origin.close())

describe('the scripted origin and the raw client', () => {
  test('exchange exact field lines, in order and case', async () => {
    origin.on('/a.css', {
      fields: [
        ['X-Two', '1'],
        ['x-two', '2'],
        ['Cache-Control', 'max-age=60'],
      ],
      body: 'a',
    })
    const answer = await get(`${origin.url}/a.css?q=1`, [
      ['X-Odd', 'a'],
      ['x-odd', 'b'],
    ])
    expect(answer.status).toBe(200)
    expect(answer.text).toBe('a')
    expect(answer.fields.all('X-TWO')).toEqual(['1', '2'])
    expect(answer.fields.lines.at(-1)).toEqual(['Content-Length', '1'])
    const seen = origin.seen('/a.css')[0]
    expect(seen?.target).toBe('/a.css?q=1')
    expect(seen?.fields.lines.slice(1)).toEqual([
      ['X-Odd', 'a'],
      ['x-odd', 'b'],
    ])
  })

  test('frame content by length, by chunks, and by closing', async () => {
    for (const framing of ['length', 'chunked', 'close'] as const) {
      origin.on('/framed', { framing, body: 'content' })
      expect((await get(`${origin.url}/framed`)).text).toBe('content')
    }
  })

  test('send interim responses, and the pieces of an answer one by one', async () => {
    const pieces: string[] = []
    const steps: (() => Promise<void>)[] = []
    origin.on('/pieces', async (_, response) => {
      await response.interim(103, [['Link', '</a.css>; rel=preload']])
      const writer = await response.start({ status: 203 })
      steps.push(
        () => writer.write('two'),
        () => writer.end(),
      )
      await writer.write('one')
    })
    using connection = await connect(origin.url)
    await connection.request('GET', '/pieces', 'h')
    const found = await connection.readResponseHead()
    expect(found?.response.status).toBe(203)
    expect(found?.response.interim.map(({ status }) => status)).toEqual([103])
    if (found === undefined) return
    for await (const piece of connection.pieces('GET', found.response)) {
      pieces.push(Buffer.from(piece).toString())
      await steps.shift()?.()
    }
    expect(pieces).toEqual(['one', 'two'])
  })

  test('hold requests at a gate until it is released', async () => {
    origin.on('/held', { body: 'x' })
    const before = origin.seen('/held').length
    const gate = origin.hold('/held')
    const answers = [get(`${origin.url}/held`), get(`${origin.url}/held`)]
    await gate.arrived(2)
    expect(origin.seen('/held').length - before).toBe(2)
    gate.release()
    expect((await Promise.all(answers)).map(({ text }) => text)).toEqual(['x', 'x'])
  })

  test('answer in turn, the last answer repeated', async () => {
    origin.on('/turns', [{ body: '1' }, { status: 304 }, { body: '3' }])
    const statuses = []
    for (let i = 0; i < 4; i += 1) statuses.push((await get(`${origin.url}/turns`)).status)
    expect(statuses).toEqual([200, 304, 200, 200])
  })

  test('cut an answer in the middle, and tell the client that it is truncated', async () => {
    origin.on('/cut', async (_, response) => {
      const writer = await response.start({ fields: [['Content-Length', '10']] }, 'length')
      await writer.write('half')
      writer.cut()
    })
    const answer = await get(`${origin.url}/cut`)
    expect(answer.truncated).toBe(true)
    expect(answer.text).toBe('half')
  })

  test('deliver request content, framed by length and by chunks', async () => {
    origin.on('/upload', ({ body }) => ({ body: Buffer.from(body).toString().toUpperCase() }))
    expect((await request(`${origin.url}/upload`, { method: 'POST', body: 'abc' })).text).toBe('ABC')
    const chunked = await sendRaw(
      origin.url,
      'POST /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n',
      'POST',
    )
    expect(chunked?.text).toBe('ABCD')
  })

  test('a connection persists over several requests', async () => {
    using connection = await connect(origin.url)
    const accepted = origin.connections
    for (const _ of [1, 2, 3]) {
      await connection.request('GET', '/a.css', 'h')
      expect((await connection.readResponse())?.text).toBe('a')
    }
    expect(origin.connections).toBe(accepted)
  })

  test('speak TLS with a certificate made on the spot', async () => {
    const certificate = makeSelfSigned()
    expect(new X509Certificate(certificate.cert).checkHost('www.example.com')).toBe('*.example.com')
    await using secure = await startOrigin({ tls: certificate })
    secure.on('/a', { body: 'secret' })
    expect((await get(`${secure.url}/a`)).text).toBe('secret')
    expect(await fetch(`${secure.url}/a`).catch((error: Error) => error.message)).toMatch(/certificate/)
  })

  test('a slow reader slows the sender down', async () => {
    let taken = 0
    const piece = Buffer.alloc(256 * 1024)
    origin.on('/flood', async (request, response) => {
      const writer = await response.start({}, 'close')
      let open = true
      const gone = request.gone.then(() => {
        open = false
      })
      while (open && taken < 1000) {
        await Promise.race([writer.write(piece), gone])
        taken += 1
      }
    })
    using connection = await connect(origin.url)
    await connection.request('GET', '/flood', 'h')
    await connection.readResponseHead()
    // Each round trip beside it gives the sender another chance to run away.
    for (let i = 0; i < 50; i += 1) await get(`${origin.url}/a.css`)
    expect(taken).toBeLessThan(200)
  })
})
