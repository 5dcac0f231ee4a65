// An origin server that gives no answer at all: a stale copy stands in for a day, unless the origin forbade it.
// docs/decisions/0041

import { describe, test } from 'bun:test'
import { play, type Scene, startScene } from '../support/edge/index.ts'
import type { Answer } from '../support/index.ts'

const DAY_IN_SECONDS = 24 * 3600

async function storedOnce(cacheControl: string, settings: Readonly<Record<string, unknown>> = {}): Promise<Scene> {
  const scene = await startScene({ cache: { cache: true }, settings })
  scene.origin.on('/a', { fields: [['Cache-Control', cacheControl]], body: 'good' })
  await play(scene, [{ get: '/a', cache: 'MISS', text: 'good' }])
  return scene
}

describe('an origin that is gone', () => {
  test('is stood in for by a stale copy for a day, without any stale-if-error', async () => {
    await using scene = await storedOnce('max-age=10')
    await scene.origin.close()
    await play(scene, [
      { get: '/a', cache: 'HIT', after: 9 },
      { get: '/a', cache: 'STALE', text: 'good', after: 1, age: 10 },
      { get: '/a', cache: 'STALE', text: 'good', after: DAY_IN_SECONDS - 1 },
      { get: '/a', status: 521, cache: null, after: 1 },
    ])
  })

  test.each(['must-revalidate', 'proxy-revalidate', 'no-cache', 's-maxage=10', 'stale-if-error=0'])(
    '%s forbids it',
    async (directive) => {
      await using scene = await storedOnce(`max-age=10, ${directive}`)
      await scene.origin.close()
      await play(scene, [{ get: '/a', status: 521, cache: null, after: 10 }])
    },
  )

  test('a shorter stale-if-error of the origin is the origin’s word', async () => {
    await using scene = await storedOnce('max-age=10, stale-if-error=5')
    await scene.origin.close()
    await play(scene, [
      { get: '/a', cache: 'STALE', after: 14 },
      { get: '/a', status: 521, after: 1 },
    ])
  })

  test('Always Online forbids it', async () => {
    await using scene = await storedOnce('max-age=10', { always_online: 'on' })
    await scene.origin.close()
    await play(scene, [{ get: '/a', status: 521, after: 10 }])
  })

  test('an invalidated copy stands in too, a day from its invalidation', async () => {
    await using scene = await storedOnce('max-age=86400')
    await scene.invalidate({ purge_everything: true })
    await scene.origin.close()
    await play(scene, [
      { get: '/a', cache: 'STALE', text: 'good', after: DAY_IN_SECONDS - 1 },
      { get: '/a', status: 521, after: 1 },
    ])
  })

  test('a purged copy never does', async () => {
    await using scene = await storedOnce('max-age=10')
    await scene.purge({ purge_everything: true })
    await scene.origin.close()
    await play(scene, [{ get: '/a', status: 521 }])
  })
})

test.each([500, 502, 503, 504])('an origin that answers %d gave an answer: it goes out', async (status) => {
  const answers: readonly Answer[] = [
    { fields: [['Cache-Control', 'max-age=10']], body: 'good' },
    { status, body: 'no' },
  ]
  await using scene = await startScene({ cache: { cache: true } })
  scene.origin.on('/a', answers)
  await play(scene, [
    { get: '/a', cache: 'MISS' },
    { get: '/a', status, text: 'no', after: 10 },
  ])
  // It said nothing about the stored copy, which stays for the time in which there is no answer.
  await scene.origin.close()
  await play(scene, [{ get: '/a', cache: 'STALE', text: 'good' }])
})
