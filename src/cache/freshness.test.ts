// Freshness lifetimes and stale windows.

import { describe, expect, test } from 'bun:test'
import { epochMillis, millis, type Seconds, seconds, toMillis } from '../base/index.ts'
import { type Field, formatHttpDate } from '../http/index.ts'
import { DEFAULT_CACHE_SETTINGS } from './default-settings.ts'
import { decideFreshness, edgeTtlRule, expiresLifetime, type FreshnessDecision, statusTtl } from './freshness.ts'
import type { CacheSettings, EdgeTtl, StatusTtl } from './settings.ts'
import { governingControl } from './targeted.ts'

const NOW = epochMillis(1_800_000_000_000)

const control = (value: string): Field => ['cache-control', value]
const dateIn = (name: string, distance: number): Field => [name, formatHttpDate(epochMillis(NOW + distance * 1000))]

type Case = {
  readonly fields?: readonly Field[]
  readonly status?: number
  readonly age?: number
  readonly occ?: boolean
  readonly mode?: EdgeTtl['mode']
  readonly rule?: Seconds
  readonly settings?: Partial<CacheSettings>
}

function decide({ fields = [], status = 200, age = 0, occ = true, mode = 'respect_origin', rule, settings }: Case) {
  const all = { ...DEFAULT_CACHE_SETTINGS, edgeTtl: { mode, default: undefined, byStatus: [] }, ...settings }
  return decideFreshness(all, rule, {
    status,
    fields,
    responseTime: NOW,
    initialAge: millis(age * 1000),
    governing: governingControl(fields),
    originCacheControl: occ,
  })
}

/** Seconds of lifetime, 'validated', or the reason of a refusal. */
function lifetimeOf(decision: FreshnessDecision): number | string {
  if (decision.kind === 'refuse') return decision.reason
  return decision.freshness.alwaysValidate ? 'validated' : decision.freshness.lifetime / 1000
}

describe('the lifetime', () => {
  const ROWS: readonly (readonly [title: string, given: Case, lifetime: number | string])[] = [
    [
      '"if the cache is shared and s-maxage is present, use its value"',
      { fields: [control('max-age=1, s-maxage=2')] },
      2,
    ],
    ['"if max-age is present, use its value"', { fields: [control('max-age=1'), dateIn('expires', 9)] }, 1],
    ['"if Expires is present, use its value minus Date"', { fields: [dateIn('expires', 9), dateIn('date', -1)] }, 10],
    ['max-age wins over a past Expires', { fields: [control('max-age=1'), dateIn('expires', -9)] }, 1],
    ['s-maxage wins over max-age=0', { fields: [control('max-age=0, s-maxage=2')] }, 2],
    ['a past Expires alone', { fields: [dateIn('expires', -1)] }, 'expired'],
    ['an Expires of now alone', { fields: [dateIn('expires', 0)] }, 'expired'],
    ['an Expires of 0', { fields: [['expires', '0']] }, 'expired'],
    ['an Expires before a Date in the future', { fields: [dateIn('expires', 300), dateIn('date', 400)] }, 'expired'],
    ['an Expires beside a Date that is none', { fields: [dateIn('expires', 10), ['date', 'foo']] }, 10],
    ['a past Expires beside public', { fields: [control('public'), dateIn('expires', -1)] }, 'expired'],
    [
      'Expires says nothing beside a field for CDNs',
      {
        fields: [
          ['cdn-cache-control', 'max-age=20'],
          ['expires', '0'],
        ],
      },
      20,
    ],
    ['of a field for CDNs', { fields: [['cdn-cache-control', 'max-age=20'], control('max-age=9')] }, 20],
    ['Surrogate-Control leaves only the default', { fields: [['surrogate-control', ''], control('no-store')] }, 7200],
    ['an age on arrival does not lengthen what the origin says', { fields: [control('max-age=60')], age: 50 }, 60],
    ['no-cache', { fields: [control('no-cache')] }, 'validated'],
    ['no-cache beside max-age', { fields: [control('no-cache, max-age=60')] }, 'validated'],
    ['no-cache beside a past Expires', { fields: [control('no-cache'), ['expires', '0']] }, 'validated'],
    [
      'no-cache that names a field present',
      { fields: [control('no-cache="x-a", max-age=60'), ['x-a', '1']] },
      'validated',
    ],
    ['no-cache that names no field present', { fields: [control('no-cache="x-b", max-age=60'), ['x-a', '1']] }, 60],
    [
      'no-cache that names Set-Cookie',
      { fields: [control('no-cache="set-cookie", max-age=60'), ['set-cookie', 'a=b']] },
      60,
    ],
    ['no-cache alone on a status that is not cacheable', { fields: [control('no-cache')], status: 500 }, 'no-lifetime'],
    ['no-cache with public on such a status', { fields: [control('no-cache, public')], status: 500 }, 'validated'],
    [
      'no-cache with a lifetime on such a status',
      { fields: [control('no-cache, max-age=1')], status: 500 },
      'validated',
    ],
    [
      'no-cache with Expires on such a status',
      { fields: [control('no-cache'), dateIn('expires', 60)], status: 500 },
      'validated',
    ],
    ['max-age=0', { fields: [control('max-age=0')] }, 'validated'],
    ['s-maxage=0', { fields: [control('max-age=60, s-maxage=0')] }, 'validated'],
    ['a lifetime that is no number', { fields: [control('max-age=abc')] }, 'validated'],
    ['any status with a lifetime', { fields: [control('max-age=60')], status: 599 }, 60],
  ]
  test.each(ROWS)('%s', (_, given, lifetime) => {
    expect(lifetimeOf(decide(given))).toBe(lifetime)
  })
})

