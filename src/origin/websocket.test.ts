// WebSocket connections to real servers: the runtime's own, and a scripted one that does what it should not.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { makeSelfSigned, type Origin, type Script, startOrigin } from '../../test/support/index.ts'
import { EdgeError, millis } from '../base/index.ts'
import { ClientGone, type OriginAddress } from './contract.ts'
import { connectWebSocket } from './websocket.ts'
import type { WebSocketHandshake, WebSocketRequest } from './websocket-contract.ts'
import type { OriginSocket } from './websocket-socket.ts'

type Echo = { readonly url: string; readonly handshakes: Request[]; readonly closes: unknown[] }

function startEcho(tls?: Bun.TLSOptions): Echo & Disposable {
  const handshakes: Request[] = []
  const closes: unknown[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    ...(tls !== undefined && { tls }),
    fetch: (request, self) => {
      handshakes.push(request)
      const protocol = request.headers.get('sec-websocket-protocol')?.split(',')[0] ?? ''
      const headers = protocol === '' ? {} : { 'Sec-WebSocket-Protocol': protocol }
      return self.upgrade(request, { headers }) ? undefined : new Response('no', { status: 400 })
    },
    websocket: {
      // Behind the handshake at once: it must not be lost.
      open: (socket) => void socket.send('welcome'),
      message: (socket, message) => {
        if (message === 'close me') socket.close(4001, 'as asked')
        else if (message === 'drop me') socket.terminate()
        else if (message === 'ping me') socket.ping('are you there')
        else socket.send(message)
      },
      pong: (socket, data) => void socket.send(`pong: ${data}`),
      close: (_, code, reason) => void closes.push([code, reason]),
    },
  })
  const scheme = tls === undefined ? 'http' : 'https'
  return {
    url: `${scheme}://127.0.0.1:${server.port}`,
    handshakes,
    closes,
    [Symbol.dispose]: () => void server.stop(true),
  }
}

function addressOf(url: string): OriginAddress {
  const { protocol, hostname, port } = new URL(url)
  return { scheme: protocol === 'https:' ? 'https' : 'http', hostname, port: Number(port), base: url }
}

function ask(url: string, asked: Partial<WebSocketRequest> = {}): Promise<WebSocketHandshake> {
  return connectWebSocket({
    address: addressOf(url),
    target: '/socket?q=1',
    headers: new Headers({ host: 'example.com', origin: 'https://a.example' }),
    timeout: millis(60_000),
    signal: undefined,
    ...asked,
  })
}

async function open(url: string, asked: Partial<WebSocketRequest> = {}): Promise<OriginSocket> {
  const handshake = await ask(url, asked)
  if (handshake.kind !== 'open') throw new Error(`refused with ${handshake.answer.status}`)
  return handshake.socket
}

/** What an origin socket tells, in order; `next` waits for it. */
function listenTo(socket: OriginSocket): { next: () => Promise<unknown> } {
  const told: unknown[] = []
  const waiting: ((event: unknown) => void)[] = []
  const tell = (event: unknown): void => {
    const first = waiting.shift()
    if (first === undefined) told.push(event)
    else first(event)
  }
  socket.attach({
    message: (data) => tell(typeof data === 'string' ? data : [...data]),
    close: (code, reason) => tell({ code, reason }),
  })
  return {
    next: () => (told.length > 0 ? Promise.resolve(told.shift()) : new Promise((resolve) => waiting.push(resolve))),
  }
}

