// H1: the short way and the pipeline give one answer.  Each row is stored once, then asked for by both.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { OriginAnswer } from '../origin/index.ts'
import {
  type Fields,
  makeAnswer,
  makeEdge,
  makeExchange,
  makeRequest,
  PEER,
  type TestEdge,
  type ZoneParts,
} from './edge.fixture.ts'
import { answerFromMemory } from './hot-path.ts'
import type { PreparedAnswer } from './hot-path-prepared.ts'
import { handle } from './pipeline.ts'

const SERVER = { requestIP: () => ({ address: PEER }) }
const TEXT = { 'content-type': 'text/plain', 'cache-control': 'max-age=60' }

type Answered = {
  readonly status: number
  readonly fields: readonly (readonly [string, string])[]
  readonly body: string
}

/** A response as a client would see it: what the runtime adds to a body's head, added; the ray taken out. */
async function seen(response: Response): Promise<Answered> {
  const body = await response.text()
  const headers = new Headers(response.headers)
  expect(headers.get('cf-ray')).toMatch(/^[0-9a-f]{16}$/)
  headers.delete('cf-ray')
  if (!headers.has('content-length')) headers.set('content-length', String(Buffer.byteLength(body)))
  return { status: response.status, fields: [...headers].sort(), body }
}

const byPipeline = (edge: TestEdge, request: Request): Promise<Response> => handle(makeExchange(edge, request), edge)
const byMemory = (edge: TestEdge, request: Request): Response | undefined =>
  answerFromMemory(request, SERVER, 'http', edge)

/** What is prepared of the only response that is stored. */
function preparedIn({ store, routes }: TestEdge): PreparedAnswer | undefined {
  const key = routes.knownKeys.values().next().value?.key ?? ''
  return store.peek(key)?.variants[0]?.prepared as PreparedAnswer | undefined
}

/** Has the pipeline store the origin's answer. */
async function warm(edge: TestEdge, target: string, fields: Fields): Promise<void> {
  await (await byPipeline(edge, makeRequest(target, fields))).arrayBuffer()
  await edge.background.settled()
}

type StoredRow = readonly [title: string, answer: () => OriginAnswer, zone?: ZoneParts]

