// What is stored, as what, and why not.

import { describe, expect, test } from 'bun:test'
import { bytes, epochMillis, millis, seconds } from '../base/index.ts'
import { type Field, fieldValue, formatHttpDate, hasField } from '../http/index.ts'
import { DEFAULT_CACHE_SETTINGS } from './default-settings.ts'
import type { CacheSettings, EdgeTtl } from './settings.ts'
import { decideStorable, NOT_STORED_REASONS, type NotStoredReason, type StorableDecision } from './storable.ts'

const NOW = epochMillis(1_800_000_000_000)
const DATE = formatHttpDate(NOW)

const control = (value: string): Field => ['cache-control', value]
const MAX_AGE = control('max-age=60')

const OFF: Partial<CacheSettings> = { originCacheControl: false }
const ELIGIBLE: Partial<CacheSettings> = { eligibility: 'eligible' }
const OVERRIDE: EdgeTtl = { mode: 'override_origin', default: seconds(30), byStatus: [] }
const NOT_500: EdgeTtl = {
  mode: 'respect_origin',
  default: undefined,
  byStatus: [{ from: 500, to: 500, value: 'no-store' }],
}
const BY_STATUS: EdgeTtl = {
  mode: 'respect_origin',
  default: undefined,
  byStatus: [{ from: 200, to: 200, value: seconds(30) }],
}

type Case = {
  readonly settings?: Partial<CacheSettings>
  readonly fields?: readonly Field[]
  readonly status?: number
  readonly path?: string
  readonly authorized?: boolean
}

function decide({ settings, fields = [], status = 200, path = '/a', authorized = false }: Case): StorableDecision {
  return decideStorable(
    { ...DEFAULT_CACHE_SETTINGS, ...settings },
    { hasAuthorization: authorized, path },
    { status, fields, requestTime: NOW, responseTime: NOW },
  )
}

function keptBy(given: Case): readonly Field[] {
  const decision = decide(given)
  if (decision.kind === 'refuse') throw new Error(`refused: ${decision.reason}`)
  return decision.fields
}

type Verdict = 'store' | NotStoredReason

function judged(rows: readonly (readonly [title: string, given: Case, verdict: Verdict])[]): void {
  test.each(rows)('%s', (_, given, verdict) => {
    const decision = decide(given)
    expect(decision.kind === 'refuse' ? decision.reason : decision.kind).toBe(verdict)
  })
}

describe('directives', () => {
  judged([
    ['a lifetime stores', { fields: [MAX_AGE] }, 'store'],
    ['no field stores by the default of the status', {}, 'store'],
    ['no-store', { fields: [control('max-age=60, no-store')] }, 'no-store'],
    ['no-store on a second line', { fields: [control('public'), control('no-store')] }, 'no-store'],
    ['private', { fields: [control('private, max-age=60')] }, 'private'],
    ['private that names fields', { fields: [control('private="x-a", max-age=60')] }, 'store'],
    ['private that names fields, off', { settings: OFF, fields: [control('private="x-a", max-age=60')] }, 'private'],
    [
      'private that names what the content cannot be without',
      { fields: [control('private="Content-Encoding", max-age=60')] },
      'private',
    ],
    ['no-cache', { fields: [control('no-cache')] }, 'store'],
    ['no-cache, off', { settings: OFF, fields: [control('no-cache')] }, 'no-cache'],
    ['max-age=0, off', { settings: OFF, fields: [control('max-age=0')] }, 'zero-lifetime'],
    ['a past Expires', { fields: [['expires', '0']] }, 'expired'],
    ['Pragma has no meaning in a response', { fields: [['pragma', 'no-cache'], MAX_AGE] }, 'store'],
    ['no-store in a field for CDNs', { fields: [['cdn-cache-control', 'no-store'], MAX_AGE] }, 'no-store'],
    [
      'no-store beside a field for CDNs',
      { fields: [['cdn-cache-control', 'max-age=9'], control('no-store')] },
      'store',
    ],
    ['private in a field for CDNs, off', { settings: OFF, fields: [['cdn-cache-control', 'private']] }, 'private'],
    ['no-store in Surrogate-Control', { fields: [['surrogate-control', 'no-store'], MAX_AGE] }, 'no-store'],
    [
      'no-store beside an empty Surrogate-Control',
      { fields: [['surrogate-control', ''], control('no-store')] },
      'store',
    ],
    [
      'must-understand with a status that is understood',
      { fields: [control('must-understand, no-store, max-age=60')] },
      'store',
    ],
    [
      'must-understand with another',
      { status: 599, fields: [control('must-understand, max-age=60')] },
      'not-understood',
    ],
    [
      'must-understand means nothing, off',
      { settings: OFF, fields: [control('must-understand, no-store, max-age=60')] },
      'no-store',
    ],
  ])
})

