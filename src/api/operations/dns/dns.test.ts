import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { type ApiUnderTest, startApiUnderTest, TOKEN, ZONE } from '../../api.fixture.ts'

const PATH = `/zones/${ZONE.id}/dns_records`

let api: ApiUnderTest | undefined
const call: ApiUnderTest['call'] = (...parts) => {
  if (api === undefined) throw new Error('not started')
  return api.call(...parts)
}
beforeEach(async () => {
  await api?.stop()
  api = startApiUnderTest()
})
afterAll(() => api?.stop())

type Shown = { readonly id: string; readonly name: string; readonly content: string }
const create = async (body: object): Promise<Shown> => (await call('POST', PATH, body)).envelope.result as Shown
const list = async (query = ''): Promise<readonly Shown[]> =>
  (await call('GET', `${PATH}?${query}`)).envelope.result as readonly Shown[]

const A = { name: 'www', type: 'A', content: '192.0.2.1' }

describe('a record', () => {
  test('is created with what was not said', async () => {
    expect(await create({ ...A, proxied: true, comment: 'x', tags: ['owner:me'] })).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'www.example.com',
      type: 'A',
      content: '192.0.2.1',
      ttl: 1,
      proxied: true,
      proxiable: true,
      comment: 'x',
      tags: ['owner:me'],
      settings: {},
      meta: {},
      created_on: '1970-01-01T00:16:40.000Z',
      modified_on: '1970-01-01T00:16:40.000Z',
      comment_modified_on: '1970-01-01T00:16:40.000Z',
      tags_modified_on: '1970-01-01T00:16:40.000Z',
    } as Shown)
  })

  test.each([
    ['www', 'www.example.com'],
    ['WWW.Example.com', 'www.example.com'],
    ['www.example.com.', 'www.example.com'],
    ['@', 'example.com'],
    ['example.com', 'example.com'],
    ['*', '*.example.com'],
    ['bücher', 'xn--bcher-kva.example.com'],
    ['_dmarc', '_dmarc.example.com'],
  ])('named %s is %s', async (name, full) => {
    expect((await create({ ...A, name })).name).toBe(full)
  })

  test('is patched, replaced and deleted', async () => {
    const { id } = await create({ ...A, ttl: 300, comment: 'x' })
    const patched = await call('PATCH', `${PATH}/${id}`, { content: '192.0.2.2' })
    expect(patched.envelope.result).toMatchObject({ content: '192.0.2.2', ttl: 300, comment: 'x' })
    const replaced = await call('PUT', `${PATH}/${id}`, { ...A, name: 'web' })
    expect(replaced.envelope.result).toMatchObject({ id, name: 'web.example.com', ttl: 1, comment: null })
    expect((await call('DELETE', `${PATH}/${id}`)).envelope.result).toEqual({ id })
    expect((await call('GET', `${PATH}/${id}`)).envelope.errors[0]?.code).toBe(81044)
  })

  test('of a type with data has the content that the data says', async () => {
    const data = { flags: 0, tag: 'issue', value: 'ca.test' }
    expect((await create({ name: '@', type: 'CAA', data })).content).toBe('0 issue ca.test')
  })

  test.each([
    ['a type that is none', { ...A, type: 'B' }, 9005, '/type'],
    ['no name', { ...A, name: undefined }, 9005, '/name'],
    ['a name that is none', { ...A, name: 'a b' }, 9005, '/name'],
    ['a hostile name', { ...A, name: '../../x' }, 9005, '/name'],
    ['content of another type', { ...A, content: '::1' }, 9005, '/content'],
    ['no content', { ...A, content: undefined }, 9005, '/content'],
    ['an alias to an address', { ...A, type: 'CNAME' }, 9005, '/content'],
    ['a TTL that is too small', { ...A, ttl: 2 }, 9005, '/ttl'],
    ['what cannot be proxied', { name: 'a', type: 'TXT', content: 'x', proxied: true }, 9005, '/proxied'],
    ['an MX without priority', { name: 'a', type: 'MX', content: 'mx.test' }, 9005, '/priority'],
    ['tags that are none', { ...A, tags: [1] }, 9005, '/tags'],
  ])('refuses %s', async (_, body, code, pointer) => {
    const { status, envelope } = await call('POST', PATH, body)
    expect([status, envelope.errors[0]?.code, envelope.errors[0]?.source?.pointer]).toEqual([400, code, pointer])
    expect(await list()).toEqual([])
  })

  test.each([
    ['the very same', A, 81058],
    ['an alias beside an address', { name: 'www', type: 'CNAME', content: 'a.test' }, 81053],
    ['a delegation beside an address', { name: 'www', type: 'NS', content: 'ns.test' }, 81053],
  ])('refuses %s', async (_, body, code) => {
    await create(A)
    const { status, envelope } = await call('POST', PATH, body)
    expect([status, envelope.errors[0]?.code]).toEqual([400, code])
  })
})