const STORED: readonly StoredRow[] = [
  ['a plain text', () => makeAnswer('text', TEXT)],
  ['an empty body', () => makeAnswer('', TEXT)],
  ['a body that came in chunks', () => makeAnswer(new Response('in chunks').body, TEXT)],
  ['validators', () => makeAnswer('text', { ...TEXT, etag: '"1"', 'last-modified': 'Mon, 04 May 2026 11:00:00 GMT' })],
  ['no content type', () => makeAnswer('text', { 'cache-control': 'max-age=60' })],
  ['a CORS grant', () => makeAnswer('text', { ...TEXT, 'access-control-allow-origin': 'https://a.example' })],
  ['an Age that it came with', () => makeAnswer('text', { ...TEXT, age: '20' })],
  ['fields for the edge alone', () => makeAnswer('text', { ...TEXT, 'cache-tag': 'a', 'cloudflare-cdn-cache-control': 'max-age=9' })], // biome-ignore format: a table
  ['private fields', () => makeAnswer('text', { ...TEXT, 'cache-control': 'max-age=60, private="x-a"', 'x-a': '1' })],
  ['a content coding', () => makeAnswer('not really gzip', { ...TEXT, 'content-encoding': 'gzip' })],
  ['a 404', () => makeAnswer('gone', TEXT, 404)],
  ['a redirection', () => makeAnswer('', { ...TEXT, location: '/b' }, 301)],
  ['a browser TTL', () => makeAnswer('text', TEXT), { settings: { browser_cache_ttl: 3600 } }],
  ['Vary that is told apart', () => makeAnswer('text', { ...TEXT, vary: 'x-a' }), { cache: { cache: true, vary: { default: { action: 'passthrough' } } } }], // biome-ignore format: a table
  ['Vary that selects nothing', () => makeAnswer('text', { ...TEXT, vary: 'x-a' })],
  ['a sorted query', () => makeAnswer('text', TEXT), { settings: { sort_query_string_for_cache: 'on' } }],
  ['what must be validated each time', () => makeAnswer('text', { ...TEXT, 'cache-control': 'no-cache' })],
  ['what may not be stored', () => makeAnswer('text', { ...TEXT, 'cache-control': 'no-store' })],
  ['what is for a moment only', () => makeAnswer('text', { ...TEXT, 'cache-control': 'max-age=1' })],
  ['rules for the fields of the answer', () => makeAnswer('text', { ...TEXT, 'x-b': 'origin' }), withHeaders({ 'X-A': { operation: 'set', value: 'rule' }, 'X-B': { operation: 'add', value: 'rule' } })], // biome-ignore format: a table
  ['rules that ask for a field of the request', () => makeAnswer('text', TEXT), withHeaders({ 'X-B': { operation: 'set', value: 'rule' } }, 'has_key(http.request.headers, "x-a")')], // biome-ignore format: a table
  ['rules whose values are computed', () => makeAnswer('text', TEXT), withHeaders({ 'X-B': { operation: 'set', expression: 'concat(http.request.uri, " ", http.response.headers["content-length"][0])' } })], // biome-ignore format: a table
  ['a rule that takes the content type', () => makeAnswer('text', TEXT), withHeaders({ 'Content-Type': { operation: 'remove' } })], // biome-ignore format: a table
  ['a rule that fails for some', () => makeAnswer('text', TEXT), withHeaders({ 'X-B': { operation: 'set', expression: 'url_decode(http.request.headers["if-range"][0])' } })], // biome-ignore format: a table
  ['managed transforms and rules that see them', () => makeAnswer('text', { ...TEXT, 'x-powered-by': 'PHP' }), { ...withHeaders({ 'X-B': { operation: 'set', expression: 'http.response.headers["x-frame-options"][0]' } }), more: { managed_headers: { managed_response_headers: [{ id: 'add_security_headers', enabled: true }, { id: 'remove_x-powered-by_header', enabled: true }] } } }], // biome-ignore format: a table
  ['cache rules that ask for a field of the request', () => makeAnswer('text', TEXT), withCacheRules()], // biome-ignore format: a table
  ['rules that change the request', () => makeAnswer('text', TEXT), { cache: { cache: true }, rulesets: { http_request_transform: [rule('rewrite', { uri: { path: { value: '/other' } } }, 'has_key(http.request.headers, "x-a")')] } }], // biome-ignore format: a table
  ['a path that is normalised for the origin', () => makeAnswer('text', TEXT), { cache: { cache: true }, more: { url_normalization: { scope: 'both', type: 'rfc3986' } } }], // biome-ignore format: a table
]

function rule(action: string, action_parameters: object, expression = 'true') {
  return { action, action_parameters, expression }
}

function withHeaders(headers: object, expression?: string): ZoneParts {
  const rulesets = { http_response_headers_transform: [rule('rewrite', { headers }, expression)] }
  return { cache: { cache: true }, rulesets }
}

function withCacheRules(): ZoneParts {
  const browser_ttl = { mode: 'override_origin', default: 5 }
  const rules = [
    rule('set_cache_settings', { cache: true }),
    rule('set_cache_settings', { browser_ttl }, 'has_key(http.request.headers, "x-a")'),
    rule('set_cache_settings', { cache: false }, 'has_key(http.request.headers, "authorization")'),
  ]
  return { rulesets: { http_request_cache_settings: rules } }
}

type AskedRow = readonly [title: string, target: string, fields: Readonly<Record<string, string>>, method?: string]

