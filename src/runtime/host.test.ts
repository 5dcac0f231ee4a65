// Scripts on the real workerd: what they are given, what they reach, and how their processes come and go.

import { describe, expect, test } from 'bun:test'
import { makeModule, makeScript, makeVisit, makeZone, startRuntime, told } from './runtime.fixture.ts'

const worker = (body: string) => makeScript(`export default { async fetch(request, env, ctx) { ${body} } }`)
const only = (body: string) => makeZone('example.com', worker(body))

describe('a Worker is given', () => {
  test('the URL with the scheme of the visitor, method, content and fields', async () => {
    const zone = only(`
      const { method, url, headers } = request
      return Response.json({ method, url, body: await request.text(), a: headers.get('x-a'), ray: headers.get('cf-ray') })`)
    await using edge = startRuntime([zone])
    const visit = makeVisit(zone, 'https://example.com/p?q=1', {
      method: 'POST',
      body: new Response('content').body,
      headers: new Headers({ 'x-a': 'b' }),
    })
    const [status, text] = await told(edge.runtime.dispatch(visit))
    expect([status, JSON.parse(String(text))]).toEqual([
      200,
      { method: 'POST', url: 'https://example.com/p?q=1', body: 'content', a: 'b', ray: visit.ray },
    ])
  })

  test('no field that neither the visitor nor the edge has sent', async () => {
    const zone = makeZone(
      'a.example',
      makeScript('export default { fetch: (r) => Response.json([...r.headers.keys()]) }'),
    )
    await using test = startRuntime([zone])
    expect(await told(test.runtime.dispatch(makeVisit(zone, 'http://a.example/')))).toEqual([200, '["cf-ray","host"]'])
  })

  test('request.cf, and none of the fields between edge and workerd, whoever sent them', async () => {
    const zone = only(
      'return Response.json([request.cf, [...request.headers.keys()].filter((n) => n.startsWith("x-v"))])',
    )
    await using edge = startRuntime([zone])
    const headers = new Headers({ 'x-varyant-cf': '{"forged":1}', 'x-varyant-proto': 'https', 'x-varyant-visit': 'x' })
    const [, text] = await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/', { headers })))
    expect(JSON.parse(String(text))).toEqual([{ colo: 'VAR' }, []])
  })

  test('its bindings and modules', async () => {
    const script = makeScript(
      `import text from './a.txt'
       import data from './b.bin'
       import json from './c.json'
       export default { fetch: (r, env) => Response.json([text, new Uint8Array(data)[1], json.n, env.T, env.J.a, env.S]) }`,
      {
        bindings: [
          { type: 'plain_text', name: 'T', text: 'q"\\\n\u0000é😀' },
          { type: 'json', name: 'J', json: { a: [1] } },
          { type: 'secret_text', name: 'S', text: 'secret' },
        ],
      },
    )
    const modules = [
      ...script.modules,
      makeModule('./a.txt', 'text "\\', 'text'),
      makeModule('./b.bin', 'ab', 'data'),
      makeModule('./c.json', '{"n":3}', 'json'),
    ]
    const zone = makeZone('example.com', { ...script, modules })
    await using edge = startRuntime([zone])
    const [, text] = await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/')))
    expect(JSON.parse(String(text))).toEqual(['text "\\', 98, 3, 'q"\\\n\u0000é😀', [1], 'secret'])
  })

  test('no environment, and no way to the network but fetch', async () => {
    const zone = only(`
      const all = typeof process === 'undefined' ? {} : process.env
      const { connect } = await import('cloudflare:sockets')
      let reached = 'reached'
      try {
        const socket = connect('127.0.0.1:1')
        socket.closed.catch(() => undefined)
        await socket.opened
      } catch { reached = 'refused' }
      return Response.json([Object.keys(all).filter((n) => n === 'PATH' || n === 'HOME'), reached])`)
    await using edge = startRuntime([zone])
    const [, text] = await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/')))
    expect(JSON.parse(String(text))).toEqual([[], 'refused'])
  })
})

