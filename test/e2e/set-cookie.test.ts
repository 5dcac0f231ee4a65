// Responses that set cookies: stored without them, or not stored at all.
// CF cache/concepts/cache-behavior, cache/concepts/cache-responses

import { describe, expect, test } from 'bun:test'
import { startScene } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const COOKIES: readonly FieldLine[] = [
  ['Set-Cookie', 'a=1; Path=/'],
  ['Set-Cookie', 'b=2, still b; Expires=Mon, 04 May 2026 12:00:00 GMT'],
]

type Row = readonly [
  title: string,
  cache: Readonly<Record<string, unknown>> | undefined,
  path: string,
  outcome: 'kept' | 'stripped',
]

const OVERRIDE = { mode: 'override_origin', default: 60 }
const BY_STATUS = { mode: 'respect_origin', status_code_ttl: [{ status_code: 200, value: 60 }] }

const ROWS: readonly Row[] = [
  ['default level, Origin Cache Control on: refused', undefined, '/a.css', 'kept'],
  [
    'default level, Origin Cache Control off: stripped and stored',
    { origin_cache_control: false },
    '/a.css',
    'stripped',
  ],
  ['eligible by rule, on: refused', { cache: true }, '/a', 'kept'],
  ['eligible by rule, off: refused', { cache: true, origin_cache_control: false }, '/a', 'kept'],
  ['eligible by rule with an edge TTL, on: stripped and stored', { cache: true, edge_ttl: OVERRIDE }, '/a', 'stripped'],
  [
    'eligible by rule with an edge TTL, off: stripped and stored',
    { cache: true, origin_cache_control: false, edge_ttl: OVERRIDE },
    '/a',
    'stripped',
  ],
  ['eligible by rule with a status TTL: stripped and stored', { cache: true, edge_ttl: BY_STATUS }, '/a', 'stripped'],
]

describe('Set-Cookie', () => {
  test.each(ROWS)('%s', async (_, cache, path, outcome) => {
    await using scene = await startScene(cache === undefined ? {} : { cache })
    scene.origin.on(path, { fields: [['Cache-Control', 'max-age=60'], ...COOKIES], body: 'x' })
    const answers = [await scene.get(path), await scene.get(path)]
    const values = COOKIES.map(([, value]) => value)
    expect(answers.map(({ cacheStatus, fields }) => [cacheStatus, fields.all('set-cookie')])).toEqual(
      outcome === 'kept'
        ? [
            ['BYPASS', values],
            ['BYPASS', values],
          ]
        : [
            ['MISS', []],
            ['HIT', []],
          ],
    )
  })

  test('is always kept, line by line, on a response that is not eligible', async () => {
    await using scene = await startScene()
    scene.origin.on('/page', { fields: COOKIES, body: 'x' })
    const answer = await scene.get('/page')
    expect(answer.cacheStatus).toBe('DYNAMIC')
    expect(answer.fields.all('set-cookie')).toEqual(COOKIES.map(([, value]) => value))
  })

  test('is stripped when an expired object is replaced too', async () => {
    await using scene = await startScene({ cache: { cache: true, edge_ttl: OVERRIDE } })
    scene.origin.on('/a', { fields: COOKIES, body: 'x' })
    await scene.get('/a')
    scene.pass(60)
    const answer = await scene.get('/a')
    expect(answer.cacheStatus).toBe('EXPIRED')
    expect(answer.fields.has('set-cookie')).toBe(false)
  })

  test('named by private= or no-cache= is dropped and the rest is stored', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/private', {
      fields: [['Cache-Control', 'private="set-cookie", max-age=60'], ...COOKIES],
      body: 'x',
    })
    expect((await scene.get('/private')).cacheStatus).toBe('MISS')
    const hit = await scene.get('/private')
    expect([hit.cacheStatus, hit.fields.has('set-cookie')]).toEqual(['HIT', false])

    scene.origin.on('/no-cache', {
      fields: [['Cache-Control', 'no-cache="Set-Cookie", max-age=60'], ...COOKIES],
      body: 'x',
    })
    expect((await scene.get('/no-cache')).cacheStatus).toBe('MISS')
    const second = await scene.get('/no-cache')
    expect(second.fields.has('set-cookie')).toBe(false)
    expect(['HIT', 'EXPIRED']).toContain(second.cacheStatus ?? '')
  })
})
