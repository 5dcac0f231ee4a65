// The tokens API, and what its tokens may do.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Answer, type ApiUnderTest, OTHER_ZONE, startApiUnderTest, TOKEN, ZONE } from '../../api.fixture.ts'
import { CACHE_PURGE_GROUP, PERMISSION_GROUPS } from '../../permissions.ts'

let api: ApiUnderTest
beforeAll(() => {
  api = startApiUnderTest()
})
afterAll(() => api.stop())

const zoneResource = (id: string) => `com.cloudflare.api.account.zone.${id}`
const USER = 'com.cloudflare.api.user.*'

function groupId(name: string): string {
  return PERMISSION_GROUPS.find((group) => group.name === name)?.id ?? ''
}

function purgeOnly(changes: object = {}) {
  return {
    name: 'purge only',
    policies: [
      {
        effect: 'allow',
        resources: { [zoneResource(ZONE.id)]: '*' },
        permission_groups: [{ id: CACHE_PURGE_GROUP.id }],
      },
    ],
    ...changes,
  }
}

type Made = { readonly id: string; readonly value: string }

async function make(body: object = purgeOnly()): Promise<Made> {
  const { status, envelope } = await api.call('POST', '/user/tokens', body)
  expect([status, envelope.errors]).toEqual([200, []])
  return envelope.result as Made
}

function as(token: string, method: string, path: string, body?: unknown): Promise<Answer> {
  return api.call(method, path, body, { authorization: `Bearer ${token}` })
}

describe('a purge-only token of a zone', () => {
  const purge = { tags: ['a'] }
  test.each([
    ['purges the zone', 'POST', `/zones/${ZONE.id}/purge_cache`, purge, 200],
    ['invalidates in the zone', 'POST', `/zones/${ZONE.id}/invalidate_cache`, purge, 200],
    ['verifies itself', 'GET', '/user/tokens/verify', undefined, 200],
    ['does not purge another zone', 'POST', `/zones/${OTHER_ZONE.id}/purge_cache`, purge, 403],
    ['does not learn which zones exist', 'POST', `/zones/${'0'.repeat(32)}/purge_cache`, purge, 403],
    ['does not read settings', 'GET', `/zones/${ZONE.id}/settings/development_mode`, undefined, 403],
    ['does not change settings', 'PATCH', `/zones/${ZONE.id}/settings/development_mode`, { value: 'on' }, 403],
    ['does not list tokens', 'GET', '/user/tokens', undefined, 403],
    ['does not make tokens', 'POST', '/user/tokens', purgeOnly(), 403],
    ['does not list permission groups', 'GET', '/user/tokens/permission_groups', undefined, 403],
  ])('%s', async (_, method, path, body, status) => {
    const { value } = await make()
    const answer = await as(value, method, path, body)
    expect([answer.status, answer.envelope.success]).toEqual([status, status === 200])
    if (status === 403) expect(answer.envelope.errors[0]?.code).toBe(9109)
  })
})

