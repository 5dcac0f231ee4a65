// Vary: ignored unless a rule says what each field's part is.  CF cache/concepts/vary; RFC 9111 §4.1

import { describe, expect, test } from 'bun:test'
import { play, type Scene, startScene } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

type Vary = Readonly<Record<string, unknown>>

const PASSTHROUGH: Vary = { default: { action: 'passthrough' } }
const NORMALIZED: Vary = {
  default: { action: 'bypass' },
  headers: {
    accept: { action: 'normalize' },
    'accept-language': { action: 'normalize' },
    'x-tier': { action: 'normalize' },
  },
}

async function varying(vary: Vary | undefined, fieldName: string): Promise<Scene> {
  const scene = await startScene({ cache: { cache: true, ...(vary === undefined ? {} : { vary }) } })
  scene.origin.on('*', (request) => ({
    fields: [
      ['Cache-Control', 'max-age=60'],
      ['Vary', fieldName],
    ],
    body: `for ${request.field(fieldName.split(',')[0] ?? '') ?? 'nobody'}`,
  }))
  return scene
}

describe('without a configuration', () => {
  test('one variant is stored and served to everybody', async () => {
    await using scene = await varying(undefined, 'X-A')
    await play(scene, [
      { get: '/a', fields: [['X-A', '1']], cache: 'MISS', text: 'for 1', has: { vary: 'X-A' } },
      { get: '/a', fields: [['X-A', '2']], cache: 'HIT', text: 'for 1', origin: 1 },
    ])
  })
})

describe('passthrough', () => {
  test('raw values tell variants apart, absence too', async () => {
    await using scene = await varying(PASSTHROUGH, 'X-A')
    await play(scene, [
      { get: '/a', fields: [['X-A', '1']], cache: 'MISS', text: 'for 1' },
      { get: '/a', fields: [['X-A', '2']], cache: 'MISS', text: 'for 2' },
      { get: '/a', cache: 'MISS', text: 'for nobody' },
      { get: '/a', fields: [['X-A', '1']], cache: 'HIT', text: 'for 1' },
      { get: '/a', fields: [['X-A', '2']], cache: 'HIT', text: 'for 2' },
      { get: '/a', cache: 'HIT', text: 'for nobody', origin: 3 },
    ])
  })

  test('every field that is listed takes part', async () => {
    await using scene = await varying(PASSTHROUGH, 'X-A, X-B')
    await play(scene, [
      {
        get: '/a',
        fields: [
          ['X-A', '1'],
          ['X-B', '1'],
        ],
        cache: 'MISS',
      },
      {
        get: '/a',
        fields: [
          ['X-A', '1'],
          ['X-B', '2'],
        ],
        cache: 'MISS',
      },
      {
        get: '/a',
        fields: [
          ['X-B', '2'],
          ['X-A', '1'],
        ],
        cache: 'HIT',
        origin: 2,
      },
    ])
  })

  test('the value reaches the origin unchanged', async () => {
    await using scene = await varying(PASSTHROUGH, 'Accept-Language')
    await scene.get('/a', [['Accept-Language', 'en-US, fr;q=0.8']])
    expect(scene.origin.requests[0]?.field('accept-language')).toBe('en-US, fr;q=0.8')
  })

  test('a response without Vary is stored once, whatever is configured', async () => {
    await using scene = await startScene({ cache: { cache: true, vary: PASSTHROUGH } })
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await play(scene, [
      { get: '/a', fields: [['X-A', '1']], cache: 'MISS' },
      { get: '/a', fields: [['X-A', '2']], cache: 'HIT' },
    ])
  })
})

describe('bypass', () => {
  test('a response that lists the field is not stored', async () => {
    await using scene = await varying({ default: { action: 'bypass' } }, 'X-A')
    await play(scene, [
      { get: '/a', cache: 'BYPASS' },
      { get: '/a', cache: 'BYPASS', origin: 2 },
    ])
  })

  test('Vary: * is not stored, whatever is configured', async () => {
    await using scene = await varying(PASSTHROUGH, '*')
    await play(scene, [
      { get: '/a', cache: 'BYPASS' },
      { get: '/a', cache: 'BYPASS' },
    ])
  })
})

