// `explain`: what the edge would do with one request, and whether the browser lets the page have it.

import { afterEach, describe, expect, test } from 'bun:test'
import {
  deployWorker,
  play,
  type Scene,
  type SceneOptions,
  startEdge,
  startScene,
  ZONE,
  zoneId,
} from '../support/edge/index.ts'
import { type Answer, type FieldLine, type RecordedRequest, startOrigin } from '../support/index.ts'

const A = 'https://a.example'
const B = 'https://b.example'
const MAX_AGE: FieldLine = ['Cache-Control', 'max-age=60']
const CACHE_ALL = { expression: 'true', action_parameters: { cache: true } }
const ACAO = 'Access-Control-Allow-Origin'

type Explained = {
  readonly rules: readonly string[]
  readonly cache: {
    readonly status: string | null
    readonly assumes: string | null
    readonly eligible: boolean
    readonly key: string | null
    readonly key_parts: readonly { readonly name: string; readonly value: string }[]
    readonly variant: {
      readonly id: string
      readonly status: number
      readonly age: number
      readonly ttl: number
      readonly fresh: boolean
      readonly revision: number
      readonly filled_by: { readonly origin: string | null; readonly at: string }
      readonly fields: Readonly<Record<string, string>>
    } | null
    readonly others: readonly {
      readonly origin: string | null
      readonly why_not: string
      readonly grants: string | null
    }[]
    readonly trail: readonly string[]
  }
  readonly browser: {
    readonly verdict: string
    readonly step: string
    readonly code: string | null
    readonly why: string
    readonly assumes: string | null
    readonly exposed: readonly string[]
  }
  readonly answer: { readonly status: number; readonly fields: Readonly<Record<string, string>> } | null
  readonly preflight: { readonly passes: boolean | null; readonly why: string; readonly max_age: number | null } | null
  readonly hops: readonly {
    readonly url: string
    readonly origin: string | null
    readonly cache_status: string | null
  }[]
  readonly advice: string | null
}

let scene: Scene
afterEach(async () => {
  await scene?.[Symbol.asyncDispose]()
})

async function stage(script: (request: RecordedRequest) => Answer, options: SceneOptions = {}): Promise<void> {
  scene = await startScene({ cache: { cache: true }, ...options })
  scene.origin.on('*', script)
}