const ASKED: readonly AskedRow[] = [
  ['as it was stored', '/a.txt?b=2&a=1', {}],
  ['with its query in another order', '/a.txt?a=1&b=2', {}],
  ['with an Origin', '/a.txt?b=2&a=1', { origin: 'https://a.example' }],
  ['with the Origin null', '/a.txt?b=2&a=1', { origin: 'null' }],
  ['with an Origin that is none', '/a.txt?b=2&a=1', { origin: 'not an origin' }],
  ['with another value of a field that Vary may name', '/a.txt?b=2&a=1', { 'x-a': '1' }],
  ['with an entity-tag that does not match', '/a.txt?b=2&a=1', { 'if-none-match': '"other"' }],
  ['with an entity-tag that matches', '/a.txt?b=2&a=1', { 'if-none-match': '"1"' }],
  ['if modified since', '/a.txt?b=2&a=1', { 'if-modified-since': 'Mon, 04 May 2026 11:30:00 GMT' }],
  ['a range', '/a.txt?b=2&a=1', { range: 'bytes=1-2' }],
  ['with If-Range alone', '/a.txt?b=2&a=1', { 'if-range': '"1"' }],
  ['with credentials', '/a.txt?b=2&a=1', { authorization: 'Basic x', cookie: 'a=1' }],
  ['reloading', '/a.txt?b=2&a=1', { 'cache-control': 'no-cache', pragma: 'no-cache' }],
  ['accepting codings', '/a.txt?b=2&a=1', { 'accept-encoding': 'gzip, br' }],
  ['accepting none', '/a.txt?b=2&a=1', { 'accept-encoding': 'identity' }],
  ['with a forwarding field', '/a.txt?b=2&a=1', { 'x-forwarded-host': 'evil.example' }],
  ['by a host in capitals and with its port', '/a.txt?b=2&a=1', { host: 'EXAMPLE.com:80' }],
  ['by another host', '/a.txt?b=2&a=1', { host: 'other.example' }],
  ['by an administrative port', '/a.txt?b=2&a=1', { host: 'example.com:2082' }],
  ['by what is no host', '/a.txt?b=2&a=1', { host: 'a b' }],
  ['in another spelling', '/%61.txt?b=2&a=1', {}],
  ['by HEAD', '/a.txt?b=2&a=1', {}, 'HEAD'],
  ['by POST', '/a.txt?b=2&a=1', {}, 'POST'],
]

describe.each(STORED)('%s', (_, answer, zone = { cache: { cache: true } }) => {
  let edge: TestEdge
  beforeAll(async () => {
    edge = makeEdge(zone, answer)
    for (const [, target, fields] of ASKED) await warm(edge, target, fields)
    // Into the second in which both are asked.
    edge.clock.advance(1500)
  })
  afterAll(() => edge.store.close())

  test.each(ASKED)('asked for %s', async (_, target, fields, method = 'GET') => {
    const short = byMemory(edge, makeRequest(target, fields, method))
    const again = byMemory(edge, makeRequest(target, fields, method))
    if (short === undefined) return expect(again).toBeUndefined()
    const long = await byPipeline(edge, makeRequest(target, fields, method))
    const expected = await seen(long)
    expect(await seen(short)).toEqual(expected)
    expect(again === undefined ? undefined : await seen(again)).toEqual(expected)
  })
})