describe('a token', () => {
  test('is shown without its secret, and without its hash', async () => {
    const { id, value } = await make(
      purgeOnly({ expires_on: '2126-01-01T00:00:00Z', condition: { request_ip: { in: ['127.0.0.0/8'] } } }),
    )
    const { envelope } = await api.call('GET', `/user/tokens/${id}`)
    expect(envelope.result).toEqual({
      id,
      name: 'purge only',
      status: 'active',
      issued_on: '1970-01-01T00:16:40.000Z',
      modified_on: '1970-01-01T00:16:40.000Z',
      expires_on: '2126-01-01T00:00:00Z',
      condition: { request_ip: { in: ['127.0.0.0/8'] } },
      policies: [
        {
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          effect: 'allow',
          resources: { [zoneResource(ZONE.id)]: '*' },
          permission_groups: [{ id: CACHE_PURGE_GROUP.id, name: 'Cache Purge' }],
        },
      ],
    })
    expect(value).toMatch(/^[\w-]{40}$/)
    expect(JSON.stringify((await api.call('GET', '/user/tokens')).envelope)).not.toContain(value)
  })

  test('verifies as itself', async () => {
    const { id, value } = await make()
    expect((await as(value, 'GET', '/user/tokens/verify')).envelope.result).toEqual({ id, status: 'active' })
    expect((await as(value, 'GET', `/accounts/${'0'.repeat(32)}/tokens/verify`)).status).toBe(200)
  })

  test('that is rolled has a new secret, and the old one is refused', async () => {
    const { id, value } = await make()
    const rolled = await api.call('PUT', `/user/tokens/${id}/value`, {})
    expect(rolled.envelope.result).toMatch(/^[\w-]{40}$/)
    expect((await as(value, 'GET', '/user/tokens/verify')).status).toBe(401)
    expect((await as(String(rolled.envelope.result), 'GET', '/user/tokens/verify')).status).toBe(200)
  })

  test('that is updated can do what it now says', async () => {
    const { id, value } = await make()
    const other = purgeOnly()
    const [policy] = other.policies
    const policies = [{ ...policy, resources: { [zoneResource(OTHER_ZONE.id)]: '*' } }]
    expect((await api.call('PUT', `/user/tokens/${id}`, { ...other, policies })).status).toBe(200)
    expect((await as(value, 'POST', `/zones/${ZONE.id}/purge_cache`, { tags: ['a'] })).status).toBe(403)
    expect((await as(value, 'POST', `/zones/${OTHER_ZONE.id}/purge_cache`, { tags: ['a'] })).status).toBe(200)
  })

  test('that is disabled or expired is refused, and says so when verified', async () => {
    const { id, value } = await make()
    await api.call('PUT', `/user/tokens/${id}`, purgeOnly({ status: 'disabled' }))
    expect((await as(value, 'POST', `/zones/${ZONE.id}/purge_cache`, { tags: ['a'] })).envelope.errors[0]?.code).toBe(
      10000,
    )
    expect((await as(value, 'GET', '/user/tokens/verify')).envelope.result).toEqual({ id, status: 'disabled' })
    const expired = await make(purgeOnly({ expires_on: '1970-01-01T00:00:00Z' }))
    expect((await as(expired.value, 'GET', '/user/tokens/verify')).envelope.result).toMatchObject({ status: 'expired' })
  })

  test('with a condition on the address is refused elsewhere', async () => {
    const { value } = await make(purgeOnly({ condition: { 'request.ip': { not_in: ['127.0.0.0/8', '::1/128'] } } }))
    const { status, envelope } = await as(value, 'GET', '/user/tokens/verify')
    expect([status, envelope.errors[0]?.code, envelope.errors[0]?.message]).toEqual([
      403,
      9109,
      'Cannot use the access token from location: 127.0.0.1',
    ])
  })

  test('that is deleted is gone', async () => {
    const { id, value } = await make()
    expect((await api.call('DELETE', `/user/tokens/${id}`)).envelope.result).toEqual({ id })
    expect((await as(value, 'GET', '/user/tokens/verify')).status).toBe(401)
    expect((await api.call('DELETE', `/user/tokens/${id}`)).status).toBe(404)
  })

  test('that makes tokens gives away no more than it has', async () => {
    const policies = [
      { effect: 'allow', resources: { [USER]: '*' }, permission_groups: [{ id: groupId('API Tokens Write') }] },
      ...purgeOnly().policies,
    ]
    const { value } = await make({ name: 'maker', policies })
    expect((await as(value, 'POST', '/user/tokens', purgeOnly())).status).toBe(200)
    const wider = [
      {
        effect: 'allow',
        resources: { 'com.cloudflare.api.account.zone.*': '*' },
        permission_groups: [{ id: CACHE_PURGE_GROUP.id }],
      },
    ]
    const refused = await as(value, 'POST', '/user/tokens', purgeOnly({ policies: wider }))
    expect([refused.status, refused.envelope.errors[0]?.code]).toEqual([403, 1004])
    const strong = await make(purgeOnly({ policies: wider }))
    expect((await as(value, 'PUT', `/user/tokens/${strong.id}/value`, {})).status).toBe(403)
  })
})

