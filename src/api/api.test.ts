import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { connect } from '../../test/support/client.ts'
import { makeFakeClock } from '../base/index.ts'
import type { PurgeAction, Selector } from '../purge/index.ts'
import { type ApiUnderTest, fetchAnswer, makeAdministration, startApiUnderTest, TOKEN, ZONE } from './api.fixture.ts'

const PURGE = `/zones/${ZONE.id}/purge_cache`
const INVALIDATE = `/zones/${ZONE.id}/invalidate_cache`

let api: ApiUnderTest
beforeAll(() => {
  api = startApiUnderTest()
})
afterAll(() => api.stop())

const entry = (action: PurgeAction, ...selectors: Selector[]) => ({ zone: ZONE.id, action, selectors })
beforeEach(() => void api.takeEntries())

describe('purge_cache', () => {
  test('answers with the id of the zone, when the journal has the purge', async () => {
    const answer = await api.call('POST', PURGE, { tags: ['A'] })
    expect(answer.status).toBe(200)
    expect(answer.envelope).toEqual({
      success: true,
      errors: [],
      messages: [],
      result: { id: ZONE.id, variants: 0, bodies: 0 },
    })
    expect(api.takeEntries()).toEqual([entry('purge', { kind: 'tag', tag: 'a' })])
  })

  test('of a file with headers names the key of that request', async () => {
    const file = { url: 'https://B.example.com:443/a', headers: { Origin: 'https://a.example' } }
    await api.call('POST', PURGE, { files: [file] })
    const key = JSON.stringify(['https://b.example.com/a', ['origin', 'https://a.example']])
    expect(api.takeEntries()).toEqual([entry('purge', { kind: 'key', key })])
  })

  test.each([
    ['accepts a trailing slash', 'POST', `${PURGE}/`],
    ['accepts DELETE, as historic clients send', 'DELETE', PURGE],
  ])('%s', async (_, method, path) => {
    expect((await api.call(method, path, { purge_everything: true })).status).toBe(200)
    expect(api.takeEntries()).toEqual([entry('purge', { kind: 'everything' })])
  })

  test('accepts a body without Content-Type, and JSON by any of its names', async () => {
    const connection = await connect(api.server.url)
    await connection.write(
      `POST /client/v4${PURGE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: bearer ${TOKEN}\r\nContent-Length: 14\r\n\r\n{"tags":["a"]}`,
    )
    expect((await connection.readResponse())?.status).toBe(200)
    connection.abort()
    for (const type of ['application/json; charset=utf-8', 'application/merge-patch+json', 'Application/JSON']) {
      expect((await api.call('POST', PURGE, { tags: ['a'] }, { 'content-type': type })).status).toBe(200)
    }
  })

  test('with several bad items reports each, with its place', async () => {
    const { status, envelope } = await api.call('POST', PURGE, { hosts: ['b.example.com', '*', 'example.org'] })
    expect(status).toBe(400)
    expect(envelope.errors.map(({ code, source }) => [code, source?.pointer])).toEqual([
      [1019, '/hosts/1'],
      [1017, '/hosts/2'],
    ])
  })
})

test('invalidate_cache marks what it names stale', async () => {
  expect((await api.call('POST', INVALIDATE, { prefixes: ['b.example.com/foo'] })).status).toBe(200)
  expect(api.takeEntries()).toEqual([entry('invalidate', { kind: 'prefix', prefix: 'b.example.com/foo' })])
})

test('the token can be verified', async () => {
  const { status, envelope } = await api.call('GET', '/user/tokens/verify')
  expect(status).toBe(200)
  expect(envelope.result).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), status: 'active' })
})

test('health needs no token', async () => {
  const { status, envelope } = await fetchAnswer(`${api.server.url}/health`)
  expect([status, envelope.success, envelope.result]).toEqual([200, true, { status: 'ok' }])
})

test('the document describes every operation', async () => {
  const response = await fetch(`${api.server.url}/client/v4/openapi.json`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  })
  const document = (await response.json()) as { paths: Record<string, Record<string, unknown>> }
  expect(Object.keys(document.paths['/zones/{zone_id}/purge_cache'] ?? {})).toEqual(['post', 'delete'])
  expect(Object.keys(document.paths['/user/tokens/verify'] ?? {})).toEqual(['get'])
})

