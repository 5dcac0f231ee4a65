import { describe, expect, test } from 'bun:test'
import { type GivenFacts, makeRuleFacts } from '../../../test/support/rule-facts.ts'
import { seconds } from '../../base/index.ts'
import { type CacheSettings, DEFAULT_CACHE_SETTINGS } from '../../cache/index.ts'
import type { FieldList } from '../../http/index.ts'
import { makeRuleContext } from '../context.ts'
import type { CacheResponseEdits } from '../outcomes.ts'
import { type GivenRule, programOf } from '../rules.fixture.ts'
import { applyCacheResponse, cacheResponseSettings } from './cache-response.ts'

const PHASE = 'http_response_cache_settings'

const control = (action_parameters: object, rule: GivenRule = {}): GivenRule => ({
  action: 'set_cache_control',
  action_parameters,
  ...rule,
})
const tags = (action_parameters: object): GivenRule => ({ action: 'set_cache_tags', action_parameters })
const strip = (action_parameters: object): GivenRule => ({ action: 'set_cache_settings', action_parameters })

function editsOf(
  rules: readonly GivenRule[],
  facts: GivenFacts = {},
  trail: string[] = [],
): CacheResponseEdits | undefined {
  return programOf(PHASE, rules).cacheResponse?.run(makeRuleContext(makeRuleFacts({ response: {}, ...facts })), trail)
}

function applied(rules: readonly GivenRule[], fields: FieldList, facts: GivenFacts = {}) {
  const edits = editsOf(rules, { response: { fields }, ...facts })
  if (edits === undefined) throw new Error('no rule matched')
  return applyCacheResponse(fields, edits)
}

const set = (value: number, cloudflare_only?: boolean) => ({
  operation: 'set',
  value,
  ...(cloudflare_only !== undefined && { cloudflare_only }),
})
const REMOVE = { operation: 'remove' }
const SET = { operation: 'set' }

describe('Cache-Control', () => {
  type Row = readonly [
    title: string,
    rules: readonly GivenRule[],
    before: FieldList,
    judged: FieldList,
    passed: FieldList,
  ]
  const CC = 'cache-control'
  const ROWS: readonly Row[] = [
    [
      'a directive is set for both',
      [control({ 'max-age': set(60) })],
      [[CC, 'max-age=1, public']],
      [[CC, 'public, max-age=60']],
      [[CC, 'public, max-age=60']],
    ],
    [
      '"rule 7200 s, response rule s-maxage 3600 cloudflare_only, origin s-maxage=600: the visitor sees 600"',
      [control({ 's-maxage': set(3600, true) })],
      [[CC, 's-maxage=600']],
      [[CC, 's-maxage=3600']],
      [[CC, 's-maxage=600']],
    ],
    [
      'a directive is removed from both',
      [control({ 'no-store': REMOVE })],
      [[CC, 'no-store, max-age=1']],
      [[CC, 'max-age=1']],
      [[CC, 'max-age=1']],
    ],
    ['the field goes with its last directive', [control({ 'no-store': REMOVE })], [[CC, 'no-store']], [], []],
    ['it comes with its first', [control({ public: SET })], [], [[CC, 'public']], [[CC, 'public']]],
    [
      'of two rules the later wins, as a whole',
      [control({ 'max-age': set(1, true) }), control({ 'max-age': set(2) })],
      [],
      [[CC, 'max-age=2']],
      [[CC, 'max-age=2']],
    ],
    [
      'names qualify',
      [control({ private: { operation: 'set', qualifiers: ['x-a', 'x-b'] } })],
      [],
      [[CC, 'private="x-a, x-b"']],
      [[CC, 'private="x-a, x-b"']],
    ],
    [
      'no names do not',
      [control({ 'no-cache': { operation: 'set', qualifiers: [] } })],
      [[CC, 'no-cache="x"']],
      [[CC, 'no-cache']],
      [[CC, 'no-cache']],
    ],
    [
      'a directive in capitals is the same one',
      [control({ private: REMOVE })],
      [[CC, 'Private, max-age=1']],
      [[CC, 'max-age=1']],
      [[CC, 'max-age=1']],
    ],
    [
      'what is set outranks the fields for CDNs',
      [control({ 's-maxage': set(9) })],
      [
        ['cdn-cache-control', 's-maxage=5'],
        [CC, 'max-age=1'],
      ],
      [
        [CC, 'max-age=1'],
        ['cdn-cache-control', 's-maxage=9'],
      ],
      [
        ['cdn-cache-control', 's-maxage=5'],
        [CC, 'max-age=1, s-maxage=9'],
      ],
    ],
    [
      'what is removed is said by none of them',
      [control({ 'no-store': { operation: 'remove', cloudflare_only: true } })],
      [
        ['cdn-cache-control', 'no-store'],
        [CC, 'no-store, max-age=1'],
      ],
      [[CC, 'max-age=1']],
      [
        ['cdn-cache-control', 'no-store'],
        [CC, 'no-store, max-age=1'],
      ],
    ],
  ]
  test.each(ROWS)('%s', (_, rules, before, judged, passed) => {
    expect(applied(rules, before)).toEqual({ judged, passed })
  })
})

