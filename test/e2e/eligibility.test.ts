// Which requests may be answered from the cache at all: decided before any look-up; the rest is DYNAMIC.
// CF cache/concepts/default-cache-behavior, cache/concepts/cache-responses

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { play, type Scene, startScene } from '../support/edge/index.ts'

const CACHED_EXTENSIONS =
  '7z avi avif apk bin bmp bz2 class css csv doc docx dmg ejs eot eps exe flac gif gz ico iso jar jpg jpeg js mid midi mkv mp3 mp4 ogg otf pdf pict pls png ppt pptx ps rar svg svgz swf tar tif tiff ttf webm webp woff woff2 xls xlsx zip zst'.split(
    ' ',
  )

const UNCACHED_PATHS =
  '/ /page /index.html /a.htm /a.json /a.xml /a.txt /a.map /a.mjs /a.wasm /a.m3u8 /a.ts /a.mov /a.webmanifest /a.css/b /css'.split(
    ' ',
  )

describe('without a rule', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene()
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test('the 56 static extensions are eligible', async () => {
    expect(CACHED_EXTENSIONS.length).toBe(56)
    for (const extension of CACHED_EXTENSIONS) {
      await play(scene, [
        { get: `/file.${extension}`, cache: 'MISS' },
        { get: `/file.${extension}`, cache: 'HIT' },
      ])
    }
  })

  test('robots.txt is eligible, the one default that is no extension', () =>
    play(scene, [
      { get: '/robots.txt', cache: 'MISS' },
      { get: '/robots.txt', cache: 'HIT' },
    ]))

  test('an extension is compared without regard to case', () =>
    play(scene, [
      { get: '/PHOTO.JPG', cache: 'MISS' },
      { get: '/PHOTO.JPG', cache: 'HIT' },
    ]))

  test.each(UNCACHED_PATHS)('%s is not eligible, twice DYNAMIC, without Age', async (path) => {
    const before = scene.origin.requests.length
    await play(scene, [
      { get: path, cache: 'DYNAMIC', age: null },
      { get: path, cache: 'DYNAMIC', age: null, origin: before + 2 },
    ])
  })

  test('the query has no extension', () => play(scene, [{ get: '/page?file=a.css', cache: 'DYNAMIC' }]))

  test('eligibility never looks at the media type', async () => {
    scene.origin.on('/styled', { fields: [['Content-Type', 'text/css']], body: 'x' })
    scene.origin.on('/page.css', { fields: [['Content-Type', 'text/html']], body: 'x' })
    await play(scene, [
      { get: '/styled', cache: 'DYNAMIC' },
      { get: '/page.css', cache: 'MISS' },
      { get: '/page.css', cache: 'HIT' },
    ])
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE', 'PROPFIND'])(
    '%s is forwarded and never stored, though the path is eligible',
    async (method) => {
      const path = `/by-${method.toLowerCase()}.css`
      await play(scene, [
        { get: path, method, cache: 'DYNAMIC' },
        { get: path, method, cache: 'DYNAMIC' },
        { get: path, cache: 'MISS' },
      ])
      expect(scene.origin.seen(path).map((request) => request.method)).toEqual([method, method, 'GET'])
    },
  )
})

describe('with a rule', () => {
  test('"eligible for cache" makes any path eligible', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    for (const path of UNCACHED_PATHS) {
      await play(scene, [
        { get: path, cache: 'MISS' },
        { get: path, cache: 'HIT' },
      ])
    }
  })

  test('"bypass cache" yields DYNAMIC, not BYPASS', async () => {
    await using scene = await startScene({ cache: { cache: false } })
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await play(scene, [
      { get: '/a.css', cache: 'DYNAMIC', origin: 1 },
      { get: '/a.css', cache: 'DYNAMIC', age: null, origin: 2 },
    ])
  })

  test('of two rules for one setting the last wins', async () => {
    await using scene = await startScene({
      rules: [
        { expression: 'true', action_parameters: { cache: false } },
        { expression: 'true', action_parameters: { cache: true } },
      ],
    })
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await play(scene, [
      { get: '/page', cache: 'MISS' },
      { get: '/page', cache: 'HIT' },
    ])
  })
})