describe('what a Worker fetches goes', () => {
  test.each([
    ['on, when it is the request that it was given', 'return fetch(request)', 'zone GET https://example.com/x'],
    [
      'on, under another path',
      'return fetch(new Request("https://example.com/y", request))',
      'zone GET https://example.com/y',
    ],
    ['to the cache of its zone', 'return fetch("http://www.example.com/z")', 'zone GET http://www.example.com/z'],
    ['to another zone as a visitor', 'return fetch("https://example.org/z?q")', 'visitor GET https://example.org/z?q'],
    ['outside', 'return fetch("https://example.net:8443/z")', 'outside GET https://example.net:8443/z'],
  ])('%s', async (_title, body, expected) => {
    const zone = only(body)
    await using edge = startRuntime([zone, makeZone('example.org', undefined)])
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x')))).toEqual([
      200,
      'from the gateway',
    ])
    expect(edge.fetched).toEqual([expected])
  })

  test('with its cf options, and no forged ones', async () => {
    const zone = only(`
      await fetch('https://example.net/', { cf: { cacheTtl: 300, cacheKey: 'k', cacheTags: ['A'] } })
      return fetch('https://example.net/', { headers: { 'x-varyant-cf': '{"cacheTtl":1}', 'x-varyant-caller': 'f1.0', host: 'evil' } })`)
    await using edge = startRuntime([zone])
    await told(edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x')))
    const [first, second] = edge.subrequests
    expect(first?.knobs).toMatchObject({
      cacheKey: 'k',
      cacheTags: ['a'],
      parameters: { eligibility: 'eligible', edgeTtl: { mode: 'override_origin', default: 300 } },
    })
    expect(second?.knobs.signature).toBe('')
    expect([...(second?.headers.keys() ?? [])].filter((name) => name.startsWith('x-varyant'))).toEqual([])
    expect(second?.headers.get('host')).toBe('example.net')
  })

  test('as part of its visit, when it carries the visit’s ray', async () => {
    const zone = only('await fetch("https://example.net/1", request); return fetch("https://example.net/2")')
    await using edge = startRuntime([zone])
    await told(edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x')))
    expect(edge.subrequests.map(({ visit }) => visit?.peer)).toEqual(['192.0.2.7', undefined])
  })
})

describe('when a Worker', () => {
  test.each([
    ['throws', 'throw new Error("boom")', 'worker-exception'],
    ['never answers', 'await new Promise(() => {})', 'worker-exception'],
    ['answers nothing', 'return undefined', 'worker-exception'],
  ])('%s, the visit fails', async (_title, body, fault) => {
    const zone = only(body)
    await using edge = startRuntime([zone])
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/')))).toEqual([fault])
  })

  test('throws while somebody develops, the failure says where', async () => {
    const zone = only('throw new TypeError("boom")')
    await using edge = startRuntime([zone], { keepStacks: true })
    const outcome = await edge.runtime.dispatch(makeVisit(zone, 'http://example.com/'))
    expect(outcome).toMatchObject({ kind: 'failed', stack: expect.stringMatching(/TypeError: boom\n.*index\.js:1:/) })
  })

  test.each([
    ['500 of its own', 'return new Response("Internal Server Error", { status: 500 })', [500, 'Internal Server Error']],
    ['500 of another’s', 'return fetch(request)', [500, 'Internal Server Error']],
  ])('answers %s, that is its answer', async (_title, body, expected) => {
    const zone = only(body)
    await using edge = startRuntime([zone])
    edge.answer = () => new Response('Internal Server Error', { status: 500 })
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/')))).toEqual(expected)
  })

  test('asks to be passed through, its exception sends the request on', async () => {
    const zone = only('ctx.passThroughOnException(); throw new Error("boom")')
    await using edge = startRuntime([zone])
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/p')))).toEqual([
      200,
      'from the gateway',
    ])
    expect(edge.fetched).toEqual(['zone GET http://example.com/p'])
  })

  test('has work left after its answer, that work is done', async () => {
    const zone = only('ctx.waitUntil(fetch("https://example.net/later")); return new Response("now")')
    await using edge = startRuntime([zone])
    const later = Promise.withResolvers<void>()
    edge.answer = () => {
      later.resolve()
      return new Response(null)
    }
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/')))).toEqual([200, 'now'])
    await later.promise
    expect(edge.fetched).toEqual(['outside GET https://example.net/later'])
  })
})

