import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { parseFormData } from '../../../http/index.ts'
import { type Answer, type ApiUnderTest, fetchAnswer, startApiUnderTest, TOKEN, ZONE } from '../../api.fixture.ts'
import { type PlayedHost, playHost } from '../../script-host.fixture.ts'

const SNIPPETS = `/zones/${ZONE.id}/snippets`
const RULES = `${SNIPPETS}/snippet_rules`
const CODE = 'export default { fetch(request) { return fetch(request) } }'

let host: PlayedHost
let api: ApiUnderTest
beforeEach(() => {
  host = playHost()
  api = startApiUnderTest({ scriptHost: host })
})
afterEach(() => api.stop())

function send(path: string, form: FormData): Promise<Answer> {
  const headers = { authorization: `Bearer ${TOKEN}` }
  return fetchAnswer(`${api.server.url}/client/v4${path}`, { method: 'PUT', headers, body: form })
}

/** As curl does by the documentation: one part `files`, and metadata as JSON. */
function byCurl(code = CODE, metadata: object = {}): FormData {
  const form = new FormData()
  form.set('files', new File([code], 'example.js', { type: 'text/javascript' }))
  form.set('metadata', JSON.stringify({ main_module: 'example.js', ...metadata }))
  return form
}

/** As the SDK does: metadata in brackets, parts `files[]`. */
function bySdk(): FormData {
  const form = new FormData()
  form.append('files[]', new File([CODE], 'example.js', { type: 'application/javascript' }))
  form.append('files[]', new File(['export default 1'], 'other.js', { type: 'application/javascript+module' }))
  form.append('metadata[main_module]', 'example.js')
  return form
}

const put = (name: string, form = byCurl()) => send(`${SNIPPETS}/${name}`, form)
const codeOf = ({ status, envelope }: Answer) => [status, envelope.errors[0]?.code]
const listed = async () => (await api.call('GET', SNIPPETS)).envelope.result as { snippet_name: string }[]

describe('a snippet', () => {
  test.each([
    ['as the documentation does', byCurl, ['example.js']],
    ['as the SDK does', bySdk, ['example.js', 'other.js']],
  ])('is uploaded %s', async (_, form, modules) => {
    const { status, envelope } = await put('add_cors', form())
    const instant = expect.stringMatching(/^\d{4}-.*Z$/)
    expect([status, envelope.result]).toEqual([
      200,
      { snippet_name: 'add_cors', created_on: instant, modified_on: instant },
    ])
    expect(host.checked[0]).toMatchObject({ kind: 'snippet', mainModule: 'example.js', bindings: [] })
    expect(host.checked[0]?.modules.map(({ name, type }) => [name, type])).toEqual(modules.map((name) => [name, 'esm']))
  })

  test('is listed by pages, read, downloaded and deleted', async () => {
    await put('a')
    await put('b')
    const page = await api.call('GET', `${SNIPPETS}?page=2&per_page=1`)
    expect(page.envelope.result).toMatchObject([{ snippet_name: 'b' }])
    expect(page.envelope.result_info).toMatchObject({ total_count: 2, page: 2 })
    expect((await api.call('GET', `${SNIPPETS}?page=3&per_page=1`)).envelope.result).toEqual([])
    expect((await api.call('GET', `${SNIPPETS}/a`)).envelope.result).toMatchObject({ snippet_name: 'a' })
    const headers = { authorization: `Bearer ${TOKEN}` }
    const content = await fetch(`${api.server.url}/client/v4${SNIPPETS}/a/content`, { headers })
    const form = parseFormData(await content.bytes(), content.headers.get('content-type') ?? '', { maxParts: 2 })
    expect(form.ok && form.value.map((part) => [part.name, new TextDecoder().decode(part.content)])).toEqual([
      ['example.js', CODE],
    ])
    expect((await api.call('DELETE', `${SNIPPETS}/a`)).status).toBe(200)
    for (const method of ['GET', 'DELETE'])
      expect(codeOf(await api.call(method, `${SNIPPETS}/a`))).toEqual([404, 10309])
    expect(codeOf(await api.call('GET', `${SNIPPETS}/a/content`))).toEqual([404, 10309])
  })

  test('has at most 32 KB', async () => {
    expect((await put('a', byCurl(CODE.padEnd(32 * 1024)))).status).toBe(200)
    const answer = await put('b', byCurl(CODE.padEnd(32 * 1024 + 1)))
    expect([...codeOf(answer), answer.envelope.errors[0]?.message]).toEqual([
      413,
      10027,
      expect.stringContaining('32768'),
    ])
  })

  test.each<[string, () => FormData, number, number]>([
    ['bindings', () => byCurl(CODE, { bindings: [{ type: 'plain_text', name: 'A', text: 'x' }] }), 400, 10301],
    ['a script that does not start', () => byCurl('throw 1'), 400, 10021],
    ['a script that does not handle fetch', () => byCurl('export default {}'), 400, 10021],
    ['a main module that is not there', () => byCurl(CODE, { main_module: 'x.js' }), 400, 6008],
    ['a service worker', () => byCurl(CODE, { main_module: undefined, body_part: 'files' }), 400, 6008],
    ['nothing', () => new FormData(), 400, 6008],
  ])('is refused with %s', async (_, form, status, code) => {
    expect(codeOf(await put('a', form()))).toEqual([status, code])
    expect(await listed()).toEqual([])
  })

  test.each(['A', 'a-b', 'a.b', 'x'.repeat(65)])('cannot be called %p', async (name) => {
    expect(codeOf(await put(name))).toEqual([400, 10311])
  })
})