describe('a request that is refused', () => {
  const table: readonly [
    title: string,
    method: string,
    path: string,
    body: unknown,
    status: number,
    codes: number[],
  ][] = [
    ['no selector', 'POST', PURGE, {}, 400, [1012]],
    ['no body', 'POST', PURGE, undefined, 400, [1012]],
    ['an empty body', 'POST', PURGE, '', 400, [1012]],
    ['a body that is null', 'POST', PURGE, 'null', 400, [1012]],
    ['two selectors', 'POST', PURGE, { tags: ['a'], hosts: ['b.example.com'] }, 400, [1013]],
    ['a selector that is no array', 'POST', PURGE, { files: 'http://b.example.com/' }, 400, [1014]],
    ['an empty selector', 'POST', PURGE, { files: [] }, 400, [1015]],
    ['a file without url', 'POST', PURGE, { files: [{ headers: {} }] }, 400, [1012]],
    ['a URL that is none', 'POST', PURGE, { files: ['/a'] }, 400, [1016]],
    ['a URL of another zone', 'POST', PURGE, { files: ['http://example.org/'] }, 400, [1017]],
    ['a URL of no zone', 'POST', PURGE, { files: ['http://example.net/'] }, 400, [1017]],
    ['a tag that is none', 'POST', PURGE, { tags: ['a b'] }, 400, [1018]],
    ['a prefix with a query', 'POST', PURGE, { prefixes: ['b.example.com/?a'] }, 400, [1020]],
    ['too many files', 'POST', PURGE, { files: Array(501).fill('http://b.example.com/') }, 400, [1021]],
    ['purge_everything that is false', 'POST', PURGE, { purge_everything: false }, 400, [1022]],
    ['an unknown member', 'POST', PURGE, { tags: ['a'], dry: true }, 400, [1023]],
    ['the same of invalidate_cache', 'POST', INVALIDATE, { purge_everything: false }, 400, [1022]],
    ['JSON that is malformed', 'POST', PURGE, '{"tags":["a"]', 400, [6007]],
    ['JSON in the wrong encoding', 'POST', PURGE, '\u0000{\u0000}', 400, [6007]],
    ['JSON nested without end', 'POST', PURGE, '['.repeat(500_000), 400, [6007]],
    ['a body beyond the limit', 'POST', PURGE, `"${'a'.repeat(1024 * 1024)}"`, 413, [10413]],
    ['a zone id that is malformed', 'POST', '/zones/example.com/purge_cache', { tags: ['a'] }, 404, [7003, 7000]],
    [
      'a zone id in upper case',
      'POST',
      PURGE.replace(ZONE.id, ZONE.id.toUpperCase()),
      { tags: ['a'] },
      404,
      [7003, 7000],
    ],
    ['a zone id that is left out', 'POST', '/zones/purge_cache', { tags: ['a'] }, 405, [10405]],
    ['a zone that does not exist', 'POST', PURGE.replace(ZONE.id, '0'.repeat(32)), { tags: ['a'] }, 404, [1001]],
    [
      'an environment that does not exist',
      'POST',
      `/zones/${ZONE.id}/environments/x/purge_cache`,
      { tags: ['a'] },
      404,
      [1135],
    ],
    ['the same to invalidate', 'POST', `/zones/${ZONE.id}/environments/x/invalidate_cache`, {}, 404, [1135]],
    ['an environment of no zone', 'POST', `/zones/x/environments/x/purge_cache`, {}, 404, [7003, 7000]],
    ['a path that leads nowhere', 'GET', '/nowhere', undefined, 404, [7003, 7000]],
    ['a path with a broken escape', 'POST', '/zones/%ff%/purge_cache', {}, 404, [7003, 7000]],
    ['a method that is not for it', 'GET', PURGE, undefined, 405, [10405]],
    ['an invalidation by DELETE', 'DELETE', INVALIDATE, { tags: ['a'] }, 405, [10405]],
    ['POST to what is read', 'POST', '/user/tokens/verify', {}, 405, [10405]],
    ['OPTIONS', 'OPTIONS', PURGE, undefined, 405, [10405]],
  ]

  test.each(table)('%s', async (_, method, path, body, status, codes) => {
    const answer = await api.call(method, path, body)
    expect([answer.status, answer.envelope.errors.map(({ code }) => code)]).toEqual([status, codes])
    expect(answer.envelope).toMatchObject({ success: false, result: null, messages: [] })
    expect(api.takeEntries()).toEqual([])
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data'])(
    'content of type %s',
    async (type) => {
      const answer = await api.call('POST', PURGE, { tags: ['a'] }, { 'content-type': type })
      expect([answer.status, answer.envelope.errors[0]?.code]).toEqual([415, 10415])
    },
  )

  test('content with a coding', async () => {
    const answer = await api.call('POST', PURGE, { tags: ['a'] }, { 'content-encoding': 'gzip' })
    expect(answer.status).toBe(415)
  })

  test('a body beyond the limit that does not say its length', async () => {
    const connection = await connect(api.server.url)
    await connection.write(
      `POST /client/v4${PURGE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    for (let i = 0; i < 17; i += 1) await connection.write(`10000\r\n${' '.repeat(0x10000)}\r\n`)
    const answer = await connection.readResponse('POST')
    expect([answer?.status, answer?.json]).toEqual([413, expect.objectContaining({ success: false })])
    connection.abort()
  })

  test('a wrong method is told the right ones', async () => {
    expect((await api.call('PATCH', PURGE, {})).fields.get('allow')).toBe('POST, DELETE')
    expect((await api.call('PATCH', '/user/tokens/verify', {})).fields.get('allow')).toBe('GET, HEAD')
    expect((await fetchAnswer(`${api.server.url}/health`, { method: 'POST' })).status).toBe(405)
  })

  test('a path outside the base', async () => {
    for (const path of ['/', '/client/v3/zones', '/client/v4', '/robots.txt']) {
      const { status, envelope } = await fetchAnswer(api.server.url + path)
      expect([status, envelope.errors.map(({ code }) => code)]).toEqual([404, [7003, 7000]])
    }
  })
})

describe('credentials', () => {
  type Row = [title: string, fields: Record<string, string>, status: number, code: number, chain: number | undefined]
  const table: readonly Row[] = [
    ['none', {}, 400, 6003, 6111],
    ['an empty Authorization', { authorization: '' }, 400, 6003, 6111],
    ['another scheme', { authorization: `Basic ${TOKEN}` }, 400, 6003, 6111],
    ['no scheme', { authorization: TOKEN }, 400, 6003, 6111],
    ['no token', { authorization: 'Bearer ' }, 400, 6003, 6111],
    ['two tokens', { authorization: `Bearer ${TOKEN} ${TOKEN}` }, 400, 6003, 6111],
    ['an API key', { 'x-auth-key': '0'.repeat(37), 'x-auth-email': 'a@example.com' }, 400, 6003, 6103],
    ['an API key alone', { 'x-auth-key': TOKEN }, 400, 6003, 6103],
    ['a wrong token', { authorization: 'Bearer wrong' }, 403, 10000, undefined],
    ['a wrong token beside a key', { authorization: 'Bearer wrong', 'x-auth-key': 'x' }, 403, 10000, undefined],
    ['a token that begins right', { authorization: `Bearer ${TOKEN}x` }, 403, 10000, undefined],
    ['a token of another case', { authorization: `Bearer ${TOKEN.toUpperCase()}` }, 403, 10000, undefined],
  ]

  test.each(table)('%s', async (_, headers, status, code, chain) => {
    const body = JSON.stringify({ purge_everything: true })
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }
    for (const path of [PURGE, '/nowhere', '/zones/x/purge_cache', '/openapi.json']) {
      const answer = await fetchAnswer(`${api.server.url}/client/v4${path}`, init)
      const [error] = answer.envelope.errors
      expect([answer.status, error?.code, error?.error_chain?.[0]?.code]).toEqual([status, code, chain])
    }
    expect(api.takeEntries()).toEqual([])
  })

  test('a wrong token on verify is 401 with code 1000, by which wrangler goes on', async () => {
    const headers = { authorization: 'Bearer wrong' }
    const { status, envelope, fields } = await fetchAnswer(`${api.server.url}/client/v4/user/tokens/verify`, {
      headers,
    })
    expect([status, envelope.errors[0]?.code, fields.get('www-authenticate')]).toEqual([401, 1000, 'Bearer'])
  })

  test('a right token beside an API key is right', async () => {
    const answer = await api.call('GET', '/user/tokens/verify', undefined, { 'x-auth-key': 'x', 'x-auth-email': 'y' })
    expect(answer.status).toBe(200)
  })

  test('no answer repeats the token', async () => {
    const { envelope } = await api.call('GET', '/user/tokens/verify')
    expect(JSON.stringify(envelope)).not.toContain(TOKEN)
  })
})

describe('web pages', () => {
  test('of any origin are granted nothing', async () => {
    const fields = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    for (const [method, path] of [
      ['OPTIONS', PURGE],
      ['GET', '/user/tokens/verify'],
      ['POST', PURGE],
    ] as const) {
      const answer = await api.call(method, path, undefined, fields)
      expect([...answer.fields.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })

  test('that rebind a name of theirs to our address get 421', async () => {
    const connection = await connect(api.server.url)
    for (const [host, status] of [
      ['evil.example', 421],
      ['localhost.evil.example', 421],
      ['127.0.0.1.evil.example:8081', 421],
      ['192.0.2.1', 421],
      ['localhost:9', 200],
      ['api.localhost', 200],
      ['127.0.0.1', 200],
      ['[::1]:8081', 200],
    ] as const) {
      await connection.write(`GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      const answer = await connection.readResponse()
      expect([host, answer?.status]).toEqual([host, status])
    }
    connection.abort()
  })
})

describe('when something breaks', () => {
  test('the client gets an envelope without details, and the log gets an event', async () => {
    const administration = makeAdministration(makeFakeClock(0))
    const find = () => {
      throw new Error('secret detail')
    }
    const broken = startApiUnderTest({
      administration: { ...administration, zones: { ...administration.zones, find } },
    })
    const { status, envelope } = await broken.call('POST', PURGE, { tags: ['a'] })
    expect([status, envelope.success, envelope.errors[0]?.code]).toEqual([500, false, 10500])
    expect(JSON.stringify(envelope)).not.toContain('secret')
    expect(broken.events).toEqual([{ kind: 'unexpected', where: 'api POST', reason: 'Error: secret detail' }])
    await broken.stop()
  })
})

test('an empty token starts nothing', () => {
  expect(() => startApiUnderTest({ token: '' })).toThrow('the API token is empty')
})

describe('the operations are loaded behind the listener', () => {
  test('by the first calls, which wait for them', async () => {
    const early = startApiUnderTest()
    const calls = [early.call('GET', '/user/tokens/verify'), early.call('POST', PURGE, { tags: ['a'] })]
    expect(await Promise.all(calls.map(async (call) => (await call).status))).toEqual([200, 200])
    await early.stop()
  })

  test('once, however often and by whom they are asked for', async () => {
    const asked = startApiUnderTest({ purgeRateLimit: 'free' })
    await asked.call('POST', PURGE, { tags: ['a'] })
    await Promise.all([asked.server.load(), asked.server.load()])
    const { fields } = await asked.call('POST', PURGE, { tags: ['a'] })
    // Made anew, the allowance would be whole again.
    expect(fields.get('x-ratelimit-remaining')).toBe('23')
    await asked.stop()
  })

  test('or never, when it is stopped before', async () => {
    const unused = startApiUnderTest()
    await unused.stop()
    await expect(fetch(unused.server.url)).rejects.toThrow()
  })
})

test('a stopped API answers what it has begun and accepts nothing more', async () => {
  const stopping = startApiUnderTest()
  const connection = await connect(stopping.server.url)
  await connection.write(
    `POST /client/v4${PURGE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 14\r\n\r\n{"tags":`,
  )
  // The head has arrived when a second connection, made later, is answered.
  await stopping.call('GET', '/user/tokens/verify')
  const stopped = stopping.stop()
  await connection.write('["a"]}')
  expect((await connection.readResponse())?.status).toBe(200)
  await stopped
  await expect(fetch(stopping.server.url)).rejects.toThrow()
})
