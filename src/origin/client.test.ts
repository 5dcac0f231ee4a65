// The client against an origin that does everything an origin may do, and everything it may not.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import { makeGate, makeSelfSigned, type Origin, type Script, startOrigin } from '../../test/support/index.ts'
import { EdgeError, millis } from '../base/index.ts'
import { makeOriginClient } from './client.ts'
import { ClientGone, type OriginAddress, type OriginAnswer, type OriginClient, type OriginRequest } from './contract.ts'
import { probe } from './probe.ts'

const PATIENT = millis(60_000)
let origin: Origin
let client: OriginClient
beforeAll(async () => {
  origin = await startOrigin()
  client = makeOriginClient()
})
afterEach(() => {
  origin.requests.length = 0
  origin.dropConnections()
})
afterAll(async () => {
  client.close()
  await origin.close()
})

function addressOf(url: string, verifyTls?: boolean): OriginAddress {
  const { protocol, hostname, port } = new URL(url)
  const scheme = protocol === 'https:' ? 'https' : 'http'
  return { scheme, hostname, port: Number(port), base: url, ...(verifyTls !== undefined && { verifyTls }) }
}

type Asked = Partial<Omit<OriginRequest, 'headers'>> & { readonly fields?: Readonly<Record<string, string>> }

function send({ fields, ...asked }: Asked = {}, by: OriginClient = client): Promise<OriginAnswer> {
  return by.send({
    address: addressOf(origin.url),
    method: 'GET',
    target: '/',
    headers: new Headers({ host: 'example.com', ...fields }),
    body: null,
    readTimeout: PATIENT,
    signal: undefined,
    ...asked,
  })
}

function text({ body }: OriginAnswer): Promise<string> {
  return new Response(body).text()
}

/** The code of the fault, or what came instead. */
async function faultOf(answer: Promise<unknown>): Promise<unknown> {
  try {
    await answer
    return 'no fault'
  } catch (cause) {
    return cause instanceof EdgeError ? cause.code : cause
  }
}

function streamOf(...pieces: readonly string[]): ReadableStream<Uint8Array> {
  const left = [...pieces]
  return new ReadableStream({
    pull: (controller) => {
      const piece = left.shift()
      if (piece === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(piece))
    },
  })
}

const raw =
  (bytes: string): Script =>
  async (_, response) => {
    await response.raw(bytes)
    response.finish()
  }

describe('the request', () => {
  test('has the fields it was given, and of its own only what means nothing', async () => {
    origin.on('*', { body: 'x' })
    await text(await send({ fields: { 'x-a': '1' } }))
    const { fields } = origin.requests[0] ?? {}
    expect(fields?.names()).toEqual(['accept', 'connection', 'host', 'user-agent', 'x-a'])
    const values = ['accept', 'connection', 'host', 'user-agent'].map((name) => fields?.get(name))
    expect(values).toEqual(['*/*', 'keep-alive', 'example.com', ''])
  })

  test.each([
    '/a?b|c',
    '/%2E%2E%2fx',
    '/%C3%BC',
    '/a%22b%3Cc%3E%60%7B%7D|%5E[]',
    '/a?%22%3C%3E`{}|^%27[]\\',
    '/a//b?',
    '/?',
    '/%zz%',
    '/*',
    '/http://x/',
    "/~!$&'()*+,;=:@",
    '/a%7Cb?c%22d',
  ])('has its target byte for byte: %s', async (target) => {
    origin.on('*', { body: 'x' })
    await text(await send({ target }))
    expect(origin.requests[0]?.target).toBe(target)
  })

  test.each([
    ['//x//y', '/x//y'],
    ['/a?b#c', '/a?b'],
  ])('cannot have the target %s: it becomes %s', async (target, sent) => {
    origin.on('*', { body: 'x' })
    await text(await send({ target }))
    expect(origin.requests[0]?.target).toBe(sent)
  })

  test.each(['HEAD', 'POST', 'DELETE', 'OPTIONS', 'PATCH', 'PURGE', 'PROPFIND', 'QUERY'])(
    'may be a %s',
    async (method) => {
      origin.on('*', { body: 'x' })
      await text(await send({ method }))
      expect(origin.requests[0]?.method).toBe(method)
    },
  )

  test('has its content framed by length when a length was given, else by chunks', async () => {
    origin.on('*', ({ body }) => ({ body: Buffer.from(body).toString().toUpperCase() }))
    for (const method of ['POST', 'DELETE', 'OPTIONS', 'PURGE']) {
      const framed = await send({ method, fields: { 'content-length': '6' }, body: streamOf('abc', 'def') })
      expect(await text(framed)).toBe('ABCDEF')
      expect(await text(await send({ method, body: streamOf('abc', 'def') }))).toBe('ABCDEF')
    }
    const framings = origin.requests.map(({ fields }) => [
      fields.get('content-length'),
      fields.get('transfer-encoding'),
    ])
    expect(framings.slice(0, 2)).toEqual([
      ['6', undefined],
      [undefined, 'chunked'],
    ])
  })

  test('has its content taken from the client no faster than the origin takes it', async () => {
    const reading = makeGate()
    origin.on(
      '/upload',
      async (request) => {
        await reading.released
        let length = 0
        for await (const piece of request.pieces()) length += piece.length
        return { body: String(length) }
      },
      { at: 'head' },
    )
    origin.on('/beside', { body: 'x' })
    let taken = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (taken === 64 * 2 ** 20) return controller.close()
        controller.enqueue(new Uint8Array(2 ** 16))
        taken += 2 ** 16
      },
    })
    const answer = send({ method: 'POST', target: '/upload', body })
    await origin.waitForRequests(1)
    // Each round trip beside it gives the client another chance to swallow too much.
    for (let i = 0; i < 100; i += 1) await text(await send({ target: '/beside' }))
    expect(taken).toBeLessThan(32 * 2 ** 20)
    reading.release()
    expect(await text(await answer)).toBe(String(64 * 2 ** 20))
  })

  test('loses the content of a GET, and its length too', async () => {
    origin.on('*', { body: 'x' })
    await text(await send({ fields: { 'content-length': '3' }, body: streamOf('abc') }))
    expect(origin.requests[0]?.field('content-length')).toBeUndefined()
  })

  test('goes to the origin itself, whatever proxy the environment names', async () => {
    origin.on('*', { body: 'x' })
    const before = process.env.HTTP_PROXY
    process.env.HTTP_PROXY = 'http://127.0.0.1:1'
    try {
      expect(await text(await send())).toBe('x')
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY
      else process.env.HTTP_PROXY = before
    }
  })

  test('is not sent when the client is gone already', async () => {
    expect(await faultOf(send({ signal: AbortSignal.abort() }))).toBeInstanceOf(ClientGone)
    expect(origin.requests).toEqual([])
  })
})

