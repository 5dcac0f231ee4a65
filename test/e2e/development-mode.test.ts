// Development Mode: the cache steps aside for a while and forgets nothing.  CF cache/reference/development-mode

import { describe, expect, test } from 'bun:test'
import { play, startScene, ZONE, zoneId } from '../support/edge/index.ts'

const THREE_HOURS_IN_SECONDS = 3 * 3600

describe('Development Mode', () => {
  test('makes every answer DYNAMIC', async () => {
    await using scene = await startScene({ settings: { development_mode: 'on' } })
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await play(scene, [
      { get: '/a.css', cache: 'DYNAMIC', age: null },
      { get: '/a.css', cache: 'DYNAMIC', age: null, origin: 2 },
    ])
  })

  test('purges nothing: old objects are back when it ends', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', [
      { fields: [['Cache-Control', 'max-age=86400']], body: 'old' },
      { fields: [['Cache-Control', 'max-age=86400']], body: 'new' },
    ])
    await play(scene, [{ get: '/a.css', cache: 'MISS', text: 'old' }])
    expect((await setDevelopmentMode(scene.edge, 'on')).status).toBe(200)
    await play(scene, [{ get: '/a.css', cache: 'DYNAMIC', text: 'new' }])
    expect((await setDevelopmentMode(scene.edge, 'off')).status).toBe(200)
    await play(scene, [{ get: '/a.css', cache: 'HIT', text: 'old' }])
  })

  test('ends by itself after three hours', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    expect((await setDevelopmentMode(scene.edge, 'on')).status).toBe(200)
    await play(scene, [
      { get: '/a.css', cache: 'DYNAMIC', after: THREE_HOURS_IN_SECONDS - 1 },
      { get: '/a.css', cache: 'MISS', after: 2 },
    ])
  })
})

function setDevelopmentMode(
  edge: { api: (method: string, path: string, body?: unknown) => Promise<{ status: number }> },
  value: 'on' | 'off',
) {
  return edge.api('PATCH', `/zones/${zoneId(ZONE)}/settings/development_mode`, { value })
}