describe('with Origin Cache Control off', () => {
  const ROWS: readonly (readonly [title: string, fields: readonly Field[], lifetime: number | string])[] = [
    ['no-cache refuses', [control('no-cache, max-age=60')], 'no-cache'],
    ['no-cache that names fields refuses', [control('no-cache="x-b", max-age=60')], 'no-cache'],
    ['max-age=0 refuses', [control('max-age=0')], 'zero-lifetime'],
    ['s-maxage=0 refuses', [control('max-age=60, s-maxage=0')], 'zero-lifetime'],
    ['s-maxage is a lifetime', [control('max-age=0, s-maxage=60')], 60],
    ['no-cache in a field for CDNs validates', [['cdn-cache-control', 'no-cache']], 'validated'],
    ['max-age=0 in a field for CDNs validates', [['cdn-cache-control', 'max-age=0']], 'validated'],
  ]
  test.each(ROWS)('%s', (_, fields, lifetime) => {
    expect(lifetimeOf(decide({ fields, occ: false }))).toBe(lifetime)
  })
})

describe('without a lifetime', () => {
  test.each([
    [200, 7200],
    [301, 7200],
    [302, 1200],
    [303, 1200],
    [404, 180],
    [410, 180],
    ...[201, 203, 204, 300, 307, 308, 400, 403, 405, 414, 500, 501, 503, 599].map(
      (status) => [status, 'no-lifetime'] as const,
    ),
  ] as const)('a %d has %p', (status, lifetime) => {
    expect(lifetimeOf(decide({ status }))).toBe(lifetime)
    expect(lifetimeOf(decide({ status, mode: 'bypass_by_default' }))).toBe('no-lifetime')
  })

  test.each(['public', 'must-revalidate', 'no-transform', 'stale-if-error=9'])('%s alone has the default', (value) => {
    expect(lifetimeOf(decide({ fields: [control(value)] }))).toBe(7200)
    expect(lifetimeOf(decide({ fields: [control(value)], mode: 'bypass_by_default' }))).toBe('no-lifetime')
  })

  test('the default counts from the arrival', () => {
    expect(lifetimeOf(decide({ age: 50 }))).toBe(7250)
  })

  test('bypass_by_default follows the fields that there are', () => {
    expect(lifetimeOf(decide({ fields: [control('max-age=60')], mode: 'bypass_by_default' }))).toBe(60)
    expect(lifetimeOf(decide({ fields: [dateIn('expires', 60)], mode: 'bypass_by_default' }))).toBe(60)
    expect(lifetimeOf(decide({ fields: [control('no-cache')], mode: 'bypass_by_default' }))).toBe('validated')
  })

  test('Last-Modified makes none', () => {
    expect(lifetimeOf(decide({ fields: [dateIn('last-modified', -86_400)], mode: 'bypass_by_default' }))).toBe(
      'no-lifetime',
    )
  })
})