describe('the answer', () => {
  test('passes as it is: redirects are not followed, content is not decoded', async () => {
    origin.on('*', {
      status: 302,
      fields: [
        ['Location', '/b'],
        ['Content-Encoding', 'gzip'],
      ],
      body: 'no gzip',
    })
    const answer = await send()
    expect([answer.status, answer.headers.get('location'), await text(answer)]).toEqual([302, '/b', 'no gzip'])
    expect(origin.requests.length).toBe(1)
  })

  test('comes before the content of the request ended', async () => {
    origin.on('*', { status: 403, fields: [['Connection', 'close']], body: 'no' }, { at: 'head' })
    const cancelled = makeGate()
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(5)),
      pull: () => new Promise(() => {}),
      cancel: () => cancelled.release(),
    })
    const answer = await send({ method: 'POST', fields: { 'content-length': '1000' }, body })
    expect([answer.status, await text(answer)]).toEqual([403, 'no'])
    await cancelled.released
  })

  test('is the final one; interim ones are passed over', async () => {
    origin.on('*', async (_, response) => {
      await response.interim(103, [['Link', '</a.css>']])
      return { body: 'final' }
    })
    expect(await text(await send())).toBe('final')
  })

  test.each([
    ['closes without an answer', async (_, response) => response.cut()],
    ['sends what is not HTTP', raw('this is not HTTP\r\n\r\n')],
    ['ends in the middle of the head', raw('HTTP/1.1 200 OK\r\nContent-Le')],
    ['switches protocols', raw('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\n')],
    ['sends a status that is none', raw('HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n')],
    ['sends a status below 100', raw('HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n')],
    ['sends two lengths', raw('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd')],
    ['sends a length that is no number', raw('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabcd')],
    ['sends a transfer coding nobody knows', raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: foo\r\n\r\nabcd')],
    ['folds a line', raw('HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n')],
    ['puts a space before the colon', raw('HTTP/1.1 200 OK\r\nX-A : 1\r\nContent-Length: 0\r\n\r\n')],
  ] as readonly (readonly [string, Script])[])('is a bad one when the origin %s', async (_, script) => {
    origin.on('*', script)
    expect(await faultOf(send())).toBe('origin-bad-response')
  })

  const CUT: readonly (readonly [string, string])[] = [
    ['shorter than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['empty in place of its length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'],
    ['without its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    ['ended within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf'],
    ['chunked by nonsense', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n0\r\n\r\n'],
  ]
  test.each(CUT)('errors when its content is %s', async (_, bytes) => {
    for (const ending of ['finish', 'cut'] as const) {
      origin.on('*', async (_, response) => {
        await response.raw(bytes)
        response[ending]()
      })
      expect(
        await send()
          .then(text)
          .catch(() => 'an error'),
      ).toBe('an error')
    }
  })

  test('is read by its chunks when it has a length too', async () => {
    origin.on(
      '*',
      raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n\r\n'),
    )
    expect(await text(await send())).toBe('half')
  })

  test('that nobody reads on is ended at the origin too', async () => {
    origin.on('*', async (_, response) => {
      const writer = await response.start({}, 'chunked')
      await writer.write('first')
    })
    const answer = await send()
    await answer.body?.cancel()
    await origin.requests[0]?.gone
  })
})

describe('a connection', () => {
  test('serves many requests', async () => {
    origin.on('*', { body: 'x' })
    for (let i = 0; i < 3; i += 1) await text(await send())
    expect(new Set(origin.requests.map(({ connection }) => connection)).size).toBe(1)
  })

  test('that the origin closed meanwhile costs an idempotent request nothing, and nothing else is sent twice', async () => {
    const used = new Set<number>()
    const onlyOnce: Script = ({ connection }, response) => {
      if (!used.has(connection)) {
        used.add(connection)
        return { body: 'x' }
      }
      response.cut()
      return undefined
    }
    origin.on('*', onlyOnce)
    for (const method of ['GET', 'HEAD']) {
      await text(await send())
      expect((await send({ method })).status).toBe(200)
    }
    for (const method of ['POST', 'PURGE']) {
      origin.dropConnections()
      await text(await send())
      origin.requests.length = 0
      expect(await faultOf(send({ method }))).toBe('origin-bad-response')
      expect(origin.requests.length).toBe(1)
    }
  })

  test('is one of thousands at a time', async () => {
    origin.on('*', { body: 'x' })
    const answers = await Promise.all(Array.from({ length: 2000 }, () => send().then(text)))
    expect(answers.every((answer) => answer === 'x')).toBe(true)
  })
})

/** Tells its port, and never runs again. */
const STOPPED_LISTENER = `
  const { port } = Bun.listen({ port: 0, hostname: '127.0.0.1', socket: { data() {} } })
  require('node:fs').writeSync(1, port + '\\n')
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`

describe('an origin that cannot be had', () => {
  test('refuses: 521', async () => {
    const gone = await startOrigin()
    const { url } = gone
    await gone.close()
    expect(await faultOf(send({ address: addressOf(url) }))).toBe('origin-refused')
  })

  test('has no such name: 523', async () => {
    expect(await faultOf(send({ address: addressOf('http://no-such-host.invalid:80') }))).toBe('origin-unreachable')
  })

  test('accepts no connection: 522', async () => {
    const limits = { connectTimeout: millis(60), handshakeTimeout: millis(60) }
    await using stopped = Bun.spawn([process.execPath, '-e', STOPPED_LISTENER], { stdout: 'pipe' })
    const { value } = await stopped.stdout.getReader().read()
    const address = addressOf(`http://127.0.0.1:${Number(new TextDecoder().decode(value))}`)
    // The system accepts connections in its stead until the backlog is full.
    const sockets: Socket[] = []
    while ((await probe(address, undefined, limits)) === 'reachable') {
      for (let i = 0; i < 200; i += 1) {
        sockets.push(connect({ port: address.port, host: '127.0.0.1' }).on('error', () => undefined))
      }
    }
    const hasty = makeOriginClient({ patience: millis(10), connectTimeout: millis(60) })
    expect(await faultOf(send({ address }, hasty))).toBe('origin-connect-timeout')
    for (const socket of sockets) socket.destroy()
    hasty.close()
  })

  test('answers a TLS handshake in plain HTTP, or breaks it off, or is silent: 525', async () => {
    const soon = makeOriginClient({ patience: millis(20), handshakeTimeout: millis(50) })
    const listen = (data: (socket: Bun.Socket) => void) =>
      Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data } })
    using plain = listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'))
    using rude = listen((socket) => socket.terminate())
    using mute = listen(() => {})
    for (const { port } of [plain, rude, mute]) {
      const address = addressOf(`https://127.0.0.1:${port}`)
      expect(await faultOf(send({ address }, soon))).toBe('origin-tls-failed')
    }
    soon.close()
  })
})

