// Workers at the edge: which URLs run them, what their `fetch` reaches, and what of it is cached.
// CF workers/configuration/routing, workers/runtime-apis/fetch

import { describe, expect, test } from 'bun:test'
import {
  deployWorker,
  play,
  putSnippets,
  routeOf,
  type Scene,
  startScene,
  ZONE,
  zoneId,
} from '../support/edge/index.ts'
import { startOrigin } from '../support/index.ts'

const worker = (body: string): string => `export default { async fetch(request, env, ctx) { ${body} } }`
const FRESH = [['Cache-Control', 'max-age=60']] as const

async function startWithWorker(body: string, options: Parameters<typeof startScene>[0] = {}): Promise<Scene> {
  const scene = await startScene(options)
  await deployWorker(scene, worker(body))
  return scene
}

describe('a route', () => {
  test('runs its Worker; the most specific one wins, and one without a script runs none', async () => {
    await using scene = await startScene()
    await deployWorker(scene, worker('return new Response("all")'), { name: 'all', routes: [`${ZONE}/*`] })
    await deployWorker(scene, worker('return new Response("some")'), { name: 'some', routes: [`${ZONE}/some/*`] })
    await routeOf(scene, `${ZONE}/some/none/*`, undefined)
    scene.origin.on('*', { body: 'origin' })
    await play(scene, [
      { get: '/', text: 'all' },
      { get: '/some/page?q', text: 'some' },
      { get: '/some/none/page', text: 'origin' },
    ])
  })

  test('that is not there any more runs nothing', async () => {
    await using scene = await startWithWorker('return new Response("mine")')
    scene.origin.on('*', { body: 'origin' })
    await play(scene, [{ get: '/', text: 'mine' }])
    const routes = await scene.edge.api('GET', `/zones/${zoneId(ZONE)}/workers/routes`)
    const [route] = (routes.json as { result: { id: string }[] }).result
    await scene.edge.api('DELETE', `/zones/${zoneId(ZONE)}/workers/routes/${route?.id}`)
    await play(scene, [{ get: '/', text: 'origin' }])
  })

  test('of a new version runs it from the very next request', async () => {
    await using scene = await startScene()
    for (const version of ['1', '2', '3']) {
      await deployWorker(scene, worker(`return new Response('${version}')`))
      await play(scene, [{ get: '/', text: version }])
    }
  })

  test('takes precedence of what is fresh in memory', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { fields: FRESH, body: 'origin' })
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'HIT' },
    ])
    await deployWorker(scene, worker('return new Response("mine")'))
    await play(scene, [{ get: '/a', text: 'mine', cache: null }])
  })
})