describe('a rule', () => {
  const ROWS: readonly (readonly [title: string, given: Case, lifetime: number | string])[] = [
    ['decides over max-age', { rule: seconds(30), fields: [control('max-age=600')] }, 30],
    ['decides over no-cache', { rule: seconds(30), fields: [control('no-cache')] }, 30],
    ['decides over Expires', { rule: seconds(30), fields: [['expires', '0']] }, 30],
    ['decides over fields for CDNs', { rule: seconds(30), fields: [['cdn-cache-control', 'max-age=9']] }, 30],
    ['decides with Origin Cache Control off', { rule: seconds(30), fields: [control('max-age=0')], occ: false }, 30],
    ['counts from the arrival', { rule: seconds(30), fields: [], age: 100 }, 130],
    ['of 0 is validated at each use', { rule: seconds(0), fields: [control('max-age=600')] }, 'validated'],
  ]
  test.each(ROWS)('%s', (_, given, lifetime) => {
    expect(lifetimeOf(decide(given))).toBe(lifetime)
  })
})

describe('edge_ttl names a rule', () => {
  const entry = (from: number, to: number, value: number | 'no-store'): StatusTtl => ({
    from,
    to,
    value: value === 'no-store' ? value : seconds(value),
  })
  const respect = (...byStatus: StatusTtl[]): EdgeTtl => ({ mode: 'respect_origin', default: undefined, byStatus })
  const override = (...byStatus: StatusTtl[]): EdgeTtl => ({ mode: 'override_origin', default: seconds(9), byStatus })

  test.each([
    ['none without one', respect(), 200, undefined],
    ['the default of override_origin', override(), 200, 9],
    ['none in bypass_by_default', { ...override(), mode: 'bypass_by_default' }, 200, undefined],
    ['the entry of the status', respect(entry(404, 404, 5)), 404, 5],
    ['not the entry of another', respect(entry(404, 404, 5)), 200, undefined],
    ['the entry of a range, at its bounds', respect(entry(500, 599, 5)), 599, 5],
    ['the last entry that names it', respect(entry(200, 299, 5), entry(200, 200, 6), entry(404, 404, 7)), 200, 6],
    ['the entry over the default', override(entry(200, 200, 5)), 200, 5],
    ['an entry of 0 over the default', override(entry(200, 200, 0)), 200, 0],
    ['no-store', respect(entry(200, 200, 'no-store')), 200, 'no-store'],
  ] as const)('%s', (_, edgeTtl, status, rule) => {
    expect(edgeTtlRule(edgeTtl as EdgeTtl, status) as number | string | undefined).toBe(rule)
  })

  test('a status TTL is never the default', () => {
    expect(statusTtl(override(), 200)).toBeUndefined()
  })
})

describe('the window for an origin that gives no answer', () => {
  test.each([
    ['is a day when the origin says nothing', 'max-age=10', 86_400],
    ['is that of stale-if-error when there is one', 'max-age=10, stale-if-error=60', 60],
    ['is forbidden by stale-if-error=0', 'max-age=10, stale-if-error=0', 0],
    ['is forbidden by must-revalidate', 'max-age=10, must-revalidate', 0],
    ['is forbidden by s-maxage', 's-maxage=10', 0],
    ['is forbidden by no-cache', 'no-cache, public', 0],
    ['is not there for max-age=0', 'max-age=0', 0],
  ] as const)('%s', (_, text, window) => {
    const decided = decide({ fields: [control(text)] })
    expect(decided.kind === 'freshness' && decided.freshness.staleIfUnreachable / 1000).toBe(window)
  })
})