describe('the short way', () => {
  async function stocked(options?: Parameters<typeof makeEdge>[2]): Promise<TestEdge> {
    const edge = makeEdge({ cache: { cache: true } }, () => makeAnswer('text', TEXT), options)
    await warm(edge, '/a', {})
    return edge
  }

  test('answers a plain hit without asking anybody, with a ray of its own each time', async () => {
    const edge = await stocked()
    const answers = [1, 2, 3].map(() => byMemory(edge, makeRequest('/a')))
    const rays = answers.map((answer) => answer?.headers.get('cf-ray'))
    expect(new Set(rays).size).toBe(3)
    expect(answers.map((answer) => answer?.headers.get('cf-cache-status'))).toEqual(['HIT', 'HIT', 'HIT'])
    expect(edge.asked.length).toBe(1)
  })

  test.each([
    ['in a zone without rules', { cache: { cache: true } }],
    [
      'in a zone with rules that change the fields of the answer',
      withHeaders({ 'X-A': { operation: 'set', value: '1' } }),
    ],
  ])('H2: Age counts on, %s, in fields that are made once', async (_, zone) => {
    const edge = makeEdge(zone, () => makeAnswer('text', TEXT))
    await warm(edge, '/a', {})
    const ages: (string | null | undefined)[] = []
    const made = new Set<unknown>()
    for (const advance of [0, 999, 1, 500, 500, 57_999]) {
      edge.clock.advance(advance)
      ages.push(byMemory(edge, makeRequest('/a'))?.headers.get('age'))
      made.add(preparedIn(edge)?.init.headers)
    }
    expect(ages).toEqual(['0', '0', '1', '1', '2', '59'])
    expect(made.size).toBe(1)
  })

  test('ends with the freshness lifetime, to the millisecond', async () => {
    const edge = await stocked()
    edge.clock.advance(59_999)
    expect(byMemory(edge, makeRequest('/a'))).toBeDefined()
    edge.clock.advance(1)
    expect(byMemory(edge, makeRequest('/a'))).toBeUndefined()
  })

  test('ends with a purge, and with an invalidation, at the very next request', async () => {
    for (const action of ['purge', 'invalidate'] as const) {
      const edge = await stocked()
      expect(byMemory(edge, makeRequest('/a'))).toBeDefined()
      const route = edge.routes.find('example.com', 'http')
      const zone = route.kind === 'found' ? route.plans.normal.zone.id : ''
      edge.journal.append(zone, action, [{ kind: 'everything' }])
      expect(byMemory(edge, makeRequest('/a'))).toBeUndefined()
    }
  })

  test('H5: sees at once what is stored anew, and what is stored beside it', async () => {
    let text = 'first'
    const cache = { cache: true, vary: { default: { action: 'passthrough' } } }
    const edge = makeEdge({ cache }, () => makeAnswer(text, { ...TEXT, vary: 'x-a' }))
    const ask = (fields: Fields): Promise<string> | undefined => byMemory(edge, makeRequest('/a', fields))?.text()
    await warm(edge, '/a', { 'x-a': '1' })
    expect([await ask({ 'x-a': '1' }), await ask({ 'x-a': '1' }), ask({ 'x-a': '2' })]).toEqual(['first', 'first', undefined]) // biome-ignore format: a list
    text = 'beside it'
    await warm(edge, '/a', { 'x-a': '2' })
    for (const _ of [1, 2]) {
      expect([await ask({ 'x-a': '1' }), await ask({ 'x-a': '2' })]).toEqual(['first', 'beside it'])
    }
    edge.clock.advance(60_000)
    text = 'anew'
    await warm(edge, '/a', { 'x-a': '2' })
    expect([ask({ 'x-a': '1' }), await ask({ 'x-a': '2' })]).toEqual([undefined, 'anew'])
  })

  test('H5: remembers nothing of what the store has let go', async () => {
    const edge = await stocked()
    for (const _ of [1, 2]) byMemory(edge, makeRequest('/a'))
    const [known] = edge.routes.knownKeys.values()
    const variant = edge.store.peek(known?.key ?? '')?.variants[0]
    expect([known?.first === undefined, known?.first === variant]).toEqual([false, true])
    if (variant !== undefined) edge.store.remove(variant)
    expect(known?.first).toBeUndefined()
    expect(byMemory(edge, makeRequest('/a'))).toBeUndefined()
  })

  test('H1: is not taken by a request that has been through this edge: 508', async () => {
    const edge = await stocked()
    const looped = { 'cdn-loop': 'varyant' }
    expect((await byPipeline(edge, makeRequest('/a', looped))).status).toBe(508)
    expect(byMemory(edge, makeRequest('/a', looped))).toBeUndefined()
  })

  test('H1: has Cache-Status too where it is asked for', async () => {
    const edge = await stocked({ debugHeaders: true, accessLog: false })
    const expected = (await byPipeline(edge, makeRequest('/a'))).headers.get('cache-status')
    expect(expected).toStartWith('varyant; hit')
    const short = byMemory(edge, makeRequest('/a'))
    if (short !== undefined) expect(short.headers.get('cache-status')).toBe(expected)
  })

  test('writes the access record that the pipeline would', async () => {
    const edge = await stocked({ debugHeaders: false, accessLog: true })
    const before = edge.reported.length
    byMemory(edge, makeRequest('/a'))
    await (await byPipeline(edge, makeRequest('/a'))).arrayBuffer()
    const [short, long] = edge.reported.slice(before).map((event) => (event.kind === 'access' ? event.record : {}))
    expect({ ...short, ray: '' }).toEqual({ ...long, ray: '' })
  })

  test.each([
    ['a rule for the fields of the answer', withHeaders({ 'X-A': { operation: 'set', value: '1' } })],
    ['a rule whose value is computed', withHeaders({ 'X-A': { operation: 'set', expression: 'cf.ray_id' } })],
    ['cache rules that ask for something', withCacheRules()],
  ])('answers in a zone with %s, with the trail that the pipeline would write', async (_, zone) => {
    const edge = makeEdge(zone, () => makeAnswer('text', TEXT), { debugHeaders: false, accessLog: true })
    await warm(edge, '/a', {})
    const before = edge.reported.length
    const fields = { 'x-a': '1' }
    const short = byMemory(edge, makeRequest('/a', fields))
    const long = await byPipeline(edge, makeRequest('/a', fields))
    expect(short?.headers.get('cf-cache-status')).toBe('HIT')
    const [first, second] = edge.reported.slice(before).map((event) => (event.kind === 'access' ? event.record : {}))
    expect({ ...first, ray: '' }).toEqual({ ...second, ray: '' })
    const own = [short, long].map((answer) => answer?.headers.get('x-a') === answer?.headers.get('cf-ray'))
    expect(own[0]).toBe(own[1] ?? false)
  })

  test('H4: makes no new fields for edits that are the same as last time', async () => {
    const edge = makeEdge(withHeaders({ 'X-A': { operation: 'set', value: '1' } }), () => makeAnswer('text', TEXT))
    await warm(edge, '/a', {})
    byMemory(edge, makeRequest('/a'))
    const ruled = () => preparedIn(edge)?.ruled.own
    const first = ruled()
    byMemory(edge, makeRequest('/a'))
    expect([first === undefined, ruled() === first]).toEqual([false, true])
  })

  test('leaves what fails unexpectedly to the pipeline, which reports it and answers 500', async () => {
    const value = { operation: 'set', expression: 'ip.src.country' }
    const whole = makeEdge(withHeaders({ 'X-A': value }), () => makeAnswer('text', TEXT))
    await warm(whole, '/a', {})
    const locate = (): never => {
      throw new Error('the database is damaged')
    }
    const edge = { ...whole, locate }
    expect(byMemory(edge, makeRequest('/a'))).toBeUndefined()
    const answer = await byPipeline(edge, makeRequest('/a'))
    expect([answer.status, answer.headers.get('cf-cache-status')]).toEqual([500, null])
    expect(whole.reported.at(-1)).toMatchObject({ kind: 'unexpected', where: 'response rules' })
  })

  test('leaves a zone whose rules change the request to the pipeline', async () => {
    const uri = { path: { value: '/b' } }
    const rulesets = { http_request_transform: [rule('rewrite', { uri }, 'http.request.uri.path eq "/none"')] }
    const edge = makeEdge({ cache: { cache: true }, rulesets }, () => makeAnswer('text', TEXT))
    await warm(edge, '/a', {})
    expect(byMemory(edge, makeRequest('/a'))).toBeUndefined()
  })

  test('records the bytes of a body that came in chunks', async () => {
    const chunked = () => makeAnswer(new Response('in chunks').body, TEXT)
    const edge = makeEdge({ cache: { cache: true } }, chunked, { debugHeaders: false, accessLog: true })
    await warm(edge, '/a', {})
    byMemory(edge, makeRequest('/a'))
    expect(edge.reported.at(-1)).toMatchObject({ kind: 'access', record: { bytes: 9 } })
  })
})