describe('fetch(request)', () => {
  test('goes on at the cache, and the Worker sees what came of it', async () => {
    await using scene = await startWithWorker(
      'const r = await fetch(request); return new Response(r.headers.get("cf-cache-status"))',
      { cache: { cache: true } },
    )
    scene.origin.on('/a', { fields: FRESH, body: 'x' })
    await play(scene, [
      { get: '/a', text: 'MISS', origin: 1 },
      { get: '/a', text: 'HIT', origin: 1 },
    ])
  })

  test('reaches the origin as the visitor’s request, in the Worker’s name, with nothing that a visitor may not say', async () => {
    await using scene = await startWithWorker('return fetch(request)')
    await scene.request('/a?b=1', {
      method: 'POST',
      body: 'content',
      fields: [
        ...([
          ['CF-Worker', 'forged'],
          ['CF-Connecting-IP', '6.6.6.6'],
          ['X-Varyant-Caller', 'f1.0'],
          ['X-Varyant-Proto', 'https'],
        ] as const),
        ...([
          ['X-Varyant-Cf', '{"cacheTtl":9}'],
          ['X-Forwarded-For', '192.0.2.1'],
          ['X-A', 'b'],
        ] as const),
      ],
    })
    const [asked] = scene.origin.requests
    expect([asked?.method, asked?.target, Buffer.from(asked?.body ?? []).toString()]).toEqual([
      'POST',
      '/a?b=1',
      'content',
    ])
    expect(
      ['cf-worker', 'cf-connecting-ip', 'x-forwarded-for', 'x-forwarded-proto', 'cdn-loop', 'x-a', 'host'].map((name) =>
        asked?.field(name),
      ),
    ).toEqual([ZONE, '127.0.0.1', '192.0.2.1, 127.0.0.1', 'http', 'varyant', 'b', ZONE])
    expect(
      asked?.fields.lines.map(([name]) => name.toLowerCase()).filter((name) => name.startsWith('x-varyant')),
    ).toEqual([])
  })

  test('carries the cf options of the script over the rules of the zone', async () => {
    await using scene = await startWithWorker(
      'return fetch(request, { cf: { cacheTtl: 300, cacheEverything: true } })',
      { cache: { cache: false } },
    )
    scene.origin.on('/page', { fields: [['Cache-Control', 'no-store']], body: 'x' })
    await play(scene, [
      { get: '/page', cache: 'MISS' },
      { get: '/page', cache: 'HIT', after: 299, origin: 1 },
      { get: '/page', cache: 'EXPIRED', after: 2, origin: 2 },
    ])
  })

  test('with cacheKey shares one copy among URLs, apart from everybody else’s', async () => {
    await using scene = await startWithWorker(
      'return fetch(request, { cf: { cacheKey: "shared", cacheEverything: true } })',
      { cache: { cache: true } },
    )
    scene.origin.on('*', { fields: FRESH, body: 'x' })
    await play(scene, [
      { get: '/one', cache: 'MISS' },
      { get: '/two', cache: 'HIT', origin: 1 },
    ])
  })

  test('with cacheTags is purged by them', async () => {
    await using scene = await startWithWorker('return fetch(request, { cf: { cacheTags: ["from-worker"] } })', {
      cache: { cache: true },
    })
    scene.origin.on('/a', { fields: FRESH, body: 'x' })
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'HIT' },
    ])
    await scene.purge({ tags: ['from-worker'] })
    await play(scene, [{ get: '/a', cache: 'MISS' }])
  })

  test('with cacheTtlByStatus and cacheControl steers by the answer', async () => {
    await using scene = await startWithWorker(`
      const cf = new URL(request.url).pathname === '/a' ? { cacheTtlByStatus: { '200-299': 60, 404: -1 } } : { cacheEverything: true, cacheControl: 'max-age=30' }
      return fetch(request, { cf })`)
    scene.origin.on('/a', [{ status: 404 }, { status: 404 }, { body: 'x' }])
    scene.origin.on('/b', { fields: [['Cache-Control', 'no-store']], body: 'x' })
    await play(scene, [
      { get: '/a', status: 404, cache: 'BYPASS' },
      { get: '/a', status: 404, cache: 'BYPASS' },
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'HIT' },
      { get: '/b', cache: 'MISS', has: { 'cache-control': 'no-store' } },
      { get: '/b', cache: 'HIT' },
    ])
  })

  test('with redirect: follow follows, each hop through the edge', async () => {
    await using scene = await startWithWorker('return fetch(new Request(request, { redirect: "follow" }))')
    scene.origin.on('/a', { status: 302, fields: [['Location', '/b']] })
    scene.origin.on('/b', { body: 'there' })
    await play(scene, [{ get: '/a', text: 'there', origin: 2 }])
  })
})