async function explain(target: string, question: Readonly<Record<string, unknown>> = {}): Promise<Explained> {
  const url = target.startsWith('http') ? target : `http://${ZONE}${target}`
  const answer = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/explain`, { url, ...question })
  if (answer.status !== 200) throw new Error(answer.text)
  return (answer.json as { result: Explained }).result
}

const from = (origin: string): readonly FieldLine[] => [['Origin', origin]]
const reflecting = (request: RecordedRequest): Answer => {
  const origin = request.field('origin')
  return {
    fields: [MAX_AGE, ['Content-Type', 'text/css'], ...(origin === undefined ? [] : [[ACAO, origin] as const])],
    body: 'x',
  }
}

describe('what is stored', () => {
  test('is told: the copy of this Origin, its age and lifetime, who filled it, and why the others are not used', async () => {
    await stage(reflecting)
    await play(scene, [{ get: '/f' }, { get: '/f', fields: from(A) }, { get: '/f', fields: from(B) }])
    scene.pass(15)
    const { rules, cache, browser, answer } = await explain('/f', { origin: A })
    expect(rules).toEqual([expect.stringContaining('of http_request_cache_settings: set cache')])
    expect(cache).toMatchObject({
      status: 'HIT',
      assumes: null,
      eligible: true,
      key: `${zoneId(ZONE)} origin=${A} http://${ZONE}/f`,
      key_parts: [
        { name: 'zone', value: zoneId(ZONE) },
        { name: 'origin', value: A },
        { name: 'url', value: `http://${ZONE}/f` },
      ],
      variant: { status: 200, age: 15, ttl: 45, fresh: true, filled_by: { origin: A, at: '2026-05-04T12:00:00.000Z' } },
    })
    expect(cache.variant?.fields['access-control-allow-origin']).toBe(A)
    expect(cache.others.map(({ origin, grants, why_not }) => [origin, grants, why_not])).toEqual([
      [null, null, `it is the copy of no Origin, and this request has Origin ${A}`],
      [B, B, `it is the copy of Origin ${B}, and this request has Origin ${A}`],
    ])
    expect(cache.trail).toEqual([expect.stringContaining('set cache'), 'a stored response is fresh'])
    expect(browser).toMatchObject({
      verdict: 'allow',
      code: 'cors-allowed',
      step: expect.stringContaining('CORS check'),
    })
    expect(browser.exposed).toEqual(['cache-control', 'content-length', 'content-type', 'last-modified'])
    expect(answer).toMatchObject({ status: 200, fields: { age: '15', 'cf-cache-status': 'HIT' } })
  })

  test('and nothing is changed by telling: no request, no record, no use', async () => {
    await stage(reflecting)
    await play(scene, [{ get: '/f', fields: from(A) }])
    const records = scene.edge.access().length
    for (const probe of [false, true]) for (const origin of [A, B, 'null']) await explain('/f', { origin, probe })
    expect(scene.edge.access()).toHaveLength(records)
    await play(scene, [
      { get: '/f', fields: from(A), cache: 'HIT' },
      { get: '/f', fields: from(B), cache: 'MISS' },
    ])
    expect(scene.origin.requests.filter((request) => request.field('origin') === A)).toHaveLength(2)
  })

  test('nothing: the verdict is unknown, and a probe makes it known', async () => {
    await stage(reflecting)
    const unasked = await explain('/f', { origin: A })
    expect(unasked.cache).toMatchObject({ status: 'MISS', variant: null, others: [] })
    expect(unasked.browser).toMatchObject({ verdict: 'unknown', code: null })
    expect(unasked.advice).toContain('--probe')
    const asked = await explain('/f', { origin: A, probe: true })
    expect(asked.cache).toMatchObject({ status: 'MISS', assumes: null, variant: null })
    expect(asked.browser.verdict).toBe('allow')
    expect(asked.cache.trail).toContain('the answer would be stored')
    await play(scene, [{ get: '/f', fields: from(A), cache: 'MISS' }])
  })

  test('under the same key, another variant: told with the field that differs', async () => {
    await stage(
      (request) => ({
        fields: [MAX_AGE, ['Vary', 'X-Theme'], [ACAO, '*'], ['X-Got', request.field('x-theme') ?? '']],
        body: 'x',
      }),
      { cache: { cache: true, vary: { default: { action: 'passthrough' } } } },
    )
    await play(scene, [{ get: '/f', fields: [...from(A), ['X-Theme', 'dark']] }])
    const { cache } = await explain('/f', { origin: A, headers: { 'X-Theme': 'light' } })
    expect(cache.status).toBe('MISS')
    expect(cache.others[0]?.why_not).toBe('it is for x-theme "dark", and this request has x-theme "light"')
  })

  test('encoded, and who gives no Accept-Encoding is read as a browser', async () => {
    await stage((request) => ({
      fields: [
        MAX_AGE,
        ['Content-Encoding', 'gzip'],
        ['Vary', 'Accept-Encoding'],
        [ACAO, '*'],
        ['X-Got', request.field('accept-encoding') ?? ''],
      ],
      body: 'x',
    }))
    await play(scene, [{ get: '/f', fields: [...from(A), ['Accept-Encoding', 'gzip, deflate, br, zstd']] }])
    const { cache } = await explain('/f', { origin: A })
    expect(cache.status).toBe('HIT')
    expect(cache.trail.join()).toContain("read as a browser's request")
    expect((await explain('/f', { origin: A, headers: { 'Accept-Encoding': 'identity' } })).cache.status).toBe('MISS')
  })

  test('purged: not used, and not told among the others', async () => {
    await stage(reflecting)
    await play(scene, [
      { get: '/f', fields: from(A) },
      { get: '/f', fields: from(B) },
    ])
    await scene.purge({ files: [{ url: `http://${ZONE}/f`, headers: { Origin: A } }] })
    expect((await explain('/f', { origin: A })).cache).toMatchObject({ status: 'MISS', others: [{ origin: B }] })
    expect((await explain('/f', { origin: B })).cache).toMatchObject({ status: 'HIT', others: [] })
  })

  test('invalidated: validated first', async () => {
    await stage((request) => ({
      ...reflecting(request),
      fields: [...(reflecting(request).fields ?? []), ['ETag', '"1"']],
    }))
    await play(scene, [{ get: '/f', fields: from(A) }])
    await scene.invalidate({ files: [{ url: `http://${ZONE}/f`, headers: { Origin: A } }] })
    const { cache, browser } = await explain('/f', { origin: A })
    expect(cache).toMatchObject({
      status: 'REVALIDATED',
      assumes: expect.stringContaining('304'),
      variant: { fresh: false },
    })
    expect(browser).toMatchObject({ verdict: 'allow', assumes: expect.stringContaining('304') })
  })
})

