import { describe, expect, test } from 'bun:test'
import { type GivenFacts, makeRuleFacts } from '../../../test/support/rule-facts.ts'
import { type CacheSettings, DEFAULT_CACHE_SETTINGS } from '../../cache/index.ts'
import { makeRuleContext } from '../context.ts'
import { type GivenRule, programOf } from '../rules.fixture.ts'

const PHASE = 'http_request_cache_settings'

function cache(action_parameters: object, expression = 'true', rule: GivenRule = {}): GivenRule {
  return { action: 'set_cache_settings', action_parameters, expression, ...rule }
}

function runnerOf(rules: readonly GivenRule[]) {
  const phase = programOf(PHASE, rules).cacheSettings
  return (facts: GivenFacts, base: CacheSettings = DEFAULT_CACHE_SETTINGS, trail: string[] = []) =>
    phase?.run(makeRuleContext(makeRuleFacts(facts)), base, trail)
}

describe('Cache Rules', () => {
  const RULES = [
    cache({ cache: true, edge_ttl: { mode: 'override_origin', default: 60 } }, 'http.host eq "www.example.com"'),
    cache({ cache: false }, 'starts_with(http.request.uri.path, "/api")', { ref: 'no-api' }),
    cache({ edge_ttl: { mode: 'override_origin', default: 5 } }, 'http.request.uri.path.extension eq "css"'),
  ]

  test('are merged setting by setting, and the last one wins', () => {
    const run = runnerOf(RULES)
    const outcome = (path: string) => {
      const settings = run({ path })
      return [settings?.eligibility, settings?.edgeTtl.default]
    }
    expect([outcome('/'), outcome('/api/'), outcome('/api/a.css')] as unknown).toEqual([
      ['eligible', 60],
      ['ineligible', 60],
      ['ineligible', 5],
    ])
  })

  test('leave a trail with the names of what they set', () => {
    const trail: string[] = []
    runnerOf(RULES)({ path: '/api/' }, DEFAULT_CACHE_SETTINGS, trail)
    expect(trail).toEqual([
      'rule r0 of http_request_cache_settings: set cache, edge_ttl',
      'rule "no-api" of http_request_cache_settings: set cache',
    ])
  })

  test('give the same object for the same base and matches, and the base itself for none', () => {
    const run = runnerOf(RULES)
    const other = { ...DEFAULT_CACHE_SETTINGS, developmentMode: true }
    expect(run({ path: '/a' })).toBe(run({ path: '/b' }) as CacheSettings)
    expect(run({ path: '/a' })).not.toBe(run({ path: '/api' }) as CacheSettings)
    expect(run({ path: '/a' }, other)?.developmentMode).toBe(true)
    expect(run({ path: '/a' }, other)).toBe(run({ path: '/b' }, other) as CacheSettings)
    expect(run({ host: 'other.test', path: '/' }, other)).toBe(other)
  })

  test('keep no more outcomes than there is room for, whatever matches', () => {
    const rules = Array.from({ length: 12 }, (_, bit) =>
      cache({ cache: true }, `any(http.request.uri.args.names[*] eq "${bit}")`),
    )
    const run = runnerOf(rules)
    const query = (mask: number) => `?${rules.flatMap((_, bit) => (mask & (1 << bit) ? [bit] : [])).join('&')}`
    const first = run({ query: query(1) })
    for (let mask = 2; mask < 300; mask += 1) run({ query: query(mask) })
    expect(run({ query: query(1) })).toBe(first as CacheSettings)
    for (let mask = 2; mask < 1_000; mask += 1) run({ query: query(mask) })
    expect(run({ query: query(1) })).not.toBe(first as CacheSettings)
  })

  test.each([
    [['true', ' true '], true],
    [['true', 'ssl'], false],
  ])('%j are unconditional: %j', (expressions, isUnconditional) => {
    const rules = expressions.map((expression) => cache({ cache: true }, expression))
    expect(programOf(PHASE, rules).cacheSettings?.isUnconditional).toBe(isUnconditional)
  })
})
