// Answers to requests with Authorization.  RFC 9111 §3.5; CF cache/concepts/cache-control (condition table)

import { describe, expect, test } from 'bun:test'
import { startScene } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const AUTHORIZED: readonly FieldLine[] = [['Authorization', 'Bearer secret']]

describe.each([
  ['on', true],
  ['off', false],
])('Origin Cache Control %s', (_, on) => {
  test.each([
    ['max-age=60', !on],
    ['public, max-age=60', true],
    ['s-maxage=60', true],
    ['must-revalidate, max-age=60', true],
    ['proxy-revalidate, max-age=60', !on],
    ['private, max-age=60', false],
  ])('%s', async (cacheControl, stored) => {
    await using scene = await startScene({ cache: { cache: true, origin_cache_control: on } })
    scene.origin.on('/a', { fields: [['Cache-Control', cacheControl]], body: 'x' })
    const statuses = [await scene.get('/a', AUTHORIZED), await scene.get('/a', AUTHORIZED), await scene.get('/a')].map(
      ({ cacheStatus }) => cacheStatus,
    )
    expect(statuses.slice(0, 2)).toEqual(stored ? ['MISS', 'HIT'] : ['BYPASS', 'BYPASS'])
    expect(scene.origin.requests[0]?.field('authorization')).toBe('Bearer secret')
  })

  test('what was stored for an anonymous request answers an authorised one', async () => {
    await using scene = await startScene({ cache: { cache: true, origin_cache_control: on } })
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await scene.get('/a')
    expect((await scene.get('/a', AUTHORIZED)).cacheStatus).toBe('HIT')
  })
})
