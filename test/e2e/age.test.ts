// Age: only on what comes from the cache.  CF cache/concepts/cache-responses; RFC 9111 §5.1

import { describe, test } from 'bun:test'
import { play, startScene } from '../support/edge/index.ts'
import { taggedWith } from '../support/index.ts'

describe('Age', () => {
  test('rises with the time in the cache', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'max-age=100']], body: 'x' })
    await play(scene, [
      { get: '/a.css', cache: 'MISS', age: null },
      { get: '/a.css', cache: 'HIT', age: 0 },
      { get: '/a.css', cache: 'HIT', age: 1, after: 1 },
      { get: '/a.css', cache: 'HIT', age: 99, after: 98 },
    ])
  })

  test('is absent from what the origin just sent, and starts again after a validation and after a purge', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', taggedWith('"1"', { fields: [['Cache-Control', 'max-age=10']], body: 'x' }))
    await play(scene, [
      { get: '/a.css', cache: 'MISS', age: null },
      { get: '/a.css', cache: 'REVALIDATED', age: 0, after: 20 },
      { get: '/a.css', cache: 'HIT', age: 5, after: 5 },
    ])
    await scene.purge({ purge_everything: true })
    await play(scene, [
      { get: '/a.css', cache: 'MISS', age: null },
      { get: '/a.css', cache: 'HIT', age: 0 },
    ])
  })

  // RFC 9111 §5.1: a cache behind this one must not take for new what was old when it came.
  test('that an answer came with goes out on the MISS as it came, and counts from the first HIT on', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', {
      fields: [
        ['Cache-Control', 'max-age=100'],
        ['Age', '30'],
      ],
      body: 'x',
    })
    await play(scene, [
      { get: '/a.css', cache: 'MISS', age: 30 },
      { get: '/a.css', cache: 'HIT', age: 35, after: 5 },
    ])
  })

  test("Date is the origin's, so that Age and Date agree", async () => {
    await using scene = await startScene()
    const date = new Date(scene.clock.now()).toUTCString()
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'max-age=100']], body: 'x' })
    await play(scene, [
      { get: '/a.css', cache: 'MISS', has: { date } },
      { get: '/a.css', cache: 'HIT', has: { date }, after: 50 },
    ])
  })
})
