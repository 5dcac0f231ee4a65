// Requests that two programs in a row could take for different ones, byte for byte: none reaches the origin server but as
// the one request that the edge took it for.  RFC 9112 §6, §11; RFC 9113 §8.2, §8.3
//
// Most of this is the runtime's doing; a new version of it shows here first.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { type Edge, startEdge, ZONE } from '../support/edge/index.ts'
import { makeScratch, makeSelfSigned, type Origin, sendRaw, startOrigin } from '../support/index.ts'

let edge: Edge
let origin: Origin
let scratch: Awaited<ReturnType<typeof makeScratch>>

beforeAll(async () => {
  scratch = await makeScratch()
  const made = makeSelfSigned([ZONE])
  const tls = [{ cert: join(scratch.path, 'cert.pem'), key: join(scratch.path, 'key.pem') }]
  await Bun.write(tls[0]?.cert ?? '', made.cert)
  await Bun.write(tls[0]?.key ?? '', made.key)
  origin = await startOrigin()
  origin.on('*', { fields: [['Cache-Control', 'no-store']], body: 'x' })
  edge = await startEdge({
    zones: [{ name: ZONE, origins: { '*': origin.url } }],
    config: { edge: { http: '127.0.0.1:0', https: '127.0.0.1:0', tls } },
  })
})
afterAll(async () => {
  await edge.stop()
  await origin.close()
  await scratch[Symbol.asyncDispose]()
})

/** What the origin has been asked since, as `method target content`. */
function askedSince(before: number): readonly string[] {
  return origin.requests.slice(before).map(({ method, target, body }) => `${method} ${target} ${Buffer.from(body)}`)
}

const HIDDEN = `GET /hidden HTTP/1.1\r\nHost: ${ZONE}\r\n\r\n`
const CHUNKS = '5\r\nhello\r\n0\r\n\r\n'

