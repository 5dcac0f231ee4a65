// The key, by table and by reading it back.

import { describe, expect, test } from 'bun:test'
import { makeRandom } from '../../test/support/random.ts'
import { DEFAULT_CACHE_SETTINGS } from './default-settings.ts'
import { makeKeyMaker } from './key.ts'
import { collectOverrides, type KeyRequest, OVERRIDE_FIELDS, type Overrides } from './key-request.ts'
import { LINEAR_BUDGET_MILLIS, processorMillis } from './processor-time.fixture.ts'
import type { CacheSettings, CustomKey, NameSelection } from './settings.ts'

const ZONE = '0123abcd'

type Shape = Partial<Omit<KeyRequest, 'field'>> & { readonly fields?: Readonly<Record<string, string>> }
type CustomShape = {
  readonly query?: NameSelection
  readonly header?: Partial<CustomKey['header']>
  readonly cookie?: Partial<CustomKey['cookie']>
  readonly hostResolved?: boolean
  readonly user?: Partial<CustomKey['user']>
}

function requestOf({ fields = {}, ...rest }: Shape = {}): KeyRequest {
  return {
    originScheme: 'http',
    visitorScheme: 'https',
    host: 'b.example.com',
    resolvedHost: 'origin.internal',
    path: '/a.css',
    query: '',
    origin: null,
    country: undefined,
    field: (name) => fields[name] ?? null,
    ...rest,
  }
}

function customOf({ query = { kind: 'all' }, header, cookie, hostResolved = false, user }: CustomShape): CustomKey {
  return {
    query,
    header: { include: [], checkPresence: [], contains: {}, excludeOrigin: false, ...header },
    cookie: { include: [], checkPresence: [], ...cookie },
    hostResolved,
    user: { deviceType: false, geo: false, lang: false, ...user },
  }
}

function withCustom(shape: CustomShape, settings: Partial<CacheSettings> = {}): CacheSettings {
  return { ...DEFAULT_CACHE_SETTINGS, ...settings, key: { custom: customOf(shape), byDeviceType: false } }
}

function keyOf(settings: CacheSettings, shape: Shape = {}): string {
  const request = requestOf(shape)
  return makeKeyMaker(settings, ZONE).make(request, collectOverrides(request.field))
}

/** The key without its zone, and without the name of its shape. */
function readable(settings: CacheSettings, shape: Shape = {}): string {
  return keyOf(settings, shape).replace(/^0123abcd (?:custom:[0-9a-f]{16} )?/, '')
}

describe('the default key', () => {
  const URL = 'http://b.example.com/a.css'
  const ROWS: readonly (readonly [title: string, request: Shape, key: string])[] = [
    ['is zone, scheme towards the origin, Host, path and query', { query: '?v=1' }, `${URL}?v=1`],
    ['keeps an empty query apart from none', { query: '?' }, `${URL}?`],
    ['has Origin as it was sent', { origin: 'https://a.example' }, `origin=https://a.example ${URL}`],
    ['tells Origin null from no Origin', { origin: 'null' }, `origin=null ${URL}`],
    ['tells an empty Origin from no Origin', { origin: '' }, `origin= ${URL}`],
    [
      'has the Host that a rule sets for the origin server',
      { hostHeader: 'app internal' },
      `host=app%20internal ${URL}`,
    ],
    ['has an override field', { fields: { 'x-host': 'evil' } }, `x-host=evil ${URL}`],
    ['has an empty override field', { fields: { 'x-host': '' } }, `x-host= ${URL}`],
    ['has not X-Forwarded-Scheme: http', { fields: { 'x-forwarded-scheme': 'http' } }, URL],
    ['has not X-Forwarded-Scheme: https', { fields: { 'x-forwarded-scheme': 'https' } }, URL],
    [
      'has any other X-Forwarded-Scheme',
      { fields: { 'x-forwarded-scheme': 'nothttps' } },
      `x-forwarded-scheme=nothttps ${URL}`,
    ],
    [
      'has Origin and several override fields',
      { origin: 'https://a.example', fields: { forwarded: 'host=a b', 'x-http-method': 'PUT' } },
      `origin=https://a.example x-http-method=PUT forwarded=host=a%20b ${URL}`,
    ],
    ['escapes a space and a percent sign in a value', { origin: 'a %20' }, `origin=a%20%2520 ${URL}`],
    ['leaves percent-escapes of a path alone', { path: '/%C3%A9' }, 'http://b.example.com/%C3%A9'],
    ['escapes a path that is no ASCII, and marks it', { path: '/é%41' }, '~http://b.example.com/%E9%2541'],
    ['escapes what is beyond a byte by code unit', { query: '?\u0141\ud800' }, `~${URL}?%u0141%uD800`],
    ['takes no other field', { fields: { cookie: 'a=1', 'user-agent': 'iPhone', 'accept-language': 'de' } }, URL],
  ]
  test.each(ROWS)('%s', (_, request, key) => {
    expect(readable(DEFAULT_CACHE_SETTINGS, request)).toBe(key)
  })

  test('begins with the zone', () => {
    expect(keyOf(DEFAULT_CACHE_SETTINGS)).toBe(`${ZONE} ${URL}`)
  })

  test('does not depend on the order in which override fields were found', () => {
    const maker = makeKeyMaker(DEFAULT_CACHE_SETTINGS, ZONE)
    const overrides: Overrides = [
      ['x-host', 'a'],
      ['forwarded', 'b'],
    ]
    expect(maker.make(requestOf(), overrides.toReversed())).toBe(maker.make(requestOf(), overrides))
  })
})

