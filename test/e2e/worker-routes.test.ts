// Which URLs run a Worker.  CF workers/configuration/routing

import { describe, expect, test } from 'bun:test'
import {
  ACCOUNT_ID,
  deployWorker,
  play,
  routeOf,
  type Scene,
  startScene,
  startWithWorker,
  workerOf,
  ZONE,
  zoneId,
} from '../support/edge/index.ts'

const FRESH = [['Cache-Control', 'max-age=60']] as const

describe('a route', () => {
  test('runs its Worker; the most specific one wins, and one without a script runs none', async () => {
    await using scene = await startScene()
    await deployWorker(scene, workerOf('return new Response("all")'), { name: 'all', routes: [`${ZONE}/*`] })
    await deployWorker(scene, workerOf('return new Response("some")'), { name: 'some', routes: [`${ZONE}/some/*`] })
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
      await deployWorker(scene, workerOf(`return new Response('${version}')`))
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
    await deployWorker(scene, workerOf('return new Response("mine")'))
    await play(scene, [{ get: '/a', text: 'mine', cache: null }])
  })
})

describe('a pattern', () => {
  test.each([
    ['*.example.com/*', ['www.example.com/', 'a.b.example.com/x'], ['example.com/']],
    ['*example.com/*', ['www.example.com/', 'example.com/'], []],
    ['example.com/api*', ['example.com/api', 'example.com/apis?x=1'], ['example.com/ap', 'example.com/x/api']],
    ['example.com/exact', ['example.com/exact'], ['example.com/exact/', 'example.com/exactly']],
    ['http://example.com/*', ['example.com/'], []],
    ['https://example.com/*', [], ['example.com/']],
  ])('%s runs its Worker on the URLs that it matches only', async (pattern, matching, others) => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'origin' })
    await deployWorker(scene, workerOf('return new Response("mine")'), { routes: [pattern] })
    const ask = async (url: string): Promise<string> => {
      const at = url.indexOf('/')
      return (await scene.get(url.slice(at), [['Host', url.slice(0, at)]])).text
    }
    for (const url of matching) expect([url, await ask(url)]).toEqual([url, 'mine'])
    for (const url of others) expect([url, await ask(url)]).toEqual([url, 'origin'])
  })
})

describe('a custom domain', () => {
  const attach = (scene: Scene, hostname: string) =>
    scene.edge.api('PUT', `/accounts/${ACCOUNT_ID}/workers/domains`, {
      ...{ hostname, service: 'worker', environment: 'production', zone_id: zoneId(ZONE) },
    })

  test('has the Worker for its origin server: each URL of the host, and none of another', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'origin' })
    await deployWorker(scene, workerOf('return new Response("app " + new URL(request.url).pathname)'), { routes: [] })
    expect((await attach(scene, `app.${ZONE}`)).status).toBe(200)
    expect((await scene.get('/any/path', [['Host', `app.${ZONE}`]])).text).toBe('app /any/path')
    expect((await scene.get('/any/path')).text).toBe('origin')
  })

  test('gives way to a route', async () => {
    await using scene = await startScene()
    await deployWorker(scene, workerOf('return new Response("domain")'), { routes: [] })
    await deployWorker(scene, workerOf('return new Response("route")'), { name: 'other', routes: [`app.${ZONE}/r*`] })
    await attach(scene, `app.${ZONE}`)
    expect((await scene.get('/r', [['Host', `app.${ZONE}`]])).text).toBe('route')
    expect((await scene.get('/d', [['Host', `app.${ZONE}`]])).text).toBe('domain')
  })
})