describe('what was not looked up', () => {
  test.each([
    ['another method', '/f.css', { method: 'POST' }, {}, 'DYNAMIC', 'not eligible'],
    [
      'a path without extension',
      '/f',
      {},
      { cache: { browser_ttl: { mode: 'respect_origin' } } },
      'DYNAMIC',
      'extension',
    ],
  ])('%s: %s', async (_, target, question, options, status, sentence) => {
    await stage(reflecting, options)
    const { cache } = await explain(target, { origin: A, ...question })
    expect(cache).toMatchObject({ status, eligible: false, key: null, variant: null })
    expect(cache.trail.join()).toContain(sentence)
  })
})

describe("a page of the URL's own Origin", () => {
  test('sends no Origin and is not checked: the copy without Origin', async () => {
    await stage(reflecting)
    await play(scene, [{ get: '/f' }])
    const { cache, browser } = await explain('/f', { origin: `http://${ZONE}` })
    expect(cache).toMatchObject({ status: 'HIT', variant: { filled_by: { origin: null } } })
    expect(browser).toMatchObject({ verdict: 'allow', code: 'same-origin' })
    expect(browser.exposed).toContain('cf-cache-status')
  })
  test('is allowed whatever the answer is, so also when nobody knows it', async () => {
    await stage(reflecting)
    const { browser } = await explain('/f', { origin: `http://${ZONE}` })
    expect(browser).toMatchObject({ verdict: 'allow', assumes: expect.stringContaining('redirect') })
  })
})

