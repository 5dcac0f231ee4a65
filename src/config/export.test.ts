import { describe, expect, test } from 'bun:test'
import { makeFakeClock } from '../base/index.ts'
import { type Documents, makeMemoryDocuments } from './documents.ts'
import { exportConfig } from './export.ts'
import { ConfigError } from './problems.ts'
import { resolveConfig } from './resolve.ts'
import { type ConfigStore, openConfigStore } from './store.ts'
import { zoneId } from './zone-id.ts'

const ID = zoneId('example.com')
const clock = makeFakeClock(1000)

function apply(json: unknown, documents: Documents): ConfigStore {
  return openConfigStore({ documents, config: resolveConfig(json), clock, events: () => {} })
}

const A = { name: 'www', type: 'A', content: '192.0.2.1', proxied: true }
const ZONE = {
  name: 'example.com',
  origins: { '*.example.com': 'http://127.0.0.1:3000' },
  settings: { browser_cache_ttl: 0, ssl: 'strict' },
  dns_records: [A, { name: '@', type: 'MX', content: 'mx.test', priority: 10 }],
}

describe('an exported configuration', () => {
  test('re-creates what the file and the API had made', () => {
    const documents = makeMemoryDocuments()
    const store = apply({ zones: [ZONE] }, documents)
    store.settings.change(ID, [{ id: 'cache_level', value: 'basic' }])
    store.dns.run(ID, [{ kind: 'post', json: { name: 'x', type: 'TXT', content: 'y' } }])
    const second = store.zones.create('example.org', 'full')
    if (second.ok) store.zones.setOrigins(second.value.id, { '*': 'https://o.test:443' })
    const exported = exportConfig(documents)
    const copy = makeMemoryDocuments()
    apply(exported.json, copy)
    expect(exportConfig(copy)).toEqual(exported)
    expect(exported.json.zones).toMatchObject([
      {
        name: 'example.com',
        origins: { '*.example.com': 'http://127.0.0.1:3000' },
        settings: { browser_cache_ttl: 0, ssl: 'strict', cache_level: 'basic' },
      },
      { name: 'example.org', origins: { '*': 'https://o.test:443' } },
    ])
  })

  test('names what a file cannot say', () => {
    const documents = makeMemoryDocuments()
    const store = apply({ zones: [ZONE] }, documents)
    store.settings.change(ID, [{ id: 'brotli', value: 'off' }])
    store.zones.change(ID, { paused: true })
    documents.change((draft) => {
      draft.write(`zones/${ID}/page_rules/a`, {})
      draft.write(`zones/${ID}/cloud_regions/192.0.2.1`, {})
      draft.write('accounts/a/rulesets/http_ratelimit', {})
      draft.write('tokens/a', {})
    })
    expect(exportConfig(documents).leftOut).toEqual([
      'example.com: a file cannot have brotli',
      'example.com: a file cannot have page rules',
      'example.com: a file cannot have cloud regions of origins',
      'example.com: a file cannot pause a zone; pause it by the API',
      'a file cannot have rulesets of the account; make them anew by the API',
      'a file cannot have tokens; make them anew by the API',
    ])
  })
})

describe('the file', () => {
  test('applied twice is applied once', () => {
    const documents = makeMemoryDocuments()
    apply({ zones: [ZONE] }, documents)
    const { revision } = documents
    apply({ zones: [ZONE] }, documents)
    expect(documents.revision).toBe(revision)
  })

  test('takes back what it no longer names, and nothing that the API set', () => {
    const documents = makeMemoryDocuments()
    const first = apply({ zones: [ZONE] }, documents)
    first.settings.change(ID, [{ id: 'cache_level', value: 'basic' }])
    first.dns.run(ID, [{ kind: 'post', json: { name: 'x', type: 'TXT', content: 'y' } }])
    first.close()
    const second = apply({ zones: [{ name: 'example.com' }] }, documents)
    expect(second.dns.list(ID).map(({ name }) => name)).toEqual(['x.example.com'])
    expect(second.settings.find(ID, 'browser_cache_ttl')?.value).toBe(14_400)
    expect(second.settings.find(ID, 'cache_level')?.value).toBe('basic')
    expect(second.zones.origins(ID)).toEqual({})
  })

  test('wins over the API where both speak', () => {
    const documents = makeMemoryDocuments()
    const first = apply({ zones: [ZONE] }, documents)
    first.settings.change(ID, [{ id: 'ssl', value: 'off' }])
    first.close()
    expect(apply({ zones: [ZONE] }, documents).settings.find(ID, 'ssl')?.value).toBe('strict')
  })

  test.each([
    [{ ...A, type: 'B' }, 'zones[0].dns_records[0].type'],
    [5, 'zones[0].dns_records[0]'],
  ])('refuses the record %p', (record, place) => {
    const resolve = () => resolveConfig({ zones: [{ name: 'example.com', dns_records: [record] }] })
    expect(resolve).toThrow(ConfigError)
    expect(resolve).toThrow(place)
  })
})

describe('a proxied record', () => {
  const target = (json: object[], ssl: string, host = 'www.example.com') => {
    const zone = { name: 'example.com', settings: { ssl }, dns_records: json }
    const route = apply({ zones: [zone] }, makeMemoryDocuments())
      .snapshot()
      .findRoute(host)
    return route && `${route.origin.base} ${route.origin.verifyTls}`
  }
  const alias = (name: string, content: string, proxied = true) => ({ name, type: 'CNAME', content, proxied })

  test.each([
    ['A under off', [A], 'off', 'http://192.0.2.1:80 false'],
    ['A under flexible', [A], 'flexible', 'http://192.0.2.1:80 false'],
    ['A under full', [A], 'full', 'https://192.0.2.1:443 false'],
    ['A under strict', [A], 'strict', 'https://192.0.2.1:443 true'],
    ['AAAA', [{ ...A, type: 'AAAA', content: '2001:db8::1' }], 'off', 'http://[2001:db8::1]:80 false'],
    ['an alias to elsewhere', [alias('www', 'o.test')], 'off', 'http://o.test:80 false'],
    [
      'an alias inside the zone',
      [alias('www', 'b.example.com'), { ...A, name: 'b', proxied: false }],
      'off',
      'http://192.0.2.1:80 false',
    ],
    ['a wildcard', [{ ...A, name: '*' }], 'off', 'http://192.0.2.1:80 false'],
    ['a circle', [alias('www', 'b.example.com'), alias('b', 'www.example.com')], 'off', undefined],
    ['one that is not proxied', [{ ...A, proxied: false }], 'off', undefined],
  ])('%s', (_, records, ssl, wanted) => {
    expect(target(records, ssl)).toBe(wanted)
  })
})

test('what is nothing to the data plane makes no new snapshot; what is touches its own zone only', () => {
  const documents = makeMemoryDocuments()
  const store = apply({ zones: [ZONE, { name: 'example.org' }] }, documents)
  const before = store.snapshot()
  documents.change((draft) => draft.write('tokens/a', {}))
  expect(store.snapshot()).toBe(before)
  store.settings.change(ID, [{ id: 'ssl', value: 'off' }])
  expect(store.snapshot().revision).toBeGreaterThan(before.revision)
  expect(store.snapshot().zones[0]).not.toBe(before.zones[0])
  expect(store.snapshot().zones[1]).toBe(before.zones[1])
  store.close()
})
