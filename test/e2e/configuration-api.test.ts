// What the API configures is what visitors get from the next request on, and what survives.

import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type Edge, startEdge, zoneId } from '../support/edge/index.ts'
import { get, makeScratch, type Origin, request, startEdgeProcess, startOrigin } from '../support/index.ts'

const ACCOUNT = createHash('sha256').update('account:varyant').digest('hex').slice(0, 32)

async function named(name: string): Promise<Origin> {
  const origin = await startOrigin()
  origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: name })
  return origin
}

/** The result of a call that must succeed. */
async function call(edge: Edge, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await edge.api(method, path, body)
  const { success, result } = JSON.parse(answer.text)
  if (answer.status !== 200 || success !== true) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
  return result
}

async function createZone(edge: Edge, name: string): Promise<string> {
  const { id } = await call(edge, 'POST', '/zones', { name, account: { id: ACCOUNT } })
  return String(id)
}

async function ask(edge: Edge, host: string, path = '/a.css'): Promise<string> {
  const { status, text, cacheStatus } = await get(edge.url + path, [['Host', host]])
  return status === 200 ? `${text} ${cacheStatus}` : String(status)
}

describe('a zone made by the API', () => {
  test('serves its origins at once, and nothing when it is deleted', async () => {
    await using origin = await named('one')
    await using edge = await startEdge({ zones: [{ name: 'example.com', origins: {} }] })
    const zone = await createZone(edge, 'Example.ORG')
    expect(await ask(edge, 'www.example.org')).toBe('421')
    await call(edge, 'PUT', `/zones/${zone}/origins`, { '*.example.org': origin.url })
    expect(await ask(edge, 'www.example.org')).toBe('one MISS')
    expect(await ask(edge, 'www.example.org')).toBe('one HIT')
    await call(edge, 'DELETE', `/zones/${zone}`)
    expect(await ask(edge, 'www.example.org')).toBe('421')
    expect((await edge.api('GET', `/zones/${zone}`)).status).toBe(404)
  })

  test('passes everything through while it is paused', async () => {
    await using origin = await named('x')
    await using edge = await startEdge({ zones: [{ name: 'example.com', origins: { '*': origin.url } }] })
    const zone = zoneId('example.com')
    expect(await ask(edge, 'example.com')).toBe('x MISS')
    await call(edge, 'PATCH', `/zones/${zone}`, { paused: true })
    expect(await ask(edge, 'example.com')).toBe('x DYNAMIC')
    await call(edge, 'PATCH', `/zones/${zone}`, { paused: false })
    expect(await ask(edge, 'example.com')).toBe('x HIT')
  })

  test('is there after a restart, and so is all that it has; the file holds beside it', async () => {
    await using scratch = await makeScratch()
    await using first = await named('first')
    await using second = await named('second')
    const options = {
      zones: [{ name: 'example.com', origins: { 'example.com': first.url } }],
      data: join(scratch.path, 'data'),
    }
    let zone: string
    {
      await using edge = await startEdge(options)
      zone = await createZone(edge, 'example.org')
      await call(edge, 'PUT', `/zones/${zone}/origins`, { 'example.org': second.url })
      await call(edge, 'PATCH', `/zones/${zone}/settings/brotli`, { value: 'off' })
    }
    await using edge = await startEdge(options)
    expect(await ask(edge, 'example.org')).toStartWith('second')
    expect(await ask(edge, 'example.com')).toStartWith('first')
    expect((await call(edge, 'GET', `/zones/${zone}/settings/brotli`)).value).toBe('off')
  })

  test('of the file goes when the file no longer names it; one of the API stays', async () => {
    await using scratch = await makeScratch()
    await using origin = await named('x')
    const data = join(scratch.path, 'data')
    {
      await using edge = await startEdge({ data, zones: [{ name: 'a.test', origins: { '*': origin.url } }] })
      const zone = await createZone(edge, 'b.test')
      await call(edge, 'PUT', `/zones/${zone}/origins`, { 'b.test': origin.url })
    }
    await using edge = await startEdge({ data, zones: [{ name: 'c.test', origins: { 'c.test': origin.url } }] })
    expect(await Promise.all(['a.test', 'b.test', 'c.test'].map((host) => ask(edge, host)))).toEqual([
      '421',
      expect.stringMatching(/^x/),
      expect.stringMatching(/^x/),
    ])
  })
})

