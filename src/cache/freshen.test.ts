// What a 304 makes of a stored response.

import { describe, expect, test } from 'bun:test'
import { epochMillis, millis, seconds } from '../base/index.ts'
import { type Field, fieldValue, formatHttpDate, hasField } from '../http/index.ts'
import { DEFAULT_CACHE_SETTINGS } from './default-settings.ts'
import { decideFreshened, freshenFields } from './freshen.ts'
import type { CacheSettings, StatusTtl } from './settings.ts'
import type { StorableDecision } from './storable.ts'

const NOW = epochMillis(1_800_000_000_000)
const EARLIER = formatHttpDate(epochMillis(NOW - 86_400_000))

describe('merged fields', () => {
  const ROWS: readonly (readonly [
    title: string,
    stored: readonly Field[],
    fresh: readonly Field[],
    merged: readonly Field[],
  ])[] = [
    ['what the 304 does not have stays', [['x-a', '1']], [], [['x-a', '1']]],
    ['what is new is added', [], [['x-a', '1']], [['x-a', '1']]],
    ['what it has replaces', [['x-a', '1']], [['x-a', '2']], [['x-a', '2']]],
    [
      'all lines of a name are replaced by all lines of it',
      [
        ['x-a', '1'],
        ['x-a', '2'],
      ],
      [
        ['x-a', '3'],
        ['x-a', '4'],
      ],
      [
        ['x-a', '3'],
        ['x-a', '4'],
      ],
    ],
    ...(
      [
        'content-length',
        'content-encoding',
        'content-range',
        'content-md5',
        'content-digest',
        'transfer-encoding',
        'trailer',
      ] as const
    ).flatMap(
      (name) =>
        [
          [`${name} says how the stored bytes are read, and stays`, [[name, '4']], [[name, '9']], [[name, '4']]],
          [`${name} is not added`, [], [[name, '9']], []],
        ] as const,
    ),
    ['Set-Cookie is never taken', [], [['set-cookie', 'a=1']], []],
    ['Age is never taken', [], [['age', '5']], []],
    [
      'Content-Type is replaced',
      [['content-type', 'a/b']],
      [['content-type', 'a/b;c=d']],
      [['content-type', 'a/b;c=d']],
    ],
    [
      'Content-Location is replaced',
      [['content-location', '/a']],
      [['content-location', '/b']],
      [['content-location', '/b']],
    ],
    ['the stored ETag names the stored bytes', [['etag', '"1"']], [['etag', '"2"']], [['etag', '"1"']]],
    ['an ETag is added where there was none', [], [['etag', '"2"']], [['etag', '"2"']]],
    ['Date is that of the 304', [['date', 'a']], [['date', 'b']], [['date', 'b']]],
    ['Date is not the old one when the 304 has none', [['date', 'a']], [], []],
    [
      'a grant of CORS is replaced',
      [['access-control-allow-origin', 'https://a.example']],
      [['access-control-allow-origin', 'https://b.example']],
      [['access-control-allow-origin', 'https://b.example']],
    ],
  ]
  test.each(ROWS)('%s', (_, stored, fresh, merged) => {
    expect(freshenFields(stored, fresh)).toEqual([...merged])
  })
})

type Case = {
  readonly stored?: readonly Field[]
  readonly status?: number
  readonly fresh?: readonly Field[]
  readonly byStatus?: readonly StatusTtl[]
  readonly authorized?: boolean
}

function decide({ stored = [], status = 200, fresh = [], byStatus = [], authorized = false }: Case): StorableDecision {
  const settings: CacheSettings = {
    ...DEFAULT_CACHE_SETTINGS,
    edgeTtl: { mode: 'respect_origin', default: undefined, byStatus },
  }
  const received = { status: 304, fields: fresh, requestTime: NOW, responseTime: NOW }
  return decideFreshened(
    settings,
    { hasAuthorization: authorized, path: '/a' },
    { status, fields: [['date', EARLIER], ...stored] },
    received,
  )
}

function lifetimeOf(decision: StorableDecision): number | string {
  if (decision.kind === 'refuse') return decision.reason
  return decision.freshness.alwaysValidate ? 'validated' : decision.freshness.lifetime / 1000
}

describe('a freshened response is judged anew', () => {
  const control = (value: string): Field => ['cache-control', value]
  const ttl = (status: number, value: number | 'no-store'): StatusTtl => ({
    from: status,
    to: status,
    value: value === 'no-store' ? value : seconds(value),
  })

  const ROWS: readonly (readonly [title: string, given: Case, lifetime: number | string])[] = [
    ['by the stored lifetime', { stored: [control('max-age=10')] }, 10],
    ['by the lifetime of the 304', { stored: [control('max-age=10')], fresh: [control('max-age=3')] }, 3],
    ['by the default of the stored status', { status: 404 }, 180],
    ['no-store in the 304 ends it', { stored: [control('max-age=10')], fresh: [control('no-store')] }, 'no-store'],
    ['Vary: * in the 304 ends it', { stored: [control('max-age=10')], fresh: [['vary', '*']] }, 'vary-star'],
    ['a cookie in the 304 does not', { stored: [control('max-age=10')], fresh: [['set-cookie', 'a=1']] }, 10],
    [
      'the stored field for this edge governs',
      { stored: [['cloudflare-cdn-cache-control', 'max-age=9']], fresh: [control('max-age=3')] },
      9,
    ],
    ['a 304 takes the TTL for 200', { byStatus: [ttl(200, 20)] }, 20],
    ['a TTL for 304 wins', { byStatus: [ttl(304, 30), ttl(200, 20)] }, 30],
    ['a TTL of 0 for 304', { byStatus: [ttl(200, 20), ttl(304, 0)] }, 'validated'],
    ['a TTL of no-store for 304', { byStatus: [ttl(200, 20), ttl(304, 'no-store')] }, 'status-ttl-no-store'],
    ['for Authorization too', { stored: [control('max-age=10')], authorized: true }, 'authorization'],
  ]
  test.each(ROWS)('%s', (_, given, lifetime) => {
    expect(lifetimeOf(decide(given))).toBe(lifetime)
  })

  test('its age starts again: that of the 304', () => {
    expect(decide({ stored: [control('max-age=10')] })).toMatchObject({ initialAge: millis(0) })
    expect(decide({ stored: [control('max-age=10')], fresh: [['age', '7']] })).toMatchObject({
      initialAge: millis(7000),
    })
  })

  test('it is kept with the Date of the 304, or of its arrival, and without Age', () => {
    const without = decide({ fresh: [['age', '7']] })
    const fields = without.kind === 'store' ? without.fields : []
    expect([fieldValue(fields, 'date'), hasField(fields, 'age')]).toEqual([formatHttpDate(NOW), false])
  })

  test('tags of a 304 without Cache-Tag are those that are stored', () => {
    expect(decide({ stored: [['cache-tag', 'red']] })).toMatchObject({ tags: ['red'] })
  })

  test('a field that the 304 calls private goes', () => {
    const decision = decide({ stored: [['x-a', '1']], fresh: [control('private="x-a", max-age=5')] })
    expect(decision.kind === 'store' && hasField(decision.fields, 'x-a')).toBe(false)
  })
})
