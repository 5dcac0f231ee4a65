// The parameters of a Cache Rule: what they set, what is refused and where, and how rules lie one over the other.

import { describe, expect, test } from 'bun:test'
import { seconds } from '../../base/index.ts'
import { type CacheSettings, type CustomKey, DEFAULT_CACHE_SETTINGS } from '../../cache/index.ts'
import { applyCacheRule, type CacheRuleParameters, parseCacheRuleParameters } from './set-cache-settings.ts'

const PLAIN_KEY: CustomKey = {
  query: { kind: 'all' },
  header: { include: [], checkPresence: [], contains: {}, excludeOrigin: false },
  cookie: { include: [], checkPresence: [] },
  hostResolved: false,
  user: { deviceType: false, geo: false, lang: false },
}

function parsed(json: unknown): CacheRuleParameters {
  const result = parseCacheRuleParameters(json)
  if (!result.ok) throw new Error(JSON.stringify(result.problem))
  return result.value
}

/** The one problem of a JSON that is refused. */
function problemOf(json: unknown): { pointer: string; message: string } {
  const result = parseCacheRuleParameters(json)
  if (result.ok) throw new Error(`accepted: ${JSON.stringify(result.value)}`)
  expect(result.problem).toHaveLength(1)
  return result.problem[0] as { pointer: string; message: string }
}

const custom = (customKey: unknown) => ({ cache_key: { custom_key: customKey } })
const query = (queryString: unknown) => custom({ query_string: queryString })
const header = (parameters: unknown) => custom({ header: parameters })
const edge = (parameters: unknown) => ({ edge_ttl: parameters })
const byStatus = (...entries: unknown[]) => edge({ mode: 'respect_origin', status_code_ttl: entries })
const vary = (headers: unknown) => ({ vary: { default: { action: 'bypass' }, headers } })

describe('what each parameter sets', () => {
  const ROWS: readonly (readonly [json: unknown, expected: CacheRuleParameters])[] = [
    [{ cache: true }, { eligibility: 'eligible' }],
    [{ cache: false }, { eligibility: 'ineligible' }],
    [{ origin_cache_control: false }, { originCacheControl: false }],
    [{ respect_strong_etags: true }, { respectStrongEtags: true }],
    [{ origin_error_page_passthru: true }, { originErrorPagePassthru: true }],
    [{ serve_stale: { disable_stale_while_updating: true } }, { disableStaleWhileUpdating: true }],
    [{ serve_stale: {} }, {}],
    [{ read_timeout: 900 }, { readTimeout: seconds(900) }],
    [{ additional_cacheable_ports: [8443, 2083, 8443] }, { additionalCacheablePorts: [8443, 2083] }],
    [{ varyant: { cors_variants: 'collapse' } }, { corsVariants: 'collapse' }],
    [{ varyant: { cors_variants: 'per_origin' } }, { corsVariants: 'per_origin' }],
    [{ varyant: {} }, {}],
    [{ cache_key: {} }, { key: {} }],
    [{ cache_key: { cache_by_device_type: true } }, { key: { byDeviceType: true } }],
    [
      { cache_key: { ignore_query_strings_order: false, cache_deception_armor: true } },
      { key: {}, sortQuery: false, deceptionArmor: true },
    ],
    [{ cache_reserve: { eligible: true, minimum_file_size: 0 } }, {}],
    [{ origin_range_requests: { mode: 'default' } }, {}],
    [{ shared_dictionary: { match_pattern: '/app/*' } }, {}],
  ]
  test.each(ROWS)('%j', (json, expected) => {
    expect(parsed(json)).toStrictEqual(expected)
  })
})