describe('preflights', () => {
  const answering =
    (fields: readonly FieldLine[], status = 204) =>
    (request: RecordedRequest): Answer =>
      request.method === 'OPTIONS' ? { status, fields } : reflecting(request)

  test('are told: why there is one, what it is answered, whether it passes, for how long', async () => {
    await stage(answering([[ACAO, A], ['Access-Control-Allow-Methods', 'PUT'], ['Access-Control-Allow-Headers', 'x-a'], ['Access-Control-Max-Age', '600']])) // biome-ignore format: a table
    const { preflight, browser, cache } = await explain('/f', {
      origin: A,
      method: 'PUT',
      headers: { 'X-A': '1' },
      probe: true,
    })
    expect(preflight).toMatchObject({
      passes: true,
      why: 'the method PUT and the header x-a cannot be sent without asking first',
      max_age: 600,
    })
    expect(browser).toMatchObject({ verdict: 'allow', assumes: expect.stringContaining('PUT') })
    expect(cache.status).toBe('DYNAMIC')
    // Only what changes nothing was sent.
    expect(scene.origin.requests.map(({ method }) => method)).toEqual(['OPTIONS'])
  })

  test('that fail end it, whatever the answer itself would be', async () => {
    await stage(
      answering([
        [ACAO, A],
        ['Access-Control-Allow-Headers', 'x-b'],
      ]),
    )
    await play(scene, [{ get: '/f', fields: from(A) }])
    const { preflight, browser, cache, advice } = await explain('/f', {
      origin: A,
      headers: { 'X-A': '1' },
      probe: true,
    })
    expect(cache.status).toBe('HIT')
    expect(preflight?.passes).toBe(false)
    expect(browser).toMatchObject({ verdict: 'block', code: 'header-not-allowed' })
    expect(advice).toBe('at the origin server, answer OPTIONS with Access-Control-Allow-Headers: x-a')
  })

  test('nobody asked: it is known that there is one, and no more', async () => {
    await stage(answering([]))
    const { preflight, browser } = await explain('/f', { origin: A, method: 'DELETE' })
    expect(preflight?.passes).toBeNull()
    expect(browser.verdict).toBe('unknown')
    expect(scene.origin.requests).toHaveLength(0)
  })

  test('a POST that needs none is not sent either; its grant is asked for with OPTIONS', async () => {
    await stage(answering([[ACAO, A]]))
    expect((await explain('/f', { origin: A, method: 'POST', probe: true })).browser.verdict).toBe('allow')
    expect((await explain('/f', { origin: B, method: 'POST', probe: true })).browser.verdict).toBe('unknown')
    expect(scene.origin.requests.every(({ method }) => method === 'OPTIONS')).toBe(true)
  })
})

describe('redirects', () => {
  const chain =
    (location: string) =>
    (request: RecordedRequest): Answer =>
      request.path === '/1'
        ? {
            ...reflecting(request),
            status: 301,
            fields: [...(reflecting(request).fields ?? []), ['Location', location]],
          }
        : reflecting(request)

  test('are followed, with the Origin that the browser sends at each hop', async () => {
    await stage(chain(`http://b.${ZONE}/2`))
    await play(scene, [
      { get: '/1', fields: from(A), status: 301 },
      { get: '/2', fields: [['Origin', 'null'], ['Host', `b.${ZONE}`]] },
    ]) // biome-ignore format: short
    const { hops, browser, cache, advice } = await explain('/1', { origin: A })
    expect(hops.map(({ url, origin, cache_status }) => [url, origin, cache_status])).toEqual([
      [`http://${ZONE}/1`, A, 'HIT'],
      [`http://b.${ZONE}/2`, 'null', 'HIT'],
    ])
    expect(browser.verdict).toBe('allow')
    expect(cache.trail).toContain(`GET http://b.${ZONE}/2 with Origin null: 200`)
    expect(advice).toContain('never grant null')
  })

  test('out of the zone, to another zone of this edge too: nobody here tells', async () => {
    await using origin = await startOrigin()
    await using edge = await startEdge({
      zones: ['one.example', 'two.example'].map((name) => ({
        name,
        origins: { [name]: origin.url },
        rules: [CACHE_ALL],
      })),
    })
    for (const host of ['two.example', 'elsewhere.example']) {
      origin.on('/1', { status: 301, fields: [[ACAO, A], MAX_AGE, ['Location', `http://${host}/2`]] })
      const before = origin.requests.length
      const question = { url: 'http://one.example/1', origin: A, probe: true }
      const answer = await edge.api('POST', `/zones/${zoneId('one.example')}/explain`, question)
      const { browser, hops } = (answer.json as { result: Explained }).result
      expect(browser).toMatchObject({ verdict: 'unknown', why: expect.stringContaining(host) })
      expect(hops.at(-1)).toMatchObject({ origin: 'null', cache_status: null })
      const foreign = await edge.api('POST', `/zones/${zoneId('one.example')}/explain`, { url: `http://${host}/2` })
      expect(foreign.status).toBe(400)
      expect(foreign.text).toContain(`${host} is no host of this zone`)
      // Asked once: the address that a redirect names is never asked.
      expect(origin.requests).toHaveLength(before + 1)
    }
  })

  test('that take their time: after 20 s no further origin server is asked', async () => {
    let hop = 0
    await stage(() => {
      scene.pass(8)
      hop += 1
      return {
        status: 302,
        fields: [
          [ACAO, '*'],
          ['Cache-Control', 'no-store'],
          ['Location', `/${hop}`],
        ],
      }
    })
    const { browser } = await explain('/f', { origin: A, probe: true })
    expect(browser).toMatchObject({ verdict: 'unknown', why: expect.stringContaining('was not asked') })
    expect(scene.origin.requests).toHaveLength(3)
  })

  test('in a circle: blocked at the 21st', async () => {
    await stage((request) => ({
      ...reflecting(request),
      status: 302,
      fields: [...(reflecting(request).fields ?? []), ['Location', '/1']],
    }))
    expect((await explain('/1', { origin: A, probe: true })).browser).toMatchObject({
      verdict: 'block',
      code: 'too-many-redirects',
    })
  })
})

