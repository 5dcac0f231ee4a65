// Caching levels: what the query means to the cache.  CF cache/how-to/set-caching-levels

import { describe, expect, test } from 'bun:test'
import { type SceneOptions, share, startScene, statusOf } from '../support/edge/index.ts'

describe('caching levels', () => {
  test('aggressive (standard): each query is an object of its own', async () => {
    expect(await share({ settings: { cache_level: 'aggressive' } }, ['/a.css?v=1'], ['/a.css?v=2'])).toBe(false)
  })

  test('simplified (ignore query string): the query of a static file does not matter', async () => {
    expect(await share({ settings: { cache_level: 'simplified' } }, ['/a.css?v=1'], ['/a.css?v=2'])).toBe(true)
  })

  test('simplified keeps the rest of the key', async () => {
    const options: SceneOptions = { settings: { cache_level: 'simplified' } }
    expect(await share(options, ['/a.css?v=1'], ['/a.css?v=1', [['Origin', 'https://a.example']]])).toBe(false)
  })

  test('simplified is for static extensions only', async () => {
    const options: SceneOptions = { settings: { cache_level: 'simplified' }, cache: { cache: true } }
    expect(await share(options, ['/page?v=1'], ['/page?v=2'])).toBe(false)
  })

  test('basic (no query string): only what has no query is served from the cache', async () => {
    await using scene = await startScene({ settings: { cache_level: 'basic' } })
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    expect([await statusOf(scene, ['/a.css']), await statusOf(scene, ['/a.css'])]).toEqual(['MISS', 'HIT'])
    expect([await statusOf(scene, ['/a.css?v=1']), await statusOf(scene, ['/a.css?v=1'])]).toEqual([
      'DYNAMIC',
      'DYNAMIC',
    ])
  })
})
