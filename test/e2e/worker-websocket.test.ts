// WebSockets of Workers: answered by one, and passed on by one.  CF workers/runtime-apis/websockets

import { describe, expect, test } from 'bun:test'
import { deployWorker, type Scene, startScene, ZONE } from '../support/edge/index.ts'

const ECHO = `export default { fetch(request) {
  if (request.headers.get('upgrade') !== 'websocket') return new Response('no socket', { status: 426 })
  const [client, server] = Object.values(new WebSocketPair())
  server.binaryType = 'arraybuffer'
  server.accept()
  server.addEventListener('message', ({ data }) => {
    if (data === 'close me') server.close(4001, 'as asked')
    else server.send(typeof data === 'string' ? 'echo ' + data : data)
  })
  return new Response(null, { status: 101, webSocket: client })
} }`

/** What comes back for 'hello', three bytes and 'close me'. */
async function talk(scene: Scene): Promise<readonly unknown[]> {
  const socket = new WebSocket(`${scene.edge.url.replace('http', 'ws')}/socket`, { headers: { Host: ZONE } })
  socket.binaryType = 'arraybuffer'
  const heard: unknown[] = []
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
  socket.addEventListener('open', () => socket.send('hello'))
  socket.addEventListener('message', ({ data }) => {
    heard.push(typeof data === 'string' ? data : [...new Uint8Array(data as ArrayBuffer)])
    socket.send(heard.length === 1 ? new Uint8Array([1, 2, 3]) : 'close me')
  })
  const { code, reason } = await closed
  return [...heard, code, reason]
}

const HANDSHAKE = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
] as const

describe('a Worker', () => {
  test('answers a WebSocket by itself: messages and the close go both ways', async () => {
    await using scene = await startScene()
    await deployWorker(scene, ECHO)
    expect(await talk(scene)).toEqual(['echo hello', [1, 2, 3], 4001, 'as asked'])
    expect(scene.origin.requests.length).toBe(0)
  })

  test('passes one on to the origin server', async () => {
    const echo = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request, self) => (self.upgrade(request) ? undefined : new Response('no', { status: 400 })),
      websocket: {
        message: (socket, message) => {
          if (message === 'close me') socket.close(4002, 'by the origin')
          else socket.send(message)
        },
      },
    })
    await using scene = await startScene({ config: { runtime: { allow_private: ['127.0.0.1:*'] } } })
    await deployWorker(scene, `export default { fetch: (request) => fetch(new Request('${echo.url}socket', request)) }`)
    expect(await talk(scene)).toEqual(['hello', [1, 2, 3], 4002, 'by the origin'])
    await echo.stop(true)
  })

  test('refuses one with an answer of its own', async () => {
    await using scene = await startScene()
    await deployWorker(scene, 'export default { fetch: () => new Response("not here", { status: 403 }) }')
    const answer = await scene.get('/socket', HANDSHAKE)
    expect([answer.status, answer.text]).toEqual([403, 'not here'])
  })

  test('that throws has the page of error 1101', async () => {
    await using scene = await startScene()
    await deployWorker(scene, 'export default { fetch() { throw new Error("x") } }')
    const answer = await scene.get('/socket', HANDSHAKE)
    expect([answer.status, answer.text.includes('Error 1101')]).toEqual([500, true])
  })

  test('reaches no private address by WebSocket either', async () => {
    await using scene = await startScene()
    await deployWorker(
      scene,
      `export default { async fetch() {
        const r = await fetch('http://169.254.169.254/', { headers: { upgrade: 'websocket' } })
        return new Response(String(r.status)) } }`,
    )
    expect((await scene.get('/')).text).toBe('403')
  })
})