describe('bodies', () => {
  test('pass both ways piece by piece', async () => {
    const zone = only('return new Response(request.body)')
    await using edge = startRuntime([zone])
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const outcome = edge.runtime.dispatch(makeVisit(zone, 'http://example.com/', { method: 'POST', body: readable }))
    await writer.write(Buffer.from('one'))
    const settled = await outcome
    if (settled.kind !== 'answered') throw new Error(settled.fault)
    const reader = settled.response.body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('one')
    await writer.write(Buffer.from('two'))
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('two')
    await writer.close()
    expect((await reader?.read())?.done).toBe(true)
  })

  test('in a coding pass as they are', async () => {
    const zone = only('const r = await fetch(request); return new Response(r.body, r)')
    await using edge = startRuntime([zone])
    const zipped = Bun.gzipSync('text')
    edge.answer = () => new Response(zipped, { headers: { 'content-encoding': 'gzip', 'content-type': 'text/plain' } })
    const outcome = await edge.runtime.dispatch(makeVisit(zone, 'http://example.com/'))
    if (outcome.kind !== 'answered') throw new Error(outcome.fault)
    expect(outcome.response.headers.get('content-encoding')).toBe('gzip')
    expect(Buffer.from(await outcome.response.arrayBuffer())).toEqual(Buffer.from(zipped))
  })

  test('of many requests at once do not wait for each other for ever', async () => {
    const zone = only('return fetch(request)')
    await using edge = startRuntime([zone])
    const visits = Array.from({ length: 600 }, () =>
      told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/'))),
    )
    expect((await Promise.all(visits)).every(([status]) => status === 200)).toBe(true)
  })
})

describe('the Cache API', () => {
  test('asks for what is stored, and says whether it was', async () => {
    const zone = only(`
      const a = await caches.default.match('https://example.com/a')
      const b = await caches.default.match('https://example.com/b')
      return Response.json([a && [a.status, await a.text()], b === undefined])`)
    await using edge = startRuntime([zone])
    edge.match = ({ path, cache }) =>
      path === '/a' && cache === undefined
        ? new Response('hit', { status: 206, headers: { 'cf-cache-status': 'HIT' } })
        : undefined
    const [, text] = await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/')))
    expect(JSON.parse(String(text))).toEqual([[206, 'hit'], true])
  })

  test('puts a whole response, whatever its framing', async () => {
    const zone = only(`
      const { readable, writable } = new TransformStream()
      const w = writable.getWriter(); w.write(new TextEncoder().encode('stre')); w.write(new TextEncoder().encode('amed')); w.close()
      await caches.default.put('https://example.com/a?b', new Response(readable, { headers: { 'x-a': 'b', 'cache-control': 'max-age=60' } }))
      await (await caches.open('mine')).put('https://example.com/c', new Response('fixed', { status: 404 }))
      return new Response('done')`)
    await using edge = startRuntime([zone])
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/')))).toEqual([200, 'done'])
    expect(
      edge.puts.map(({ call, head, text }) => [
        call.cache,
        call.scheme,
        call.host,
        call.path + call.query,
        head.status,
        text,
      ]),
    ).toEqual([
      [undefined, 'https', 'example.com', '/a?b', 200, 'streamed'],
      ['mine', 'https', 'example.com', '/c', 404, 'fixed'],
    ])
    expect(edge.puts[0]?.head.fields).toContainEqual(['x-a', 'b'])
  })

  test('deletes, and says whether there was something', async () => {
    const zone = only(`
      const c = caches.default
      return Response.json([await c.delete('https://example.com/there'), await c.delete('https://example.com/not')])`)
    await using edge = startRuntime([zone])
    expect((await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/'))))[1]).toBe('[true,false]')
  })
})