describe('HTTP/1.1', () => {
  const REFUSED: readonly (readonly [title: string, method: string, lines: string, content: string])[] = [
    ['a coding before it', 'POST', 'Transfer-Encoding: gzip, chunked', CHUNKS],
    ['a coding after it', 'POST', 'Transfer-Encoding: chunked, identity', CHUNKS],
    ['a coding that sounds like it', 'POST', 'Transfer-Encoding: xchunked', CHUNKS],
    ['a control character before it', 'POST', 'Transfer-Encoding: \x0bchunked', CHUNKS],
    ['another coding in a second line', 'POST', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: x', CHUNKS],
    ['Content-Length beside it', 'POST', 'Content-Length: 4\r\nTransfer-Encoding: chunked', CHUNKS],
    ['Content-Length with a sign', 'POST', 'Content-Length: +5', 'hello'],
    ['Content-Length in hexadecimal', 'POST', 'Content-Length: 0x5', 'hello'],
    ['two numbers in Content-Length', 'POST', 'Content-Length: 5 6', 'hello'],
    ['an empty Content-Length', 'POST', 'Content-Length:', 'hello'],
    ['two lengths that differ', 'POST', 'Content-Length: 5\r\nContent-Length: 6', 'hello!'],
    ['two lengths that agree', 'POST', 'Content-Length: 5\r\nContent-Length: 5', 'hello'],
    ['a chunk size with 0x', 'POST', 'Transfer-Encoding: chunked', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size beyond 64 bits', 'POST', 'Transfer-Encoding: chunked', '10000000000000005\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size that a bare LF ends', 'POST', 'Transfer-Encoding: chunked', '5\nhello\r\n0\r\n\r\n'],
    ['a bare LF in a chunk extension', 'POST', 'Transfer-Encoding: chunked', '5;a\nb\r\nhello\r\n0\r\n\r\n'],
    ['a bare CR in a chunk extension', 'POST', 'Transfer-Encoding: chunked', '5;a\rb\r\nhello\r\n0\r\n\r\n'],
    ['a chunk that nothing ends', 'POST', 'Transfer-Encoding: chunked', '5\r\nhelloXX0\r\n\r\n'],
    ['a trailer', 'POST', 'Transfer-Encoding: chunked', `5\r\nhello\r\n0\r\nHost: evil.example\r\n\r\n`],
    ['a bare CR in a field', 'GET', 'X-A: a\rX-B: b', ''],
    ['a field without a name', 'GET', ': a', ''],
    ['a line that is no field', 'GET', 'abc', ''],
  ]

  test.each(REFUSED)('%s is refused', async (_, method, lines, content) => {
    const before = origin.requests.length
    expect((await send(method, lines, content))?.status).toBe(400)
    await sendNext()
    expect(askedSince(before)).toEqual(['POST /next abc'])
  })

  test.each([
    ['POST', 'Transfer-Encoding: chunked', CHUNKS, 'POST /a hello'],
    ['GET', `Content-Length: ${HIDDEN.length}`, HIDDEN, 'GET /a '],
    ['HEAD', `Content-Length: ${HIDDEN.length}`, HIDDEN, 'HEAD /a '],
  ])('%s with %s is one request', async (method, lines, content, asked) => {
    const before = origin.requests.length
    expect((await send(method, lines, content))?.status).toBe(200)
    await sendNext()
    expect(askedSince(before)).toEqual([asked, 'POST /next abc'])
  })

  function send(method: string, lines: string, content: string): ReturnType<typeof sendRaw> {
    const head = `${method} /a HTTP/1.1\r\nHost: ${ZONE}\r\n${lines}\r\n\r\n`
    return sendRaw(edge.url, Buffer.from(head + content, 'latin1'), method)
  }

  /** What comes behind it on the same connection to the origin is a request of its own. */
  async function sendNext(): Promise<void> {
    const next = `POST /next HTTP/1.1\r\nHost: ${ZONE}\r\nContent-Length: 3\r\n\r\nabc`
    expect((await sendRaw(edge.url, next))?.status).toBe(200)
  }
})

describe('HTTP/2', () => {
  const PSEUDO: Readonly<Record<string, string>> = {
    ...{ ':method': 'GET', ':scheme': 'https', ':path': '/a', ':authority': ZONE },
  }
  type FieldPairs = readonly (readonly [name: string, value: string])[]
  const withPseudo = (changed: Readonly<Record<string, string>>, ...more: FieldPairs): FieldPairs => [
    ...Object.entries({ ...PSEUDO, ...changed }),
    ...more,
  ]

  const ROWS: readonly (readonly [title: string, FieldPairs])[] = [
    ['a line’s end in a value', withPseudo({}, ['x-a', 'a\r\nx-b: 1'])],
    ['a bare LF in a value', withPseudo({}, ['x-a', 'a\nx-b: 1'])],
    ['a NUL in a value', withPseudo({}, ['x-a', 'a\0'])],
    ['a line’s end in a name', withPseudo({}, ['x-a: 1\r\nx-b', '1'])],
    ['a capital in a name', withPseudo({}, ['X-A', '1'])],
    ['a second request line in the path', withPseudo({ ':path': '/a HTTP/1.1\r\nHost: evil.example\r\nx: ' })],
    ['a space in the path', withPseudo({ ':path': '/a b' })],
    ['a path without a slash', withPseudo({ ':path': '@evil.example/' })],
    ['an absolute path', withPseudo({ ':path': 'http://evil.example/' })],
    [
      'a second request line in the method',
      withPseudo({ ':method': 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\nGET' }),
    ],
    ['a line’s end in the authority', withPseudo({ ':authority': `${ZONE}\r\nx-b: 1` })],
    ['user information in the authority', withPseudo({ ':authority': `a@${ZONE}` })],
    ['another Host beside the authority', withPseudo({}, ['host', 'evil.example'])],
    ['a second path', withPseudo({}, [':path', '/b'])],
    ['Transfer-Encoding', withPseudo({ ':method': 'POST' }, ['transfer-encoding', 'chunked'])],
    ['two lengths', withPseudo({ ':method': 'POST' }, ['content-length', '0'], ['content-length', '5'])],
    ['Connection', withPseudo({}, ['connection', 'x-a'], ['x-a', '1'])],
  ]

  test('the plain request is answered', async () => {
    const before = origin.requests.length
    expect(await http2Outcome(withPseudo({}))).toBe('answered')
    expect(askedSince(before)).toEqual(['GET /a '])
  })

  test.each(ROWS)('%s is reset', async (_, fields) => {
    const before = origin.requests.length
    expect(await http2Outcome(fields)).toBe('reset')
    expect(askedSince(before)).toEqual([])
  })
})

const FRAME = { headers: 1, reset: 3, settings: 4, goAway: 7 } as const
const END_STREAM_AND_HEADERS = 0x5

/** Sends one request with these very fields, uncompressed, and tells what came of its stream. */
async function http2Outcome(fields: readonly (readonly [string, string])[]): Promise<'answered' | 'reset'> {
  const { hostname, port } = new URL(edge.httpsUrl ?? '')
  const socket = connectTls({ host: hostname, port: Number(port), ALPNProtocols: ['h2'], rejectUnauthorized: false })
  const block = Buffer.concat(fields.map(([name, value]) => Buffer.concat([Buffer.of(0), text(name), text(value)])))
  socket.on('secureConnect', () => {
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    socket.write(frame(FRAME.settings, 0, 0, Buffer.alloc(0)))
    socket.write(frame(FRAME.headers, END_STREAM_AND_HEADERS, 1, block))
  })
  try {
    let seen = Buffer.alloc(0)
    for await (const chunk of socket) {
      seen = Buffer.concat([seen, chunk])
      for (let length = lengthOf(seen); seen.length >= 9 + length; length = lengthOf(seen)) {
        if (seen[3] === FRAME.headers) return 'answered'
        if (seen[3] === FRAME.reset || seen[3] === FRAME.goAway) return 'reset'
        seen = seen.subarray(9 + length)
      }
    }
    return 'reset'
  } finally {
    socket.destroy()
  }
}

/** The length of the frame that begins here; more than there is when its head is not complete.  RFC 9113 §4.1 */
function lengthOf(seen: Buffer): number {
  return seen.length < 9 ? Number.POSITIVE_INFINITY : seen.readUIntBE(0, 3)
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A string literal without Huffman coding, of up to 126 bytes.  RFC 7541 §5.2 */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.of(value.length), Buffer.from(value, 'latin1')])
}
