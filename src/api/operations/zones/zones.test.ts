import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ACCOUNT_ID } from '../../../config/index.ts'
import { type ApiUnderTest, OTHER_ZONE, startApiUnderTest, ZONE } from '../../api.fixture.ts'

let api: ApiUnderTest
beforeAll(() => {
  api = startApiUnderTest()
})
afterAll(() => api.stop())

const namesOf = (result: unknown): readonly string[] => (result as { name: string }[]).map(({ name }) => name)
const list = async (query: string) => (await api.call('GET', `/zones?${query}`)).envelope

describe('the list of zones', () => {
  const both = [ZONE.name, OTHER_ZONE.name]
  test.each([
    ['', both],
    ['name=example.org', ['example.org']],
    ['name=EXAMPLE.org', ['example.org']],
    ['name=nowhere.test', []],
    ['name=starts_with:exam', both],
    ['name=ends_with:.org', ['example.org']],
    ['name=contains:ple.c', ['example.com']],
    ['name=not_equal:example.com', ['example.org']],
    ['name=equal_case_sensitive:Example.com', []],
    ['name=example.org&name=example.com&match=any', both],
    ['name=example.org&status=active&match=all', ['example.org']],
    ['status=pending', []],
    ['type=full&type=partial', both],
    ['type=secondary', []],
    [`account.id=${ACCOUNT_ID}`, both],
    ['account.id=other', []],
    ['account.name=contains:vary', both],
    ['order=name&direction=desc', both.toReversed()],
    ['page=2&per_page=1', ['example.org']],
    ['page=3&per_page=1', []],
  ])('?%s', async (query, names) => {
    expect(namesOf((await list(query)).result)).toEqual(names)
  })

  test('says where the page is', async () => {
    expect((await list('page=2&per_page=1')).result_info).toEqual({
      page: 2,
      per_page: 1,
      count: 1,
      total_count: 2,
      total_pages: 2,
    })
    expect((await list('per_page=5000')).result_info?.per_page).toBe(50)
  })

  test.each(['page=0', 'page=x', 'per_page=-1', 'page=1e3', 'order=size', 'direction=up', 'match=some'])(
    'refuses ?%s',
    async (query) => {
      const { status, envelope } = await api.call('GET', `/zones?${query}`)
      expect([status, envelope.errors[0]?.code]).toEqual([400, 6010])
    },
  )
})

describe('a zone', () => {
  test("has every member of Cloudflare's", async () => {
    const { envelope } = await api.call('GET', `/zones/${ZONE.id}`)
    expect(envelope.result).toMatchObject({
      id: ZONE.id,
      account: { id: ACCOUNT_ID },
      activated_on: expect.any(String),
      created_on: '1970-01-01T00:16:40.000Z',
      development_mode: 0,
      meta: { step: 2 },
      name_servers: expect.any(Array),
      original_dnshost: null,
      original_name_servers: null,
      original_registrar: null,
      owner: { type: 'organization' },
      paused: false,
      plan: { price: 0 },
      status: 'active',
      type: 'full',
    })
  })

  test('is created, changed and deleted', async () => {
    const created = await api.call('POST', '/zones', {
      name: 'New.Example',
      account: { id: ACCOUNT_ID },
      type: 'partial',
    })
    expect(created.envelope.result).toMatchObject({ name: 'new.example', type: 'partial', status: 'active' })
    expect(namesOf((await list('')).result)).toContain('new.example')
    const again = await api.call('POST', '/zones', { name: 'new.example' })
    expect([again.status, again.envelope.errors[0]?.code]).toEqual([400, 1061])
    const changed = await api.call('PATCH', `/zones/${ZONE.id}`, { vanity_name_servers: ['ns1.example.com'] })
    expect(changed.envelope.result).toMatchObject({ vanity_name_servers: ['ns1.example.com'] })
  })

  test.each([
    ['no name', 'POST', '/zones', {}, 400, 6008],
    ['a body that is no object', 'POST', '/zones', [], 400, 6008],
    ['no body', 'POST', '/zones', undefined, 400, 6008],
    ['a name that is none', 'POST', '/zones', { name: 'a b' }, 400, 1049],
    ['an address', 'POST', '/zones', { name: '127.0.0.1' }, 400, 1049],
    ['a hostile name', 'POST', '/zones', { name: '__proto__/../\u0000' }, 400, 1049],
    ['a type that is none', 'POST', '/zones', { name: 'a.test', type: 'half' }, 400, 6008],
    ['another account', 'POST', '/zones', { name: 'a.test', account: { id: 'x' } }, 404, 1139],
    ['two changes', 'PATCH', `/zones/${ZONE.id}`, { paused: true, type: 'full' }, 400, 6008],
    ['no change', 'PATCH', `/zones/${ZONE.id}`, {}, 400, 6008],
    ['a change of the wrong type', 'PATCH', `/zones/${ZONE.id}`, { paused: 'yes' }, 400, 6008],
    ['an unknown zone', 'GET', `/zones/${'0'.repeat(32)}`, undefined, 404, 1001],
    ['an unknown account', 'GET', `/accounts/${'0'.repeat(32)}`, undefined, 404, 1139],
    ['a malformed account', 'GET', '/accounts/x', undefined, 404, 7003],
  ])('refuses %s', async (_, method, path, body, status, code) => {
    const answer = await api.call(method, path, body)
    expect([answer.status, answer.envelope.errors[0]?.code]).toEqual([status, code])
    expect(namesOf((await list('name=a.test')).result)).toEqual([])
  })

  test('is active when it is asked', async () => {
    const { status, envelope } = await api.call('PUT', `/zones/${ZONE.id}/activation_check`)
    expect([status, envelope.result]).toEqual([200, { id: ZONE.id }])
  })
})