describe('statuses', () => {
  const explicit = [200, 203, 204, 299, 301, 302, 303, 307, 308, 400, 404, 410, 499, 500, 502, 503, 504, 599]
  judged([
    ...explicit.map((status) => [`a ${status} with a lifetime`, { status, fields: [MAX_AGE] }, 'store'] as const),
    ['a 206 is a part', { status: 206, fields: [MAX_AGE] }, 'partial'],
    ['a 206 under a rule is one still', { settings: { edgeTtl: OVERRIDE }, status: 206 }, 'partial'],
    ['a 304 is no response', { status: 304, fields: [MAX_AGE] }, 'unusable-status'],
    ['a status above 599', { status: 600, fields: [MAX_AGE] }, 'unusable-status'],
    ['a 500 without a lifetime', { status: 500 }, 'no-lifetime'],
    [
      'a 200 without one in bypass_by_default',
      { settings: { edgeTtl: { ...OVERRIDE, mode: 'bypass_by_default' } } },
      'no-lifetime',
    ],
  ])
})

describe('edge_ttl', () => {
  const ruled: Partial<CacheSettings> = { edgeTtl: OVERRIDE }
  judged([
    ['ignores no-store', { settings: ruled, fields: [control('no-store')] }, 'store'],
    ['ignores private', { settings: ruled, fields: [control('private')] }, 'store'],
    [
      'ignores no-store in fields for CDNs',
      { settings: ruled, fields: [['cloudflare-cdn-cache-control', 'no-store']] },
      'store',
    ],
    ['ignores no-cache, off', { settings: { ...ruled, ...OFF }, fields: [control('no-cache')] }, 'store'],
    ['of the status ignores no-store', { settings: { edgeTtl: BY_STATUS }, fields: [control('no-store')] }, 'store'],
    [
      'of another status does not',
      { settings: { edgeTtl: BY_STATUS }, status: 404, fields: [control('no-store')] },
      'no-store',
    ],
    ['stores what is not stored by default', { settings: ruled, status: 503 }, 'store'],
    ['no-store refuses', { settings: { edgeTtl: NOT_500 }, status: 500, fields: [MAX_AGE] }, 'status-ttl-no-store'],
  ])
})

describe('Authorization', () => {
  const authorized = true
  judged([
    ['refuses', { authorized, fields: [MAX_AGE] }, 'authorization'],
    ['refuses the default lifetime', { authorized }, 'authorization'],
    ['public permits', { authorized, fields: [control('public, max-age=60')] }, 'store'],
    ['s-maxage permits', { authorized, fields: [control('s-maxage=60')] }, 'store'],
    ['s-maxage=0 permits', { authorized, fields: [control('s-maxage=0')] }, 'store'],
    ['must-revalidate permits', { authorized, fields: [control('max-age=60, must-revalidate')] }, 'store'],
    ['proxy-revalidate does not', { authorized, fields: [control('max-age=60, proxy-revalidate')] }, 'authorization'],
    [
      'public beside the field that governs does not',
      { authorized, fields: [['cdn-cache-control', 'max-age=60'], control('public')] },
      'authorization',
    ],
    ['off, it does not by itself prevent', { authorized, settings: OFF, fields: [MAX_AGE] }, 'store'],
    [
      'off, Cloudflare-CDN-Cache-Control turns the rule on',
      { authorized, settings: OFF, fields: [['cloudflare-cdn-cache-control', 'max-age=60']] },
      'authorization',
    ],
    [
      'a rule does not stand in for consent',
      { authorized, settings: { edgeTtl: OVERRIDE }, fields: [MAX_AGE] },
      'authorization',
    ],
    ['a rule with consent', { authorized, settings: { edgeTtl: OVERRIDE }, fields: [control('public')] }, 'store'],
  ])
})

