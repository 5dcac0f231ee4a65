// What is wrong with an origin server's CORS is recognised while serving, listed, told once, and named by Cache-Status.

import { expect, test } from 'bun:test'
import { play, type Scene, startScene, ZONE, zoneId } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const A: FieldLine = ['Origin', 'https://a.example']
const B: FieldLine = ['Origin', 'https://b.example']

async function reflecting(options: Parameters<typeof startScene>[0] = {}): Promise<Scene> {
  const scene = await startScene({ cache: { cache: true }, ...options })
  scene.origin.on('*', (request) => ({
    fields: [
      ['Cache-Control', 'max-age=60'],
      ['Access-Control-Allow-Origin', request.field('origin') ?? '*'],
    ],
    body: 'x',
  }))
  return scene
}

type Listed = { readonly result: readonly Record<string, unknown>[]; readonly result_info: Record<string, number> }

async function findings(scene: Scene, query = ''): Promise<Listed> {
  return (await scene.edge.api('GET', `/zones/${zoneId(ZONE)}/cors/findings${query}`)).json as Listed
}

test('a reflecting origin is found, with the two answers that contradict each other, and the fix', async () => {
  await using scene = await reflecting()
  await play(scene, [
    { get: '/f', fields: [A], cache: 'MISS' },
    { get: '/f', fields: [B], cache: 'MISS' },
    { get: '/f', fields: [B], cache: 'HIT' },
  ])
  const { result, result_info } = await findings(scene)
  expect(result_info).toMatchObject({ page: 1, total_count: 1 })
  expect(result).toMatchObject([
    {
      kind: 'reflects-without-vary',
      url: `http://${ZONE}/f`,
      count: 1,
      evidence: [
        { origin: A[1], status: 200, fields: { 'access-control-allow-origin': A[1] } },
        { origin: B[1], status: 200, fields: { 'access-control-allow-origin': B[1] } },
      ],
      fix: expect.stringContaining('Vary: Origin'),
    },
  ])
  const told = scene.edge.events.all.filter(({ kind }) => kind === 'cors-finding')
  expect(told).toMatchObject([{ finding: 'reflects-without-vary', zone: ZONE, url: `http://${ZONE}/f`, count: 1 }])
})

test('what is not cached is looked at as well', async () => {
  await using scene = await reflecting({ cache: { cache: false } })
  await play(scene, [
    { get: '/api', fields: [A], cache: 'DYNAMIC' },
    { get: '/api', fields: [B], cache: 'DYNAMIC' },
  ])
  expect((await findings(scene)).result).toMatchObject([{ kind: 'reflects-without-vary', url: `http://${ZONE}/api` }])
})

test('the list is filtered and paged; a kind that does not exist is refused', async () => {
  await using scene = await reflecting()
  scene.origin.on('/two', { fields: [['Access-Control-Allow-Origin', '*, *']], body: 'x' })
  for (const path of ['/f', '/g']) {
    for (const field of [A, B]) await scene.get(path, [field])
  }
  await scene.get('/two', [A])
  const urls = async (query: string) => (await findings(scene, query)).result.map(({ url }) => url)
  expect(await urls('')).toEqual([`http://${ZONE}/two`, `http://${ZONE}/g`, `http://${ZONE}/f`])
  expect(await urls('?kind=several-grants')).toEqual([`http://${ZONE}/two`])
  expect(await urls(`?url=${encodeURIComponent(`http://${ZONE}/f`)}`)).toEqual([`http://${ZONE}/f`])
  expect(await urls('?per_page=1&page=2')).toEqual([`http://${ZONE}/g`])
  const refused = await scene.edge.api('GET', `/zones/${zoneId(ZONE)}/cors/findings?kind=bad`)
  expect([refused.status, refused.json]).toMatchObject([400, { errors: [{ code: 6010 }] }])
})

test('Cache-Status names the finding of the URL, on a hit too', async () => {
  await using scene = await reflecting({
    config: { edge: { http: '127.0.0.1:0', debug_headers: true } },
  })
  await scene.get('/f', [A])
  await scene.get('/f', [B])
  const hit = await scene.get('/f', [A])
  expect([hit.cacheStatus, hit.field('cache-status')]).toEqual([
    'HIT',
    expect.stringContaining('detail=cors-reflects-without-vary'),
  ])
  expect((await scene.get('/other', [A])).field('cache-status')).not.toContain('cors-')
})
