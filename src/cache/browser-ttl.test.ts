// What Cache-Control browsers get.

import { describe, expect, test } from 'bun:test'
import { epochMillis, seconds } from '../base/index.ts'
import { type Field, formatHttpDate } from '../http/index.ts'
import { browserCacheControl } from './browser-ttl.ts'
import type { BrowserTtl } from './settings.ts'

const NOW = epochMillis(1_800_000_000_000)

const control = (value: string): Field => ['cache-control', value]
const expiresIn = (distance: number): Field => ['expires', formatHttpDate(epochMillis(NOW + distance * 1000))]

type Row = readonly [title: string, fields: readonly Field[], value: string | 'as-is']

function judged(settings: BrowserTtl, rows: readonly Row[]): void {
  test.each(rows)('%s', (_, fields, value) => {
    expect(browserCacheControl(settings, fields, NOW)).toEqual(
      value === 'as-is' ? { kind: 'as-is' } : { kind: 'set', value },
    )
  })
}

describe('the zone setting', () => {
  judged({ mode: 'zone', default: seconds(3600) }, [
    ['is inserted when there is nothing', [], 'max-age=3600'],
    ['is inserted among directives without a lifetime', [control('public')], 'public, max-age=3600'],
    ['raises a smaller max-age', [control('max-age=60')], 'max-age=3600'],
    ['raises 0', [control('max-age=0, must-revalidate')], 'must-revalidate, max-age=3600'],
    ['raises what is no number', [control('max-age=abc')], 'max-age=3600'],
    ['leaves an equal max-age', [control('max-age=3600')], 'as-is'],
    ['leaves a larger max-age', [control('max-age=7200')], 'as-is'],
    [
      'keeps the other directives as they are',
      [control('Public, X="a, b", MAX-AGE=60')],
      'Public, X="a, b", max-age=3600',
    ],
    ['keeps private', [control('private, max-age=60')], 'private, max-age=3600'],
    ['never reads s-maxage, which is not for browsers', [control('s-maxage=9999')], 's-maxage=9999, max-age=3600'],
    ['leaves no-store', [control('no-store')], 'as-is'],
    ['leaves no-cache', [control('no-cache')], 'as-is'],
    ['raises beside a no-cache that names fields', [control('no-cache="x-a"')], 'no-cache="x-a", max-age=3600'],
    ['raises a smaller Expires', [expiresIn(60)], 'max-age=3600'],
    ['leaves a larger Expires', [expiresIn(7200)], 'as-is'],
    [
      'measures Expires from Date',
      [expiresIn(3700), ['date', formatHttpDate(epochMillis(NOW + 200_000))]],
      'max-age=3600',
    ],
    ['raises an Expires that is no date', [['expires', '0']], 'max-age=3600'],
    ['compares max-age where there is Expires too', [control('max-age=60'), expiresIn(7200)], 'max-age=3600'],
  ])

  describe('of 0 respects the origin', () => {
    judged({ mode: 'zone', default: seconds(0) }, [
      ['with a lifetime', [control('max-age=60')], 'as-is'],
      ['without', [], 'as-is'],
    ])
  })
})

describe('respect_origin', () => {
  judged({ mode: 'respect_origin' }, [
    ['passes on what came', [control('max-age=60')], 'as-is'],
    ['inserts nothing', [], 'as-is'],
  ])
})

describe('override_origin', () => {
  judged({ mode: 'override_origin', default: seconds(30) }, [
    ['inserts', [], 'max-age=30'],
    ['lowers', [control('public, max-age=60')], 'public, max-age=30'],
    ['raises', [control('max-age=1')], 'max-age=30'],
    ['takes the place of every max-age', [control('max-age=1, max-age=2')], 'max-age=30'],
    ['takes back no-store and no-cache', [control('no-store, no-cache="x", no-transform')], 'no-transform, max-age=30'],
    [
      'keeps private and must-revalidate',
      [control('private, must-revalidate')],
      'private, must-revalidate, max-age=30',
    ],
    ['overrides Expires', [expiresIn(7200)], 'max-age=30'],
  ])
})

describe('bypass_by_default', () => {
  judged({ mode: 'bypass_by_default' }, [
    ['passes on Cache-Control', [control('max-age=60')], 'as-is'],
    ['passes on Expires', [expiresIn(60)], 'as-is'],
    ['else tells browsers not to store', [], 'no-store'],
  ])
})

describe('bypass', () => {
  judged({ mode: 'bypass' }, [['tells browsers not to store', [control('public, max-age=60')], 'no-store']])
})
