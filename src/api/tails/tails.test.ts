import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import { makeFakeClock } from '../../base/index.ts'
import { ACCOUNT_ID } from '../../config/index.ts'
import { type ApiUnderTest, startApiUnderTest } from '../api.fixture.ts'
import { type PlayedHost, playHost } from '../script-host.fixture.ts'
import { makeFrame, OPCODES, readFrame } from './frames.ts'
import { makeTails } from './tails.ts'

const SCRIPT = `/accounts/${ACCOUNT_ID}/workers/scripts/shop`
const ITEM = { outcome: 'ok', logs: [{ level: 'log', message: ['hello'] }], scriptName: null }

let host: PlayedHost
let api: ApiUnderTest
beforeEach(async () => {
  host = playHost()
  api = startApiUnderTest({ scriptHost: host })
  const form = new FormData()
  form.set('metadata', JSON.stringify({ main_module: 'index.js' }))
  form.set('index.js', new File(['fetch'], 'index.js', { type: 'application/javascript+module' }))
  const headers = { authorization: 'Bearer a-token-that-nobody-guesses' }
  await fetch(`${api.server.url}/client/v4${SCRIPT}`, { method: 'PUT', headers, body: form })
})
afterEach(() => api.stop())

type Started = { readonly id: string; readonly url: string; readonly expires_at: string }
async function start(filters: readonly object[] = []): Promise<Started> {
  // As wrangler does: JSON that says it is text.
  const body = JSON.stringify({ filters })
  const { envelope } = await api.call('POST', `${SCRIPT}/tails`, body, { 'content-type': 'text/plain;charset=UTF-8' })
  return envelope.result as Started
}

/** A client that speaks frames itself, so that it can leave out the mask. */
class RawClient {
  readonly #socket: Socket
  #bytes = Buffer.alloc(0)
  #waiting: (() => void) | undefined
  #ended = false

  constructor(url: string, protocol = 'trace-v1') {
    const { hostname, port, pathname } = new URL(url)
    this.#socket = connect(Number(port), hostname)
    this.#socket.on('data', (piece) => {
      this.#bytes = Buffer.concat([this.#bytes, Buffer.from(piece)])
      this.#waiting?.()
    })
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      this.#ended = true
      this.#waiting?.()
    })
    const lines = [`GET ${pathname} HTTP/1.1`, `Host: ${hostname}`, 'Connection: Upgrade', 'Upgrade: websocket']
    // RFC 6455 §1.3 has this key, and what is to be answered to it.
    lines.push('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13')
    this.#socket.write([...lines, `Sec-WebSocket-Protocol: ${protocol}`, '\r\n'].join('\r\n'))
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  async head(): Promise<string> {
    const end = await this.#until(() => {
      const at = this.#bytes.indexOf('\r\n\r\n')
      return at < 0 ? undefined : at + 4
    })
    const head = this.#bytes.subarray(0, end).toString()
    this.#bytes = this.#bytes.subarray(end)
    return head
  }

  async frame(): Promise<{ readonly opcode: number; readonly text: string }> {
    const reading = await this.#until(() => {
      const read = readFrame(this.#bytes, 60_000)
      return read.kind === 'frame' ? read : undefined
    })
    this.#bytes = this.#bytes.subarray(reading?.length ?? 0)
    return { opcode: reading?.frame.opcode ?? -1, text: new TextDecoder().decode(reading?.frame.payload) }
  }

  /** Resolves when the server has closed the connection. */
  async ended(): Promise<void> {
    await this.#until(() => (this.#ended ? true : undefined))
  }

  close(): void {
    this.#socket.destroy()
  }

  async #until<Value>(look: () => Value | undefined): Promise<Value | undefined> {
    for (;;) {
      const seen = look()
      if (seen !== undefined || this.#ended) return seen
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
  }
}

async function connectTo(url: string): Promise<RawClient> {
  const client = new RawClient(url)
  await client.head()
  return client
}