describe('stale windows', () => {
  const BOTH = 'max-age=10, stale-while-revalidate=30, stale-if-error=60'
  const windowsOf = (given: Case): readonly number[] | string => {
    const decided = decide(given)
    if (decided.kind === 'refuse') return decided.reason
    const { staleWhileRevalidate, staleIfError } = decided.freshness
    return [staleWhileRevalidate / 1000, staleIfError / 1000]
  }

  const ROWS: readonly (readonly [title: string, given: Case, windows: readonly [number, number]])[] = [
    ['are what the origin grants', { fields: [control(BOTH)] }, [30, 60]],
    ['are absent without a grant', { fields: [control('max-age=10')] }, [0, 0]],
    ['may be granted beside Expires', { fields: [control('stale-if-error=60'), dateIn('expires', 10)] }, [0, 60]],
    ['must-revalidate forbids both', { fields: [control(`${BOTH}, must-revalidate`)] }, [0, 0]],
    ['proxy-revalidate forbids both', { fields: [control(`${BOTH}, proxy-revalidate`)] }, [0, 0]],
    ['s-maxage forbids both', { fields: [control(`${BOTH}, s-maxage=10`)] }, [0, 0]],
    ['no-cache forbids both', { fields: [control(`${BOTH}, no-cache`)] }, [0, 0]],
    [
      'no-cache that names a field present forbids both',
      { fields: [control(`${BOTH}, no-cache="x"`), ['x', '1']] },
      [0, 0],
    ],
    ['no-cache that names no field present forbids none', { fields: [control(`${BOTH}, no-cache="x"`)] }, [30, 60]],
    [
      'max-age=0 leaves the one for errors',
      { fields: [control('max-age=0, stale-while-revalidate=30, stale-if-error=60')] },
      [0, 60],
    ],
    ['off, must-revalidate is ignored', { fields: [control(`${BOTH}, must-revalidate`)], occ: false }, [30, 60]],
    ['off, proxy-revalidate is ignored', { fields: [control(`${BOTH}, proxy-revalidate`)], occ: false }, [30, 60]],
    ['off, s-maxage is only a lifetime', { fields: [control(`${BOTH}, s-maxage=10`)], occ: false }, [30, 60]],
    [
      'off, no-cache for CDNs forbids both',
      { fields: [['cdn-cache-control', `${BOTH}, no-cache`]], occ: false },
      [0, 0],
    ],
    ['Always Online takes both away', { fields: [control(BOTH)], settings: { alwaysOnline: true } }, [0, 0]],
    [
      'disable_stale_while_updating takes one away',
      { fields: [control(BOTH)], settings: { disableStaleWhileUpdating: true } },
      [0, 60],
    ],
    [
      'the field that governs grants',
      { fields: [['cdn-cache-control', 'max-age=9, stale-if-error=5'], control(BOTH)] },
      [0, 5],
    ],
    ['under a rule what the origin grants stays', { rule: seconds(9), fields: [control(BOTH)] }, [30, 60]],
    [
      'under a rule must-revalidate does not bind',
      { rule: seconds(9), fields: [control(`${BOTH}, must-revalidate`)] },
      [30, 60],
    ],
    ['under a rule s-maxage does not bind', { rule: seconds(9), fields: [control(`${BOTH}, s-maxage=5`)] }, [30, 60]],
    ['under a rule without fields there is none', { rule: seconds(9) }, [0, 0]],
    ['a rule of 0 forbids both', { rule: seconds(0), fields: [control(BOTH)] }, [0, 0]],
  ]
  test.each(ROWS)('%s', (_, given, windows) => {
    expect(windowsOf(given)).toEqual([...windows])
  })
})

describe('Expires minus Date', () => {
  test.each([
    ['undefined without Expires', [], undefined],
    ['from the arrival without Date', [dateIn('expires', 60)], 60],
    ['from Date', [dateIn('expires', 60), dateIn('date', 20)], 40],
    ['never negative', [dateIn('expires', -60)], 0],
    ['0 for two dates in one field', [dateIn('expires', 60), dateIn('expires', 60)], 0],
  ] as const)('%s', (_, fields, lifetime) => {
    expect(expiresLifetime(fields, NOW)).toBe(lifetime === undefined ? undefined : toMillis(seconds(lifetime)))
  })
})