describe('settings that change the key', () => {
  const ROWS: readonly (readonly [title: string, settings: Partial<CacheSettings>, request: Shape, key: string])[] = [
    ['Query String Sort', { sortQuery: true }, { query: '?b=2&a=1' }, 'http://b.example.com/a.css?a=1&b=2'],
    ['simplified drops the query', { level: 'simplified' }, { query: '?v=1' }, 'no-query http://b.example.com/a.css'],
    ['simplified without a query is the same', { level: 'simplified' }, {}, 'no-query http://b.example.com/a.css'],
    [
      'simplified is for static extensions only',
      { level: 'simplified' },
      { path: '/a', query: '?v=1' },
      'http://b.example.com/a?v=1',
    ],
    [
      'cache_by_device_type',
      { key: { custom: undefined, byDeviceType: true } },
      { fields: { 'user-agent': 'iPhone' } },
      'device=mobile http://b.example.com/a.css',
    ],
    [
      'a device type that is given beats User-Agent',
      { key: { custom: undefined, byDeviceType: true } },
      { fields: { 'user-agent': 'iPhone' }, deviceType: 'tablet' },
      'device=tablet http://b.example.com/a.css',
    ],
  ]
  test.each(ROWS)('%s', (_, settings, request, key) => {
    expect(readable({ ...DEFAULT_CACHE_SETTINGS, ...settings }, request)).toBe(key)
  })
})