describe('TLS', () => {
  test('a certificate that nobody signed: 526 when it is verified, else an answer', async () => {
    await using secure = await startOrigin({ tls: makeSelfSigned() })
    secure.on('*', { body: 'secret' })
    expect(await faultOf(send({ address: addressOf(secure.url, true) }))).toBe('origin-certificate-invalid')
    expect(await text(await send({ address: addressOf(secure.url) }))).toBe('secret')
    expect(await text(await send({ address: addressOf(secure.url, false) }))).toBe('secret')
    expect(await faultOf(send({ address: addressOf(secure.url, true) }))).toBe('origin-certificate-invalid')
  })

  test('asks for the name that the Host field has, and keeps a connection for each', async () => {
    const names: unknown[] = []
    const server = createServer({ ...makeSelfSigned(), ALPNProtocols: ['http/1.1'] }, (socket) => {
      names.push('servername' in socket ? socket.servername : undefined)
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx'))
      socket.on('error', () => undefined)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const listening = server.address()
    const port = typeof listening === 'object' ? listening?.port : undefined
    for (const host of ['a.example.com', 'b.example.com:8443', 'a.example.com', '127.0.0.1']) {
      await text(await send({ address: addressOf(`https://127.0.0.1:${port}`), fields: { host } }))
    }
    expect(names).toEqual(['a.example.com', 'b.example.com', false])
    server.close()
  })
})

describe('silence', () => {
  test('longer than the read time-out: 524, and the origin sees it go', async () => {
    origin.on('*', (_, response) => {
      response.hang()
      return undefined
    })
    expect(await faultOf(send({ readTimeout: millis(30) }))).toBe('origin-read-timeout')
    await origin.requests[0]?.gone
  })

  test('longer than patience is no fault of an origin that is there', async () => {
    const hasty = makeOriginClient({ patience: millis(5), connectTimeout: millis(10) })
    origin.on('*', { body: 'late' })
    const hold = origin.hold('*')
    const answer = send({}, hasty)
    // The second connection is the probe.
    const accepted = origin.connections
    await hold.arrived()
    while (origin.connections < accepted + 2) await new Promise((resolve) => setImmediate(resolve))
    hold.release()
    expect(await text(await answer)).toBe('late')
    hasty.close()
  })

  test('while the origin takes no content counts; while the client sends none does not', async () => {
    const hasty = makeOriginClient({ patience: millis(5) })
    origin.on('/slow', { body: 'whole' })
    const goOn = makeGate()
    const turns = ['a', 'b']
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const piece = turns.shift()
        if (piece === undefined) return controller.close()
        if (piece === 'b') await goOn.released
        controller.enqueue(new TextEncoder().encode(piece))
      },
    })
    const answer = send({ method: 'POST', target: '/slow', body, readTimeout: millis(20) }, hasty)
    // A request that began later, and is due first, has timed out: so has the time of the upload, had it counted.
    origin.on('/mute', (_, response) => {
      response.hang()
      return undefined
    })
    for (let i = 0; i < 3; i += 1) {
      expect(await faultOf(send({ target: '/mute', readTimeout: millis(20) }, hasty))).toBe('origin-read-timeout')
    }
    goOn.release()
    expect(await text(await answer)).toBe('whole')
    hasty.close()
  })
})