describe('rules', () => {
  async function rule(phase: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const path = `/zones/${zoneId(ZONE)}/rulesets/phases/${phase}/entrypoint`
    const answer = await scene.edge.api('PUT', path, { rules: [{ expression: 'true', description: 'mine', ...body }] })
    if (answer.status !== 200) throw new Error(answer.text)
  }
  const rewriting = { action: 'rewrite', action_parameters: { uri: { path: { value: '/new' } } } }
  const granting = {
    action: 'rewrite',
    action_parameters: { headers: { [ACAO]: { operation: 'set', value: '*' } } },
  }

  test('that rewrite the URL: the copy of the URL that the origin server got', async () => {
    await stage(reflecting)
    await rule('http_request_transform', { ...rewriting, expression: 'http.request.uri.path eq "/old"' })
    await play(scene, [{ get: '/new', fields: from(A) }])
    const { cache } = await explain('/old', { origin: A })
    expect(cache).toMatchObject({ status: 'HIT', key: `${zoneId(ZONE)} origin=${A} http://${ZONE}/new` })
    await play(scene, [{ get: '/old', fields: from(A), cache: 'HIT' }])
  })

  test('that set a grant: the operator has decided, and the page may read it', async () => {
    await stage(() => ({ fields: [MAX_AGE], body: 'x' }))
    await play(scene, [{ get: '/f', fields: from(A) }])
    expect((await explain('/f', { origin: A })).browser.verdict).toBe('block')
    await rule('http_response_headers_transform', granting)
    const { cache, browser, answer } = await explain('/f', { origin: A })
    expect(browser.verdict).toBe('allow')
    expect(answer?.fields['access-control-allow-origin']).toBe('*')
    // What is stored is the origin's.
    expect(cache.variant?.fields['access-control-allow-origin']).toBeUndefined()
    expect(cache.trail.filter((line) => line.startsWith('rule '))).toHaveLength(2)
  })

  test('that change the request: what the key is made of, and what a probe asks', async () => {
    await stage(reflecting)
    const dropping = { action: 'rewrite', action_parameters: { headers: { Origin: { operation: 'remove' } } } }
    await rule('http_request_late_transform', dropping)
    await play(scene, [{ get: '/f', fields: from(A), cache: 'MISS' }])
    expect(await explain('/f', { origin: B })).toMatchObject({
      cache: { status: 'HIT' },
      browser: { verdict: 'block' },
    })
    expect(await explain('/g', { origin: B, probe: true })).toMatchObject({ browser: { verdict: 'block' } })
    expect(scene.origin.requests.at(-1)?.field('origin')).toBeUndefined()
  })

  test('that redirect: their redirect grants nothing', async () => {
    await stage(reflecting)
    const target = { status_code: 302, target_url: { value: `http://${ZONE}/g` } }
    const redirecting = { action: 'redirect', action_parameters: { from_value: target } }
    await rule('http_request_dynamic_redirect', { ...redirecting, expression: 'http.request.uri.path eq "/f"' })
    const { browser, advice, answer, cache } = await explain('/f', { origin: A })
    expect(answer).toMatchObject({ status: 302, fields: { location: `http://${ZONE}/g` } })
    expect(cache.status).toBeNull()
    expect(browser).toMatchObject({ verdict: 'block', code: 'allow-origin-missing' })
    expect(advice).toContain('a rule of the zone redirects')
    expect((await explain('/f', { origin: `http://${ZONE}`, probe: true })).hops).toHaveLength(2)
  })

  test('for the response of the origin server: what it is stored for', async () => {
    await stage(() => ({
      fields: [
        ['Cache-Control', 'no-store'],
        [ACAO, '*'],
      ],
      body: 'x',
    }))
    const keeping = {
      action: 'set_cache_control',
      action_parameters: { 'no-store': { operation: 'remove' }, 'max-age': { operation: 'set', value: 60 } },
    }
    expect((await explain('/f', { origin: A, probe: true })).cache.status).toBe('BYPASS')
    await rule('http_response_cache_settings', keeping)
    expect((await explain('/f', { origin: A, probe: true })).cache.status).toBe('MISS')
    await play(scene, [{ get: '/f', fields: from(A), cache: 'MISS' }, { get: '/f', fields: from(A), cache: 'HIT' }]) // biome-ignore format: short
  })
})

