// Entity-tags on their way through.  CF cache/reference/etag-headers

import { describe, expect, test } from 'bun:test'
import { startScene } from '../support/edge/index.ts'

describe('an entity-tag', () => {
  test.each([
    ['strong', '"foobar"', '"foobar"'],
    ['weak', 'W/"foobar"', 'W/"foobar"'],
    ['without quotes is removed, not weakened', 'foobar', undefined],
    ['with one quote is removed', '"foobar', undefined],
  ])('%s', async (_, sent, received) => {
    await using scene = await startScene()
    scene.origin.on('/a.css', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['ETag', sent],
      ],
      body: 'x',
    })
    for (const status of ['MISS', 'HIT']) {
      const answer = await scene.get('/a.css', [['Accept-Encoding', 'identity']])
      expect([answer.cacheStatus, answer.field('etag')]).toEqual([status, received])
    }
  })
})