describe('Set-Cookie', () => {
  const fields: readonly Field[] = [MAX_AGE, ['set-cookie', 'a=1'], ['set-cookie', 'b=2']]
  judged([
    ['by extension, on', { fields }, 'set-cookie'],
    ['by extension, off', { settings: OFF, fields }, 'store'],
    [
      'by extension, off, with Cloudflare-CDN-Cache-Control',
      { settings: OFF, fields: [...fields, ['cloudflare-cdn-cache-control', 'max-age=60']] },
      'set-cookie',
    ],
    ['eligible by rule, on', { settings: ELIGIBLE, fields }, 'set-cookie'],
    ['eligible by rule, off', { settings: { ...ELIGIBLE, ...OFF }, fields }, 'set-cookie'],
    ['with an edge TTL', { settings: { ...ELIGIBLE, edgeTtl: OVERRIDE }, fields }, 'store'],
    ['with an edge TTL, by extension', { settings: { edgeTtl: OVERRIDE }, fields }, 'store'],
    ['with a status TTL', { settings: { ...ELIGIBLE, edgeTtl: BY_STATUS }, fields }, 'store'],
    ['with a TTL for another status', { settings: { ...ELIGIBLE, edgeTtl: NOT_500 }, fields }, 'set-cookie'],
    ['named by private=', { fields: [control('private="Set-Cookie", max-age=60'), ['set-cookie', 'a=1']] }, 'store'],
    ['named by no-cache=', { fields: [control('no-cache="Set-Cookie", max-age=60'), ['set-cookie', 'a=1']] }, 'store'],
    [
      'another named by private=',
      { fields: [control('private="x-a", max-age=60'), ['set-cookie', 'a=1']] },
      'set-cookie',
    ],
  ])

  test.each([
    ['off', { settings: OFF, fields }],
    ['under a rule', { settings: { edgeTtl: OVERRIDE }, fields }],
    ['named by private=', { fields: [control('private="Set-Cookie", max-age=60'), ['set-cookie', 'a=1']] }],
    ['named by no-cache=', { fields: [control('no-cache="Set-Cookie", max-age=60'), ['set-cookie', 'a=1']] }],
  ] as const)('is never kept: %s', (_, given) => {
    expect(hasField(keptBy(given), 'set-cookie')).toBe(false)
  })
})

describe('what lies outside the directives', () => {
  const varying: Partial<CacheSettings> = { vary: { default: 'bypass', headers: {} } }
  const armored: Partial<CacheSettings> = { deceptionArmor: true }
  const html: Field = ['content-type', 'text/html']
  const small: Partial<CacheSettings> = { maxObjectSize: bytes(10) }
  judged([
    ['Vary: *', { fields: [MAX_AGE, ['vary', 'a, *']] }, 'vary-star'],
    ['Vary: * under a rule', { settings: { edgeTtl: OVERRIDE }, fields: [['vary', '*']] }, 'vary-star'],
    ['a Vary that nothing is configured for', { fields: [MAX_AGE, ['vary', 'x-a']] }, 'store'],
    ['a Vary that the zone bypasses', { settings: varying, fields: [MAX_AGE, ['vary', 'x-a']] }, 'vary-bypass'],
    ['armor, a mismatch', { settings: armored, path: '/a.jpg', fields: [html] }, 'deception'],
    ['armor, no type', { settings: armored, path: '/a.jpg' }, 'deception'],
    [
      'armor, a mismatch with a lifetime',
      { settings: armored, path: '/a.jpg', fields: [html, control('public, max-age=9')] },
      'deception',
    ],
    [
      'armor, a mismatch under a rule',
      { settings: { ...armored, edgeTtl: OVERRIDE }, path: '/a.jpg', fields: [html] },
      'deception',
    ],
    ['armor, a match', { settings: armored, path: '/a.jpg', fields: [['content-type', 'image/webp']] }, 'store'],
    ['no armor, a mismatch', { path: '/a.jpg', fields: [html] }, 'store'],
    ['the largest content', { settings: small, fields: [MAX_AGE, ['content-length', '10']] }, 'store'],
    ['larger content', { settings: small, fields: [MAX_AGE, ['content-length', '11']] }, 'too-large'],
    [
      'larger content under a rule',
      { settings: { ...small, edgeTtl: OVERRIDE }, fields: [['content-length', '11']] },
      'too-large',
    ],
    ['content of unknown length', { settings: small, fields: [MAX_AGE] }, 'store'],
  ])

  test('a refusal names the value in question', () => {
    expect(decide({ settings: varying, fields: [MAX_AGE, ['vary', 'x-a']] })).toMatchObject({ detail: 'x-a' })
    expect(decide({ settings: small, fields: [MAX_AGE, ['content-length', '11']] })).toMatchObject({
      detail: '11 bytes',
    })
    expect(decide({ fields: [['cdn-cache-control', 'no-store']] })).toMatchObject({ detail: 'cdn-cache-control' })
  })
})