describe('a Worker', () => {
  test('is not run: what it passes on is told, and that it is assumed to', async () => {
    await stage(reflecting)
    await deployWorker(scene, 'export default { fetch: (request) => fetch(request) }', { name: 'proxy' })
    const expected = expect.stringContaining('proxy passes the request on')
    await play(scene, [{ get: '/f', fields: from(A), cache: 'MISS' }])
    const { cache, browser } = await explain('/f', { origin: A })
    expect(cache).toMatchObject({ status: 'HIT', assumes: expected })
    expect(browser).toMatchObject({ verdict: 'allow', assumes: expected })
    expect(cache.trail).toContain('the URL runs the Worker proxy')
    await play(scene, [{ get: '/f', fields: from(A), cache: 'HIT' }])
  }, 30_000)
})

describe('a failing origin server', () => {
  test('has a page of the edge, which grants nothing', async () => {
    await stage(reflecting)
    await scene.origin.close()
    const { cache, browser, advice, answer } = await explain('/f', { origin: A, probe: true })
    expect(cache.status).toBeNull()
    expect(answer?.status).toBe(521)
    expect(browser).toMatchObject({ verdict: 'block', code: 'allow-origin-missing' })
    expect(advice).toContain('mend the origin server first')
  })
  test('is stood in for by a stale copy', async () => {
    await stage(reflecting)
    await play(scene, [{ get: '/f', fields: from(A) }])
    scene.pass(100)
    await scene.origin.close()
    expect(await explain('/f', { origin: A, probe: true })).toMatchObject({
      cache: { status: 'STALE' },
      browser: { verdict: 'allow' },
    })
  })
})

