// How long what is stored stays fresh: defaults by status, and the edge_ttl of a rule.
// CF cache/how-to/cache-rules/settings (edge_ttl), cache/how-to/configure-cache-status-code

import { afterAll, beforeAll, describe, test } from 'bun:test'
import { play, type Scene, startScene } from '../support/edge/index.ts'
import { taggedWith } from '../support/index.ts'

describe('default lifetimes, when the origin sends neither Cache-Control nor Expires', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene()
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test.each([
    [200, 7200],
    [301, 7200],
    [302, 1200],
    [303, 1200],
    [404, 180],
    [410, 180],
  ])('a %d is fresh for %d seconds', async (status, lifetime) => {
    const path = `/${status}.css`
    scene.origin.on(path, { status, body: 'x', fields: [['Location', '/elsewhere']] })
    await play(scene, [
      { get: path, status, cache: 'MISS' },
      { get: path, status, cache: 'HIT', after: lifetime - 1, age: lifetime - 1 },
      { get: path, status, cache: 'EXPIRED', after: 1 },
    ])
  })

  test.each([204, 300, 307, 308, 400, 401, 403, 405, 500, 501, 503])('a %d is not stored', async (status) => {
    const path = `/${status}.css`
    scene.origin.on(path, { status, body: status === 204 ? '' : 'x' })
    await play(scene, [
      { get: path, status, cache: 'BYPASS' },
      { get: path, status, cache: 'BYPASS', age: null },
    ])
  })

  test('the age that a response arrives with is used up already', async () => {
    scene.origin.on('/aged.css', {
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Age', '50'],
      ],
      body: 'x',
    })
    await play(scene, [
      { get: '/aged.css', cache: 'MISS' },
      { get: '/aged.css', cache: 'HIT', after: 9 },
      { get: '/aged.css', cache: 'EXPIRED', after: 1 },
    ])
  })
})

type Row = readonly [
  title: string,
  edgeTtl: Readonly<Record<string, unknown>>,
  answer: { readonly status?: number; readonly cacheControl?: string },
  /** Seconds of freshness; 0: stored and always validated; null: refused. */
  lifetime: number | null,
]

const ROWS: readonly Row[] = [
  ['respect_origin follows the origin', { mode: 'respect_origin' }, { cacheControl: 'max-age=60' }, 60],
  ['respect_origin falls back to the defaults', { mode: 'respect_origin' }, {}, 7200],
  ['bypass_by_default follows the origin', { mode: 'bypass_by_default' }, { cacheControl: 'max-age=60' }, 60],
  ['bypass_by_default refuses without fields', { mode: 'bypass_by_default' }, {}, null],
  ['override_origin ignores max-age', { mode: 'override_origin', default: 30 }, { cacheControl: 'max-age=600' }, 30],
  ['override_origin ignores no-store', { mode: 'override_origin', default: 30 }, { cacheControl: 'no-store' }, 30],
  ['override_origin ignores private', { mode: 'override_origin', default: 30 }, { cacheControl: 'private' }, 30],
  ['override_origin ignores no-cache', { mode: 'override_origin', default: 30 }, { cacheControl: 'no-cache' }, 30],
  ['a status TTL names one status', byStatus({ status_code: 404, value: 50 }), { status: 404 }, 50],
  ['a status TTL overrides no-store', byStatus({ status_code: 200, value: 50 }), { cacheControl: 'no-store' }, 50],
  [
    'a status TTL leaves other statuses alone',
    byStatus({ status_code: 404, value: 50 }),
    { cacheControl: 'max-age=60' },
    60,
  ],
  ['a status TTL stores what is not stored by default', byStatus({ status_code: 503, value: 50 }), { status: 503 }, 50],
  ['a range has both bounds', byStatus({ status_code_range: { from: 500, to: 599 }, value: 20 }), { status: 500 }, 20],
  ['a range may lack its upper bound', byStatus({ status_code_range: { from: 500 }, value: 20 }), { status: 599 }, 20],
  ['a range may lack its lower bound', byStatus({ status_code_range: { to: 299 }, value: 20 }), { status: 200 }, 20],
  [
    'a value of 0 stores and always validates',
    byStatus({ status_code: 200, value: 0 }),
    { cacheControl: 'max-age=60' },
    0,
  ],
  ['a value of -1 refuses', byStatus({ status_code: 200, value: -1 }), { cacheControl: 'max-age=60' }, null],
]

function byStatus(entry: unknown): Readonly<Record<string, unknown>> {
  return { mode: 'respect_origin', status_code_ttl: [entry] }
}

describe('edge_ttl', () => {
  test.each(ROWS)('%s', async (_, edgeTtl, answer, lifetime) => {
    await using scene = await startScene({ cache: { cache: true, edge_ttl: edgeTtl } })
    const status = answer.status ?? 200
    const fields = answer.cacheControl === undefined ? [] : [['Cache-Control', answer.cacheControl] as const]
    scene.origin.on('/a', { status, fields, body: 'x' })
    if (lifetime === null) {
      await play(scene, [
        { get: '/a', status, cache: 'BYPASS' },
        { get: '/a', status, cache: 'BYPASS', origin: 2 },
      ])
    } else if (lifetime === 0) {
      await play(scene, [
        { get: '/a', status, cache: 'MISS' },
        { get: '/a', status, cache: 'EXPIRED', origin: 2 },
      ])
    } else {
      await play(scene, [
        { get: '/a', status, cache: 'MISS' },
        { get: '/a', status, cache: 'HIT', after: lifetime - 1, origin: 1 },
        { get: '/a', status, cache: 'EXPIRED', after: 1, origin: 2 },
      ])
    }
  })

  test("override_origin sends the origin's Cache-Control on unchanged", async () => {
    await using scene = await startScene({ cache: { cache: true, edge_ttl: { mode: 'override_origin', default: 30 } } })
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=5, must-revalidate']], body: 'x' })
    await play(scene, [
      { get: '/a', cache: 'MISS', has: { 'cache-control': 'max-age=5, must-revalidate' } },
      { get: '/a', cache: 'HIT', after: 29, has: { 'cache-control': 'max-age=5, must-revalidate' } },
    ])
  })

  test('a 304 without a TTL of its own takes the one for 200', async () => {
    await using scene = await startScene({
      cache: { cache: true, edge_ttl: byStatus({ status_code: 200, value: 10 }) },
    })
    scene.origin.on('/a', taggedWith('"1"', { body: 'x' }))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'REVALIDATED', after: 10 },
      { get: '/a', cache: 'HIT', after: 9 },
      { get: '/a', cache: 'REVALIDATED', after: 1 },
    ])
  })

  test('a 304 with a TTL of 0 makes the object validate at every later request', async () => {
    await using scene = await startScene({
      cache: {
        cache: true,
        edge_ttl: {
          mode: 'respect_origin',
          status_code_ttl: [
            { status_code: 200, value: 10 },
            { status_code: 304, value: 0 },
          ],
        },
      },
    })
    scene.origin.on('/a', taggedWith('"1"', { body: 'x' }))
    await play(scene, [
      { get: '/a', cache: 'MISS' },
      { get: '/a', cache: 'HIT', after: 9 },
      { get: '/a', cache: 'REVALIDATED', after: 1 },
      { get: '/a', cache: 'REVALIDATED', text: 'x', origin: 3 },
    ])
  })
})