describe('a custom key', () => {
  const URL = 'https://b.example.com/a.css'
  const ROWS: readonly (readonly [title: string, custom: CustomShape, request: Shape, key: string])[] = [
    ["has the visitor's scheme", {}, {}, URL],
    ['keeps the override fields', {}, { fields: { 'x-host': 'evil' } }, `x-host=evil ${URL}`],
    ['keeps Origin', {}, { origin: 'null' }, `origin=null ${URL}`],
    ['exclude_origin drops it', { header: { excludeOrigin: true } }, { origin: 'https://a.example' }, URL],
    ['host.resolved', { hostResolved: true }, {}, 'https://origin.internal/a.css'],
    ['query exclude all', { query: { kind: 'none' } }, { query: '?v=1' }, URL],
    ['query include', { query: { kind: 'only', names: ['v'] } }, { query: '?u=2&v=1&&v' }, `${URL}?v=1&v`],
    ['query include, nothing left', { query: { kind: 'only', names: ['v'] } }, { query: '?u=2' }, URL],
    [
      'query include takes a listed name in percent-escapes, as the origin will',
      { query: { kind: 'only', names: ['v'] } },
      { query: '?%76=1' },
      `${URL}?%76=1`,
    ],
    [
      'query include takes what an origin may split at a semicolon',
      { query: { kind: 'only', names: ['v'] } },
      { query: '?u=1;v=2' },
      `${URL}?u=1;v=2`,
    ],
    [
      'query include takes a name whose escapes cannot be read',
      { query: { kind: 'only', names: ['v'] } },
      { query: '?%ff%zz=1' },
      `${URL}?%ff%zz=1`,
    ],
    ['query exclude', { query: { kind: 'except', names: ['utm'] } }, { query: '?utm=1&v=1' }, `${URL}?v=1`],
    [
      'query exclude keeps what an origin may split at a semicolon',
      { query: { kind: 'except', names: ['utm'] } },
      { query: '?utm=1;v=2' },
      `${URL}?utm=1;v=2`,
    ],
    ['header include', { header: { include: ['x-a'] } }, { fields: { 'x-a': '1, 2' } }, `header:x-a=1,%202 ${URL}`],
    ['header include, empty', { header: { include: ['x-a'] } }, { fields: { 'x-a': '' } }, `header:x-a= ${URL}`],
    ['header include, absent', { header: { include: ['x-a'] } }, {}, URL],
    [
      'header check_presence',
      { header: { checkPresence: ['x-a'] } },
      { fields: { 'x-a': '1' } },
      `has-header:x-a ${URL}`,
    ],
    [
      'header contains: the value when it contains one of those given',
      { header: { contains: { accept: ['webp', 'avif'] } } },
      { fields: { accept: 'image/avif' } },
      `header-containing:accept=image/avif ${URL}`,
    ],
    [
      'header contains: nothing when it does not',
      { header: { contains: { accept: ['webp', 'avif'] } } },
      { fields: { accept: 'image/png' } },
      URL,
    ],
    [
      'cookie include',
      { cookie: { include: ['b', 'a'] } },
      { fields: { cookie: 'a=1; c=3; b=x=y; a=2' } },
      `cookie:a=1 cookie:a=2 cookie:b=x=y ${URL}`,
    ],
    [
      'cookie check_presence',
      { cookie: { checkPresence: ['a'] } },
      { fields: { cookie: 'b=1;a=1' } },
      `has-cookie:a ${URL}`,
    ],
    ['user geo', { user: { geo: true } }, { country: 'CH' }, `geo=CH ${URL}`],
    ['user geo, unknown', { user: { geo: true } }, {}, URL],
    [
      'user lang is the first language of Accept-Language',
      { user: { lang: true } },
      { fields: { 'accept-language': 'zh-CN;q=0.9, en' } },
      `lang=zh-cn ${URL}`,
    ],
    ['user device_type', { user: { deviceType: true } }, { fields: { 'user-agent': 'iPad' } }, `device=tablet ${URL}`],
  ]
  test.each(ROWS)('%s', (_, custom, request, key) => {
    expect(readable(withCustom(custom), request)).toBe(key)
  })

  test('the level simplified drops the query of a static file, unless the key selects parameters', () => {
    const simplified = { level: 'simplified' } as const
    const only: NameSelection = { kind: 'only', names: ['v'] }
    expect(readable(withCustom({}, simplified), { query: '?v=1' })).toBe(`no-query ${URL}`)
    expect(readable(withCustom({ query: only }, simplified), { query: '?v=1' })).toBe(`${URL}?v=1`)
  })

  test('parameters that are selected can be sorted too', () => {
    const settings = withCustom({ query: { kind: 'except', names: ['utm'] } }, { sortQuery: true })
    expect(readable(settings, { query: '?b=1&utm=2&a=3' })).toBe(`${URL}?a=3&b=1`)
  })

  test('keys of two shapes differ, though their text would be the same', () => {
    const shapes: readonly CustomShape[] = [
      {},
      { query: { kind: 'none' } },
      { query: { kind: 'only', names: ['v'] } },
      { query: { kind: 'except', names: ['v'] } },
      { header: { excludeOrigin: true } },
      { header: { include: ['x-a'] } },
      { header: { checkPresence: ['x-a'] } },
      { header: { contains: { 'x-a': ['1'] } } },
      { header: { contains: { 'x-a': ['2'] } } },
      { cookie: { include: ['a'] } },
      { cookie: { checkPresence: ['a'] } },
      { user: { geo: true } },
      { user: { lang: true } },
      { hostResolved: true },
    ]
    const same = { visitorScheme: 'http', resolvedHost: 'b.example.com' }
    const keys = [keyOf(DEFAULT_CACHE_SETTINGS), ...shapes.map((shape) => keyOf(withCustom(shape), same))]
    expect(new Set(keys).size).toBe(shapes.length + 1)
  })

  test('the order of names in the settings does not matter', () => {
    const one = withCustom({ header: { include: ['x-a', 'x-b'] }, cookie: { include: ['a', 'b'] } })
    const two = withCustom({ header: { include: ['x-b', 'x-a'] }, cookie: { include: ['b', 'a'] } })
    const request = { fields: { 'x-a': '1', 'x-b': '2', cookie: 'b=1; a=2' } }
    expect(keyOf(one, request)).toBe(keyOf(two, request))
  })
})