describe('edge_ttl', () => {
  test('respect_origin', () => {
    expect(parsed(edge({ mode: 'respect_origin' })).edgeTtl).toEqual({
      mode: 'respect_origin',
      default: undefined,
      byStatus: [],
    })
  })
  test('override_origin', () => {
    expect(parsed(edge({ mode: 'override_origin', default: 0 })).edgeTtl?.default).toBe(seconds(0))
  })

  const ENTRIES: readonly (readonly [entry: unknown, expected: unknown])[] = [
    [
      { status_code: 404, value: 10 },
      { from: 404, to: 404, value: 10 },
    ],
    [
      { status_code_range: { from: 500, to: 599 }, value: -1 },
      { from: 500, to: 599, value: 'no-store' },
    ],
    [
      { status_code_range: { from: 500 }, value: 0 },
      { from: 500, to: 999, value: 0 },
    ],
    [
      { status_code_range: { to: 299 }, value: 1 },
      { from: 100, to: 299, value: 1 },
    ],
    [
      { status_code: 200, value: 'no-cache' },
      { from: 200, to: 200, value: 0 },
    ],
    [
      { status_code: 200, value: 'no-store' },
      { from: 200, to: 200, value: 'no-store' },
    ],
  ]
  test.each(ENTRIES)('status_code_ttl %j', (entry, expected) => {
    expect(parsed(byStatus(entry)).edgeTtl?.byStatus as unknown).toEqual([expected])
  })
})

describe('browser_ttl', () => {
  const ROWS: readonly (readonly [json: unknown, expected: unknown])[] = [
    [{ mode: 'respect_origin' }, { mode: 'respect_origin' }],
    [
      { mode: 'override_origin', default: 60 },
      { mode: 'override_origin', default: 60 },
    ],
    [{ mode: 'bypass_by_default' }, { mode: 'bypass_by_default' }],
    [{ mode: 'bypass' }, { mode: 'bypass' }],
  ]
  test.each(ROWS)('%j', (json, expected) => {
    expect(parsed({ browser_ttl: json }).browserTtl as unknown).toEqual(expected)
  })
})

describe('custom_key', () => {
  test('empty objects leave every part of the default', () => {
    expect(parsed(custom({})).key?.custom).toEqual(PLAIN_KEY)
    expect(parsed(custom({ query_string: {}, header: {}, cookie: {}, host: {}, user: {} })).key?.custom).toEqual(
      PLAIN_KEY,
    )
  })

  const QUERIES: readonly (readonly [queryString: unknown, expected: CustomKey['query']])[] = [
    [{ include: ['a', 'b', 'a'] }, { kind: 'only', names: ['a', 'b'] }],
    [{ include: { list: ['a'] } }, { kind: 'only', names: ['a'] }],
    [{ include: '*' }, { kind: 'all' }],
    [{ include: ['*'] }, { kind: 'all' }],
    [{ include: { all: true } }, { kind: 'all' }],
    [{ exclude: ['a'] }, { kind: 'except', names: ['a'] }],
    [{ exclude: { list: ['a'] } }, { kind: 'except', names: ['a'] }],
    [{ exclude: '*' }, { kind: 'none' }],
    [{ exclude: ['*'] }, { kind: 'none' }],
    [{ exclude: { all: true } }, { kind: 'none' }],
    [{ ignore: true }, { kind: 'none' }],
    [{ ignore: false }, { kind: 'all' }],
  ]
  test.each(QUERIES)('query_string %j', (queryString, expected) => {
    expect(parsed(query(queryString)).key?.custom?.query).toEqual(expected)
  })

  test('field names are lower-cased, cookie names are not', () => {
    const json = custom({
      header: {
        include: ['X-A'],
        check_presence: ['X-B'],
        contains: { 'Accept-Encoding': ['BR'] },
        exclude_origin: true,
      },
      cookie: { include: ['Session'], check_presence: ['Beta'] },
      host: { resolved: true },
      user: { device_type: true, geo: true, lang: true },
    })
    expect(parsed(json).key?.custom).toEqual({
      query: { kind: 'all' },
      header: {
        include: ['x-a'],
        checkPresence: ['x-b'],
        contains: { 'accept-encoding': ['BR'] },
        excludeOrigin: true,
      },
      cookie: { include: ['Session'], checkPresence: ['Beta'] },
      hostResolved: true,
      user: { deviceType: true, geo: true, lang: true },
    })
  })

  test('the presence of a field of many values may be a part of the key', () => {
    expect(parsed(header({ check_presence: ['Accept'] })).key?.custom?.header.checkPresence).toEqual(['accept'])
  })
})

