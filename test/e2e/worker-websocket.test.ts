// WebSockets of Workers: answered by one, and passed on by one.  CF workers/runtime-apis/websockets

import { describe, expect, test } from 'bun:test'
import { deployTo, deployWorker, type Edge, type Scene, startEdge, startScene, ZONE } from '../support/edge/index.ts'
import { request } from '../support/index.ts'

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

describe('a Worker that asks another zone of this edge for a WebSocket', () => {
  const ASKS = (host: string): string =>
    `export default { fetch: (request) => fetch(new Request('http://${host}/from-' + new URL(request.url).hostname, request)) }`

  /** An origin server that echoes what it hears, and tells first which Worker asked. */
  function startEcho() {
    return Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request, self) => {
        const data = `${request.headers.get('cf-worker')} ${new URL(request.url).pathname}`
        return self.upgrade(request, { data }) ? undefined : new Response('no socket', { status: 400 })
      },
      websocket: {
        data: '' as string,
        open: (socket) => void socket.send(socket.data),
        message: (socket, message) => void (message === 'end' ? socket.close(4003, 'done') : socket.send(message)),
      },
    })
  }

  async function startTwo(origin: string, workers: Readonly<Record<string, string>>): Promise<Edge> {
    const zones = ['one.example', 'two.example'].map((name) => ({ name, origins: { [name]: origin } }))
    const edge = await startEdge({ zones })
    for (const [zone, source] of Object.entries(workers)) await deployTo(edge, zone, source)
    return edge
  }

  /** What comes over a socket of a zone until its close, the answers to `words` among it. */
  async function hear(edge: Edge, host: string, words: readonly string[]): Promise<readonly unknown[]> {
    const socket = new WebSocket(`${edge.url.replace('http', 'ws')}/chat`, { headers: { Host: host } })
    const heard: unknown[] = []
    const left = [...words]
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
    socket.addEventListener('message', ({ data }) => {
      heard.push(data)
      socket.send(left.shift() ?? 'end')
    })
    const { code, reason } = await closed
    return [...heard, code, reason]
  }

  test('visits its front door: the origin server learns which Worker it was', async () => {
    await using echo = startEcho()
    await using edge = await startTwo(echo.url.origin, { 'one.example': ASKS('two.example') })
    const told = ['one.example /from-one.example', 'hi', 4003, 'done']
    expect(await hear(edge, 'one.example', ['hi'])).toEqual(told)
  })

  test('is answered by the Worker of that zone', async () => {
    await using echo = startEcho()
    const greets = `export default { fetch(request) {
      const [client, server] = Object.values(new WebSocketPair())
      server.accept()
      server.send('two, for ' + request.headers.get('cf-worker'))
      server.addEventListener('message', ({ data }) => data === 'end' ? server.close(4004, 'by two') : server.send('two: ' + data))
      return new Response(null, { status: 101, webSocket: client }) } }`
    await using edge = await startTwo(echo.url.origin, { 'one.example': ASKS('two.example'), 'two.example': greets })
    expect(await hear(edge, 'one.example', ['hi'])).toEqual(['two, for one.example', 'two: hi', 4004, 'by two'])
  })

  test('gets its refusal as a visitor would', async () => {
    await using echo = startEcho()
    await using edge = await startTwo(echo.url.origin, {
      'one.example': ASKS('two.example'),
      'two.example': 'export default { fetch: () => new Response("not today", { status: 403 }) }',
    })
    const answer = await request(`${edge.url}/`, { fields: [['Host', 'one.example'], ...HANDSHAKE] })
    expect([answer.status, answer.text]).toEqual([403, 'not today'])
  })

  test('is stopped when that leads back without end', async () => {
    await using echo = startEcho()
    await using edge = await startTwo(echo.url.origin, {
      'one.example': ASKS('two.example'),
      'two.example': ASKS('one.example'),
    })
    const answer = await request(`${edge.url}/`, { fields: [['Host', 'one.example'], ...HANDSHAKE] })
    expect([answer.status, answer.text.includes('Error 1019')]).toEqual([508, true])
  })
})

test('a WebSocket goes on to the origin server where the route of a Worker that is switched off fails open', async () => {
  await using echo = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (asked, self) => (self.upgrade(asked) ? undefined : new Response('origin')),
    websocket: { message: (socket) => socket.close(4005, 'from the origin') },
  })
  await using edge = await startEdge({ zones: [{ name: ZONE, origins: { [ZONE]: echo.url.origin } }] })
  await deployTo(
    edge,
    ZONE,
    `export default { fetch(r) { if (r.url.endsWith('/spin')) for (;;) {} return new Response('fine') } }`,
    true,
  )
  for (let n = 0; n < 3; n += 1) await request(`${edge.url}/spin`, { fields: [['Host', ZONE]] })
  const socket = new WebSocket(`${edge.url.replace('http', 'ws')}/chat`, { headers: { Host: ZONE } })
  socket.addEventListener('open', () => socket.send('hello'))
  const closed = await new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
  expect([closed.code, closed.reason]).toEqual([4005, 'from the origin'])
}, 20_000)