describe('what is kept', () => {
  test('the fields of the origin, those for this edge too', () => {
    const fields: readonly Field[] = [
      ['date', DATE],
      ['cache-tag', 'A, b'],
      ['cloudflare-cdn-cache-control', 'max-age=60'],
      ['x-a', '1'],
      ['x-a', '2'],
    ]
    expect(keptBy({ fields })).toEqual(fields)
  })

  test('without the fields that private= names', () => {
    const fields: readonly Field[] = [['date', DATE], control('private="X-A", max-age=60'), ['x-a', '1'], ['x-b', '2']]
    expect(keptBy({ fields }).map(([name]) => name)).toEqual(['date', 'cache-control', 'x-b'])
  })

  test('with them under a rule, which ignores private', () => {
    const fields: readonly Field[] = [control('private="X-A"'), ['x-a', '1']]
    expect(fieldValue(keptBy({ settings: { edgeTtl: OVERRIDE }, fields }), 'x-a')).toBe('1')
  })

  test('with the fields that no-cache= names: they go out only once they are confirmed', () => {
    expect(fieldValue(keptBy({ fields: [control('no-cache="x-a", max-age=60'), ['x-a', '1']] }), 'x-a')).toBe('1')
  })

  test('without Age', () => {
    expect(hasField(keptBy({ fields: [MAX_AGE, ['age', '30']] }), 'age')).toBe(false)
  })

  test.each([
    ['"1"', '"1"'],
    ['W/"1"', 'W/"1"'],
    ['abc', undefined],
    ['"abc', undefined],
  ])('ETag %s', (sent, kept) => {
    expect(fieldValue(keptBy({ fields: [MAX_AGE, ['etag', sent]] }), 'etag')).toBe(kept)
  })

  const EARLIER = formatHttpDate(epochMillis(NOW - 5000))
  test.each([
    ['the time of arrival when there is none', [], DATE],
    ['the time of arrival for what is none', [['date', 'foo']], DATE],
    ["the origin's", [['date', EARLIER]], EARLIER],
  ] as const)('Date: %s', (_, dates, kept) => {
    expect(fieldValue(keptBy({ fields: [MAX_AGE, ...dates] }), 'date')).toBe(kept)
  })

  test('with age, lifetime, tags and selecting names', () => {
    const decision = decide({
      fields: [MAX_AGE, ['age', '30'], ['cache-tag', 'Red, blue'], ['content-encoding', 'gzip'], ['date', DATE]],
    })
    expect(decision).toMatchObject({
      kind: 'store',
      initialAge: millis(30_000),
      freshness: { lifetime: millis(60_000), alwaysValidate: false },
      tags: ['red', 'blue'],
      nominated: ['accept-encoding'],
    })
  })
})

test('every reason is a sentence for people', () => {
  for (const sentence of Object.values(NOT_STORED_REASONS)) expect(sentence).toMatch(/^[a-z].*[^.]$|^Expires/)
})
