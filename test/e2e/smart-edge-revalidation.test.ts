// An origin without validators: the edge gives browsers one, the time of caching.  CF cache/concepts/revalidation

import { describe, expect, test } from 'bun:test'
import { play, START_OF_TIME, startScene } from '../support/edge/index.ts'

const CACHED_AT = new Date(START_OF_TIME).toUTCString()

describe('Smart Edge Revalidation', () => {
  test('a stored response without validators gets Last-Modified, the time of caching', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await scene.get('/a.css')
    await play(scene, [{ get: '/a.css', cache: 'HIT', after: 30, has: { 'last-modified': CACHED_AT } }])
  })

  test('and a browser that sends it back gets 304', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await scene.get('/a.css')
    await play(scene, [
      {
        get: '/a.css',
        fields: [['If-Modified-Since', CACHED_AT]],
        status: 304,
        cache: 'HIT',
        text: '',
        after: 30,
        origin: 1,
      },
    ])
  })

  test.each([
    ['ETag', '"1"'],
    ['Last-Modified', 'Fri, 01 May 2026 10:00:00 GMT'],
  ])('not when the origin sends %s', async (name, value) => {
    await using scene = await startScene()
    scene.origin.on('/a.css', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        [name, value],
      ],
      body: 'x',
    })
    await scene.get('/a.css')
    const hit = await scene.get('/a.css')
    expect(hit.field('last-modified')).toBe(name === 'Last-Modified' ? value : undefined)
  })

  test('not on a response that is not stored', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { fields: [['Cache-Control', 'no-store']], body: 'x' })
    await play(scene, [
      { get: '/a.css', cache: 'BYPASS', has: { 'last-modified': null } },
      { get: '/page', cache: 'DYNAMIC', has: { 'last-modified': null } },
    ])
  })
})
