// Targeted fields: which one speaks to this cache.

import { describe, expect, test } from 'bun:test'
import type { Field } from '../http/index.ts'
import { type ControlSource, governingControl, isTargeted } from './targeted.ts'

const OURS: Field = ['cloudflare-cdn-cache-control', 'max-age=1']
const CDNS: Field = ['cdn-cache-control', 'max-age=2']
const SURROGATES: Field = ['surrogate-control', 'max-age=3']
const ALL: Field = ['cache-control', 'max-age=4']

type Row = readonly [title: string, fields: readonly Field[], source: ControlSource, maxAge: number | undefined]

const ROWS: readonly Row[] = [
  ['none without a field', [], 'none', undefined],
  ['Cache-Control', [ALL], 'cache-control', 4],
  ['Surrogate-Control over Cache-Control', [ALL, SURROGATES], 'surrogate-control', 3],
  ['CDN-Cache-Control over both', [ALL, SURROGATES, CDNS], 'cdn-cache-control', 2],
  ['Cloudflare-CDN-Cache-Control over all', [ALL, CDNS, OURS, SURROGATES], 'cloudflare-cdn-cache-control', 1],
  ['alone: nothing is merged', [['cdn-cache-control', 'public'], ALL], 'cdn-cache-control', undefined],
  ['not when it is empty: "a valid, non-empty value"', [['cdn-cache-control', ''], ALL], 'cache-control', 4],
  ['not when it has only commas', [['cloudflare-cdn-cache-control', ' , '], CDNS], 'cdn-cache-control', 2],
  ['Surrogate-Control even when it is empty', [['surrogate-control', ''], ALL], 'surrogate-control', undefined],
  ['none when Cache-Control is empty', [['cache-control', '']], 'none', undefined],
  [
    'all lines of one field',
    [
      ['cache-control', 'public'],
      ['cache-control', 'max-age=9'],
    ],
    'cache-control',
    9,
  ],
  [
    'not what is meant for another surrogate',
    [['surrogate-control', 'max-age=3;other'], ALL],
    'surrogate-control',
    undefined,
  ],
  [
    'a lifetime with an extension',
    [['surrogate-control', 'max-age=600+60, content="ESI/1.0"']],
    'surrogate-control',
    600,
  ],
]

test.each(ROWS)('governs: %s', (_, fields, source, maxAge) => {
  const governing = governingControl(fields)
  expect([governing.source, governing.control?.maxAge as number | undefined]).toEqual([source, maxAge])
})

test('the control is undefined exactly when there is none', () => {
  expect(governingControl([]).control).toBeUndefined()
  expect(governingControl([['surrogate-control', '']]).control).toBeDefined()
})

describe('a field is targeted when browsers do not read it', () => {
  test.each([
    ['cloudflare-cdn-cache-control', true],
    ['cdn-cache-control', true],
    ['surrogate-control', true],
    ['cache-control', false],
    ['none', false],
  ] as const)('%s: %p', (source, targeted) => {
    expect(isTargeted(source)).toBe(targeted)
  })
})
