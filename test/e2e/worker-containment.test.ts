// A script that will not end: it is stopped, its neighbours do not notice, and its route says what becomes of visitors.
// CF workers/platform/limits; docs/workers.md §Containment.  How fast, and what another zone notices: `npm run storm:workers`.

import { describe, expect, test } from 'bun:test'
import {
  deployTo,
  deployWorker,
  type Edge,
  routeOf,
  type Scene,
  startEdge,
  startScene,
  until,
  ZONE,
} from '../support/edge/index.ts'
import { request, startOrigin } from '../support/index.ts'

const SPINS = `export default { async fetch(request) {
  if (new URL(request.url).pathname === '/spin') for (;;) {}
  return new Response('fine')
} }`

function noticesOf(edge: Edge): readonly string[] {
  return edge.events.all.flatMap((event) => (event.kind === 'notice' ? [event.message] : []))
}

async function startSpinner(): Promise<Scene> {
  const scene = await startScene()
  scene.origin.on('*', { body: 'origin' })
  await deployWorker(scene, SPINS, { name: 'spinner' })
  return scene
}

describe('a Worker that spins', () => {
  test('is ended, and its visitor has the page of error 1102; the next one is served', async () => {
    await using scene = await startSpinner()
    await scene.get('/')
    const answer = await scene.get('/spin')
    expect(answer.status).toBe(503)
    expect(answer.text).toContain('Error 1102')
    expect((await scene.get('/')).text).toBe('fine')
    expect(noticesOf(scene.edge).at(-1)).toContain('held the processor without end (spinner)')
  })

  test('lets its visitors go on to the origin where its route fails open', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'origin' })
    await deployWorker(scene, SPINS, { name: 'spinner', routes: [] })
    await routeOf(scene, `${ZONE}/*`, 'spinner', true)
    expect((await scene.get('/spin')).text).toBe('origin')
  })

  test('keeps no other zone from being served', async () => {
    await using origin = await startOrigin()
    origin.on('*', { body: 'origin' })
    const zones = ['one.example', 'two.example'].map((name) => ({ name, origins: { [name]: origin.url } }))
    await using edge = await startEdge({ zones })
    const get = (host: string, path: string) => request(`${edge.url}${path}`, { fields: [['Host', host]] })
    for (const zone of zones) await deployTo(edge, zone.name, SPINS)
    await get('one.example', '/')
    let isSpinning = true
    const spinning = get('two.example', '/spin').finally(() => {
      isSpinning = false
    })
    let served = 0
    await until('the spinning Worker is gone', async () => {
      expect((await get('one.example', '/')).text).toBe('fine')
      served += 1
      return !isSpinning
    })
    expect((await spinning).status).toBe(503)
    expect(served).toBeGreaterThan(10)
  })
})

describe('between two zones of this edge', () => {
  async function startTwo(
    sources: Readonly<Record<string, string>>,
  ): Promise<{ edge: Edge; [Symbol.asyncDispose](): Promise<void> }> {
    const origin = await startOrigin()
    origin.on('*', (asked) => ({ body: `origin, by ${asked.field('cf-worker')}` }))
    const zones = Object.keys(sources).map((name) => ({ name, origins: { [name]: origin.url } }))
    const edge = await startEdge({ zones })
    for (const [zone, source] of Object.entries(sources)) await deployTo(edge, zone, source)
    return {
      edge,
      [Symbol.asyncDispose]: async () => {
        await edge.stop()
        await origin.close()
      },
    }
  }

  test('a Worker visits the other zone, its Worker runs, and the origin learns who asked', async () => {
    await using two = await startTwo({
      'one.example': 'export default { fetch: () => fetch("http://two.example/x") }',
      'two.example':
        'export default { async fetch(r) { const a = await fetch(r); return new Response("two: " + (await a.text())) } }',
    })
    const answer = await request(`${two.edge.url}/`, { fields: [['Host', 'one.example']] })
    expect(answer.text).toBe('two: origin, by two.example')
  })

  test('Workers that call each other without end are stopped', async () => {
    await using two = await startTwo({
      'one.example': 'export default { fetch: (r) => fetch(new Request("http://two.example/", r)) }',
      'two.example': 'export default { fetch: (r) => fetch(new Request("http://one.example/", r)) }',
    })
    const answer = await request(`${two.edge.url}/`, { fields: [['Host', 'one.example']] })
    expect([answer.status, answer.text.includes('Error 1019')]).toEqual([508, true])
  })
})
