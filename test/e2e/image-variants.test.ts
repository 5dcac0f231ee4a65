// The setting `variants`: one copy of an image for each set of types that visitors take, all purged by one URL.

import { expect, test } from 'bun:test'
import { type Scene, startScene, ZONE, zoneId } from '../support/edge/index.ts'

const AVIF = 'image/avif,image/webp,image/apng,image/*,*/*;q=0.8'
const WEBP = 'image/webp;q=0.9, image/*;q=0.8'
const PLAIN = 'image/png,image/*;q=0.8'

async function start(): Promise<Scene> {
  const scene = await startScene()
  scene.origin.on('*', ({ fields }) => ({
    fields: [
      ['Cache-Control', 'max-age=60'],
      ['Vary', 'Accept, Accept-Encoding'],
    ],
    // What the origin was told that the visitor takes.
    body: fields.get('accept') ?? 'nothing',
  }))
  return scene
}

const ask = async (scene: Scene, path: string, accept: string) => {
  const { cacheStatus, text } = await scene.get(path, [['Accept', accept]])
  return [cacheStatus, text]
}

test('visitors who take the same types share a copy, and others have their own', async () => {
  await using scene = await start()
  const set = await scene.edge.api('PATCH', `/zones/${zoneId(ZONE)}/cache/variants`, {
    value: { jpeg: ['image/webp', 'image/avif'], png: ['image/webp'] },
  })
  expect(JSON.parse(set.text)).toMatchObject({ success: true, messages: [] })
  expect(await ask(scene, '/a.jpeg', AVIF)).toEqual(['MISS', 'image/avif,image/webp'])
  expect(await ask(scene, '/a.jpeg', 'image/webp, image/avif')).toEqual(['HIT', 'image/avif,image/webp'])
  expect(await ask(scene, '/a.jpeg', WEBP)).toEqual(['MISS', 'image/webp'])
  // Nothing is left of this one's, and no Accept and this say the same.  RFC 9110 §12.5.1
  expect(await ask(scene, '/a.jpeg', PLAIN)).toEqual(['MISS', '*/*'])
  expect(await ask(scene, '/a.jpeg', AVIF)).toEqual(['HIT', 'image/avif,image/webp'])
  expect(await ask(scene, '/A.PNG', AVIF)).toEqual(['MISS', 'image/webp'])
  // All of them go with one URL, without headers.
  await scene.purge({ files: [`http://${ZONE}/a.jpeg`] })
  expect((await ask(scene, '/a.jpeg', WEBP))[0]).toBe('MISS')
  expect((await ask(scene, '/a.jpeg', AVIF))[0]).toBe('MISS')
})

test('an extension that the setting does not name has one copy for everybody, and so has all when it is removed', async () => {
  await using scene = await start()
  const path = `/zones/${zoneId(ZONE)}/cache/variants`
  await scene.edge.api('PATCH', path, { value: { jpeg: ['image/webp'] } })
  expect((await ask(scene, '/a.gif', AVIF))[0]).toBe('MISS')
  expect((await ask(scene, '/a.gif', PLAIN))[0]).toBe('HIT')
  await scene.edge.api('DELETE', path)
  expect((await ask(scene, '/b.jpeg', AVIF))[0]).toBe('MISS')
  expect((await ask(scene, '/b.jpeg', PLAIN))[0]).toBe('HIT')
})

test("a rule of the zone's own about vary holds", async () => {
  await using scene = await start()
  await scene.edge.api('PATCH', `/zones/${zoneId(ZONE)}/cache/variants`, { value: { jpeg: ['image/webp'] } })
  const action_parameters = { vary: { default: { action: 'bypass' } } }
  await scene.edge.api('PUT', `/zones/${zoneId(ZONE)}/rulesets/phases/http_request_cache_settings/entrypoint`, {
    rules: [{ expression: 'true', action: 'set_cache_settings', action_parameters }],
  })
  expect((await ask(scene, '/a.jpeg', AVIF))[0]).toBe('BYPASS')
})
