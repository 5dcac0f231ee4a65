// What a Worker's `fetch` of its own request reaches, and what comes back.  CF workers/runtime-apis/fetch

import { describe, expect, test } from 'bun:test'
import { ACCOUNT_ID, play, routeOf, startScene, startWithWorker, ZONE, zoneId } from '../support/edge/index.ts'

const FRESH = [['Cache-Control', 'max-age=60']] as const

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

  test('hands a redirection on to the visitor, who asked for no following', async () => {
    await using scene = await startWithWorker('return fetch(request)')
    scene.origin.on('/a', { status: 302, fields: [['Location', '/b']] })
    await play(scene, [{ get: '/a', status: 302, has: { location: '/b' }, origin: 1 }])
  })

  test('with redirect: follow makes a GET of a POST that is answered 303, and keeps one that is answered 307', async () => {
    await using scene = await startWithWorker('return fetch(new Request(request, { redirect: "follow" }))')
    scene.origin.on('/303', { status: 303, fields: [['Location', '/there']] })
    scene.origin.on('/there', (asked) => ({ body: asked.method }))
    const answer = await scene.request('/303', { method: 'POST', body: 'content' })
    expect(answer.text).toBe('GET')
  })

  test('with redirect: follow follows, each hop through the edge', async () => {
    await using scene = await startWithWorker('return fetch(new Request(request, { redirect: "follow" }))')
    scene.origin.on('/a', { status: 302, fields: [['Location', '/b']] })
    scene.origin.on('/b', { body: 'there' })
    await play(scene, [{ get: '/a', text: 'there', origin: 2 }])
  })
})

describe('a Worker passes on', () => {
  test('HEAD: the fields of the answer, and no content', async () => {
    await using scene = await startWithWorker('return fetch(request)')
    scene.origin.on('/a', { fields: [['X-A', 'b']], body: 'content' })
    const answer = await scene.request('/a', { method: 'HEAD' })
    expect([answer.status, answer.text, answer.field('x-a'), answer.field('content-length')]).toEqual([
      200,
      '',
      'b',
      '7',
    ])
    expect(scene.origin.requests.map(({ method }) => method)).toEqual(['HEAD'])
  })

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'REPORT'])('%s as it is', async (method) => {
    await using scene = await startWithWorker('return fetch(request)')
    scene.origin.on('*', { body: 'done' })
    expect((await scene.request('/a', { method })).text).toBe('done')
    expect(scene.origin.requests.map((asked) => asked.method)).toEqual([method])
  })

  test('a range and a condition, answered from the cache', async () => {
    await using scene = await startWithWorker('return fetch(request)', { cache: { cache: true } })
    scene.origin.on('/a', { fields: [...FRESH, ['ETag', '"v"']], body: '0123456789' })
    await play(scene, [
      { get: '/a', cache: 'MISS', text: '0123456789' },
      {
        get: '/a',
        fields: [['Range', 'bytes=2-4']],
        status: 206,
        text: '234',
        has: { 'content-range': 'bytes 2-4/10' },
      },
      { get: '/a', fields: [['If-None-Match', '"v"']], status: 304, text: '', origin: 1 },
    ])
  })

  test('what arrives at once: the visitor reads before the origin server is done', async () => {
    await using scene = await startWithWorker('const r = await fetch(request); return new Response(r.body, r)')
    const ended = Promise.withResolvers<void>()
    await using origin = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () =>
        new Response(
          new ReadableStream({
            start: async (controller) => {
              controller.enqueue(new TextEncoder().encode('first'))
              await ended.promise
              controller.enqueue(new TextEncoder().encode(' last'))
              controller.close()
            },
          }),
        ),
    })
    await scene.edge.api('PUT', `/zones/${zoneId(ZONE)}/origins`, { '*': origin.url.origin })
    const answer = await fetch(`${scene.edge.url}/a`, { headers: { host: ZONE } })
    const reader = answer.body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first')
    ended.resolve()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(' last')
  })
})

describe('a Worker', () => {
  test('that answers at once goes on with what it waits until', async () => {
    await using scene = await startWithWorker(
      `ctx.waitUntil(fetch('http://${ZONE}/log', { method: 'POST', body: 'seen' })); return new Response('at once')`,
    )
    const gate = scene.origin.hold('/log')
    await play(scene, [{ get: '/', text: 'at once' }])
    await gate.arrived()
    gate.release()
    expect(Buffer.from(scene.origin.requests[0]?.body ?? []).toString()).toBe('seen')
  })

  test('in the older syntax of service workers runs, and may leave a request to the origin server', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'origin' })
    const form = new FormData()
    form.set('metadata', JSON.stringify({ body_part: 'script', compatibility_date: '2026-11-01' }))
    const source = `addEventListener('fetch', (event) => {
      if (event.request.url.endsWith('/mine')) event.respondWith(new Response('mine'))
    })`
    form.set('script', new Blob([source], { type: 'application/javascript' }), 'script')
    await scene.edge.upload('PUT', `/accounts/${ACCOUNT_ID}/workers/scripts/old`, form)
    await routeOf(scene, `${ZONE}/*`, 'old')
    await play(scene, [
      { get: '/mine', text: 'mine' },
      { get: '/other', text: 'origin' },
    ])
  })

  test('is left with its visitor, and so is the origin server that it asked', async () => {
    await using scene = await startWithWorker('return fetch(request)')
    const gate = scene.origin.hold('/slow')
    const abort = new AbortController()
    const gone = fetch(`${scene.edge.url}/slow`, { headers: { host: ZONE }, signal: abort.signal }).catch(() => 'gone')
    await gate.arrived()
    abort.abort()
    expect(await gone).toBe('gone')
    await scene.origin.requests[0]?.gone
    gate.release()
  })
})