describe('normalize', () => {
  type Row = readonly [name: string, first: string, second: string, shared: boolean, atOrigin: string]

  const ROWS: readonly Row[] = [
    ['Accept-Language', 'en-US, fr;q=0.8', 'fr;q=0.8, en-GB', true, 'en,fr'],
    ['Accept-Language', 'EN', 'en', true, 'en'],
    ['Accept-Language', 'en, fr', 'fr, en', true, 'en,fr'],
    ['Accept-Language', 'en;q=0.5, fr', 'en, fr', false, 'fr,en'],
    ['Accept-Language', 'en, fr;q=0', 'en', false, 'en,fr;q=0'],
    [
      'Accept',
      'text/html;level=1, application/json;q=0.9',
      'application/json;q=0.5,TEXT/HTML',
      true,
      'text/html,application/json',
    ],
    ['Accept', 'image/webp, image/avif', 'image/avif,image/webp', true, 'image/avif,image/webp'],
    ['X-Tier', 'Gold', 'gold', false, 'Gold'],
  ]

  test.each(ROWS)('%s: "%s" and "%s"', async (name, first, second, shared, atOrigin) => {
    await using scene = await varying(NORMALIZED, name)
    await play(scene, [
      { get: '/a', fields: [[name, first]], cache: 'MISS' },
      { get: '/a', fields: [[name, second]], cache: shared ? 'HIT' : 'MISS' },
    ])
    expect(scene.origin.requests[0]?.field(name)?.replaceAll(', ', ',')).toBe(atOrigin)
  })

  test('several lines of a field are one value', async () => {
    await using scene = await varying(NORMALIZED, 'Accept-Language')
    await play(scene, [
      {
        get: '/a',
        fields: [
          ['Accept-Language', 'en'],
          ['Accept-Language', 'fr;q=0.5'],
        ],
        cache: 'MISS',
      },
      { get: '/a', fields: [['Accept-Language', 'en, fr;q=0.1']], cache: 'HIT' },
    ])
  })

  test('the origin receives the normalised value though it lists no Vary', async () => {
    await using scene = await startScene({ cache: { cache: true, vary: NORMALIZED } })
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await scene.get('/a', [['Accept-Language', 'de-CH;q=0.5, fr']])
    expect(scene.origin.requests[0]?.field('accept-language')?.replaceAll(', ', ',')).toBe('fr,de')
  })

  test('an allow-list drops what it does not name; nothing left: the field is removed', async () => {
    const vary = {
      default: { action: 'bypass' },
      headers: { 'accept-language': { action: 'normalize', languages: ['en', 'en-gb'] } },
    }
    await using scene = await varying(vary, 'Accept-Language')
    await play(scene, [
      { get: '/a', fields: [['Accept-Language', 'en-US, fr']], cache: 'MISS' },
      { get: '/a', fields: [['Accept-Language', 'de, en']], cache: 'HIT' },
      { get: '/a', fields: [['Accept-Language', 'en-GB']], cache: 'MISS' },
      { get: '/a', fields: [['Accept-Language', 'fr']], cache: 'MISS' },
      { get: '/a', cache: 'HIT' },
    ])
    const atOrigin: (string | undefined)[] = scene.origin.requests.map((request) => request.field('accept-language'))
    expect(atOrigin).toEqual(['en', 'en-gb', undefined])
  })
})

describe('with purges', () => {
  test('a purge of the URL takes every variant', async () => {
    await using scene = await varying(PASSTHROUGH, 'X-A')
    const one: FieldLine[] = [['X-A', '1']]
    const two: FieldLine[] = [['X-A', '2']]
    await play(scene, [
      { get: '/a', fields: one, cache: 'MISS' },
      { get: '/a', fields: two, cache: 'MISS' },
    ])
    await scene.purge({ files: ['http://example.com/a'] })
    await play(scene, [
      { get: '/a', fields: one, cache: 'MISS' },
      { get: '/a', fields: two, cache: 'MISS' },
    ])
  })
})
