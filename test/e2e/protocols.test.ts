// The TLS listener from the outside: the certificate by the name that is asked for, HTTP/1.1 and HTTP/2 over it, and
// HTTP/3 beside it.  RFC 6066 §3 (server_name), RFC 7301 (ALPN), RFC 9113, RFC 9114

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect as connectHttp2, constants, type IncomingHttpHeaders } from 'node:http2'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { type Edge, startEdge, ZONE } from '../support/edge/index.ts'
import { get, makeScratch, makeSelfSigned, type Origin, startOrigin } from '../support/index.ts'

let edge: Edge
let origin: Origin
let scratch: Awaited<ReturnType<typeof makeScratch>>

beforeAll(async () => {
  scratch = await makeScratch()
  const tls: { cert: string; key: string }[] = []
  for (const names of [['first.example'], ['second.example', '*.second.example']]) {
    const made = makeSelfSigned(names)
    const [cert, key] = [join(scratch.path, `${names[0]}.cert`), join(scratch.path, `${names[0]}.key`)]
    await Bun.write(cert, made.cert)
    await Bun.write(key, made.key)
    tls.push({ cert, key })
  }
  origin = await startOrigin()
  origin.on('*', {
    fields: [
      ['Cache-Control', 'max-age=60'],
      ['Content-Type', 'text/css'],
    ],
    body: 'x',
  })
  edge = await startEdge({
    zones: [{ name: ZONE, origins: { '*': origin.url }, settings: { browser_cache_ttl: 0 } }],
    config: { edge: { http: '127.0.0.1:0', https: '127.0.0.1:0', tls } },
  })
})
afterAll(async () => {
  await edge.stop()
  await origin.close()
  await scratch[Symbol.asyncDispose]()
})

describe('the certificate', () => {
  test.each([
    ['first.example', 'first.example'],
    ['second.example', 'second.example'],
    ['www.second.example', 'second.example'],
    ['other.example', 'first.example'],
    [undefined, 'first.example'],
  ])('for %s is that of %s', async (servername, expected) => {
    expect(await certificateFor(servername)).toBe(expected)
  })
})

describe('HTTP/2', () => {
  test('is spoken when the client offers it', async () => {
    expect(await protocolFor(['h2', 'http/1.1'])).toBe('h2')
    expect(await protocolFor(['http/1.1'])).toBe('http/1.1')
  })

  test('has the same cache: a MISS, a HIT, and a HIT by HTTP/1.1', async () => {
    const statuses: unknown[] = []
    for (const _ of [1, 2]) statuses.push((await http2Get('/two.css')).headers['cf-cache-status'])
    statuses.push((await get(`${edge.url}/two.css`, [['Host', ZONE]])).cacheStatus)
    expect(statuses).toEqual(['MISS', 'HIT', 'HIT'])
  })

  test(':authority is the Host: of the zone, of the key, and of the request to the origin', async () => {
    const answer = await http2Get('/page')
    expect([answer.status, answer.text]).toEqual([200, 'x'])
    const seen = origin.requests.at(-1)
    expect([seen?.target, seen?.field('host'), seen?.field('x-forwarded-proto')]).toEqual(['/page', ZONE, 'https'])
  })

  test('an unknown :authority is answered 421', async () => {
    const only = await startEdge({
      zones: [{ name: ZONE, origins: { [ZONE]: origin.url } }],
      config: { edge: { http: '127.0.0.1:0', https: '127.0.0.1:0', tls: tlsOf() } },
    })
    expect((await http2Get('/', { ':authority': 'nobody.example' }, only)).status).toBe(421)
    await only.stop()
  })

  test('ranges and HEAD of what is stored are answered from it', async () => {
    origin.on('/long.css', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Content-Type', 'text/css'],
      ],
      body: '0123456789',
    })
    await http2Get('/long.css')
    const part = await http2Get('/long.css', { range: 'bytes=2-4' })
    expect([part.status, part.text, part.headers['content-range']]).toEqual([206, '234', 'bytes 2-4/10'])
    const head = await http2Get('/long.css', { ':method': 'HEAD' })
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '10'])
  })

  test('many streams on one connection are answered, each with its own', async () => {
    origin.on('/many.css', (request) => ({
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Content-Type', 'text/css'],
      ],
      body: request.target,
    }))
    const client = openHttp2(edge)
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(client, `/many.css?n=${i}`)))
    client.close()
    expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, i) => `/many.css?n=${i}`))
  })
})