describe('the list of records', () => {
  test.each([
    ['', ['a', 'b', 'c']],
    ['type=TXT', ['c']],
    ['name=b.example.com', ['b']],
    ['name.startswith=a', ['a']],
    ['content.contains=0.2.2', ['b']],
    ['proxied=true', ['a']],
    ['comment.present=', ['b']],
    ['tag=team:x', ['c']],
    ['search=HELLO', ['c']],
    ['type=TXT&name=a.example.com&match=any', ['a', 'c']],
    ['order=content&direction=desc', ['c', 'b', 'a']],
    ['page=2&per_page=2', ['c']],
    ['page=9', []],
  ])('?%s', async (query, names) => {
    await create({ ...A, name: 'a', proxied: true })
    await create({ name: 'b', type: 'A', content: '192.0.2.2', comment: 'note' })
    await create({ name: 'c', type: 'TXT', content: 'hello', tags: ['team:x'] })
    expect((await list(query)).map(({ name }) => name.replace('.example.com', ''))).toEqual(names)
  })
})

describe('a batch', () => {
  test('deletes, patches, puts and posts, in this order', async () => {
    const [gone, kept] = [await create(A), await create({ ...A, name: 'b' })]
    const { envelope } = await call('POST', `${PATH}/batch`, {
      posts: [A],
      deletes: [{ id: gone.id }],
      patches: [{ id: kept.id, ttl: 120 }],
    })
    expect(envelope.result).toMatchObject({
      deletes: [{ id: gone.id }],
      patches: [{ id: kept.id, ttl: 120 }],
      puts: [],
      posts: [{ name: 'www.example.com' }],
    })
  })

  test('of which one step fails does nothing', async () => {
    const { id } = await create(A)
    const { status, envelope } = await call('POST', `${PATH}/batch`, {
      deletes: [{ id }],
      posts: [A, { ...A, type: 'B' }],
    })
    expect([status, envelope.errors[0]?.source?.pointer]).toEqual([400, '/posts/1/type'])
    expect((await list()).map((record) => record.id)).toEqual([id])
  })
})

describe('a zone file', () => {
  const send = async (text: string, proxied = 'false'): Promise<{ result: unknown; errors: { code: number }[] }> => {
    const form = new FormData()
    form.set('file', new File([text], 'zone.txt'))
    form.set('proxied', proxied)
    const headers = { authorization: `Bearer ${TOKEN}` }
    const url = `${api?.server.url}/client/v4${PATH}/import`
    return (await (await fetch(url, { method: 'POST', body: form, headers })).json()) as never
  }

  const FILE = `$TTL 1h
@   IN SOA ns.test. admin.test. ( 1 ; serial
      2 3 4 5 )
    IN NS ns.test.
www 300 IN A 192.0.2.1
    IN TXT "a; b" "c"
alias CNAME www ; cf_tags=cf-proxied:true
@ MX 10 mx.test.
`

  test('is imported once', async () => {
    expect((await send(FILE)).result).toEqual({ recs_added: 4, total_records_parsed: 4 })
    expect(await list('order=type')).toMatchObject([
      { name: 'www.example.com', type: 'A', ttl: 300, proxied: false },
      { name: 'alias.example.com', type: 'CNAME', content: 'www.example.com', proxied: true },
      { name: 'example.com', type: 'MX', priority: 10, content: 'mx.test', ttl: 3600 },
      { name: 'www.example.com', type: 'TXT', content: '"a; b" "c"' },
    ] as object[])
    expect((await send(FILE)).result).toEqual({ recs_added: 0, total_records_parsed: 4 })
  })

  test('that was exported is the same when it is imported', async () => {
    await send(FILE, 'true')
    const before = await list('order=type')
    const headers = { authorization: `Bearer ${TOKEN}` }
    const exported = await fetch(`${api?.server.url}/client/v4${PATH}/export`, { headers })
    expect(exported.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const text = await exported.text()
    await call('POST', `${PATH}/batch`, { deletes: before.map(({ id }) => ({ id })) })
    await send(text)
    const plain = (records: readonly Shown[]) => records.map(({ id: _, ...rest }) => rest)
    expect(plain(await list('order=type'))).toEqual(plain(before))
  })

  test.each([
    ['$INCLUDE other', 81099],
    ['www IN', 81099],
    ['www IN B x', 81099],
    ['www IN A nonsense', 81099],
  ])('that cannot be read changes nothing: %s', async (line, code) => {
    expect((await send(`ok IN A 192.0.2.1\n${line}\n`)).errors[0]?.code).toBe(code)
    expect(await list()).toEqual([])
  })

  test('is sent as a form', async () => {
    expect((await call('POST', `${PATH}/import`, {})).status).toBe(415)
    const broken = await call('POST', `${PATH}/import`, 'x', { 'content-type': 'multipart/form-data; boundary=a' })
    expect([broken.status, broken.envelope.errors[0]?.code]).toEqual([400, 6008])
  })
})