describe('what a key was made of', () => {
  test('the fields that a validation must send again', () => {
    const custom = customOf({
      header: { include: ['x-a'], checkPresence: ['x-b'], contains: { accept: ['webp'] } },
      cookie: { include: ['a'] },
      user: { deviceType: true, lang: true },
    })
    const maker = makeKeyMaker({ ...DEFAULT_CACHE_SETTINGS, key: { custom, byDeviceType: false } }, ZONE)
    expect([...maker.fieldNames].sort()).toEqual(
      ['accept', 'accept-language', 'cookie', 'origin', 'user-agent', 'x-a', 'x-b'].sort(),
    )
    expect(maker.usesDeviceType).toBe(true)
    expect(makeKeyMaker(DEFAULT_CACHE_SETTINGS, ZONE).fieldNames).toEqual(['origin'])
    expect(makeKeyMaker(withCustom({ header: { excludeOrigin: true } }), ZONE).fieldNames).toEqual([])
  })
})

describe('I1: a key can be read back into what it was made of', () => {
  const random = makeRandom(20)
  const ATOMS = [' ', '=', '%', '%20', '~', '/', '?', ':', ';', '"', '\n', '\0', 'é', '\u0141', '\ud800', 'a', '']
  const NAMES = [
    'origin',
    'host',
    'x-host',
    'header:x-a',
    'has-header:x-a',
    'http://b.example.com/',
    'no-query',
    'custom:0',
  ]
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const text = (): string => Array.from({ length: 4 }, () => pick([...ATOMS, ...NAMES])).join('')
  const maybe = (): string | null => (random() < 0.3 ? null : text())
  const settings = withCustom({ header: { include: ['x-a', 'x-b'] } })

  test('whatever a client sends', () => {
    const maker = makeKeyMaker(settings, text())
    for (let round = 0; round < 5_000; round += 1) {
      const sent: Readonly<Record<string, string | null>> = Object.fromEntries(
        ['x-a', 'x-b', ...OVERRIDE_FIELDS].map((name) => [name, maybe()]),
      )
      const request: KeyRequest = {
        ...requestOf(),
        host: text(),
        hostHeader: maybe() ?? undefined,
        path: `/${text()}`,
        query: random() < 0.5 ? '' : `?${text()}`,
        origin: maybe(),
        field: (name) => sent[name] ?? null,
      }
      const key = maker.make(request, collectOverrides(request.field))
      expect(key).toMatch(/^[\x20-\x7e]+$/)
      expect(read(key)).toEqual({
        host: request.host,
        target: request.path + request.query,
        components: Object.fromEntries(
          [
            ['host', request.hostHeader ?? null],
            ['origin', request.origin],
            ...OVERRIDE_FIELDS.map((name) => [name, sent[name]]),
            ['header:x-a', sent['x-a']],
            ['header:x-b', sent['x-b']],
          ].filter(([, value]) => value !== null),
        ),
      })
    }
  })

  type Reading = { readonly host: string; readonly target: string; readonly components: Record<string, string> }

  /** The inverse of `make`, written from the drawing in key.ts. */
  function read(key: string): Reading {
    const parts = key.split(' ')
    const url = parts.pop() ?? ''
    const pairs = parts.slice(2).map((part): [string, string] => {
      const equals = part.indexOf('=')
      return [part.slice(0, equals), unescapeText(part.slice(equals + 1))]
    })
    const plain = url.startsWith('~') ? url.slice(1) : url
    const decode = url.startsWith('~') ? unescapeText : (same: string) => same
    const [, host = '', target = ''] = /^https:\/\/([^/]*)(.*)$/.exec(plain) ?? []
    return { host: decode(host), target: decode(target), components: Object.fromEntries(pairs) }
  }

  function unescapeText(escaped: string): string {
    return escaped.replace(/%u([0-9A-F]{4})|%([0-9A-F]{2})/g, (_, wide?: string, narrow?: string) =>
      String.fromCharCode(Number.parseInt(wide ?? narrow ?? '', 16)),
    )
  }
})

test('a key is made in linear time, whatever the request', () => {
  const long = 16_384
  const settings = withCustom({ query: { kind: 'only', names: ['v'] }, cookie: { include: ['a'] } })
  const millis = processorMillis(() => {
    keyOf(settings, {
      path: `/${'é'.repeat(long)}`,
      query: `?${'%'.repeat(long)}`,
      fields: { cookie: 'a='.repeat(long) },
    })
    keyOf(settings, { query: `?${'v&'.repeat(long)}`, fields: { cookie: 'a=1;'.repeat(long) } })
  })
  expect(millis).toBeLessThan(LINEAR_BUDGET_MILLIS)
})