describe('advice', () => {
  test('F1, F10: a copy without the grant that the origin server gives by now', async () => {
    let granted = false
    await stage((request) => (granted ? reflecting(request) : { fields: [MAX_AGE], body: 'x' }))
    await play(scene, [{ get: '/f', fields: from(A) }])
    granted = true
    const { browser, advice } = await explain('/f', { origin: A, probe: true })
    expect(browser).toMatchObject({ verdict: 'block', code: 'allow-origin-missing' })
    expect(advice).toBe(
      `the origin server grants it by now; drop the copy that does not: varyant purge http://${ZONE}/f --origin ${A}`,
    )
  })
  test('F13: a copy that grants what the origin server no longer does', async () => {
    let granted = true
    await stage((request) => (granted ? reflecting(request) : { fields: [MAX_AGE], body: 'x' }))
    await play(scene, [{ get: '/f', fields: from(A) }])
    granted = false
    const { browser, advice } = await explain('/f', { origin: A, probe: true })
    expect(browser.verdict).toBe('allow')
    expect(advice).toStartWith('the origin server no longer grants it')
  })
})

describe('what is no question is refused in the envelope', () => {
  test.each([
    ['no URL', {}, 400, '/url'],
    ['a relative URL', { url: '/f' }, 400, '/url'],
    ['another scheme', { url: 'ftp://example.com/f' }, 400, '/url'],
    ['a password in the URL', { url: 'http://u:p@example.com/f' }, 400, '/url'],
    ['a URL that is too long', { url: `http://example.com/${'x'.repeat(9000)}` }, 400, '/url'],
    ['a method that no page can send', { method: 'TRACE' }, 400, '/method'],
    ['a method that is none', { method: 'G T' }, 400, '/method'],
    ['an origin with a path', { origin: 'https://a.example/' }, 400, '/origin'],
    ['two origins', { origin: 'https://a.example, https://b.example' }, 400, '/origin'],
    ['an origin that is too long', { origin: `https://${'a'.repeat(400)}` }, 400, '/origin'],
    ['a header name that is none', { headers: { 'a b': '1' } }, 400, '/headers/a b'],
    ['a header with a line break', { headers: { 'x-a': '1\r\nx-b: 2' } }, 400, '/headers/x-a'],
    ['a header with what no header can hold', { headers: { 'x-a': '\u0141' } }, 400, '/headers/x-a'],
    ['a header twice', { headers: { 'x-a': '1', 'X-A': '2' } }, 400, '/headers/X-A'],
    ['Origin as a header', { headers: { Origin: 'https://a.example' } }, 400, '/headers/Origin'],
    ['the length of content that is not there', { headers: { 'Content-Length': '5' } }, 400, '/headers/Content-Length'],
    ['a framing', { headers: { 'transfer-encoding': 'chunked' } }, 400, '/headers/transfer-encoding'],
    ['a field of the connection', { headers: { connection: 'x-a' } }, 400, '/headers/connection'],
    ['Host as a header', { headers: { host: 'x' } }, 400, '/headers/host'],
    [
      'too many headers',
      { headers: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`x-${i}`, '1'])) },
      400,
      '/headers',
    ],
    ['headers that are too long', { headers: { 'x-a': 'a'.repeat(13_000) } }, 400, '/headers'],
    ['headers that are a list', { headers: [] }, 400, '/headers'],
    ['credentials that are no boolean', { credentials: 'yes' }, 400, '/credentials'],
    ['a member that nobody knows', { depth: 1 }, 400, ''],
    ['a text', 'x', 400, ''],
    ['null', null, 400, ''],
  ] as const)('%s', async (title, change, status, pointer) => {
    await stage(reflecting)
    const isObject = typeof change === 'object' && change !== null
    const body = isObject && title !== 'no URL' ? { url: `http://${ZONE}/f`, ...change } : change
    const answer = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/explain`, body)
    expect(answer.status).toBe(status)
    const { success, errors } = answer.json as { success: boolean; errors: { source?: { pointer?: string } }[] }
    expect(success).toBe(false)
    expect(errors[0]?.source?.pointer ?? '').toBe(pointer)
  })
  test('an unknown zone: 404', async () => {
    await stage(reflecting)
    expect((await scene.edge.api('POST', `/zones/${'0'.repeat(32)}/explain`, { url: 'http://x/' })).status).toBe(404)
  })
})