describe('a tail', () => {
  test('carries what the runtime tells, with the name of the Worker', async () => {
    const { url, id, expires_at } = await start()
    expect([id.length, url.startsWith('ws://127.0.0.1:'), expires_at]).toEqual([32, true, '1970-01-01T06:16:40.000Z'])
    const client = new RawClient(url)
    const head = await client.head()
    expect(head).toStartWith('HTTP/1.1 101 ')
    expect(head).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n')
    expect(head).toContain('Sec-WebSocket-Protocol: trace-v1\r\n')
    host.tell('other', ITEM)
    host.tell('shop', ITEM)
    const { opcode, text } = await client.frame()
    expect([opcode, JSON.parse(text)]).toEqual([OPCODES.text, { ...ITEM, scriptName: 'shop' }])
    client.close()
  })

  test('takes a frame that is not masked, which wrangler sends', async () => {
    const client = await connectTo((await start()).url)
    client.send(makeFrame(OPCODES.text, new TextEncoder().encode('{"debug":false}')))
    client.send(makeFrame(OPCODES.ping, new TextEncoder().encode('?')))
    expect(await client.frame()).toEqual({ opcode: OPCODES.pong, text: '?' })
    client.close()
  })

  test('serves a client that masks as it should', async () => {
    const socket = new WebSocket((await start()).url, 'trace-v1')
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
    socket.send('{"debug":false}')
    const heard = new Promise<string>((resolve) => {
      socket.addEventListener('message', ({ data }) => resolve(String(data)), { once: true })
    })
    host.tell('shop', ITEM)
    expect(JSON.parse(await heard)).toMatchObject({ outcome: 'ok' })
    socket.close()
  })

  test('tells only what its filters let pass', async () => {
    const client = await connectTo((await start([{ outcome: ['exception'] }])).url)
    host.tell('shop', ITEM, { ...ITEM, outcome: 'exception' })
    expect(JSON.parse((await client.frame()).text)).toMatchObject({ outcome: 'exception' })
    client.close()
  })

  test.each<[string, (started: Started, client: RawClient) => Promise<unknown>]>([
    ['by DELETE', ({ id }) => api.call('DELETE', `${SCRIPT}/tails/${id}`)],
    ['with its Worker', () => api.call('DELETE', SCRIPT)],
    ['when its client says so', async (_, client) => client.send(makeFrame(OPCODES.close, new Uint8Array()))],
    [
      'when its client sends too much',
      async (_, client) => client.send(Uint8Array.of(0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0)),
    ],
  ])('is ended %s', async (_, end) => {
    const started = await start()
    const client = await connectTo(started.url)
    expect(host.listeners()).toBe(1)
    await end(started, client)
    expect((await client.frame()).opcode).toBe(OPCODES.close)
    expect(host.listeners()).toBe(0)
    expect((await api.call('DELETE', `${SCRIPT}/tails/${started.id}`)).status).toBe(404)
    client.close()
    await client.ended()
  })

  test('is ended when its client is gone without a word', async () => {
    const { id, url } = await start()
    const client = await connectTo(url)
    client.close()
    const deadline = Date.now() + 4000
    while (host.listeners() > 0 && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve))
    expect(host.listeners()).toBe(0)
    expect((await api.call('DELETE', `${SCRIPT}/tails/${id}`)).status).toBe(404)
  })

  test.each([
    ['an unknown secret', (url: string) => new RawClient(url.slice(0, -1)), '404'],
    ['another path', (url: string) => new RawClient(url.replace('/tail/', '/')), '404'],
    ['another protocol', (url: string) => new RawClient(url, 'chat'), '400'],
  ])('is refused with %s', async (_, make, status) => {
    const client = make((await start()).url)
    expect(await client.head()).toStartWith(`HTTP/1.1 ${status} `)
    await client.ended()
    expect(host.listeners()).toBe(0)
  })

  test('is one connection', async () => {
    const { url } = await start()
    const client = await connectTo(url)
    const second = new RawClient(url)
    expect(await second.head()).toStartWith('HTTP/1.1 404 ')
    client.close()
  })

  test('is not started with filters that are none, nor the eleventh of a Worker', async () => {
    const refused = await api.call('POST', `${SCRIPT}/tails`, { filters: [{ nonsense: 1 }] })
    expect(refused.status).toBe(400)
    for (let index = 0; index < 10; index += 1) await start()
    expect((await api.call('GET', `${SCRIPT}/tails`)).envelope.result).toHaveLength(10)
    const { status, envelope } = await api.call('POST', `${SCRIPT}/tails`)
    expect([status, envelope.errors[0]?.code]).toEqual([400, 10303])
  })

  test('does not answer what is no WebSocket', async () => {
    const { url } = await start()
    const response = await fetch(url.replace('ws:', 'http:'))
    expect(response.status).toBe(404)
  })
})

test('tails come over the port that is asked for', async () => {
  const taken = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } })
  const { port } = taken
  const elsewhere = startApiUnderTest({ scriptHost: host, tailPort: port })
  const form = new FormData()
  form.set('metadata', JSON.stringify({ main_module: 'index.js' }))
  form.set('index.js', new File(['fetch'], 'index.js', { type: 'application/javascript+module' }))
  const headers = { authorization: 'Bearer a-token-that-nobody-guesses' }
  await fetch(`${elsewhere.server.url}/client/v4${SCRIPT}`, { method: 'PUT', headers, body: form })
  // While another has it, the client is told, and the next one is served.
  const refused = await elsewhere.call('POST', `${SCRIPT}/tails`, {})
  expect([refused.status, refused.envelope.errors[0]?.code]).toEqual([400, 10302])
  expect((await elsewhere.call('GET', `${SCRIPT}/tails`)).envelope.result).toEqual([])
  taken.stop(true)
  const { envelope } = await elsewhere.call('POST', `${SCRIPT}/tails`, {})
  expect((envelope.result as Started).url).toStartWith(`ws://127.0.0.1:${port}/tail/`)
  await elsewhere.stop()
})

test('of many tails there are a hundred', () => {
  const tails = makeTails({ scriptHost: host, clock: makeFakeClock(0) })
  for (let index = 0; index < 100; index += 1) expect(tails.create(`script-${index}`, []).ok).toBe(true)
  expect(tails.create('one-more', []).ok).toBe(false)
  tails.close()
  expect(tails.create('one-more', []).ok).toBe(true)
  tails.close()
})
