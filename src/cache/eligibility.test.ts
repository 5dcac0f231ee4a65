// Eligibility, by table.

import { describe, expect, test } from 'bun:test'
import { DEFAULT_CACHE_SETTINGS } from './default-settings.ts'
import {
  DEFAULT_EXTENSIONS,
  decideEligibility,
  type EligibilityRequest,
  type IneligibleReason,
  makeEligibility,
  UNCACHED_PORTS,
} from './eligibility.ts'
import type { CacheSettings } from './settings.ts'

type Row = readonly [
  title: string,
  settings: Partial<CacheSettings>,
  request: Partial<EligibilityRequest>,
  expected: 'eligible' | IneligibleReason,
]

const ROWS: readonly Row[] = [
  ['a listed extension', {}, { path: '/a.css' }, 'eligible'],
  ['an extension in capitals', {}, { path: '/A.JPG' }, 'eligible'],
  ['an extension behind another', {}, { path: '/a.html.gz' }, 'eligible'],
  ['with a query', {}, { path: '/a.css', query: '?v=1' }, 'eligible'],
  ['HTML', {}, { path: '/index.html' }, 'extension'],
  ['JSON', {}, { path: '/a.json' }, 'extension'],
  ['no extension', {}, { path: '/' }, 'extension'],
  ['an extension of a directory', {}, { path: '/a.css/b' }, 'extension'],
  ['a dot-file', {}, { path: '/.css' }, 'extension'],
  ['an extension in a path parameter', {}, { path: '/account;x.css' }, 'extension'],
  ['an extension in the query', {}, { path: '/a', query: '?b.css' }, 'extension'],
  ['an encoded dot is no dot', {}, { path: '/a%2Ecss' }, 'extension'],
  ['robots.txt', {}, { path: '/robots.txt' }, 'eligible'],
  ['robots.txt in capitals', {}, { path: '/Robots.TXT' }, 'eligible'],
  ['robots.txt of a directory may be any page', {}, { path: '/account/robots.txt' }, 'extension'],
  ['another .txt', {}, { path: '/humans.txt' }, 'extension'],
  ['HEAD', {}, { method: 'HEAD' }, 'eligible'],
  ['POST', {}, { method: 'POST' }, 'method'],
  ['a method is compared as it is', {}, { method: 'get' }, 'method'],
  ['cache: true makes any path eligible', { eligibility: 'eligible' }, { path: '/' }, 'eligible'],
  ['cache: true makes no method eligible', { eligibility: 'eligible' }, { method: 'PUT' }, 'method'],
  ['cache: false', { eligibility: 'ineligible' }, {}, 'rule-bypass'],
  ['development mode', { developmentMode: true, eligibility: 'eligible' }, {}, 'development-mode'],
  ['basic, without a query', { level: 'basic' }, {}, 'eligible'],
  ['basic, with a query', { level: 'basic' }, { query: '?v=1' }, 'query-under-basic'],
  ['basic, with an empty query', { level: 'basic' }, { query: '?' }, 'query-under-basic'],
  ['cache: true beats basic', { level: 'basic', eligibility: 'eligible' }, { query: '?v=1' }, 'eligible'],
  ['simplified drops the query elsewhere', { level: 'simplified' }, { query: '?v=1' }, 'eligible'],
  ['a usual port', {}, { port: 8443 }, 'eligible'],
  ['an administrative port', {}, { port: 2083 }, 'port'],
  ['an administrative port, cache: true', { eligibility: 'eligible' }, { port: 2083 }, 'port'],
  ['an administrative port that is listed', { additionalCacheablePorts: [2083] }, { port: 2083 }, 'eligible'],
]

describe('a request is eligible, or not for a reason', () => {
  test.each(ROWS)('%s', (_, changes, changed, expected) => {
    const settings = { ...DEFAULT_CACHE_SETTINGS, ...changes }
    const request = { method: 'GET', path: '/a.css', query: '', port: undefined, ...changed }
    const decision =
      expected === 'eligible' ? { kind: 'eligible' as const } : { kind: 'ineligible' as const, reason: expected }
    expect(decideEligibility(settings, request)).toEqual(decision)
    expect(makeEligibility(settings)(request.method, request.path, request.query, request.port)).toEqual(decision)
  })
})

test('56 extensions are cached by default, all in lower case', () => {
  expect(DEFAULT_EXTENSIONS.size).toBe(56)
  for (const extension of DEFAULT_EXTENSIONS) expect(extension).toMatch(/^[a-z0-9]+$/)
})

test('the ports that this edge listens on by default are cached', () => {
  for (const port of [80, 443, 8080, 8443]) expect(UNCACHED_PORTS.has(port)).toBe(false)
})