describe('a proxied DNS record', () => {
  test('makes its name a served host, until it is no longer proxied', async () => {
    await using origin = await named('x')
    await using edge = await startEdge({ zones: [{ name: 'example.com', origins: {} }] })
    const zone = zoneId('example.com')
    const record = { name: 'www', type: 'A', content: '127.0.0.1', proxied: true }
    const { id } = await call(edge, 'POST', `/zones/${zone}/dns_records`, record)
    // Port 443 of this machine has no origin: that it is asked at all shows that the host is served.
    expect(await ask(edge, 'www.example.com')).toBe('521')
    expect(await ask(edge, 'mail.example.com')).toBe('421')
    await call(edge, 'PUT', `/zones/${zone}/origins`, { 'www.example.com': origin.url })
    expect(await ask(edge, 'www.example.com')).toBe('x MISS')
    await call(edge, 'PUT', `/zones/${zone}/origins`, {})
    await call(edge, 'PATCH', `/zones/${zone}/dns_records/${id}`, { proxied: false })
    expect(await ask(edge, 'www.example.com')).toBe('421')
  })
})

describe('a setting', () => {
  test('is in force for the very next request', async () => {
    await using origin = await named('x')
    await using edge = await startEdge({ zones: [{ name: 'example.com', origins: { '*': origin.url } }] })
    const zone = zoneId('example.com')
    expect(await ask(edge, 'example.com', '/a.css?b')).toBe('x MISS')
    await call(edge, 'PATCH', `/zones/${zone}/settings/cache_level`, { value: 'simplified' })
    expect(await ask(edge, 'example.com', '/a.css?b')).toBe('x MISS')
    expect(await ask(edge, 'example.com', '/a.css?c')).toBe('x HIT')
    const items = [
      { id: 'cache_level', value: 'aggressive' },
      { id: 'browser_cache_ttl', value: 3600 },
    ]
    await call(edge, 'PATCH', `/zones/${zone}/settings`, { items })
    const answer = await get(`${edge.url}/a.css?d`, [['Host', 'example.com']])
    expect([answer.cacheStatus, answer.field('Cache-Control')]).toEqual(['MISS', 'max-age=3600'])
  })
})

test('what was acknowledged is there after kill -9', async () => {
  await using scratch = await makeScratch()
  await using origin = await named('x')
  const data = join(scratch.path, 'data')
  const start = () =>
    startEdgeProcess({
      args: ['--origin', origin.url, '--listen', '127.0.0.1:0', '--api', '127.0.0.1:0', '--data', data],
    })
  const send = (api: string, token: string, method: string, path: string, body?: unknown) =>
    request(`${api}/client/v4${path}`, {
      method,
      fields: [
        ['Authorization', `Bearer ${token}`],
        ['Content-Type', 'application/json'],
      ],
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const records = `/zones/${zoneId('localhost')}/dns_records`
  const acknowledged = new Set<string>()
  {
    await using edge = await start()
    const { apiUrl, token } = edge
    const calls = Array.from({ length: 50 }, async (_, index) => {
      const record = { name: `n${index}`, type: 'TXT', content: 'x' }
      const answer = await send(apiUrl, token, 'POST', records, record).catch(() => undefined)
      if (answer?.status === 200) acknowledged.add(`n${index}.localhost`)
      // In the middle of them all.
      if (acknowledged.size === 20) void edge.stop('SIGKILL')
    })
    await Promise.all(calls)
    await edge.exited
  }
  await using edge = await start()
  const { text } = await send(edge.apiUrl, edge.token, 'GET', `${records}?per_page=100`)
  const names = new Set((JSON.parse(text).result as { name: string }[]).map(({ name }) => name))
  expect(acknowledged.size).toBeGreaterThanOrEqual(20)
  expect([...acknowledged].filter((name) => !names.has(name))).toEqual([])
}, 30_000)