describe('HTTP/3', () => {
  test('is told of in Alt-Svc, by answers over TLS', async () => {
    const { port } = new URL(edge.httpsUrl ?? '')
    const told = await get(`${edge.httpsUrl}/alt.css`, [['Host', ZONE]])
    expect(told.field('alt-svc')).toStartWith(`h3=":${port}"`)
    expect((await get(`${edge.url}/alt.css`, [['Host', ZONE]])).field('alt-svc')).toBeUndefined()
  })

  test('has the same cache: a MISS, a HIT, and a HIT by HTTP/1.1', async () => {
    const statuses: unknown[] = []
    for (const _ of [1, 2]) statuses.push((await http3('/three.css')).headers.get('cf-cache-status'))
    statuses.push((await get(`${edge.url}/three.css`, [['Host', ZONE]])).cacheStatus)
    expect(statuses).toEqual(['MISS', 'HIT', 'HIT'])
  })

  test('passes content on, and tells the origin that the visitor came by https', async () => {
    origin.on('/upload', ({ body }) => ({ body: Buffer.from(body).toString().toUpperCase() }))
    const answer = await http3('/upload', { method: 'POST', body: 'content' })
    expect([answer.status, await answer.text()]).toEqual([200, 'CONTENT'])
    const seen = origin.seen('/upload').at(-1)
    expect([seen?.field('host'), seen?.field('x-forwarded-proto')]).toEqual([ZONE, 'https'])
  })

  test('a megabyte arrives as it was sent, stored or not', async () => {
    const content = Buffer.alloc(2 ** 20, 'varyant ')
    origin.on('/big.css', { fields: [['Cache-Control', 'max-age=60']], body: content })
    for (const status of ['MISS', 'HIT']) {
      const answer = await http3('/big.css')
      expect(answer.headers.get('cf-cache-status')).toBe(status)
      expect(content.equals(await answer.bytes())).toBe(true)
    }
  })
})

function http3(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${edge.httpsUrl}${path}`, {
    ...init,
    headers: { host: ZONE },
    protocol: 'http3',
    tls: { rejectUnauthorized: false },
  })
}

type Http2Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }

function tlsOf(): readonly { cert: string; key: string }[] {
  const path = (ending: string): string => join(scratch.path, `first.example.${ending}`)
  return [{ cert: path('cert'), key: path('key') }]
}

function tlsAddress(of: Edge): { host: string; port: number } {
  const { hostname, port } = new URL(of.httpsUrl ?? '')
  return { host: hostname, port: Number(port) }
}

function certificateFor(servername: string | undefined): Promise<string> {
  return shaken(servername === undefined ? {} : { servername }, (socket) => {
    const { CN } = socket.getPeerCertificate().subject
    return Array.isArray(CN) ? CN.join() : (CN ?? '')
  })
}

function protocolFor(ALPNProtocols: string[]): Promise<string> {
  return shaken({ servername: 'first.example', ALPNProtocols }, ({ alpnProtocol }) => String(alpnProtocol))
}

type TlsSocket = ReturnType<typeof connectTls>

/** What a client sees once its hands are shaken. */
function shaken(
  options: { servername?: string; ALPNProtocols?: string[] },
  look: (socket: TlsSocket) => string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ ...tlsAddress(edge), rejectUnauthorized: false, ...options }, () => {
      resolve(look(socket))
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

function openHttp2(of: Edge): ReturnType<typeof connectHttp2> {
  return connectHttp2(of.httpsUrl ?? '', { rejectUnauthorized: false, servername: 'first.example' })
}

async function http2Get(path: string, fields: Record<string, string> = {}, of = edge): Promise<Http2Answer> {
  const client = openHttp2(of)
  try {
    return await ask(client, path, fields)
  } finally {
    client.close()
  }
}

function ask(
  client: ReturnType<typeof connectHttp2>,
  path: string,
  fields: Record<string, string> = {},
): Promise<Http2Answer> {
  return new Promise((resolve, reject) => {
    const stream = client.request({ [constants.HTTP2_HEADER_AUTHORITY]: ZONE, ':path': path, ...fields })
    const pieces: Buffer[] = []
    let headers: IncomingHttpHeaders = {}
    stream.on('response', (head) => {
      headers = head
    })
    stream.on('data', (piece: Buffer) => pieces.push(piece))
    stream.on('error', reject)
    stream.on('end', () =>
      resolve({ status: Number(headers[':status']), headers, text: Buffer.concat(pieces).toString() }),
    )
    stream.end()
  })
}
