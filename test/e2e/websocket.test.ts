// WebSocket connections pass through the edge.  RFC 6455

import { describe, expect, test } from 'bun:test'
import { startEdge, startScene, ZONE } from '../support/edge/index.ts'

/** An origin that speaks WebSocket; Bun's own server, for the handshake and framing are not what is under test. */
function startEcho() {
  const handshakes: Headers[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, self) => {
      handshakes.push(request.headers)
      return self.upgrade(request, { headers: { 'Sec-WebSocket-Protocol': 'echo' } })
        ? undefined
        : new Response('no', { status: 400 })
    },
    websocket: {
      message: (socket, message) => {
        if (message === 'close me') socket.close(4001, 'as asked')
        else socket.send(message)
      },
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, handshakes, [Symbol.asyncDispose]: () => server.stop(true) }
}

describe('WebSocket', () => {
  test('text and binary messages go both ways, and so does the close', async () => {
    await using echo = startEcho()
    await using edge = await startEdge({ zones: [{ name: ZONE, origins: { '*': echo.url } }] })
    const socket = new WebSocket(`${edge.url.replace('http', 'ws')}/socket?q=1`, {
      headers: { Host: ZONE, Origin: 'https://a.example' },
      protocols: ['echo'],
    })
    socket.binaryType = 'arraybuffer'
    const messages: unknown[] = []
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
    socket.addEventListener('open', () => socket.send('hello'))
    socket.addEventListener('message', ({ data }) => {
      messages.push(typeof data === 'string' ? data : [...new Uint8Array(data as ArrayBuffer)])
      if (messages.length === 1) socket.send(new Uint8Array([1, 2, 3]))
      if (messages.length === 2) socket.send('close me')
    })
    const { code, reason } = await closed
    expect(messages).toEqual(['hello', [1, 2, 3]])
    expect([code, reason]).toEqual([4001, 'as asked'])
    expect([echo.handshakes[0]?.get('host'), echo.handshakes[0]?.get('origin')]).toEqual([ZONE, 'https://a.example'])
    expect(socket.protocol).toBe('echo')
  })

  test('a handshake that the origin refuses is answered as the origin did', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { status: 403, body: 'no sockets here' })
    const answer = await scene.get('/socket', [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ])
    expect(answer.status).toBe(403)
  })
})
