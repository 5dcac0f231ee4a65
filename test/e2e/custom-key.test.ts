// A rule's own cache key.  CF cache/how-to/cache-rules/settings (cache key), cache/how-to/cache-keys

import { describe, expect, test } from 'bun:test'
import { type Asked, type SceneOptions, share } from '../support/edge/index.ts'

describe('a custom key', () => {
  const key = (customKey: unknown): SceneOptions => ({ cache: { cache_key: { custom_key: customKey } } })
  const ignoringQuery = key({ query_string: { exclude: { all: true } } })

  const ROWS: readonly (readonly [string, SceneOptions, Asked, Asked, boolean])[] = [
    ['query exclude all ignores the query', ignoringQuery, ['/a.css?v=1'], ['/a.css?v=2'], true],
    ['query exclude "*" too', key({ query_string: { exclude: '*' } }), ['/a.css?v=1'], ['/a.css?v=2'], true],
    [
      'query include takes those named',
      key({ query_string: { include: { list: ['v'] } } }),
      ['/a.css?v=1&u=1'],
      ['/a.css?v=1&u=2'],
      true,
    ],
    [
      'query include tells their values apart',
      key({ query_string: { include: { list: ['v'] } } }),
      ['/a.css?v=1'],
      ['/a.css?v=2'],
      false,
    ],
    [
      'query exclude takes the others',
      key({ query_string: { exclude: { list: ['utm'] } } }),
      ['/a.css?v=1&utm=a'],
      ['/a.css?v=1&utm=b'],
      true,
    ],
    [
      'query exclude keeps the others',
      key({ query_string: { exclude: { list: ['utm'] } } }),
      ['/a.css?v=1'],
      ['/a.css?v=2'],
      false,
    ],
    [
      'header include tells values apart',
      key({ header: { include: ['x-a'] } }),
      ['/a.css', [['X-A', '1']]],
      ['/a.css', [['X-A', '2']]],
      false,
    ],
    [
      'header check_presence does not',
      key({ header: { check_presence: ['x-a'] } }),
      ['/a.css', [['X-A', '1']]],
      ['/a.css', [['X-A', '2']]],
      true,
    ],
    [
      'header check_presence tells absence',
      key({ header: { check_presence: ['x-a'] } }),
      ['/a.css'],
      ['/a.css', [['X-A', '1']]],
      false,
    ],
    [
      'Origin stays in unless excluded',
      key({ header: { include: ['x-a'] } }),
      ['/a.css'],
      ['/a.css', [['Origin', 'https://a.example']]],
      false,
    ],
    [
      'exclude_origin takes Origin out',
      key({ header: { exclude_origin: true } }),
      ['/a.css'],
      ['/a.css', [['Origin', 'https://a.example']]],
      true,
    ],
    [
      'cookie include tells values apart',
      key({ cookie: { include: ['a'] } }),
      ['/a.css', [['Cookie', 'a=1; b=1']]],
      ['/a.css', [['Cookie', 'a=2; b=1']]],
      false,
    ],
    [
      'cookie include ignores other cookies',
      key({ cookie: { include: ['a'] } }),
      ['/a.css', [['Cookie', 'a=1; b=1']]],
      ['/a.css', [['Cookie', 'b=2; a=1']]],
      true,
    ],
    [
      'cookie check_presence',
      key({ cookie: { check_presence: ['a'] } }),
      ['/a.css', [['Cookie', 'a=1']]],
      ['/a.css', [['Cookie', 'a=2']]],
      true,
    ],
    [
      'user lang is the first language code',
      key({ user: { lang: true } }),
      ['/a.css', [['Accept-Language', 'de-CH, en']]],
      ['/a.css', [['Accept-Language', 'fr, de']]],
      false,
    ],
    [
      'user device_type',
      key({ user: { device_type: true } }),
      ['/a.css', [['User-Agent', 'iPhone']]],
      ['/a.css', [['User-Agent', 'iPad']]],
      false,
    ],
  ]

  test.each(ROWS)('%s', async (_, options, first, second, expected) => {
    expect(await share(options, first, second)).toBe(expected)
  })

  test('header contains: the value counts when it contains one of those given', async () => {
    const options = key({ header: { contains: { 'accept-language': ['de', 'fr'] } } })
    const speaking = (value: string): Asked => ['/a.css', [['Accept-Language', value]]]
    expect(await share(options, speaking('de'), speaking('fr'))).toBe(false)
    expect(await share(options, speaking('en'), speaking('es'))).toBe(true)
  })
})
