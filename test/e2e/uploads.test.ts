// Request content on its way to the origin: as it comes, no faster than the origin takes it, within the zone's limit.

import { describe, expect, test } from 'bun:test'
import { play, startScene, ZONE } from '../support/edge/index.ts'
import { connect, makeGate } from '../support/index.ts'

describe('request content', () => {
  test('reaches the origin byte for byte, framed by length', async () => {
    await using scene = await startScene()
    scene.origin.on('*', ({ body }) => ({ body: String(Bun.hash(body)) }))
    const content = crypto.getRandomValues(new Uint8Array(65536))
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await scene.request('/upload', { method, body: content })
      expect(answer.text).toBe(String(Bun.hash(content)))
    }
    expect(new Set(scene.origin.requests.map((request) => request.field('content-length')))).toEqual(new Set(['65536']))
  })

  test('reaches the origin while it is still being sent', async () => {
    await using scene = await startScene()
    const arrived = makeGate()
    scene.origin.on(
      '/upload',
      async (request) => {
        let text = ''
        for await (const piece of request.pieces()) {
          text += Buffer.from(piece).toString()
          if (text.length >= 5) arrived.release()
        }
        return { body: text }
      },
      { at: 'head' },
    )
    using connection = await connect(scene.edge.url)
    await connection.write(`POST /upload HTTP/1.1\r\nHost: ${ZONE}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n`)
    await arrived.released
    await connection.write('7\r\n second\r\n0\r\n\r\n')
    expect((await connection.readResponse('POST'))?.text).toBe('first second')
  })

  test('that the origin does not take is not taken from the visitor either', async () => {
    await using scene = await startScene()
    const reading = makeGate()
    const total = 64 * 1024 * 1024
    scene.origin.on(
      '/upload',
      async (request) => {
        await reading.released
        let length = 0
        for await (const piece of request.pieces()) length += piece.length
        return { body: String(length) }
      },
      { at: 'head' },
    )
    using connection = await connect(scene.edge.url)
    await connection.write(`POST /upload HTTP/1.1\r\nHost: ${ZONE}\r\nContent-Length: ${total}\r\n\r\n`)
    await scene.origin.waitForRequests(1)
    const piece = Buffer.alloc(1024 * 1024)
    let taken = 0
    const sending = (async () => {
      for (; taken < total; taken += piece.length) await connection.write(piece)
    })()
    // Each round trip beside it gives the edge another chance to swallow too much.
    scene.origin.on('/beside', { body: 'x' })
    for (let i = 0; i < 100; i += 1) await play(scene, [{ get: '/beside' }])
    expect(taken).toBeLessThan(total / 2)
    reading.release()
    await sending
    expect((await connection.readResponse('POST'))?.text).toBe(String(total))
  })

  test('larger than the zone allows is refused with 413', async () => {
    await using scene = await startScene({ settings: { max_upload: 1 } })
    scene.origin.on('*', ({ body }) => ({ body: String(body.length) }))
    const answer = await scene.request('/upload', { method: 'POST', body: new Uint8Array(2 * 1024 * 1024) })
    expect(answer.status).toBe(413)
    await play(scene, [{ get: '/page', text: '0' }])
  })

  test('an answer that comes before the content ended goes to the visitor', async () => {
    await using scene = await startScene()
    scene.origin.on('/upload', { status: 403, fields: [['Connection', 'close']], body: 'no' }, { at: 'head' })
    using connection = await connect(scene.edge.url)
    await connection.write(`POST /upload HTTP/1.1\r\nHost: ${ZONE}\r\nContent-Length: 1000000\r\n\r\nbegun`)
    expect((await connection.readResponse('POST'))?.status).toBe(403)
  })
})