describe('fetch of another host', () => {
  test('goes out through the zone’s cache, under the scripts’ own keys', async () => {
    await using api = await startOrigin()
    const { host } = new URL(api.url)
    await using scene = await startWithWorker(`return fetch('${api.url}/data.css')`, {
      config: { runtime: { allow_private: [host] } },
    })
    api.on('/data.css', { fields: FRESH, body: 'theirs' })
    scene.origin.on('*', { fields: FRESH, body: 'ours' })
    await play(scene, [
      { get: '/', text: 'theirs', cache: 'MISS' },
      { get: '/', text: 'theirs', cache: 'HIT' },
    ])
    expect([api.requests.length, scene.origin.requests.length]).toEqual([1, 0])
    expect(['host', 'cf-worker', 'cf-connecting-ip'].map((name) => api.requests[0]?.field(name))).toEqual([
      host,
      ZONE,
      '2a06:98c0:3600::103',
    ])
    for (const purge of [
      { files: [`${api.url}/data.css`] },
      { prefixes: [`${new URL(api.url).hostname}/data.css`] },
      { purge_everything: true },
    ]) {
      await scene.purge(purge)
      await play(scene, [
        { get: '/', text: 'theirs', cache: 'MISS' },
        { get: '/', cache: 'HIT' },
      ])
    }
  })

  test.each([
    ['loopback', 'http://127.0.0.1:22/'],
    ['this edge’s API', 'http://localhost:8081/client/v4/zones'],
    ['metadata', 'http://169.254.169.254/latest/meta-data/'],
    ['a private network', 'http://[fd00::1]/'],
    ['a disguised address', 'http://2130706433/'],
  ])('that is %s is refused', async (_title, url) => {
    await using scene = await startWithWorker(`const r = await fetch('${url}'); return new Response(String(r.status))`)
    await play(scene, [{ get: '/', text: '403' }])
  })

  test('that redirects to a private address is refused there', async () => {
    await using api = await startOrigin()
    await using inner = await startOrigin()
    api.on('*', { status: 302, fields: [['Location', `${inner.url}/secret`]] })
    const allowed = { runtime: { allow_private: [new URL(api.url).host] } }
    await using scene = await startWithWorker(
      `const r = await fetch('${api.url}/'); return new Response(String(r.status))`,
      { config: allowed },
    )
    await play(scene, [{ get: '/', text: '403' }])
    expect([api.requests.length, inner.requests.length]).toEqual([1, 0])
  })

  test('that is the zone’s own origin server is served', async () => {
    await using scene = await startScene()
    await deployWorker(scene, worker(`return fetch('${scene.origin.url}/direct')`))
    scene.origin.on('/direct', { body: 'direct' })
    await play(scene, [{ get: '/', text: 'direct' }])
  })
})

describe('a Worker that', () => {
  test('throws has the page of error 1101, and in development its stack', async () => {
    const body = 'throw new TypeError("<b>boom</b>")'
    await using plain = await startWithWorker(body)
    const answer = await plain.get('/')
    expect(answer.status).toBe(500)
    expect(answer.text).toContain('Error 1101')
    expect(answer.text).not.toContain('boom')
    await using debugging = await startWithWorker(body, {
      config: { edge: { http: '127.0.0.1:0', debug_headers: true } },
    })
    expect((await debugging.get('/')).text).toContain('TypeError: &lt;b&gt;boom&lt;/b&gt;')
  })

  test('throws after passThroughOnException lets the request go on', async () => {
    await using scene = await startWithWorker('ctx.passThroughOnException(); throw new Error("x")')
    scene.origin.on('*', { body: 'origin' })
    await play(scene, [{ get: '/a', text: 'origin', origin: 1 }])
  })

  test('writes a field of the edge’s own does not get through with it', async () => {
    await using scene = await startWithWorker(
      'return new Response("x", { headers: { "cf-ray": "forged", connection: "x-a", "cache-tag": "t" } })',
    )
    const answer = await scene.get('/')
    expect(answer.field('cf-ray')).toMatch(/^[0-9a-f]{16}$/)
    expect(answer.field('cache-tag')).toBeUndefined()
  })

  test('is behind a snippet sees what the snippet made of the request', async () => {
    await using scene = await startWithWorker('return new Response(request.headers.get("x-in"))')
    await putSnippets(scene, {
      mark: 'export default { fetch(request) { const r = new Request(request); r.headers.set("x-in", "snippet"); return fetch(r) } }',
    })
    await play(scene, [{ get: '/', text: 'snippet' }])
  })

  test('answers a URL is not run to explain it', async () => {
    await using scene = await startWithWorker('return new Response("mine")')
    const path = `/zones/${zoneId(ZONE)}/explain`
    for (const probe of [false, true]) {
      const { result } = (
        await scene.edge.api('POST', path, { url: `http://${ZONE}/`, origin: 'https://a.example', probe })
      ).json as never as {
        result: object
      }
      // What it does is for it to decide, and may change something; docs/decisions/0100
      expect(JSON.stringify(result)).toContain('worker passes the request on, and the answer back, as it is')
    }
  })

  test('belongs to a paused zone does not run', async () => {
    await using scene = await startWithWorker('return new Response("mine")')
    scene.origin.on('*', { body: 'origin' })
    await scene.edge.api('PATCH', `/zones/${zoneId(ZONE)}`, { paused: true })
    await play(scene, [{ get: '/', text: 'origin' }])
  })
})