describe('tags and stripped fields', () => {
  const ROWS: readonly (readonly [title: string, rules: readonly GivenRule[], before: FieldList, after: FieldList])[] =
    [
      ['tags are added', [tags({ operation: 'add', values: ['b'] })], [['cache-tag', 'a']], [['cache-tag', 'a,b']]],
      [
        'tags are removed, in whatever case',
        [tags({ operation: 'remove', values: ['A'] })],
        [['cache-tag', 'a, b']],
        [['cache-tag', ' b']],
      ],
      ['tags are replaced', [tags({ operation: 'set', values: ['c'] })], [['cache-tag', 'a, b']], [['cache-tag', 'c']]],
      [
        'rules add up in their order',
        [tags({ operation: 'set', values: ['c'] }), tags({ operation: 'add', values: ['d'] })],
        [['cache-tag', 'a']],
        [['cache-tag', 'c,d']],
      ],
      ['the last tag takes the field along', [tags({ operation: 'remove', values: ['a'] })], [['cache-tag', 'a']], []],
      [
        'tags are computed from the response',
        [tags({ operation: 'add', expression: 'split(http.response.headers["surrogate-key"][0], " ", 128)' })],
        [['surrogate-key', 'x  y\u0000z ok']],
        [
          ['surrogate-key', 'x  y\u0000z ok'],
          ['cache-tag', 'x,ok'],
        ],
      ],
      [
        'from what is not there come none',
        [tags({ operation: 'add', expression: 'split(http.response.headers["surrogate-key"][0], " ", 9)' })],
        [['cache-tag', 'a']],
        [['cache-tag', 'a']],
      ],
      [
        'entity-tags go',
        [strip({ strip_etags: true })],
        [
          ['etag', '"a"'],
          ['x', '1'],
        ],
        [['x', '1']],
      ],
      [
        'cookies go, every line',
        [strip({ strip_set_cookie: true })],
        [
          ['set-cookie', 'a'],
          ['set-cookie', 'b'],
        ],
        [],
      ],
      [
        'the last switch wins',
        [strip({ strip_last_modified: true, strip_etags: true }), strip({ strip_etags: false })],
        [
          ['etag', '"a"'],
          ['last-modified', 'x'],
        ],
        [['etag', '"a"']],
      ],
    ]
  test.each(ROWS)('%s', (_, rules, before, after) => {
    expect(applied(rules, before)).toEqual({ judged: after, passed: after })
  })
})

describe('the settings of the response', () => {
  const BASE: CacheSettings = {
    ...DEFAULT_CACHE_SETTINGS,
    originCacheControl: false,
    edgeTtl: { mode: 'override_origin', default: seconds(7_200), byStatus: [] },
  }
  const settingsFor = (rules: readonly GivenRule[]) => cacheResponseSettings(BASE, editsOf(rules) as CacheResponseEdits)

  test('"If any rule of the phase matches, Origin Cache Control is on"', () => {
    const { settings, allowsSmartRevalidation } = settingsFor([tags({ operation: 'add', values: ['a'] })])
    expect([settings.originCacheControl, settings.edgeTtl.mode, allowsSmartRevalidation]).toEqual([
      true,
      'override_origin',
      true,
    ])
  })

  test('a directive that a rule sets outranks edge_ttl', () => {
    expect(settingsFor([control({ 's-maxage': set(60) })]).settings.edgeTtl.mode).toBe('respect_origin')
    expect(settingsFor([control({ 'must-revalidate': SET })]).settings.edgeTtl.mode).toBe('override_origin')
    expect(settingsFor([control({ 'no-store': REMOVE })]).settings.edgeTtl.mode).toBe('override_origin')
  })

  test('"If ETag or Last-Modified stripping is true at the end, Smart Edge Revalidation is off"', () => {
    expect(settingsFor([strip({ strip_last_modified: true })]).allowsSmartRevalidation).toBe(false)
    expect(settingsFor([strip({ strip_set_cookie: true })]).allowsSmartRevalidation).toBe(true)
  })

  test('are the same object for the same base', () => {
    const rules = [control({ 's-maxage': set(60) })]
    expect(settingsFor(rules).settings).toBe(settingsFor(rules).settings)
  })
})

test('a rule that does not match edits nothing; those that do are in the trail', () => {
  const trail: string[] = []
  const rules = [
    control({ 'max-age': set(1) }, { expression: 'http.response.code eq 500' }),
    control({ 'max-age': set(5), private: REMOVE }, { expression: 'http.response.code eq 200', ref: 'five' }),
    strip({ strip_etags: true }),
  ]
  expect(editsOf(rules.slice(0, 1))).toBeUndefined()
  editsOf(rules, {}, trail)
  expect(trail).toEqual([
    'rule "five" of http_response_cache_settings: set max-age=5, remove private',
    'rule r2 of http_response_cache_settings: set strip etags on',
  ])
})
