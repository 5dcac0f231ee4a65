// The wire against a socket whose other end a test plays, byte by byte.

import { afterEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { millis } from '../../base/index.ts'
import type { WireRequest } from './exchange.ts'
import { Wire } from './wire.ts'

/** The other end: each connection, and each request on it as text. */
type Peer = {
  readonly path: string
  readonly sockets: Socket[]
  readonly requests: string[]
}
type Play = (socket: Socket, request: string, connection: number) => void

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Listens; `play` gets the head of each request, and what of its content came along with it. */
async function listen(play: Play, headLimit = 60_000): Promise<Peer & { readonly wire: Wire }> {
  const directory = mkdtempSync(join(tmpdir(), 'vw-'))
  const peer: Peer = { path: join(directory, 's'), sockets: [], requests: [] }
  const server = createServer((socket) => {
    const connection = peer.sockets.push(socket) - 1
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1')
      peer.requests.push(text)
      play(socket, text, connection)
    })
  })
  await new Promise<void>((resolve) => server.listen(peer.path, resolve))
  const wire = new Wire(millis(headLimit))
  closing.push(() => {
    wire.close()
    for (const socket of peer.sockets) socket.destroy()
    server.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return { ...peer, wire }
}

function ask(parts: Partial<WireRequest> = {}): WireRequest {
  return {
    ...{ method: 'GET', target: '/', headers: new Headers({ host: 'a.example' }), body: null },
    ...{ signal: new AbortController().signal, ...parts },
  }
}

function streamOf(...pieces: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Buffer.from(piece))
      controller.close()
    },
  })
}

/** What a request came to: its text, or the reason why it has no answer. */
async function outcome(answer: Promise<Response>): Promise<string> {
  try {
    return await (await answer).text()
  } catch (cause) {
    return cause instanceof Error && 'loss' in cause ? String(cause.loss) : String(cause)
  }
}

describe('a connection', () => {
  test('serves one request after the other', async () => {
    const { wire, path, sockets, requests } = await listen((socket) => socket.write(OK))
    for (const target of ['/1', '/2', '/3']) expect(await outcome(wire.send(path, ask({ target })))).toBe('ok')
    expect([sockets.length, requests.length]).toEqual([1, 3])
  })

  test('serves one request at a time', async () => {
    const held: Socket[] = []
    const { wire, path, sockets } = await listen((socket) => {
      held.push(socket)
      if (held.length === 3) for (const each of held) each.write(OK)
    })
    const answers = await Promise.all([1, 2, 3].map(() => outcome(wire.send(path, ask()))))
    expect([answers, sockets.length]).toEqual([['ok', 'ok', 'ok'], 3])
  })

  test.each([
    ['that the answer closes', `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok`],
    ['with more on it than was announced', `${OK}!`],
  ])('%s serves nobody again', async (_title, answer) => {
    const { wire, path, sockets } = await listen((socket) => socket.write(answer))
    expect(await outcome(wire.send(path, ask()))).toBe('ok')
    expect(await outcome(wire.send(path, ask()))).toBe('ok')
    expect(sockets.length).toBe(2)
  })

  test('on which something comes that nobody asked for serves nobody again', async () => {
    const { wire, path, sockets } = await listen((socket) => socket.write(OK))
    expect(await outcome(wire.send(path, ask()))).toBe('ok')
    const over = new Promise((resolve) => sockets[0]?.once('close', resolve))
    sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')
    await over
    expect(await outcome(wire.send(path, ask()))).toBe('ok')
  })
})

describe('a kept connection that is closed before anything comes back', () => {
  const playStale: Play = (socket, _request, connection) => {
    if (connection > 0 || socket.bytesWritten === 0) socket.write(OK)
    else socket.destroy()
  }

  test.each(['GET', 'HEAD'])(': %s is asked again, on a fresh one', async (method) => {
    const { wire, path, sockets, requests } = await listen(playStale)
    expect(await outcome(wire.send(path, ask()))).toBe('ok')
    expect((await wire.send(path, ask({ method }))).status).toBe(200)
    expect([sockets.length, requests.length]).toEqual([2, 3])
  })

  test.each([
    ['POST', null],
    ['POST', 'content'],
    ['DELETE', null],
  ])(': %s with %p is not', async (method, content) => {
    const { wire, path, requests } = await listen(playStale)
    expect(await outcome(wire.send(path, ask()))).toBe('ok')
    const body = content === null ? null : streamOf(content)
    expect(await outcome(wire.send(path, ask({ method, body })))).toBe('unseen')
    expect(requests.filter((text) => text.startsWith(method))).toHaveLength(1)
  })

  test('a fresh one that is closed is not asked twice', async () => {
    const { wire, path, requests } = await listen((socket) => socket.destroy())
    expect(await outcome(wire.send(path, ask()))).toBe('unseen')
    expect(requests).toHaveLength(1)
  })
})

