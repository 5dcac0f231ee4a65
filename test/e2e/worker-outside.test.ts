// What a Worker fetches from elsewhere, and what it may not reach.  docs/decisions/0085

import { describe, expect, test } from 'bun:test'
import { deployWorker, play, startScene, startWithWorker, workerOf, ZONE } from '../support/edge/index.ts'
import { startOrigin } from '../support/index.ts'

const FRESH = [['Cache-Control', 'max-age=60']] as const

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
    await deployWorker(scene, workerOf(`return fetch('${scene.origin.url}/direct')`))
    scene.origin.on('/direct', { body: 'direct' })
    await play(scene, [{ get: '/', text: 'direct' }])
  })
})
