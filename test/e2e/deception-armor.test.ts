// Cache Deception Armor: a URL that looks static and an answer that is not.  CF cache/cache-security/cache-deception-armor

import { describe, test } from 'bun:test'
import { play, startScene } from '../support/edge/index.ts'

type Row = readonly [path: string, contentType: string | undefined, stored: boolean]

const ROWS: readonly Row[] = [
  ['/account.jpg', 'text/html', false],
  ['/account.jpg', 'text/html; charset=utf-8', false],
  ['/account.css', 'text/html', false],
  ['/account.js', 'application/json', false],
  ['/account.zip', 'application/json', false],
  ['/photo.jpg', 'image/jpeg', true],
  ['/photo.jpg', 'image/webp', true],
  ['/photo.jpg', 'IMAGE/JPEG', true],
  ['/loop.gif', 'video/webm', true],
  ['/any.jpg', 'application/octet-stream', true],
  ['/style.css', 'text/css', true],
  ['/script.js', 'text/javascript; charset=utf-8', true],
  ['/font.woff2', 'font/woff2', true],
  ['/paper.pdf', 'application/pdf', true],
  ['/sound.mp3', 'audio/mpeg', true],
  ['/film.mp4', 'video/mp4', true],
]

describe('with Cache Deception Armor', () => {
  test.each(ROWS)('%s served as %s', async (path, contentType, stored) => {
    await using scene = await startScene({ cache: { cache_key: { cache_deception_armor: true } } })
    scene.origin.on(path, { fields: contentType === undefined ? [] : [['Content-Type', contentType]], body: 'x' })
    await play(scene, [
      { get: path, cache: stored ? 'MISS' : 'BYPASS' },
      { get: path, cache: stored ? 'HIT' : 'BYPASS' },
    ])
  })
})

test('without it a mismatch is stored', async () => {
  await using scene = await startScene()
  scene.origin.on('/account.jpg', { fields: [['Content-Type', 'text/html']], body: 'x' })
  await play(scene, [
    { get: '/account.jpg', cache: 'MISS' },
    { get: '/account.jpg', cache: 'HIT' },
  ])
})
