// What clients send that is not quite right: each answer says what stands there, and what to send instead.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type ApiUnderTest, startApiUnderTest, ZONE } from './api.fixture.ts'

let api: ApiUnderTest
beforeAll(() => {
  api = startApiUnderTest()
})
afterAll(() => api.stop())

const SETTINGS = `/zones/${ZONE.id}/settings`
const RECORDS = `/zones/${ZONE.id}/dns_records`

type Row = [method: string, path: string, body: unknown, message: string, pointer: string]

describe('a member that is not what it should be', () => {
  const table: Row[] = [
    ['POST', '/zones', { name: 12 }, 'name is 12; send a string', '/name'],
    ['POST', '/zones', { name: null }, 'name is null; send a string', '/name'],
    ['POST', '/zones', {}, 'name is missing; send {"name": "example.com"}', '/name'],
    [
      'PATCH',
      `/zones/${ZONE.id}`,
      { plan: { id: 'free' } },
      'nothing that can be changed was sent; send exactly one of paused, type, vanity_name_servers',
      '',
    ],
    ['PUT', `/zones/${ZONE.id}/url_normalization`, { scope: 'both' }, 'type is missing', '/type'],
    [
      'PUT',
      `/zones/${ZONE.id}/url_normalization`,
      { scope: 'all', type: 'rfc3986' },
      'scope is "all"; use "incoming", "both" or "none"',
      '/scope',
    ],
    ['PUT', `/zones/${ZONE.id}/snippets/snippet_rules`, {}, 'rules is missing; send an array, [ ... ]', '/rules'],
    ['PUT', `/zones/${ZONE.id}/snippets/snippet_rules`, [], 'the body is an array; send an object, { ... }', ''],
    [
      'PUT',
      `/zones/${ZONE.id}/snippets/snippet_rules`,
      { rules: [1] },
      'rules[0] is 1; send an object, { ... }',
      '/rules/0',
    ],
    ['POST', `/zones/${ZONE.id}/workers/routes`, {}, 'pattern is missing; send a string', '/pattern'],
    ['POST', '/user/tokens', { name: '', policies: [{}] }, 'name is empty; write something', '/name'],
    ['POST', '/user/tokens', { name: 't', policies: [] }, 'policies is empty; name at least one', '/policies'],
    [
      'POST',
      '/user/tokens',
      { name: 't', policies: [{ effect: 'maybe', resources: {}, permission_groups: [] }] },
      'effect is "maybe"; use "allow" or "deny"',
      '/policies/0/effect',
    ],
    [
      'POST',
      `/zones/${ZONE.id}/pagerules`,
      { targets: [], actions: [{ id: 'ssl' }] },
      'targets is empty; name at least one',
      '/targets',
    ],
    ['PATCH', SETTINGS, { items: [{ id: 'ssl' }] }, 'value is missing; send it', '/items/0/value'],
    ['PATCH', SETTINGS, { items: [] }, 'items is empty; name at least one', '/items'],
    [
      'PATCH',
      `/zones/${ZONE.id}/cache/variants`,
      { value: { xyz: ['image/webp'] } },
      '{"xyz":["image/webp"]} is not a value of the setting variants; use arrays',
      '/value',
    ],
    [
      'POST',
      RECORDS,
      { type: 'CNAME', name: 'loop', content: 'loop.example.com' },
      '"loop.example.com" cannot be an alias of itself; name another host',
      '/content',
    ],
  ]
  test.each(table)('%s %s %j', async (method, path, body, message, pointer) => {
    const { status, envelope } = await api.call(method, path, body)
    const [first] = envelope.errors
    expect(status).toBe(400)
    expect(first?.message).toStartWith(message)
    expect(first?.source?.pointer).toBe(pointer)
  })
})

test('a setting that is not known is pointed at, and the list of them named', async () => {
  const items = [
    { id: 'ssl', value: 'full' },
    { id: 'minify', value: 'on' },
  ]
  const { status, envelope } = await api.call('PATCH', SETTINGS, { items })
  expect([status, envelope.errors[0]?.source?.pointer]).toEqual([404, '/items/1/id'])
  expect(envelope.errors[0]?.message).toEndWith('; see /zones/{zone_id}/settings')
})

test('two transforms that contradict each other are named', async () => {
  const on = (id: string) => ({ id, enabled: true })
  const { status, envelope } = await api.call('PATCH', `/zones/${ZONE.id}/managed_headers`, {
    managed_request_headers: [on('add_true_client_ip_headers'), on('remove_visitor_ip_headers')],
  })
  expect([status, envelope.errors[0]?.source?.pointer]).toEqual([400, '/managed_request_headers'])
  expect(envelope.errors[0]?.message).toContain('contradict each other; disable one of them')
})

describe('a query', () => {
  test.each([
    ['/zones?order=size', 'order "size" is not known here; use name, status, account.id, account.name, plan.id'],
    [`${RECORDS}?proxied=yes`, 'proxied "yes" is not known here; use true, false'],
    [`${RECORDS}?tag_match=some`, 'tag_match "some" is not known here; use all, any'],
  ])('%s is refused with what there is', async (path, message) => {
    const { status, envelope } = await api.call('GET', path)
    expect([status, envelope.errors[0]?.message]).toEqual([400, message])
  })
})

describe('names that are not ASCII', () => {
  test('are those of zones in Punycode', async () => {
    const { envelope } = await api.call('POST', '/zones', { name: 'Bücher.example' })
    expect(envelope.result).toMatchObject({ name: 'xn--bcher-kva.example' })
  })

  test('find their records', async () => {
    await api.call('POST', RECORDS, { type: 'A', name: 'bücher', content: '192.0.2.1' })
    const { envelope } = await api.call('GET', `${RECORDS}?name=${encodeURIComponent('bücher.example.com')}`)
    expect(envelope.result).toMatchObject([{ name: 'xn--bcher-kva.example.com' }])
  })
})

test('a zone file is refused at its line', async () => {
  const form = new FormData()
  form.set('file', new File(['www 300 IN A 192.0.2.1\nwww 300 IN A 192.0.2.999\n'], 'zone'))
  const response = await fetch(`${api.server.url}/client/v4${RECORDS}/import`, {
    method: 'POST',
    headers: { authorization: 'Bearer a-token-that-nobody-guesses' },
    body: form,
  })
  const { errors } = (await response.json()) as { errors: { message: string }[] }
  expect([response.status, errors[0]?.message]).toEqual([
    400,
    'line 2: Content for A record must be a valid IPv4 address, not "192.0.2.999".',
  ])
})

test('a token that may not is told which permission group may', async () => {
  const { envelope } = await api.call('GET', '/user/tokens/permission_groups')
  const groups = envelope.result as readonly { readonly id: string; readonly name: string }[]
  const purge = groups.find(({ name }) => name === 'Cache Purge')?.id
  const resources = { [`com.cloudflare.api.account.zone.${ZONE.id}`]: '*' }
  const policies = [{ effect: 'allow', permission_groups: [{ id: purge }], resources }]
  const made = await api.call('POST', '/user/tokens', { name: 'purge', policies })
  const authorization = `Bearer ${(made.envelope.result as { readonly value: string }).value}`
  const refused = await api.call('PATCH', `${SETTINGS}/ssl`, { value: 'full' }, { authorization })
  expect([refused.status, refused.envelope.errors[0]]).toEqual([
    403,
    {
      code: 9109,
      message: 'Unauthorized to access requested resource; the token needs Zone Settings Write for it',
    },
  ])
})
