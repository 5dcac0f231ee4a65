// What the answer of a purge says beside its id: counts, dry runs, and the account's allowance.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { bytes, epochMillis, millis } from '../../../base/index.ts'
import type { StoredResponse } from '../../../cache/index.ts'
import { type ApiUnderTest, startApiUnderTest, ZONE } from '../../api.fixture.ts'

const PURGE = `/zones/${ZONE.id}/purge_cache`
const INVALIDATE = `/zones/${ZONE.id}/invalidate_cache`

const STORED: StoredResponse = {
  id: 'r',
  key: 'the key',
  location: { zone: ZONE.id, scheme: 'http', host: 'b.example.com', path: '/a', query: '?q=1' },
  selecting: [],
  requestFields: [],
  status: 200,
  fields: [],
  tags: ['red'],
  freshness: {
    lifetime: millis(60_000),
    alwaysValidate: false,
    staleWhileRevalidate: millis(0),
    staleIfError: millis(0),
    staleIfUnreachable: millis(0),
  },
  responseTime: epochMillis(0),
  initialAge: millis(0),
  revision: 0,
  body: { digest: '00'.repeat(32), length: bytes(1) },
}

describe('a dry run', () => {
  let api: ApiUnderTest
  beforeAll(() => {
    api = startApiUnderTest({}, [STORED])
  })
  afterAll(() => api.stop())
  beforeEach(() => void api.takeEntries())

  test.each([PURGE, INVALIDATE])('of %s lists what would go, and nothing goes', async (path) => {
    const { status, envelope } = await api.call('POST', `${path}?dry_run=true`, { tags: ['RED'] })
    const responses = [{ url: 'http://b.example.com/a?q=1', key: 'the key', status: 200, tags: ['red'] }]
    expect([status, envelope.result]).toEqual([200, { id: ZONE.id, dry_run: true, variants: 1, bodies: 1, responses }])
    expect(api.takeEntries()).toEqual([])
  })

  test.each(['?dry_run=1', '?dry_run=', '?dry_run=TRUE', '?dry_run=true&dry_run=true'])('%s is none', async (query) => {
    const { status, envelope } = await api.call('POST', PURGE + query, { tags: ['red'] })
    expect([status, envelope.errors[0]?.code]).toEqual([400, 6010])
    expect(api.takeEntries()).toEqual([])
  })

  test('of a body that is not valid is refused like the purge', async () => {
    const { status, envelope } = await api.call('POST', `${PURGE}?dry_run=true`, { tags: ['a b'] })
    expect([status, envelope.errors[0]?.code]).toEqual([400, 1018])
  })

  test('that is false purges, and says how much went; a second purge finds nothing', async () => {
    const took = async () => (await api.call('POST', `${PURGE}?dry_run=false`, { tags: ['red'] })).envelope.result
    expect([await took(), await took()]).toEqual([
      { id: ZONE.id, variants: 1, bodies: 1 },
      { id: ZONE.id, variants: 0, bodies: 0 },
    ])
  })
})

describe('the allowance', () => {
  test('is told in every answer, is shared by all selectors but files, and ends in 429', async () => {
    const api = startApiUnderTest({ purgeRateLimit: 'free' })
    const first = await api.call('POST', PURGE, { tags: ['a'] })
    expect(first.fields.get('x-ratelimit-limit')).toBe('25')
    expect(first.fields.get('x-ratelimit-remaining')).toBe('24')
    expect(first.fields.get('x-ratelimit-reset')).toBe(new Date(1_000_000 + 12_000).toUTCString())
    for (let i = 0; i < 24; i += 1) await api.call('POST', i % 2 === 0 ? PURGE : INVALIDATE, { hosts: ['example.com'] })
    api.takeEntries()

    const refused = await api.call('POST', PURGE, { purge_everything: true })
    expect([refused.status, refused.envelope.success, refused.envelope.errors]).toEqual([
      429,
      false,
      [{ code: 1025, message: 'Rate limit enforced for cache purge. (You can try again in 12 seconds.)' }],
    ])
    expect([refused.fields.get('retry-after'), refused.fields.get('x-ratelimit-remaining')]).toEqual(['12', '0'])
    expect(api.takeEntries()).toEqual([])

    expect((await api.call('POST', PURGE, { files: ['http://b.example.com/'] })).status).toBe(200)
    await api.stop()
  })

  test('is not touched by what is refused', async () => {
    const api = startApiUnderTest({ purgeRateLimit: 'free' })
    for (let i = 0; i < 30; i += 1) expect((await api.call('POST', PURGE, { tags: ['a b'] })).status).toBe(400)
    expect((await api.call('POST', PURGE, { tags: ['a'] })).fields.get('x-ratelimit-remaining')).toBe('24')
    await api.stop()
  })
})

test('whose copies went is not counted in a large store, and the answer says so', async () => {
  const files = [{ url: 'http://b.example.com/a?q=1', variants: 'all' }]
  const ask = async (count: number, query = '') => {
    const api = startApiUnderTest({}, Array(count).fill(STORED))
    const { envelope } = await api.call('POST', PURGE + query, { files })
    await api.stop()
    return [(envelope.result as { origins: unknown }).origins, envelope.messages]
  }
  expect(await ask(1)).toEqual([[{ origin: null, variants: 1 }], []])
  expect(await ask(50_000)).toEqual([[{ origin: null, variants: 50_000 }], []])
  const said = { code: 1191, message: expect.stringContaining('more than 50,000 responses are stored') }
  expect(await ask(50_001)).toEqual([null, [said]])
  expect(await ask(50_001, '?dry_run=true')).toEqual([[{ origin: null, variants: 50_001 }], []])
}, 20_000)