describe('a connection that the origin accepts', () => {
  test.each([undefined, makeSelfSigned()])('carries messages and closes, plain or by TLS', async (tls) => {
    using echo = startEcho(tls)
    const socket = await open(echo.url)
    const events = listenTo(socket)
    expect(await events.next()).toBe('welcome')
    for (const message of ['hello', '', 'ü'.repeat(40_000)]) {
      socket.send(message)
      expect(await events.next()).toBe(message)
    }
    socket.send(new Uint8Array([1, 2, 3]))
    expect(await events.next()).toEqual([1, 2, 3])
    socket.send('ping me')
    expect(await events.next()).toBe('pong: are you there')
    socket.send('close me')
    expect(await events.next()).toEqual({ code: 4001, reason: 'as asked' })
  })

  test('is asked for with the fields of the client, and without extensions', async () => {
    using echo = startEcho()
    const headers = new Headers({
      host: 'example.com',
      origin: 'https://a.example',
      'sec-websocket-key': 'x',
      'sec-websocket-extensions': 'permessage-deflate',
    })
    const socket = await open(echo.url, { headers })
    const [seen] = echo.handshakes
    expect(seen?.url).toBe('http://example.com/socket?q=1')
    expect(seen?.headers.get('origin')).toBe('https://a.example')
    expect(seen?.headers.get('sec-websocket-extensions')).toBeNull()
    expect(seen?.headers.get('sec-websocket-key')).not.toBe('x')
    socket.close(1000, '')
  })

  test('has the subprotocol that the origin chose', async () => {
    using echo = startEcho()
    const headers = new Headers({ host: 'example.com', 'sec-websocket-protocol': 'echo, other' })
    const chosen = await open(echo.url, { headers })
    const none = await open(echo.url)
    expect([chosen.protocol, none.protocol]).toEqual(['echo', ''])
    for (const socket of [chosen, none]) socket.close(1000, '')
  })

  test.each([
    [1000, 'done', [1000, 'done']],
    [4002, '', [4002, '']],
    [1005, '', [1005, '']],
    [1006, 'lost', [1006, '']],
  ] as const)('is closed as the client closed: %d %s', async (code, reason, expected) => {
    using echo = startEcho()
    const socket = await open(echo.url)
    const events = listenTo(socket)
    expect(await events.next()).toBe('welcome')
    socket.close(code, reason)
    socket.close(1000, 'again')
    while (echo.closes.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(echo.closes).toEqual([[...expected]])
  })

  test('and loses is 1006', async () => {
    using echo = startEcho()
    const socket = await open(echo.url)
    const events = listenTo(socket)
    socket.send('drop me')
    expect([await events.next(), await events.next()]).toEqual(['welcome', { code: 1006, reason: '' }])
  })
})

describe('a handshake that the origin', () => {
  let origin: Origin
  beforeAll(async () => {
    origin = await startOrigin()
  })
  afterAll(() => origin.close())

  test('refuses is answered as it answered, and asked once', async () => {
    origin.on('*', { status: 403, fields: [['X-Why', 'closed']], body: 'no sockets here' })
    const handshake = await ask(origin.url)
    if (handshake.kind !== 'refused') throw new Error('open')
    const { answer } = handshake
    expect([answer.status, answer.headers.get('x-why')]).toEqual([403, 'closed'])
    expect(await new Response(answer.body).text()).toBe('no sockets here')
    expect(origin.requests.length).toBe(1)
  })

  function accepting(fields: string): Script {
    return async (request, response) => {
      const key = request.field('sec-websocket-key') ?? ''
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
      await response.raw(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n${fields.replace('$', accept)}\r\n\r\n`,
      )
    }
  }

  test.each([
    ['accepts for another key', 'Upgrade: websocket\r\nSec-WebSocket-Accept: x'],
    ['accepts for another protocol', 'Upgrade: h2c\r\nSec-WebSocket-Accept: $'],
    ['accepts with an extension', 'Upgrade: websocket\r\nSec-WebSocket-Accept: $\r\nSec-WebSocket-Extensions: a'],
    ['accepts with a subprotocol', 'Upgrade: websocket\r\nSec-WebSocket-Accept: $\r\nSec-WebSocket-Protocol: a'],
  ])('%s that nobody asked for is a bad answer', async (_, fields) => {
    origin.on('*', accepting(fields))
    const fault = await ask(origin.url).catch((cause: unknown) => cause)
    expect(fault instanceof EdgeError && fault.code).toBe('origin-bad-response')
    origin.dropConnections()
  })

  test('breaks the protocol after ends with the code of the violation', async () => {
    origin.on('*', async (request, response) => {
      await accepting('Upgrade: websocket\r\nSec-WebSocket-Accept: $')(request, response)
      await response.raw(new Uint8Array([0x83, 0x00]))
    })
    const events = listenTo(await open(origin.url))
    expect(await events.next()).toEqual({ code: 1002, reason: 'unknown opcode' })
  })

  test('leaves unanswered ends in time', async () => {
    origin.on('*', (_, response) => {
      response.hang()
      return undefined
    })
    const fault = await ask(origin.url, { timeout: millis(20) }).catch((cause: unknown) => cause)
    expect(fault instanceof EdgeError && fault.code).toBe('origin-read-timeout')
  })

  test('has not answered ends when the client is gone', async () => {
    origin.on('*', { body: 'x' })
    const hold = origin.hold('*')
    const abort = new AbortController()
    const outcome = ask(origin.url, { signal: abort.signal }).catch((cause: unknown) => cause)
    await hold.arrived()
    abort.abort()
    expect(await outcome).toBeInstanceOf(ClientGone)
    hold.release()
  })

  test('cannot get is a fault of the origin', async () => {
    const gone = await startOrigin()
    const { url } = gone
    await gone.close()
    for (const [to, code] of [
      [url, 'origin-refused'],
      ['http://no-such-host.invalid:80', 'origin-unreachable'],
    ] as const) {
      const fault = await ask(to).catch((cause: unknown) => cause)
      expect(fault instanceof EdgeError && fault.code).toBe(code)
    }
  })
})
