// Bytes that are no request, at the edge and at the API: refused or dropped, and whoever comes next is served.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Scene, startScene } from '../support/edge/index.ts'
import { connect, sendRaw } from '../support/index.ts'

const GARBAGE: readonly (readonly [title: string, bytes: string | Uint8Array])[] = [
  ['no HTTP', 'hello\r\n\r\n'],
  ['binary', new Uint8Array(1024).map((_, i) => (i * 37) % 256)],
  ['a TLS hello', new Uint8Array([0x16, 0x03, 0x01, 0x00, 0x05, 1, 0, 0, 1, 0])],
  ['a version from the future', 'GET / HTTP/9.9\r\nHost: example.com\r\n\r\n'],
  ['no version', 'GET /\r\n\r\n'],
  ['a space before a colon', 'GET / HTTP/1.1\r\nHost: example.com\r\nX-A : 1\r\n\r\n'],
  ['a folded line', 'GET / HTTP/1.1\r\nHost: example.com\r\nX-A: 1\r\n 2\r\n\r\n'],
  ['a NUL in a field', 'GET / HTTP/1.1\r\nHost: example.com\r\nX-A: a\0b\r\n\r\n'],
  ['a negative length', 'POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: -1\r\n\r\n'],
  ['a length and chunks', 'POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'], // biome-ignore format: a table
  ['a chunk that has no size', 'POST / HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n'],
  ['a head of 100 KB', `GET / HTTP/1.1\r\nHost: example.com\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`],
  ['a target of 100 KB', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: example.com\r\n\r\n`],
  ['a thousand fields', `GET / HTTP/1.1\r\nHost: example.com\r\n${'X-A: 1\r\n'.repeat(1000)}\r\n`],
  ['the beginning of a head', 'GET / HT'],
]

describe.each(['edge', 'api'] as const)('the listener of the %s', (which) => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test.each(GARBAGE)('survives %s', async (title, bytes) => {
    const url = which === 'edge' ? scene.edge.url : scene.edge.apiUrl
    // Of what is only a beginning nobody can say yet that it is bad: the client leaves.
    const isBeginning = title === 'the beginning of a head' || title === 'a TLS hello'
    const answer = isBeginning ? await sendAndLeave(url, bytes) : await sendRaw(url, bytes).catch(() => undefined)
    if (answer !== undefined) expect(answer.status).toBeGreaterThanOrEqual(400)
    expect((await scene.get('/good')).status).toBe(200)
    expect((await scene.edge.api('GET', '/user/tokens/verify')).status).toBe(200)
  })

  test('reports none of it as a fault of its own', () => {
    const reported = scene.edge.events.all.flatMap((event) => ('reason' in event ? [event.reason] : []))
    // A client whose content breaks off counts as gone; client-abort.test.ts says that this is no fault either.
    expect(reported.filter((reason) => !reason.includes('ClientGone'))).toEqual([])
  })
})

async function sendAndLeave(url: string, bytes: string | Uint8Array): Promise<undefined> {
  using connection = await connect(url)
  await connection.write(bytes)
}