describe('origins', () => {
  const PATH = `/zones/${ZONE.id}/origins`
  test('are what was put last', async () => {
    await api.call('PUT', PATH, { 'B.Example.com': 'http://127.0.0.1:3000', '*': 'https://o.test' })
    expect((await api.call('GET', PATH)).envelope.result).toEqual({
      'b.example.com': 'http://127.0.0.1:3000',
      '*': 'https://o.test',
    })
    await api.call('PUT', PATH, {})
    expect((await api.call('GET', PATH)).envelope.result).toEqual({})
  })

  test.each([
    ['a host of another zone', { 'a.example.org': 'http://127.0.0.1' }, '/a.example.org'],
    ['a pattern that is none', { 'a/b': 'http://127.0.0.1' }, '/a~1b'],
    ['a URL with a path', { '*': 'http://127.0.0.1/a' }, '/*'],
    ['a URL that is none', { '*': 5 }, '/*'],
    ['a pattern twice', { a: 'http://127.0.0.1', A: 'http://127.0.0.1' }, '/A'],
  ])('refuses %s', async (_, body, pointer) => {
    const { status, envelope } = await api.call('PUT', PATH, body)
    expect([status, envelope.errors[0]?.code, envelope.errors[0]?.source?.pointer]).toEqual([400, 1140, pointer])
  })
})

test('there are one account, one user and one membership', async () => {
  const { result } = (await api.call('GET', '/memberships')).envelope
  expect(result).toMatchObject([{ account: { id: ACCOUNT_ID }, status: 'accepted' }])
  expect((await api.call('GET', '/accounts?page=1')).envelope).toMatchObject({
    result: [{ id: ACCOUNT_ID, type: 'standard' }],
    result_info: { page: 1, per_page: 20, total_count: 1 },
  })
  expect((await api.call('GET', '/accounts?page=2')).envelope.result).toEqual([])
  expect((await api.call('GET', `/accounts/${ACCOUNT_ID}`)).envelope.result).toMatchObject({ name: 'varyant' })
  expect((await api.call('GET', '/user')).envelope.result).toMatchObject({ email: expect.any(String) })
})

describe('what clients ask about a zone beside it', () => {
  const ask = async (path: string) => (await api.call('GET', `/zones/${ZONE.id}/${path}`)).envelope

  test('is answered for every zone alike', async () => {
    const plan = { id: 'varyant', price: 0 }
    expect(await ask('available_plans')).toMatchObject({ result: [plan] })
    expect(await ask('available_plans/varyant')).toMatchObject({ result: plan })
    expect(await ask('available_rate_plans')).toMatchObject({ result: [{ id: 'varyant' }] })
    expect(await ask('subscription')).toMatchObject({ result: { state: 'Paid', rate_plan: { id: 'varyant' } } })
    expect(await ask('hold')).toMatchObject({ result: { hold: false } })
    expect(await ask('entitlements')).toMatchObject({ result: [] })
    expect(await ask('environments')).toMatchObject({ result: { environments: [] } })
  })

  test('CF quirk: what is asked about custom name servers stands beside the result', async () => {
    expect(await ask('custom_ns')).toMatchObject({ result: null, enabled: false, ns_set: 1 })
  })

  test('changes nothing', async () => {
    const { status, fields } = await api.call('POST', `/zones/${ZONE.id}/hold`, {})
    expect([status, fields.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})

test('a list of zones has those that the token may read, and internal ones only for who asks for them', async () => {
  await api.call('POST', '/zones', { name: 'inner.example', type: 'internal' })
  expect(namesOf((await list('')).result)).not.toContain('inner.example')
  expect(namesOf((await list('type=internal')).result)).toEqual(['inner.example'])
  const made = await api.call('POST', '/user/tokens', {
    name: 'reader',
    policies: [
      {
        effect: 'allow',
        resources: { [`com.cloudflare.api.account.zone.${ZONE.id}`]: '*' },
        permission_groups: [{ id: 'c8fed203ed3043cba015a93ad1616f1f' }],
      },
    ],
  })
  const authorization = `Bearer ${(made.envelope.result as { value: string }).value}`
  const { envelope } = await api.call('GET', '/zones', undefined, { authorization })
  expect([namesOf(envelope.result), envelope.result_info?.total_count]).toEqual([['example.com'], 1])
})
