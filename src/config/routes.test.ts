import { describe, expect, test } from 'bun:test'
import { makeSnapshot } from './compile.ts'
import { resolveConfig } from './resolve.ts'

type Origins = Readonly<Record<string, string>>

/** Zones by name, with origins whose host says where a request went. */
function finderOf(zones: Readonly<Record<string, Origins>>) {
  const json = { zones: Object.entries(zones).map(([name, origins]) => ({ name, origins })) }
  const snapshot = makeSnapshot(resolveConfig(json), new Map(), 1)
  return (host: string) => {
    const route = snapshot.findRoute(host)
    return route === undefined ? undefined : `${route.zone.name} ${route.origin.hostname}`
  }
}

const ONE = finderOf({
  'example.com': {
    'b.example.com': 'http://exact',
    '*.example.com': 'http://wild',
    '*.deep.example.com': 'http://deep',
    '*': 'http://any',
  },
})

describe('a host of one zone leads to', () => {
  test.each([
    ['its exact pattern', 'b.example.com', 'example.com exact'],
    ['the wildcard above it', 'c.example.com', 'example.com wild'],
    ['the wildcard above it, at any depth', 'a.b.c.example.com', 'example.com wild'],
    ['the longest wildcard', 'x.y.deep.example.com', 'example.com deep'],
    ['no wildcard of its own name', 'deep.example.com', 'example.com wild'],
    [
      '`*` when it is the name of the zone itself: a wildcard has something before its suffix',
      'example.com',
      'example.com any',
    ],
    ['`*` when no zone names it', 'elsewhere.test', 'example.com any'],
    ['`*` when it only ends in the same letters', 'badexample.com', 'example.com any'],
    ['`*` when it is an address', '[::1]', 'example.com any'],
  ])('%s', (_, host, expected) => {
    expect(ONE(host)).toBe(expected)
    expect(ONE(host)).toBe(expected)
  })
})

const SEVERAL = finderOf({
  'example.com': { 'www.example.com': 'http://www', '*': 'http://parent' },
  'b.example.com': { 'b.example.com': 'http://child' },
  'example.org': { '*.example.org': 'http://org', '*.vanity.test': 'http://vanity', '*': 'http://second' },
})

describe('of several zones', () => {
  test.each([
    ['the longest name decides', 'b.example.com', 'b.example.com child'],
    ['a zone that has a host but no pattern for it answers for it: nowhere', 'x.b.example.com', undefined],
    ["`*` serves the zone's own hosts", 'x.example.com', 'example.com parent'],
    ["`*` of one zone does not take another's host", 'example.org', 'example.org second'],
    ['a pattern may name hosts of no zone', 'shop.vanity.test', 'example.org vanity'],
    ['other hosts go to the first `*` of the file', 'elsewhere.test', 'example.com parent'],
  ])('%s', (_, host, expected) => {
    expect(SEVERAL(host)).toBe(expected)
  })

  test('without any `*` a host of no zone leads nowhere', () => {
    const find = finderOf({ 'example.com': { 'example.com': 'http://h' } })
    expect([find('elsewhere.test'), find('elsewhere.test')]).toEqual([undefined, undefined])
  })

  test('many invented hosts are answered like the first', () => {
    for (let i = 0; i < 10_000; i += 1) expect(ONE(`h${i}.example.com`)).toBe('example.com wild')
    expect(ONE('b.example.com')).toBe('example.com exact')
  })
})

test('a snapshot cannot be changed by who reads it', () => {
  const { zones } = makeSnapshot(resolveConfig({ zones: [{ name: 'example.com' }] }), new Map(), 1)
  expect([Object.isFrozen(zones), Object.isFrozen(zones[0]), Object.isFrozen(zones[0]?.cacheSettings)]).toEqual([
    true,
    true,
    true,
  ])
})

describe('the cache settings of a zone', () => {
  const settingsOf = (zone: object) =>
    makeSnapshot(resolveConfig({ zones: [{ name: 'example.com', ...zone }] }), new Map(), 1).zones[0]?.cacheSettings
  test('are those of the zone', () => {
    const settings = { browser_cache_ttl: 60, cache_level: 'simplified', proxy_read_timeout: 7 }
    expect(settingsOf({ settings })).toMatchObject({
      browserTtl: { mode: 'zone', default: 60 },
      level: 'simplified',
      readTimeout: 7,
      eligibility: 'by-extension',
    })
  })

  test('have no rules in them: those are laid over them for each request', () => {
    const rule = { expression: 'true', action: 'set_cache_settings', action_parameters: { cache: true } }
    const zone = { rulesets: { http_request_cache_settings: [rule] } }
    expect(settingsOf(zone)?.eligibility).toBe('by-extension')
  })

  test('leave Development Mode to the time', () => {
    expect(settingsOf({ settings: { development_mode: 'on' } })?.developmentMode).toBe(false)
  })
})
