// Validation: what is sent to the origin, and what a 304 does to the stored response.
// RFC 9111 §4.3; CF cache/concepts/revalidation

import { describe, expect, test } from 'bun:test'
import { play, startScene, until } from '../support/edge/index.ts'
import { type FieldLine, modifiedAt, type Script, taggedWith } from '../support/index.ts'

const MAX_AGE: FieldLine = ['Cache-Control', 'max-age=10']
const LONG_AGO = 'Fri, 01 May 2026 10:00:00 GMT'

describe('validation', () => {
  test('sends the stored entity-tag; a 304 renews the lifetime and resets Age', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', taggedWith('"1"', { fields: [MAX_AGE], body: 'same' }))
    await play(scene, [
      { get: '/a', cache: 'MISS', age: null },
      { get: '/a', cache: 'HIT', age: 9, after: 9 },
      { get: '/a', cache: 'REVALIDATED', age: 0, after: 1, text: 'same' },
      { get: '/a', cache: 'HIT', age: 9, after: 9 },
      { get: '/a', cache: 'REVALIDATED', after: 1, origin: 3 },
    ])
    expect(scene.origin.requests.map((request) => request.field('if-none-match'))).toEqual([undefined, '"1"', '"1"'])
  })

  test('sends the stored Last-Modified', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', modifiedAt(LONG_AGO, { fields: [MAX_AGE], body: 'same' }))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'REVALIDATED', after: 10, text: 'same' },
    ])
    expect(scene.origin.requests[1]?.field('if-modified-since')).toBe(LONG_AGO)
  })

  test('a new full response replaces the stored one', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', [
      { fields: [MAX_AGE, ['ETag', '"1"']], body: 'old' },
      { fields: [MAX_AGE, ['ETag', '"2"']], body: 'new' },
    ])
    await play(scene, [
      { get: '/a', cache: 'MISS', text: 'old' },
      { get: '/a', cache: 'EXPIRED', text: 'new', after: 10, age: null, has: { etag: '"2"' } },
      { get: '/a', cache: 'HIT', text: 'new', origin: 2 },
    ])
  })

  test('a new response that may not be stored is passed on, and the old one is not served again', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', [
      { fields: [MAX_AGE], body: 'old' },
      { fields: [['Cache-Control', 'no-store']], body: 'new' },
    ])
    await play(scene, [
      { get: '/a', cache: 'MISS', text: 'old' },
      { get: '/a', text: 'new', after: 10, origin: 2 },
      { get: '/a', text: 'new', origin: 3 },
    ])
  })

  test('a visitor who waits for a validation gets 200 with the content', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', taggedWith('"1"', { fields: [MAX_AGE], body: 'same' }))
    await play(scene, [{ get: '/a' }, { get: '/a', status: 200, text: 'same', cache: 'REVALIDATED', after: 10 }])
  })

  test("the visitor's own validators do not travel with a validation", async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', taggedWith('"1"', { fields: [MAX_AGE], body: 'same' }))
    await scene.get('/a')
    scene.pass(10)
    await scene.get('/a', [
      ['If-None-Match', '"other"'],
      ['If-Modified-Since', LONG_AGO],
    ])
    expect(scene.origin.requests[1]?.field('if-none-match')).toBe('"1"')
    expect(scene.origin.requests[1]?.field('if-modified-since')).toBeUndefined()
  })

  test('a 304 that nobody asked for is a bad answer of the origin', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { status: 304, fields: [MAX_AGE] })
    await play(scene, [{ get: '/a', status: 520 }])
  })
})

describe('a 304 freshens the stored fields', () => {
  const A = 'https://a.example'
  const B = 'https://b.example'

  function twoPhases(first: readonly FieldLine[], later: readonly FieldLine[]): Script {
    const tag: FieldLine = ['ETag', '"1"']
    return (request) =>
      request.field('if-none-match') === '"1"'
        ? { status: 304, fields: [tag, MAX_AGE, ...later] }
        : { fields: [tag, MAX_AGE, ...first], body: 'same' }
  }

  test.each([
    [
      'a changed grant replaces the stored one',
      [['Access-Control-Allow-Origin', A]],
      [['Access-Control-Allow-Origin', B]],
      { 'access-control-allow-origin': B },
    ],
    ['a field that the 304 does not have stays', [['X-Kept', '1']], [], { 'x-kept': '1' }],
    [
      'a field that is new is added',
      [],
      [['Access-Control-Expose-Headers', 'x-a']],
      { 'access-control-expose-headers': 'x-a' },
    ],
    [
      'Timing-Allow-Origin and Cross-Origin-Resource-Policy are replaced too',
      [
        ['Timing-Allow-Origin', '*'],
        ['Cross-Origin-Resource-Policy', 'same-origin'],
      ],
      [
        ['Timing-Allow-Origin', A],
        ['Cross-Origin-Resource-Policy', 'cross-origin'],
      ],
      { 'timing-allow-origin': A, 'cross-origin-resource-policy': 'cross-origin' },
    ],
    [
      'Content-Length, Content-Encoding and Content-Type of the 304 never replace those of the content',
      [['Content-Type', 'text/plain']],
      [
        ['Content-Length', '99'],
        ['Content-Encoding', 'br'],
      ],
      { 'content-length': '4', 'content-encoding': null, 'content-type': 'text/plain' },
    ],
  ] as const)('%s', async (_, first, later, has) => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', twoPhases(first, later))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'REVALIDATED', after: 10, has, text: 'same' },
      { get: '/a', cache: 'HIT', has, text: 'same' },
    ])
  })

  test('a shorter max-age in the 304 counts from then on', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', taggedWith('"1"', { fields: [MAX_AGE], body: 'same' }, [['Cache-Control', 'max-age=3']]))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'REVALIDATED', after: 10 },
      { get: '/a', cache: 'HIT', after: 2 },
      { get: '/a', cache: 'REVALIDATED', after: 1 },
    ])
  })
})

describe('a Vary that the 304 is the first to send selects from then on', () => {
  const VARYING = { cache: { cache: true, vary: { default: { action: 'passthrough' } } } }
  const LANGUAGE = (value: string): readonly FieldLine[] => [['Accept-Language', value]]
  const later = (...more: FieldLine[]): readonly FieldLine[] => [MAX_AGE, ['Vary', 'Accept-Language'], ...more]

  test('by the request that it answered', async () => {
    await using scene = await startScene(VARYING)
    scene.origin.on('/a', taggedWith('"1"', { fields: [MAX_AGE], body: 'deutsch' }, later()))
    await play(scene, [
      { get: '/a', fields: LANGUAGE('de'), cache: 'MISS' },
      { get: '/a', fields: LANGUAGE('de'), cache: 'REVALIDATED', after: 10 },
      { get: '/a', fields: LANGUAGE('de'), cache: 'HIT' },
      { get: '/a', fields: LANGUAGE('fr'), cache: 'MISS', origin: 3 },
    ])
  })

  test('and one behind a stale copy, which says no language, by none', async () => {
    await using scene = await startScene(VARYING)
    const first: readonly FieldLine[] = [['Cache-Control', 'max-age=10, stale-while-revalidate=60']]
    scene.origin.on('/a', taggedWith('"1"', { fields: first, body: 'plain' }, later()))
    await scene.get('/a', LANGUAGE('de'))
    scene.pass(10)
    await play(scene, [{ get: '/a', fields: LANGUAGE('de'), cache: 'UPDATING' }])
    await until('it is validated', async () => (await scene.get('/a')).cacheStatus === 'HIT')
    await play(scene, [{ get: '/a', fields: LANGUAGE('de'), cache: 'MISS' }])
  })
})
