// HEAD: turned into GET towards the origin where the answer can be stored.  CF cache/concepts/cache-behavior

import { describe, expect, test } from 'bun:test'
import { play, startScene } from '../support/edge/index.ts'

describe('HEAD', () => {
  test('of an eligible URL fetches and stores the whole response; only the head goes back', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['X-A', '1'],
      ],
      body: 'content',
    })
    await play(scene, [
      { get: '/a.css', method: 'HEAD', cache: 'MISS', text: '', has: { 'x-a': '1', 'content-length': '7' } },
      { get: '/a.css', cache: 'HIT', text: 'content', origin: 1 },
      { get: '/a.css', method: 'HEAD', cache: 'HIT', text: '', has: { 'content-length': '7' }, origin: 1 },
    ])
    expect(scene.origin.requests[0]?.method).toBe('GET')
  })

  test('of a URL that is not eligible stays HEAD', async () => {
    await using scene = await startScene()
    scene.origin.on('/page', { body: 'content' })
    await play(scene, [{ get: '/page', method: 'HEAD', cache: 'DYNAMIC', text: '', has: { 'content-length': '7' } }])
    expect(scene.origin.requests[0]?.method).toBe('HEAD')
  })

  test('validates a stale copy with GET', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', [
      {
        fields: [
          ['Cache-Control', 'max-age=10'],
          ['ETag', '"1"'],
        ],
        body: 'x',
      },
      { status: 304, fields: [['ETag', '"1"']] },
    ])
    await play(scene, [
      { get: '/a.css', cache: 'MISS' },
      { get: '/a.css', method: 'HEAD', cache: 'REVALIDATED', text: '', after: 10 },
      { get: '/a.css', cache: 'HIT', text: 'x' },
    ])
    expect(scene.origin.requests.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })

  test('of what is refused has no content either', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'no-store']], body: 'content' })
    await play(scene, [{ get: '/a.css', method: 'HEAD', cache: 'BYPASS', text: '' }])
  })
})
