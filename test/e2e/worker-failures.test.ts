// A Worker that fails, and what stands around it.  CF workers/observability/errors; docs/workers.md

import { describe, expect, test } from 'bun:test'
import { play, putSnippets, startWithWorker, ZONE, zoneId } from '../support/edge/index.ts'

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