describe('an answer', () => {
  test('is the same however it is cut', async () => {
    const text =
      'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello'
    let cut = 0
    const { wire, path } = await listen((socket) => {
      socket.write(text.slice(0, cut))
      setImmediate(() => socket.write(text.slice(cut)))
    })
    for (cut = 1; cut < text.length; cut += 7) {
      const response = await wire.send(path, ask())
      expect([response.headers.get('x-a'), await response.text()]).toEqual(['b', 'hello'])
    }
  })

  test.each([
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n', 'hello'],
    ['to the end of the connection', 'HTTP/1.1 200 OK\r\n\r\nhello', 'hello'],
    ['empty', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', ''],
  ])('%s is read whole', async (_title, text, content) => {
    const { wire, path } = await listen((socket) =>
      text.includes('ength') || text.includes('chunked') ? socket.write(text) : socket.end(text),
    )
    expect(await outcome(wire.send(path, ask()))).toBe(content)
  })

  test('begins before its end has come, whatever its length is known to be', async () => {
    const { wire, path, sockets } = await listen((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst'),
    )
    const response = await wire.send(path, ask())
    const reader = response.body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first')
    sockets[0]?.write('other')
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('other')
    expect((await reader?.read())?.done).toBe(true)
    expect(await outcome(Promise.resolve(new Response('still alive')))).toBe('still alive')
  })

  test('that nobody reads is not taken in', async () => {
    const size = 50_000_000
    const { wire, path, sockets } = await listen((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
      socket.write(Buffer.alloc(size))
    })
    const response = await wire.send(path, ask())
    const reader = response.body?.getReader()
    await reader?.read()
    // A round trip of the same loop: whatever was going to flow has flowed.
    const other = await listen((socket) => socket.write(OK))
    for (let n = 0; n < 50; n += 1) await outcome(other.wire.send(other.path, ask()))
    expect(sockets[0]?.writableLength).toBeGreaterThan(size / 2)
    let read = 0
    for (;;) {
      const piece = await reader?.read()
      if (piece === undefined || piece.done) break
      read += piece.value.length
    }
    expect(read).toBeGreaterThan(size / 2)
  })

  test('that its reader leaves ends the connection', async () => {
    const { wire, path, sockets } = await listen((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx'),
    )
    const response = await wire.send(path, ask())
    const over = new Promise((resolve) => sockets[0]?.once('close', resolve))
    await response.body?.cancel()
    await over
  })

  test.each([
    ['no HTTP', 'hello\r\n\r\n', 'broken'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n', 'broken'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(60_000)}`, 'broken'],
    ['chunks that are none, at once', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 'broken'],
  ])('is none: %s', async (_title, text, loss) => {
    const { wire, path } = await listen((socket) => socket.write(text))
    expect(await outcome(wire.send(path, ask()))).toBe(loss)
  })

  test.each([
    ['in its head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['in short content', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe'],
    ['in long content', 'HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\nhe'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe'],
  ])('that breaks off %s is an error, not a shorter answer', async (_title, text) => {
    const { wire, path } = await listen((socket) => socket.end(text))
    expect(await outcome(wire.send(path, ask()))).toBe('broken')
  })

  test('that does not begin in time is overdue, and its connection ends', async () => {
    const { wire, path, sockets } = await listen(() => undefined, 20)
    expect(await outcome(wire.send(path, ask()))).toBe('overdue')
    await new Promise((resolve) => (sockets[0]?.destroyed ? resolve(undefined) : sockets[0]?.once('close', resolve)))
  })

  test('that nobody waits for any more is left, and its connection ends', async () => {
    const abort = new AbortController()
    const { wire, path, sockets } = await listen(() => abort.abort())
    expect(await outcome(wire.send(path, ask({ signal: abort.signal })))).toBe('left')
    await new Promise((resolve) => (sockets[0]?.destroyed ? resolve(undefined) : sockets[0]?.once('close', resolve)))
    expect(await outcome(wire.send(path, ask({ signal: abort.signal })))).toBe('left')
  })

  test('of a connection that was opened while the last one ended is on one that is kept, and closed with the wire', async () => {
    const { wire, path, sockets } = await listen((socket) => socket.write(OK))
    expect(await outcome(wire.send(path, ask()))).toBe('ok')
    const [first, second] = [wire.send(path, ask()), wire.send(path, ask())]
    sockets[0]?.destroy()
    await Promise.all([outcome(first), outcome(second)])
    const count = sockets.length
    expect(await outcome(wire.send(path, ask()))).toBe('ok')
    expect(sockets.length).toBe(count)
    const over = sockets.map(
      (socket) => new Promise((done) => (socket.destroyed ? done(undefined) : socket.once('close', done))),
    )
    wire.close()
    await Promise.all(over)
  })

  test('is not to be had where nobody listens', async () => {
    expect(new Wire(millis(60_000)).send(join(tmpdir(), 'nobody-listens-here'), ask())).rejects.toThrow()
  })
})

describe('the content of a request', () => {
  /** Answers when the end has come. */
  const answerAt = (end: string): Play => {
    let text = ''
    return (socket, more) => {
      text += more
      if (text.endsWith(end)) socket.write(OK)
    }
  }

  test('goes out by the length that its head says', async () => {
    const headers = new Headers({ host: 'a.example', 'content-length': '5' })
    const { wire, path, requests, sockets } = await listen(answerAt('hello'))
    expect(await outcome(wire.send(path, ask({ method: 'POST', headers, body: streamOf('he', 'llo') })))).toBe('ok')
    expect(requests.join('')).toBe('POST / HTTP/1.1\r\nhost: a.example\r\ncontent-length: 5\r\n\r\nhello')
    expect(await outcome(wire.send(path, ask({ method: 'POST', headers, body: streamOf('hello') })))).toBe('ok')
    expect(sockets.length).toBe(1)
  })

  test('goes out in chunks where its head says none, and an empty piece is no end', async () => {
    const { wire, path, requests } = await listen(answerAt('0\r\n\r\n'))
    expect(await outcome(wire.send(path, ask({ method: 'POST', body: streamOf('he', '', 'llo') })))).toBe('ok')
    expect(requests.join('')).toEndWith('transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n')
  })

  test.each([
    ['shorter', 'hell'],
    ['longer', 'hello, GET /evil HTTP/1.1'],
  ])('%s than its head says is sent to nobody', async (_title, content) => {
    const headers = new Headers({ host: 'a.example', 'content-length': '5' })
    const { wire, path, requests } = await listen(() => undefined)
    expect(await outcome(wire.send(path, ask({ method: 'POST', headers, body: streamOf(content) })))).toBe('broken')
    expect(requests.join('')).not.toContain('evil')
  })

  test('that breaks off ends the request', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('the visitor is gone')),
    })
    const { wire, path } = await listen(() => undefined)
    expect(await outcome(wire.send(path, ask({ method: 'POST', body })))).toBe('broken')
  })

  test('that the answer does not wait for is left, and the connection with it', async () => {
    let isLeft = false
    const { promise: left, resolve } = Promise.withResolvers<void>()
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('first')),
      cancel: () => {
        isLeft = true
        resolve()
      },
    })
    const { wire, path, sockets } = await listen((socket, text) => text.includes('first') && socket.write(OK))
    expect(await outcome(wire.send(path, ask({ method: 'POST', body })))).toBe('ok')
    await left
    expect(isLeft).toBe(true)
    await new Promise((done) => (sockets[0]?.destroyed ? done(undefined) : sockets[0]?.once('close', done)))
  })

  test('larger than what the kernel takes at once arrives whole', async () => {
    const size = 5_000_000
    let arrived = 0
    const { wire, path } = await listen((socket, text) => {
      arrived += text.length
      if (arrived >= size && text.endsWith('z')) socket.write(OK)
    })
    const headers = new Headers({ host: 'a.example', 'content-length': String(size) })
    const body = streamOf(`${'x'.repeat(size - 1)}z`)
    expect(await outcome(wire.send(path, ask({ method: 'POST', headers, body })))).toBe('ok')
  })
})
