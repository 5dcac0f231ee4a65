// `edge.debug_headers`: RFC 9211 Cache-Status with the key, for operators who ask for it.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Scene, startScene, ZONE, zoneId } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const STALE_SOON: readonly FieldLine[] = [['Cache-Control', 'max-age=10'], ['ETag', '"1"']] // biome-ignore format: a table

describe('Cache-Status', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene({
      cache: { cache: true, vary: { default: { action: 'passthrough' } } },
      config: { edge: { http: '127.0.0.1:0', debug_headers: true } },
    })
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  const keyOf = (path: string, origin = ''): string => `${zoneId(ZONE)}${origin} http://${ZONE}${path}`
  const told = async (target: string, fields: readonly FieldLine[] = [], method = 'GET'): Promise<string> =>
    (await scene.request(target, { method, fields })).field('cache-status') ?? 'none'

  test('of what is not stored says why it went forward, that it is stored now, and the key', async () => {
    const status = await told('/a')
    expect(status).toStartWith('varyant; fwd=uri-miss; fwd-status=200; stored; ttl=60')
    expect(status).toContain(`key="${keyOf('/a')}"`)
  })

  test('the key has the Origin', async () => {
    expect(await told('/a', [['Origin', 'https://a.example']])).toContain(keyOf('/a', ' origin=https://a.example'))
  })

  test('of a variant that does not fit', async () => {
    scene.origin.on('/vary', { fields: [['Cache-Control', 'max-age=60'], ['Vary', 'X-A']], body: 'x' }) // biome-ignore format: a table
    await told('/vary', [['X-A', '1']])
    expect(await told('/vary', [['X-A', '2']])).toStartWith('varyant; fwd=vary-miss')
  })

  test('of what was stale is told as that, whether replaced or confirmed', async () => {
    scene.origin.on('/stale', [{ fields: STALE_SOON, body: '1' }, { status: 304 }])
    await told('/stale')
    scene.pass(10)
    expect(await told('/stale')).toStartWith('varyant; fwd=stale')
  })

  test('of what may not be stored', async () => {
    scene.origin.on('/private', { fields: [['Cache-Control', 'private']], body: 'x' })
    const status = await told('/private')
    expect(status).toStartWith('varyant; fwd=miss; fwd-status=200')
    expect(status).not.toContain('stored;')
  })

  test('of a method that is never answered from the store', async () => {
    expect(await told('/a', [], 'POST')).toStartWith('varyant; fwd=method')
  })

  test('is added behind that of a cache before the origin', async () => {
    scene.origin.on('/behind', { fields: [['Cache-Status', 'inner; hit'], ['Cache-Control', 'max-age=60']], body: 'x' }) // biome-ignore format: a table
    expect(await told('/behind')).toStartWith('inner; hit, varyant; fwd=uri-miss')
  })

  test('of a hit by HEAD has the remaining lifetime', async () => {
    await told('/hit')
    scene.pass(20)
    expect(await told('/hit', [], 'HEAD')).toStartWith('varyant; hit; ttl=40; key=')
  })

  test('of a plain hit too', async () => {
    scene.origin.on('/hit2', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Content-Type', 'text/css'],
      ],
      body: 'x',
    })
    await told('/hit2')
    expect(await told('/hit2')).toStartWith('varyant; hit; ttl=60; key=')
  })
})

test('without debug_headers there is none', async () => {
  await using scene = await startScene({ cache: { cache: true } })
  scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  for (const _ of [1, 2]) expect((await scene.get('/a')).field('cache-status')).toBeUndefined()
})