describe('vary', () => {
  test('actions by field, with their allow-lists in lower case', () => {
    const json = {
      default: { action: 'passthrough' },
      headers: {
        accept: { action: 'normalize', media_types: ['Text/HTML'] },
        'accept-language': { action: 'normalize', languages: ['en', 'de-CH'] },
        'x-foo': { action: 'bypass' },
        __proto__x: { action: 'bypass' },
      },
    }
    expect(parsed({ vary: json }).vary).toEqual({
      default: 'passthrough',
      headers: {
        accept: { action: 'normalize', allow: ['text/html'] },
        'accept-language': { action: 'normalize', allow: ['en', 'de-ch'] },
        'x-foo': { action: 'bypass', allow: undefined },
        __proto__x: { action: 'bypass', allow: undefined },
      },
    })
  })

  test('a name that objects inherit is a member like others', () => {
    const json = JSON.parse('{"vary":{"default":{"action":"bypass"},"headers":{"__proto__":{"action":"normalize"}}}}')
    const headers = parsed(json).vary?.headers ?? {}
    expect(Object.keys(headers)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
  })
})

describe('what is refused, and where', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index}`)
  const fields = (count: number) => Object.fromEntries(many(count).map((name) => [name, { action: 'bypass' }]))

  const ROWS: readonly (readonly [title: string, json: unknown, pointer: string, message: string | RegExp])[] = [
    ['no parameters', {}, '', /^action parameters are required/],
    ['nothing', undefined, '', /^action parameters are required/],
    ['null', null, '', 'null is not an object; write { ... }'],
    ['an array', [], '', 'an array is not an object; write { ... }'],
    [
      'an unknown parameter',
      { cash: true },
      '/cash',
      /^this is no parameter of set_cache_settings; use cache, edge_ttl/,
    ],
    [
      'CORS variants that do not exist',
      { varyant: { cors_variants: 'all' } },
      '/varyant/cors_variants',
      /per_origin or/,
    ],
    ['another member of ours', { varyant: { cors: 1 } }, '/varyant/cors', /cors_variants/],
    ['an inherited name', { constructor: true }, '/constructor', /^this is no parameter/],
    [
      'a parameter of responses',
      { strip_etags: true },
      '/strip_etags',
      /put it in a rule of .*http_response_cache_settings/,
    ],
    ['a pointer is escaped', { 'a/b~c': 1 }, '/a~1b~0c', /^this is no parameter/],
    ['a boolean as a string', { cache: 'true' }, '/cache', '"true" is not a boolean; write true or false'],
    [
      'edge_ttl without mode',
      edge({}),
      '/edge_ttl',
      /^mode is missing; use respect_origin, override_origin or bypass_by_default$/,
    ],
    ['an unknown mode', edge({ mode: 'bypass' }), '/edge_ttl/mode', /^"bypass" is not known here; use respect_origin/],
    [
      'override_origin without default',
      edge({ mode: 'override_origin' }),
      '/edge_ttl',
      /needs a lifetime; add default/,
    ],
    [
      'default in respect_origin',
      edge({ mode: 'respect_origin', default: 1 }),
      '/edge_ttl/default',
      /^default is useless in respect_origin mode/,
    ],
    [
      'a negative lifetime',
      edge({ mode: 'override_origin', default: -1 }),
      '/edge_ttl/default',
      '-1 is not a lifetime in seconds; write a whole number from 0 to 2147483648',
    ],
    ['a fraction', edge({ mode: 'override_origin', default: 1.5 }), '/edge_ttl/default', /^1.5 is not a lifetime/],
    [
      'status and range',
      byStatus({ status_code: 200, status_code_range: { from: 1 }, value: 1 }),
      '/edge_ttl/status_code_ttl/0',
      /^cannot contain both/,
    ],
    ['no status', byStatus({ value: 1 }), '/edge_ttl/status_code_ttl/0', /^no status is named/],
    ['no value', byStatus({ status_code: 200 }), '/edge_ttl/status_code_ttl/0', /^value is missing/],
    [
      'a status that is none',
      byStatus({ status_code: 99, value: 1 }),
      '/edge_ttl/status_code_ttl/0/status_code',
      '99 is not a status code; write a whole number from 100 to 999',
    ],
    [
      'a range without bounds',
      byStatus({ status_code_range: {}, value: 1 }),
      '/edge_ttl/status_code_ttl/0/status_code_range',
      /^the range has no bound/,
    ],
    [
      'a range the wrong way round',
      byStatus({ status_code_range: { from: 500, to: 400 }, value: 1 }),
      '/edge_ttl/status_code_ttl/0/status_code_range',
      'from 500 is greater than to 400; exchange them',
    ],
    [
      'a value below -1',
      byStatus({ status_code: 200, value: -2 }),
      '/edge_ttl/status_code_ttl/0/value',
      /^-2 is not a lifetime in seconds/,
    ],
    [
      'a value that is no lifetime',
      byStatus({ status_code: 200, value: 'never' }),
      '/edge_ttl/status_code_ttl/0/value',
      /"no-cache" or "no-store"$/,
    ],
    [
      'browser override without default',
      { browser_ttl: { mode: 'override_origin' } },
      '/browser_ttl',
      /needs a lifetime/,
    ],
    [
      'include and exclude',
      query({ include: ['a'], exclude: ['b'] }),
      '/cache_key/custom_key/query_string',
      'include and exclude exclude each other; keep one',
    ],
    [
      'all: false',
      query({ include: { all: false } }),
      '/cache_key/custom_key/query_string/include/all',
      /^false is not true/,
    ],
    [
      'list and all',
      query({ include: { list: ['a'], all: true } }),
      '/cache_key/custom_key/query_string/include',
      /^exactly one of list and all/,
    ],
    ['neither', query({ exclude: {} }), '/cache_key/custom_key/query_string/exclude', /^exactly one of list and all/],
    [
      'an empty list',
      query({ exclude: [] }),
      '/cache_key/custom_key/query_string/exclude',
      /^an empty list names nothing/,
    ],
    [
      'an empty parameter',
      query({ exclude: [''] }),
      '/cache_key/custom_key/query_string/exclude/0',
      /^0 characters are outside of 1 to 1024/,
    ],
    [
      '101 parameters',
      query({ include: { list: many(101) } }),
      '/cache_key/custom_key/query_string/include/list',
      '101 items exceed 100; remove 1',
    ],
    [
      'a parameter that is no string',
      query({ include: [1] }),
      '/cache_key/custom_key/query_string/include/0',
      '1 is not a string; put it in quotes',
    ],
    [
      'Origin in header.include',
      header({ include: ['Origin'] }),
      '/cache_key/custom_key/header/include/0',
      /^origin cannot be named .*exclude_origin/,
    ],
    [
      'Cookie in header.include',
      header({ include: ['cookie'] }),
      '/cache_key/custom_key/header/include/0',
      /use cookie.include/,
    ],
    [
      'a field of many values',
      header({ include: ['User-Agent'] }),
      '/cache_key/custom_key/header/include/0',
      /^user-agent has too many values .*header.contains$/,
    ],
    [
      'a field of the edge',
      header({ check_presence: ['CF-Ray'] }),
      '/cache_key/custom_key/header/check_presence/0',
      /^cf-ray is made by the edge/,
    ],
    [
      'no field name',
      header({ include: ['a b'] }),
      '/cache_key/custom_key/header/include/0',
      /^"a b" is not a field name/,
    ],
    [
      'contains without a field',
      header({ contains: {} }),
      '/cache_key/custom_key/header/contains',
      /^contains names no field/,
    ],
    [
      'contains without a value',
      header({ contains: { accept: [] } }),
      '/cache_key/custom_key/header/contains/accept',
      /^an empty list/,
    ],
    [
      'contains with 11 values',
      header({ contains: { accept: many(11) } }),
      '/cache_key/custom_key/header/contains/accept',
      '11 items exceed 10; remove 1',
    ],
    [
      'contains with Range',
      header({ contains: { range: ['a'] } }),
      '/cache_key/custom_key/header/contains/range',
      /^range cannot be named/,
    ],
    [
      'contains twice',
      header({ contains: { 'X-A': ['1'], 'x-a': ['2'] } }),
      '/cache_key/custom_key/header/contains/x-a',
      /^x-a is named twice/,
    ],
    [
      'a cookie of the edge',
      custom({ cookie: { include: ['__cf_bm'] } }),
      '/cache_key/custom_key/cookie/include/0',
      /^__cf_bm is a cookie of the edge/,
    ],
    [
      'no cookie name',
      custom({ cookie: { include: ['a=b'] } }),
      '/cache_key/custom_key/cookie/include/0',
      /^"a=b" is not a cookie name/,
    ],
    [
      'an unknown member',
      custom({ hots: {} }),
      '/cache_key/custom_key/hots',
      '"hots" is not known here; use query_string, header, cookie, host or user',
    ],
    ['no ports', { additional_cacheable_ports: [] }, '/additional_cacheable_ports', /^an empty list/],
    [
      'a port that is none',
      { additional_cacheable_ports: [0] },
      '/additional_cacheable_ports/0',
      '0 is not a port; write a whole number from 1 to 65535',
    ],
    [
      'a short read_timeout',
      { read_timeout: 99 },
      '/read_timeout',
      '99 is not a timeout in seconds; write a whole number from 100 to 6000',
    ],
    ['vary without default', { vary: {} }, '/vary', /^default is missing/],
    [
      'a default without action',
      { vary: { default: {} } },
      '/vary/default',
      'action is missing; use normalize, passthrough or bypass',
    ],
    [
      'an unknown action',
      vary({ 'x-a': { action: 'ignore' } }),
      '/vary/headers/x-a/action',
      /^"ignore" is not known here/,
    ],
    ['vary in upper case', vary({ Accept: { action: 'bypass' } }), '/vary/headers/Accept', /lower-case letters/],
    [
      'vary by a field of the edge',
      vary({ cf_x: { action: 'bypass' } }),
      '/vary/headers/cf_x',
      /^cf_x is made by the edge/,
    ],
    ['vary by Host', vary({ host: { action: 'bypass' } }), '/vary/headers/host', /^host never selects/],
    ['51 fields', vary(fields(51)), '/vary/headers', '51 fields exceed 50; leave the rest to default'],
    [
      'media_types elsewhere',
      vary({ 'x-a': { action: 'normalize', media_types: ['a/b'] } }),
      '/vary/headers/x-a/media_types',
      /^"media_types" is not known here; use action$/,
    ],
    [
      '11 media types',
      vary({ accept: { action: 'normalize', media_types: many(11) } }),
      '/vary/headers/accept/media_types',
      '11 items exceed 10; remove 1',
    ],
    [
      'a language of 65 characters',
      vary({ 'accept-language': { action: 'normalize', languages: ['a'.repeat(65)] } }),
      '/vary/headers/accept-language/languages/0',
      /^a value must be 1 to 64 printable/,
    ],
    ['cache_reserve without eligible', { cache_reserve: {} }, '/cache_reserve', /^eligible is missing/],
    [
      'origin_range_requests without mode',
      { origin_range_requests: {} },
      '/origin_range_requests',
      'mode is missing; use on, off or default',
    ],
    [
      'an empty match_pattern',
      { shared_dictionary: { match_pattern: '' } },
      '/shared_dictionary/match_pattern',
      /^0 characters/,
    ],
  ]
  test.each(ROWS)('%s', (_, json, pointer, message) => {
    const problem = problemOf(json)
    expect(problem.pointer).toBe(pointer)
    expect(problem.message).toMatch(message instanceof RegExp ? message : literally(message))
  })

  test('everything that is wrong is named at once, up to a limit', () => {
    const result = parseCacheRuleParameters({ cache: 1, edge_ttl: { mode: 'x' }, vary: {}, cache_key: { a: 1 } })
    expect(result.ok ? [] : result.problem.map(({ pointer }) => pointer)).toEqual([
      '/cache',
      '/edge_ttl/mode',
      '/vary',
      '/cache_key/a',
    ])
    const worse = parseCacheRuleParameters(fields(1_000))
    expect(worse.ok ? 0 : worse.problem.length).toBe(20)
  })

  test('no JSON makes it throw', () => {
    const values = [
      null,
      true,
      0,
      -1,
      Number.POSITIVE_INFINITY,
      '',
      'x',
      [],
      [null],
      {},
      { list: null },
      { action: [] },
    ]
    const names = [
      'cache',
      'edge_ttl',
      'browser_ttl',
      'cache_key',
      'vary',
      'cache_reserve',
      'additional_cacheable_ports',
    ]
    for (const name of names) {
      for (const value of values) {
        expect(() => parseCacheRuleParameters({ [name]: value })).not.toThrow()
        expect(() =>
          parseCacheRuleParameters({ [name]: { custom_key: value, default: value, mode: value } }),
        ).not.toThrow()
        expect(() =>
          parseCacheRuleParameters(custom({ header: value, query_string: { include: value } })),
        ).not.toThrow()
      }
    }
  })
})

describe('rules lie one over the other', () => {
  const applied = (...rules: readonly unknown[]): CacheSettings =>
    rules.map(parsed).reduce<CacheSettings>(applyCacheRule, DEFAULT_CACHE_SETTINGS)

  test('what a rule does not name stays as it was', () => {
    expect(applied({ cache: true })).toEqual({ ...DEFAULT_CACHE_SETTINGS, eligibility: 'eligible' })
  })

  test('settings of several rules combine; for one setting the last wins', () => {
    const settings = applied({ cache: false, origin_cache_control: false }, { cache: true, read_timeout: 300 })
    expect(settings).toMatchObject({ eligibility: 'eligible', originCacheControl: false, readTimeout: 300 })
  })

  test('each member of cache_key is a setting of its own', () => {
    const settings = applied(
      { cache_key: { cache_by_device_type: true, ignore_query_strings_order: true } },
      { cache_key: { custom_key: { user: { geo: true } }, cache_deception_armor: true } },
    )
    expect(settings.key.byDeviceType).toBe(true)
    expect(settings.key.custom?.user.geo).toBe(true)
    expect(settings).toMatchObject({ sortQuery: true, deceptionArmor: true })
  })

  test('a custom key, edge_ttl and vary are replaced as a whole', () => {
    const settings = applied(
      {
        ...custom({ user: { geo: true } }),
        ...byStatus({ status_code: 404, value: 1 }),
        ...vary({ 'x-a': { action: 'normalize' } }),
      },
      { ...custom({ user: { lang: true } }), ...edge({ mode: 'override_origin', default: 5 }), ...vary({}) },
    )
    expect(settings.key.custom).toEqual({ ...PLAIN_KEY, user: { deviceType: false, geo: false, lang: true } })
    expect(settings.edgeTtl).toEqual({ mode: 'override_origin', default: seconds(5), byStatus: [] })
    expect(settings.vary).toEqual({ default: 'bypass', headers: {} })
  })

  test('nothing that is given is changed', () => {
    const before = structuredClone(DEFAULT_CACHE_SETTINGS)
    applied({ cache: true, cache_key: { cache_by_device_type: true } })
    expect(DEFAULT_CACHE_SETTINGS).toEqual(before)
  })
})

function literally(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
}