describe('a client that leaves', () => {
  test('before the head ends the exchange', async () => {
    origin.on('*', { body: 'x' })
    const hold = origin.hold('*')
    const abort = new AbortController()
    const answer = faultOf(send({ signal: abort.signal }))
    await hold.arrived()
    abort.abort()
    expect(await answer).toBeInstanceOf(ClientGone)
    await origin.requests[0]?.gone
    hold.release()
  })

  test('behind the head ends the body', async () => {
    origin.on('*', async (_, response) => {
      const writer = await response.start({}, 'chunked')
      await writer.write('first')
    })
    const abort = new AbortController()
    const answer = await send({ signal: abort.signal })
    abort.abort()
    expect(await text(answer).catch(() => 'an error')).toBe('an error')
    await origin.requests[0]?.gone
  })

  test('in the middle of its content, or with less of it than it said, is no fault of the origin', async () => {
    origin.on('*', { body: 'x' })
    const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('reset')) })
    const fields = { 'content-length': '10' }
    expect(await faultOf(send({ method: 'POST', fields, body: broken }))).toBeInstanceOf(ClientGone)
    expect(await faultOf(send({ method: 'POST', fields, body: streamOf('short') }))).toBeInstanceOf(ClientGone)
  })

  test('or sends too much is told so by the fault that its content ended with', async () => {
    origin.on('*', { body: 'x' })
    const fault = new EdgeError('client-body-too-large')
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(fault) })
    expect(await faultOf(send({ method: 'POST', body }))).toBe('client-body-too-large')
  })
})
