// Cache Rules that come through the API, seen from the edge.  CF ruleset-engine/rulesets-api

import { describe, expect, test } from 'bun:test'
import { play, startScene, ZONE, zoneId } from '../support/edge/index.ts'

const ENTRY_POINT = `/zones/${zoneId(ZONE)}/rulesets/phases/http_request_cache_settings/entrypoint`

function rule(cache: boolean) {
  return { expression: 'true', action: 'set_cache_settings', action_parameters: { cache } }
}

describe('a Cache Rule of the API', () => {
  test('holds for the very next request, and no longer when it is gone', async () => {
    await using scene = await startScene()
    scene.origin.on('/page', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await play(scene, [{ get: '/page', cache: 'DYNAMIC' }])
    expect((await scene.edge.api('PUT', ENTRY_POINT, { rules: [rule(true)] })).status).toBe(200)
    await play(scene, [
      { get: '/page', cache: 'MISS' },
      { get: '/page', cache: 'HIT' },
    ])
    expect((await scene.edge.api('PUT', ENTRY_POINT, { rules: [] })).status).toBe(200)
    await play(scene, [{ get: '/page', cache: 'DYNAMIC' }])
  })

  test("wins over the file's", async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/page', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await play(scene, [{ get: '/page', cache: 'MISS' }])
    expect((await scene.edge.api('PUT', ENTRY_POINT, { rules: [rule(false)] })).status).toBe(200)
    await play(scene, [{ get: '/page', cache: 'DYNAMIC' }])
  })

  test('that cannot be run is refused, and what was there stays', async () => {
    await using scene = await startScene()
    scene.origin.on('/page', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await scene.edge.api('PUT', ENTRY_POINT, { rules: [rule(true)] })
    const refused = await scene.edge.api('PUT', ENTRY_POINT, {
      rules: [{ ...rule(false), expression: 'http.host eq' }],
    })
    expect(refused.status).toBe(400)
    await play(scene, [{ get: '/page', cache: 'MISS' }])
  })
})