test('tokens are listed page by page, and past the end is nothing', async () => {
  const own = startApiUnderTest()
  for (let i = 0; i < 7; i += 1) await own.call('POST', '/user/tokens', purgeOnly({ name: `token ${i}` }))
  const lengths: number[] = []
  for (const page of [1, 2, 3]) {
    const { envelope } = await own.call('GET', `/user/tokens?per_page=5&page=${page}`)
    lengths.push((envelope.result as unknown[]).length)
    expect(envelope).toMatchObject({ result_info: { page, per_page: 5, total_count: 7, total_pages: 2 } })
  }
  expect(lengths).toEqual([5, 2, 0])
  for (const query of ['page=0', 'page=x', 'per_page=0', 'direction=up']) {
    expect((await own.call('GET', `/user/tokens?${query}`)).status).toBe(400)
  }
  await own.stop()
})

test('permission groups are listed, by name and scope where asked', async () => {
  const { envelope } = await api.call('GET', '/user/tokens/permission_groups?name=cache%20purge')
  expect(envelope.result).toEqual([
    { id: CACHE_PURGE_GROUP.id, name: 'Cache Purge', scopes: ['com.cloudflare.api.account.zone'] },
  ])
  const users = await api.call('GET', '/user/tokens/permission_groups?scope=com.cloudflare.api.user')
  expect((users.envelope.result as { name: string }[]).map(({ name }) => name)).toContain('API Tokens Write')
})

describe('what is refused', () => {
  const [policy] = purgeOnly().policies
  test.each<[string, unknown, string]>([
    ['no name', { ...purgeOnly(), name: undefined }, '/name'],
    ['a name of nothing', purgeOnly({ name: '  ' }), '/name'],
    ['no policies', purgeOnly({ policies: [] }), '/policies'],
    ['an effect that is none', purgeOnly({ policies: [{ ...policy, effect: 'maybe' }] }), '/policies/0/effect'],
    [
      'a group that does not exist',
      purgeOnly({ policies: [{ ...policy, permission_groups: [{ id: 'x' }] }] }),
      '/policies/0/permission_groups/0/id',
    ],
    [
      'a zone that does not exist',
      purgeOnly({ policies: [{ ...policy, resources: { [zoneResource('0'.repeat(32))]: '*' } }] }),
      '/policies/0/resources',
    ],
    ['no resources', purgeOnly({ policies: [{ ...policy, resources: {} }] }), '/policies/0/resources'],
    ['an instant that is none', purgeOnly({ expires_on: 'tomorrow' }), '/expires_on'],
    ['a network that is none', purgeOnly({ condition: { 'request.ip': { in: ['x'] } } }), '/condition/request.ip/in/0'],
    ['no body', undefined, ''],
    ['null', 'null', ''],
  ])('%s', async (_, body, pointer) => {
    const before = (await api.call('GET', '/user/tokens?per_page=50')).envelope.result
    const { status, envelope } = await api.call('POST', '/user/tokens', body)
    expect([status, envelope.errors[0]?.code, envelope.errors[0]?.source?.pointer]).toEqual([400, 6008, pointer])
    expect((await api.call('GET', '/user/tokens?per_page=50')).envelope.result).toEqual(before)
  })

  test.each(['0'.repeat(32), 'x', '__proto__', TOKEN])('the id %s', async (id) => {
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['PUT', '/value'],
    ] as const) {
      const { status, envelope } = await api.call(method, `/user/tokens/${id}${path}`)
      expect([status, envelope.errors[0]?.code]).toEqual([404, 1002])
    }
  })

  test('a change that cannot be kept', async () => {
    const broken = startApiUnderTest({
      documents: {
        revision: 0,
        blobs: { keep: () => '', read: () => undefined, retain: () => {} },
        secrets: { seal: () => '', open: () => undefined, isCurrent: () => true, place: 'nowhere' },
        scrub: () => {},
        read: () => undefined,
        list: () => [],
        paths: () => [],
        change: () => {
          throw new Error('disk full')
        },
        onChange: () => () => {},
        close: () => {},
      },
    })
    const { status, envelope } = await broken.call('POST', '/user/tokens', purgeOnly())
    expect([status, envelope.errors[0]?.code]).toEqual([503, 1005])
    await broken.stop()
  })
})