describe('snippet rules', () => {
  const set = (rules: unknown) => api.call('PUT', RULES, { rules })
  beforeEach(async () => {
    await put('a')
    await put('b')
  })

  test('are replaced as a whole, in their order', async () => {
    const rules = [
      { snippet_name: 'b', expression: 'true', description: 'first' },
      { snippet_name: 'a', expression: 'true', enabled: false },
    ]
    const { envelope } = await set(rules)
    expect(structuredClone(envelope.result)).toMatchObject([
      { ...rules[0], id: expect.stringMatching(/^[0-9a-f]{32}$/), enabled: true, last_updated: expect.any(String) },
      { ...rules[1], description: '' },
    ])
    expect((await api.call('GET', RULES)).envelope.result).toEqual(envelope.result)
    await set([rules[1]])
    expect((await api.call('GET', RULES)).envelope.result).toHaveLength(1)
    expect((await api.call('DELETE', RULES)).envelope.result).toMatchObject([{ snippet_name: 'a' }])
    expect((await api.call('GET', RULES)).envelope.result).toEqual([])
  })

  test('keep a snippet from being deleted', async () => {
    await set([{ snippet_name: 'a', expression: 'true' }])
    expect(codeOf(await api.call('DELETE', `${SNIPPETS}/a`))).toEqual([400, 10310])
    await api.call('DELETE', RULES)
    expect((await api.call('DELETE', `${SNIPPETS}/a`)).status).toBe(200)
  })

  test.each([
    ['no rules', undefined, 6008, '/rules'],
    ['rules that are no array', {}, 6008, '/rules'],
    ['a rule without an expression', [{ snippet_name: 'a' }], 6008, '/rules/0/expression'],
    ['an empty expression', [{ snippet_name: 'a', expression: ' ' }], 6008, '/rules/0/expression'],
    ['an expression that is none', [{ snippet_name: 'a', expression: '(' }], 20104, '/rules/0/expression'],
    ['a snippet that is not there', [{ snippet_name: 'c', expression: 'true' }], 6008, '/rules/0/snippet_name'],
    ['a snippet twice', [1, 2].map(() => ({ snippet_name: 'a', expression: 'true' })), 6008, '/rules/1/snippet_name'],
  ])('refuse %s', async (_, rules, code, pointer) => {
    const answer = await set(rules)
    expect([...codeOf(answer), answer.envelope.errors[0]?.source?.pointer]).toEqual([400, code, pointer])
    expect((await api.call('GET', RULES)).envelope.result).toEqual([])
  })
})

test('a token for snippets may touch nothing else, and none but it may touch them', async () => {
  const tokenWith = async (id: string, name: string): Promise<Record<string, string>> => {
    const resources = { [`com.cloudflare.api.account.zone.${ZONE.id}`]: '*' }
    const policies = [{ effect: 'allow', resources, permission_groups: [{ id, name }] }]
    const { envelope } = await api.call('POST', '/user/tokens', { name: 't', policies })
    return { authorization: `Bearer ${(envelope.result as { value: string }).value}` }
  }
  const reader = await tokenWith('5ade0000000000000000000000000008', 'Snippets Read')
  expect((await api.call('GET', SNIPPETS, undefined, reader)).status).toBe(200)
  expect(codeOf(await api.call('PUT', RULES, { rules: [] }, reader))).toEqual([403, 9109])
  const routes = await tokenWith('28f4b596e7d643029c524985477ae49a', 'Workers Routes Write')
  expect(codeOf(await api.call('GET', SNIPPETS, undefined, routes))).toEqual([403, 9109])
})
