import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { ACCOUNT_ID } from '../../../config/index.ts'
import { parseFormData } from '../../../http/index.ts'
import {
  type Answer,
  type ApiUnderTest,
  fetchAnswer,
  OTHER_ZONE,
  startApiUnderTest,
  TOKEN,
  ZONE,
} from '../../api.fixture.ts'
import { DOES_NOT_START, type PlayedHost, playHost } from '../../script-host.fixture.ts'

const WORKERS = `/accounts/${ACCOUNT_ID}/workers`
const SCRIPT = `${WORKERS}/scripts/shop`

let host: PlayedHost
let api: ApiUnderTest
beforeEach(() => {
  host = playHost()
  api = startApiUnderTest({ scriptHost: host })
})
afterEach(() => api.stop())

const ESM = 'application/javascript+module'
type PartOf = readonly [name: string, content: string | Uint8Array<ArrayBuffer>, type?: string, fileName?: string]

function formOf(metadata: unknown, parts: readonly PartOf[]): FormData {
  const form = new FormData()
  if (metadata !== undefined) form.set('metadata', typeof metadata === 'string' ? metadata : JSON.stringify(metadata))
  for (const [name, content, type, fileName] of parts) {
    if (type === undefined) form.append(name, String(content))
    else form.append(name, new File([content], fileName ?? name, { type }))
  }
  return form
}

function send(method: string, path: string, form: FormData, agent = 'curl'): Promise<Answer> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'user-agent': agent }
  return fetchAnswer(`${api.server.url}/client/v4${path}`, { method, headers, body: form })
}

const CODE = 'export default { fetch() {} }'
const INDEX: PartOf = ['index.js', CODE, ESM]
const METADATA = { main_module: 'index.js', compatibility_date: '2026-11-01' }

const put = (metadata: object = {}, parts: readonly PartOf[] = [INDEX]) =>
  send('PUT', SCRIPT, formOf({ ...METADATA, ...metadata }, parts))
const upload = (metadata: object = {}, parts: readonly PartOf[] = [INDEX]) =>
  send('POST', `${SCRIPT}/versions`, formOf({ ...METADATA, ...metadata }, parts))

type Shown = Readonly<Record<string, unknown>>
const resultOf = ({ envelope }: Answer): Shown => envelope.result as Shown
const codeOf = ({ status, envelope }: Answer) => [status, envelope.errors[0]?.code]
const get = async (path: string): Promise<Shown> => resultOf(await api.call('GET', path))
const deployedVersion = async (): Promise<unknown> => {
  const { deployments } = (await get(`${SCRIPT}/deployments`)) as { deployments: { versions: unknown[] }[] }
  return deployments[0]?.versions
}

describe('a Worker that is not there', () => {
  test.each([
    ['GET', `${WORKERS}/services/shop`, 10090],
    ['GET', `${SCRIPT}/deployments`, 10007],
    ['GET', `${SCRIPT}/secrets`, 10007],
    ['GET', `${SCRIPT}/settings`, 10007],
    ['GET', `${SCRIPT}/subdomain`, 10007],
    ['GET', `${SCRIPT}/references`, 10007],
    ['GET', SCRIPT, 10007],
    ['DELETE', SCRIPT, 10007],
    ['DELETE', `${WORKERS}/services/shop?force=true`, 10007],
    ['PUT', `${SCRIPT}/secrets`, 10007],
    ['PUT', `${SCRIPT}/routes`, 10007],
    ['POST', `${SCRIPT}/tails`, 10007],
  ])('%s %s: 404 and %d', async (method, path, code) => {
    expect(codeOf(await api.call(method, path, method === 'GET' ? undefined : {}))).toEqual([404, code])
  })

  test('takes no version', async () => {
    expect(codeOf(await upload())).toEqual([404, 10007])
  })
})

describe('an upload', () => {
  test('of a new Worker is its first version, deployed', async () => {
    const { status, envelope } = await put()
    const result = envelope.result as Shown
    expect(status).toBe(200)
    expect(structuredClone(result)).toMatchObject({
      id: 'shop',
      startup_time_ms: 7,
      handlers: ['fetch'],
      has_modules: true,
      etag: expect.stringMatching(/^[0-9a-f]{64}$/),
      deployment_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      last_deployed_from: 'api',
      compatibility_date: '2026-11-01',
    })
    const [version] = (await deployedVersion()) as { version_id: string; percentage: number }[]
    expect([version?.version_id.replaceAll('-', ''), version?.percentage]).toEqual([
      result.deployment_id as string,
      100,
    ])
    expect(await get(`${WORKERS}/services/shop`)).toMatchObject({
      id: 'shop',
      default_environment: { environment: 'production', script: { etag: result.etag, last_deployed_from: 'api' } },
    })
    expect((await api.call('GET', `${WORKERS}/scripts`)).envelope.result).toMatchObject([{ id: 'shop' }])
    expect(await get(`${WORKERS}/workers/shop`)).toMatchObject({ name: 'shop', subdomain: { enabled: false } })
  })

  test('has its modules by their types, the main one first', async () => {
    const parts: readonly PartOf[] = [
      ['./0a-a.txt', 'text', 'text/plain'],
      ['./0b-b.bin', new Uint8Array([0, 255]), 'application/octet-stream'],
      ['./0c-c.wasm', new Uint8Array([0]), 'application/wasm'],
      ['./d.json', '{}', 'application/json'],
      ['./e.cjs', 'x', 'application/javascript'],
      ['index.js.map', '{}', 'application/source-map'],
      INDEX,
    ]
    expect((await put({}, parts)).status).toBe(200)
    expect(host.checked[0]?.modules.map(({ name, type }) => [name, type])).toEqual([
      ['index.js', 'esm'],
      ['./0a-a.txt', 'text'],
      ['./0b-b.bin', 'data'],
      ['./0c-c.wasm', 'wasm'],
      ['./d.json', 'json'],
      ['./e.cjs', 'commonjs'],
    ])
    expect(host.checked[0]?.modules[2]?.content).toEqual(new Uint8Array([0, 255]))
  })

  test('takes the metadata of the SDK and files by their own names', async () => {
    const form = formOf(undefined, [
      ['metadata[main_module]', 'index.mjs'],
      ['metadata[compatibility_date]', '2026-11-01'],
      ['metadata[bindings][][name]', 'A'],
      ['metadata[bindings][][type]', 'plain_text'],
      ['metadata[bindings][][text]', 'b'],
      ['files[]', CODE, ESM, 'index.mjs'],
      ['files[]', 'x', 'text/plain', 'x.txt'],
    ])
    expect((await send('PUT', SCRIPT, form)).status).toBe(200)
    expect(host.checked[0]).toMatchObject({
      mainModule: 'index.mjs',
      bindings: [{ name: 'A', type: 'plain_text', text: 'b' }],
      modules: [{ name: 'index.mjs' }, { name: 'x.txt' }],
    })
  })

  test('in service-worker syntax has one body, and files as bindings', async () => {
    const metadata = {
      body_part: 'script',
      bindings: [
        { type: 'text_blob', name: 'T', part: 't' },
        { type: 'wasm_module', name: 'W', part: 'w' },
        { type: 'data_blob', name: 'D', part: 'w' },
      ],
    }
    const parts: readonly PartOf[] = [
      ['script', 'addEventListener("fetch", () => {})', 'application/javascript', 'worker.js'],
      ['t', 'hello', 'text/plain', 't.txt'],
      ['w', new Uint8Array([1]), 'application/wasm', 'w.wasm'],
    ]
    expect(resultOf(await send('PUT', SCRIPT, formOf(metadata, parts)))).toMatchObject({ has_modules: false })
    expect(host.checked[0]).toMatchObject({
      mainModule: 'script',
      modules: [{ name: 'script', type: 'script' }],
      bindings: [{ text: 'hello' }, { data: new Uint8Array([1]) }, { data: new Uint8Array([1]) }],
      compatibilityDate: '2021-11-02',
    })
  })

  test.each([
    ['application/javascript', 'script'],
    ['application/javascript+module; charset=utf-8', 'esm'],
  ])('of the type %s is a script alone', async (type, kind) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': type }
    const answer = await fetchAnswer(`${api.server.url}/client/v4${SCRIPT}`, { method: 'PUT', headers, body: CODE })
    expect(answer.status).toBe(200)
    expect(host.checked[0]?.modules.map((module) => [module.name, module.type])).toEqual([['worker.js', kind]])
  })

  test('that is a form under the type of a script, as one SDK sends it, is read as a form', async () => {
    const response = new Response(formOf(METADATA, [INDEX]))
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/javascript' }
    const body = await response.bytes()
    const answer = await fetchAnswer(`${api.server.url}/client/v4${SCRIPT}`, { method: 'PUT', headers, body })
    expect(answer.status).toBe(200)
    expect(host.checked[0]?.mainModule).toBe('index.js')
  })

  test('that does not start is refused with the words of the runtime, and what runs stays', async () => {
    await put()
    const before = await deployedVersion()
    for (const answer of [
      await put({}, [['index.js', 'throw 1', ESM]]),
      await upload({}, [['index.js', 'throw 1', ESM]]),
    ]) {
      expect([...codeOf(answer), answer.envelope.errors[0]?.message]).toEqual([400, 10021, DOES_NOT_START])
    }
    expect(await deployedVersion()).toEqual(before)
    const { items } = (await get(`${SCRIPT}/versions`)) as { items: unknown[] }
    expect(items.length).toBe(1)
  })

  test('names what this edge does not have', async () => {
    const bindings = [
      { type: 'plain_text', name: 'A', text: '' },
      { type: 'kv_namespace', name: 'KV', namespace_id: 'x' },
      { type: 'd1', name: 'DB', id: 'x' },
    ]
    const { status, envelope } = await put({ bindings })
    expect(status).toBe(400)
    expect(envelope.errors[0]?.message).toContain('kv_namespace (KV), d1 (DB)')
    for (const rest of [
      { migrations: { new_tag: 'v1' } },
      { assets: { jwt: 'x' } },
      { tail_consumers: [{ service: 'x' }] },
    ]) {
      const refused = await put(rest)
      expect([...codeOf(refused), refused.envelope.errors[0]?.message]).toEqual([
        400,
        10301,
        expect.stringContaining(Object.keys(rest)[0] ?? ''),
      ])
    }
    expect((await put({ migrations: null, tail_consumers: [], assets: undefined })).status).toBe(200)
  })

  test.each<[string, unknown, readonly PartOf[]]>([
    ['no metadata', undefined, [INDEX]],
    ['metadata that is no JSON', '{', [INDEX]],
    ['metadata without a main module', {}, [INDEX]],
    ['a main module that is not there', { main_module: 'other.js' }, [INDEX]],
    ['no parts', METADATA, []],
    ['a module twice', METADATA, [INDEX, INDEX]],
    ['a type of module that is none', METADATA, [INDEX, ['x', 'x', 'image/png']]],
    ['Python', { main_module: 'index.js' }, [INDEX, ['x.py', 'x', 'text/x-python']]],
    ['a date that is none', { ...METADATA, compatibility_date: '2026-02-30' }, [INDEX]],
    ['flags that are none', { ...METADATA, compatibility_flags: 'x' }, [INDEX]],
    ['a flag with a quote', { ...METADATA, compatibility_flags: ['a"b'] }, [INDEX]],
    ['bindings that are no array', { ...METADATA, bindings: {} }, [INDEX]],
    ['a binding that is no object', { ...METADATA, bindings: [null] }, [INDEX]],
    ['a binding without a name', { ...METADATA, bindings: [{ type: 'plain_text', text: '' }] }, [INDEX]],
    [
      'a binding called __proto__',
      { ...METADATA, bindings: [{ type: 'plain_text', name: '__proto__', text: '' }] },
      [INDEX],
    ],
    ['a binding twice', { ...METADATA, bindings: [1, 2].map(() => ({ type: 'json', name: 'A', json: 1 })) }, [INDEX]],
    ['a text that is none', { ...METADATA, bindings: [{ type: 'plain_text', name: 'A', text: 5 }] }, [INDEX]],
    ['a text of 6 KB', { ...METADATA, bindings: [{ type: 'plain_text', name: 'A', text: 'x'.repeat(6000) }] }, [INDEX]],
    ['a part that is not there', { ...METADATA, bindings: [{ type: 'text_blob', name: 'A', part: 'x' }] }, [INDEX]],
    ['what cannot be inherited', { ...METADATA, bindings: [{ type: 'inherit', name: 'A' }] }, [INDEX]],
    ['129 bindings', { ...METADATA, bindings: Array(129).fill({}) }, [INDEX]],
    ['keep_bindings that is no array', { ...METADATA, keep_bindings: 'all' }, [INDEX]],
  ])('is refused with %s', async (_, metadata, parts) => {
    const { status, envelope } = await send('PUT', SCRIPT, formOf(metadata, parts))
    expect([status, envelope.success]).toEqual([400, false])
    expect(envelope.errors[0]?.message).not.toBe('')
    expect(host.checked).toEqual([])
    expect((await api.call('GET', `${WORKERS}/scripts`)).envelope.result).toEqual([])
  })

  test('is refused beyond 10 MiB, and when it is no form', async () => {
    const large: PartOf = ['index.js', ' '.repeat(10 * 1024 * 1024), ESM]
    expect((await put({}, [large])).status).toBe(413)
    expect(codeOf(await api.call('PUT', SCRIPT, METADATA))).toEqual([415, 10415])
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'multipart/form-data; boundary=x' }
    for (const body of [
      '',
      'nonsense',
      '--x\r\n\r\n--x--',
      `--x\r\ncontent-disposition: form-data\r\n\r\nx\r\n--x--`,
    ]) {
      const answer = await fetchAnswer(`${api.server.url}/client/v4${SCRIPT}`, { method: 'PUT', headers, body })
      expect([answer.status, answer.envelope.success]).toEqual([400, false])
    }
  })

  test.each(['Shop', 'a.b', '..%2Fx', 'x'.repeat(64), '%00'])('is refused for a Worker called %p', async (name) => {
    const { status, envelope } = await send('PUT', `${WORKERS}/scripts/${name}`, formOf(METADATA, [INDEX]))
    expect([status, envelope.errors[0]?.code]).toEqual([400, 10311])
  })

  test('is refused where scripts cannot run, with the reason', async () => {
    const without = startApiUnderTest()
    const headers = { authorization: `Bearer ${TOKEN}` }
    const body = formOf(METADATA, [INDEX])
    const answer = await fetchAnswer(`${without.server.url}/client/v4${SCRIPT}`, { method: 'PUT', headers, body })
    expect([...codeOf(answer), answer.envelope.errors[0]?.message]).toEqual([
      400,
      10302,
      expect.stringContaining('without a runtime'),
    ])
    await without.stop()
  })
})

describe('versions and deployments', () => {
  test('a version waits until it is deployed, and an earlier one is gone back to', async () => {
    await put()
    const [first] = (await deployedVersion()) as { version_id: string }[]
    const second = resultOf(await upload({ annotations: { 'workers/message': 'two', 'workers/tag': 'v2' } }))
    // A copy: the matcher writes into what it looks at.
    expect(structuredClone(second)).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      number: 2,
      metadata: { source: 'api', author_email: expect.any(String), created_on: expect.any(String) },
      annotations: { 'workers/message': 'two', 'workers/tag': 'v2' },
      startup_time_ms: 7,
      resources: { script: { etag: expect.any(String), handlers: ['fetch'] }, bindings: [] },
    })
    expect(await deployedVersion()).toEqual([{ version_id: first?.version_id, percentage: 100 }])
    const deploy = (versions: unknown, rest: object = {}) =>
      api.call('POST', `${SCRIPT}/deployments`, { strategy: 'percentage', versions, ...rest })
    const version = { version_id: second.id, percentage: 100 }
    const deployed = resultOf(await deploy([version], { annotations: { 'workers/message': 'go' } }))
    expect(deployed).toMatchObject({
      strategy: 'percentage',
      versions: [version],
      annotations: { 'workers/message': 'go' },
    })
    expect(await get(`${SCRIPT}/deployments/${deployed.id}`)).toEqual(deployed)
    expect((await deploy([{ version_id: first?.version_id, percentage: 100 }])).status).toBe(200)
    expect(await deployedVersion()).toEqual([{ version_id: first?.version_id, percentage: 100 }])
    const { items } = (await get(`${SCRIPT}/versions?deployable=true`)) as { items: Shown[] }
    expect(items.map(({ number }) => number)).toEqual([2, 1])
    expect(await get(`${SCRIPT}/versions/${second.id}`)).toEqual(second)

    const { deployments } = (await get(`${SCRIPT}/deployments`)) as { deployments: { id: string }[] }
    const forget = (id = '') => api.call('DELETE', `${SCRIPT}/deployments/${id}`)
    expect(codeOf(await forget(deployments[0]?.id))).toEqual([400, 10312])
    expect((await forget(deployments[1]?.id)).status).toBe(200)
    expect(codeOf(await forget(deployments[1]?.id))).toEqual([404, 10305])

    expect(codeOf(await deploy([{ version_id: 'nonsense', percentage: 100 }]))).toEqual([404, 10304])
    const split = [
      { version_id: first?.version_id, percentage: 50 },
      { version_id: second.id, percentage: 50 },
    ]
    expect(codeOf(await deploy(split))).toEqual([400, 10301])
    for (const versions of [[], 'x', [{}], [{ version_id: second.id, percentage: 10 }], undefined]) {
      expect((await deploy(versions)).status).toBe(400)
    }
    expect(codeOf(await api.call('GET', `${SCRIPT}/versions/nonsense`))).toEqual([404, 10304])
    expect(codeOf(await api.call('GET', `${SCRIPT}/deployments/nonsense`))).toEqual([404, 10305])
  })

  test('say whose client made them', async () => {
    await send('PUT', SCRIPT, formOf(METADATA, [INDEX]), 'wrangler/4.42.2')
    expect(await get(`${SCRIPT}/versions`)).toMatchObject({ items: [{ metadata: { source: 'wrangler' } }] })
  })
})

describe('secrets', () => {
  const HUSH = 'hush-hush'
  const secretsAnd = async () => {
    const names = (await api.call('GET', `${SCRIPT}/secrets`)).envelope.result as { name: string }[]
    return names.map(({ name }) => name)
  }

  test('are set, listed by name, kept by uploads and removed; their values never come out', async () => {
    await put({ bindings: [{ type: 'plain_text', name: 'GREETING', text: 'hei' }] })
    const set = await api.call('PUT', `${SCRIPT}/secrets`, { name: 'KEY', text: HUSH, type: 'secret_text' })
    expect(resultOf(set)).toEqual({ name: 'KEY', type: 'secret_text' })
    expect(host.checked.at(-1)?.bindings).toContainEqual({ type: 'secret_text', name: 'KEY', text: HUSH })
    await upload({ keep_bindings: ['secret_text', 'secret_key'] })
    expect(await secretsAnd()).toEqual(['KEY'])
    await put()
    expect(await secretsAnd()).toEqual(['KEY'])
    await put({ keep_bindings: [] })
    expect(await secretsAnd()).toEqual([])
    await api.call('PUT', `${SCRIPT}/secrets`, { name: 'KEY', text: HUSH })
    for (const path of ['', '/versions', '/deployments', '/settings', '/secrets', '/secrets/KEY', '/content/v2']) {
      const headers = { authorization: `Bearer ${TOKEN}` }
      const text = await (await fetch(`${api.server.url}/client/v4${SCRIPT}${path}`, { headers })).text()
      expect(text).not.toContain(HUSH)
    }
    expect((await api.call('DELETE', `${SCRIPT}/secrets/KEY`)).status).toBe(200)
    expect(codeOf(await api.call('DELETE', `${SCRIPT}/secrets/KEY`))).toEqual([404, 10056])
    expect(codeOf(await api.call('GET', `${SCRIPT}/secrets/KEY`))).toEqual([404, 10056])
  })

  test('are set and removed together', async () => {
    await put()
    const bulk = (secrets: object) =>
      api.call('PATCH', `${SCRIPT}/secrets-bulk`, { secrets }, { 'content-type': 'application/merge-patch+json' })
    await bulk({ A: { name: 'A', text: '1', type: 'secret_text' }, B: { text: '2' } })
    expect(await secretsAnd()).toEqual(['A', 'B'])
    await bulk({ A: null, C: { text: '3' } })
    expect(await secretsAnd()).toEqual(['B', 'C'])
  })

  test('are not changed while the newest version does not run', async () => {
    await put()
    await upload()
    const answer = await api.call('PUT', `${SCRIPT}/secrets`, { name: 'KEY', text: HUSH })
    expect(codeOf(answer)).toEqual([400, 10215])
    const latest = await api.call('PATCH', `${WORKERS}/workers/shop/versions/latest`, {
      env: { KEY: { type: 'secret_text', text: HUSH } },
      annotations: { 'workers/message': 'm' },
    })
    expect(resultOf(latest)).toMatchObject({
      number: 3,
      resources: { bindings: [{ type: 'secret_text', name: 'KEY' }] },
    })
  })

  test.each([
    ['no name', { text: 'x' }],
    ['no text', { name: 'A' }],
    ['a name that is none', { name: 'a-b', text: 'x' }],
    ['another kind', { name: 'A', text: 'x', type: 'secret_key' }],
    ['nothing', undefined],
    ['an array', []],
  ])('refuse %s', async (_, body) => {
    await put()
    expect((await api.call('PUT', `${SCRIPT}/secrets`, body)).status).toBe(400)
    expect(await secretsAnd()).toEqual([])
  })
})

describe('settings', () => {
  const patch = (settings: object) => {
    const form = new FormData()
    form.set('settings', new Blob([JSON.stringify(settings)], { type: 'application/json' }))
    return send('PATCH', `${SCRIPT}/settings`, form)
  }

  test('show bindings and what is of no version', async () => {
    await put({ bindings: [{ type: 'json', name: 'OBJ', json: { a: 1 } }], tags: ['t'], logpush: true })
    expect(await get(`${SCRIPT}/settings`)).toMatchObject({
      bindings: [{ type: 'json', name: 'OBJ', json: { a: 1 } }],
      compatibility_date: '2026-11-01',
      compatibility_flags: [],
      tags: ['t'],
      logpush: true,
      tail_consumers: [],
      usage_model: 'standard',
      migration_tag: '',
    })
    const edited = await api.call('PATCH', `${SCRIPT}/script-settings`, { tags: [], observability: { enabled: true } })
    expect(resultOf(edited)).toMatchObject({ tags: [], logpush: true, observability: { enabled: true } })
    expect(await get(`${SCRIPT}/script-settings`)).toEqual(resultOf(edited))
    const refused = await api.call('PATCH', `${SCRIPT}/script-settings`, { tail_consumers: [{ service: 'x' }] })
    expect(codeOf(refused)).toEqual([400, 10301])
  })

  test('that change bindings are a version; what is echoed without its value stays', async () => {
    await put({ bindings: [{ type: 'plain_text', name: 'A', text: '1' }] })
    await api.call('PUT', `${SCRIPT}/secrets`, { name: 'S', text: 'x' })
    const bindings = [
      { type: 'secret_text', name: 'S' },
      { type: 'plain_text', name: 'A' },
      { type: 'plain_text', name: 'B', text: '2' },
    ]
    const patched = await patch({ bindings })
    expect(resultOf(patched)).toMatchObject({ bindings: [{ name: 'S' }, { name: 'A', text: '1' }, { name: 'B' }] })
    expect(host.checked.at(-1)?.bindings).toContainEqual({ type: 'secret_text', name: 'S', text: 'x' })
    expect(resultOf(await patch({ compatibility_date: '2026-10-01' }))).toMatchObject({
      compatibility_date: '2026-10-01',
      bindings: [{ name: 'S' }, { name: 'A' }, { name: 'B' }],
    })
    expect((await patch({ bindings: [{ type: 'secret_text', name: 'NONE' }] })).status).toBe(400)
    expect((await patch({ bindings: [{ type: 'queue', name: 'Q' }] })).status).toBe(400)
  })
})

describe('code', () => {
  const download = async (path: string) => {
    const headers = { authorization: `Bearer ${TOKEN}` }
    return fetch(`${api.server.url}/client/v4${SCRIPT}${path}`, { headers })
  }

  test('is downloaded as it was uploaded', async () => {
    await put()
    const whole = await download('')
    expect([whole.headers.get('content-type'), await whole.text()]).toEqual(['application/javascript', CODE])
    const data = new Uint8Array([0, 13, 10, 255])
    await put({}, [INDEX, ['./a"\r\n.bin', data, 'application/octet-stream']])
    for (const path of ['', '/content/v2']) {
      const response = await download(path)
      expect(response.headers.get('cf-entrypoint')).toBe('index.js')
      const form = parseFormData(await response.bytes(), response.headers.get('content-type') ?? '', { maxParts: 9 })
      expect(form.ok && form.value).toEqual([
        { name: 'index.js', fileName: 'index.js', type: ESM, content: new TextEncoder().encode(CODE) },
        { name: './a"\r\n.bin', fileName: './a"\r\n.bin', type: 'application/octet-stream', content: data },
      ])
    }
  })

  test('of an earlier version is downloaded by its id', async () => {
    await put({}, [['index.js', '/* one */ fetch', ESM]])
    const { items } = (await get(`${SCRIPT}/versions`)) as { items: { id: string }[] }
    await put({}, [['index.js', '/* two */ fetch', ESM]])
    const form = await (await download(`/content/v2?version=${items[0]?.id}`)).formData()
    expect(await (form.get('index.js') as File).text()).toContain('one')
    expect((await download('/content/v2?version=nonsense')).status).toBe(404)
  })

  test('alone is replaced, with the bindings as they are', async () => {
    await put({ bindings: [{ type: 'plain_text', name: 'A', text: '1' }] })
    const answer = await send('PUT', `${SCRIPT}/content`, formOf({ main_module: 'b.js' }, [['b.js', CODE, ESM]]))
    expect(answer.status).toBe(200)
    expect(host.checked.at(-1)).toMatchObject({ mainModule: 'b.js', bindings: [{ name: 'A' }] })
  })
})

describe('routes', () => {
  const ROUTES = `/zones/${ZONE.id}/workers/routes`
  beforeEach(async () => {
    await put()
  })

  test('are made, read, replaced and deleted', async () => {
    const made = resultOf(await api.call('POST', ROUTES, { pattern: 'example.com/*', script: 'shop' }))
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      pattern: 'example.com/*',
      script: 'shop',
      request_limit_fail_open: false,
    })
    const none = { pattern: 'example.com/off', request_limit_fail_open: true }
    const off = resultOf(await api.call('POST', ROUTES, none))
    expect(off).toEqual({ id: expect.any(String), ...none })
    expect((await api.call('GET', ROUTES)).envelope.result).toHaveLength(2)
    const put2 = await api.call('PUT', `${ROUTES}/${off.id}`, { pattern: 'example.com/on', script: 'shop' })
    expect(resultOf(put2)).toMatchObject({ id: off.id, pattern: 'example.com/on', script: 'shop' })
    expect(await get(`${ROUTES}/${off.id}`)).toEqual(resultOf(put2))
    expect(resultOf(await api.call('DELETE', `${ROUTES}/${off.id}`))).toEqual({ id: off.id })
    for (const method of ['GET', 'DELETE']) {
      expect(codeOf(await api.call(method, `${ROUTES}/${off.id}`))).toEqual([404, 10306])
    }
    expect(codeOf(await api.call('PUT', `${ROUTES}/${off.id}`, none))).toEqual([404, 10306])
  })

  test.each([
    ['a pattern outside the zone', { pattern: 'example.org/*', script: 'shop' }, [400, 10022]],
    ['a pattern with a query', { pattern: 'example.com/?a', script: 'shop' }, [400, 10022]],
    ['a pattern that is there', { pattern: 'example.com', script: 'shop' }, [400, 10020]],
    ['a Worker that is not there', { pattern: 'example.com/b', script: 'nobody' }, [404, 10007]],
    ['no pattern', { script: 'shop' }, [400, 6008]],
    ['a pattern that is no text', { pattern: 5 }, [400, 6008]],
    ['no body', undefined, [400, 6008]],
  ])('refuse %s', async (_, body, code) => {
    await api.call('POST', ROUTES, { pattern: 'example.com/' })
    expect(codeOf(await api.call('POST', ROUTES, body))).toEqual(code)
  })

  test('of a Worker are replaced as a whole', async () => {
    const body = [{ pattern: 'www.example.com/*' }, { pattern: 'example.org/*', zone_name: 'example.org' }]
    const { envelope } = await api.call('PUT', `${SCRIPT}/routes`, body)
    expect(envelope.result).toEqual(['www.example.com/*', 'example.org/*'])
    await api.call('PUT', `${SCRIPT}/routes`, [{ pattern: 'example.com/only', zone_id: ZONE.id }])
    expect((await api.call('GET', ROUTES)).envelope.result).toMatchObject([{ pattern: 'example.com/only' }])
    expect((await api.call('GET', `/zones/${OTHER_ZONE.id}/workers/routes`)).envelope.result).toEqual([])
    const elsewhere = await api.call('PUT', `${SCRIPT}/routes`, [{ pattern: 'nowhere.test/*' }])
    expect(codeOf(elsewhere)).toEqual([404, 1001])
    for (const bad of [{}, 'x', [{}], [5]]) expect((await api.call('PUT', `${SCRIPT}/routes`, bad)).status).toBe(400)
  })
})

describe('custom domains', () => {
  const DOMAINS = `${WORKERS}/domains`
  beforeEach(async () => {
    await put()
  })

  test('are planned, replaced, listed and detached', async () => {
    const planned = await api.call('POST', `${SCRIPT}/domains/changeset?replace_state=true`, [
      { hostname: 'a.example.com' },
    ])
    expect(resultOf(planned)).toMatchObject({
      added: [{ hostname: 'a.example.com' }],
      removed: [],
      updated: [],
      conflicting: [],
    })
    const records = (...hosts: string[]) =>
      api.call('PUT', `${SCRIPT}/domains/records`, { origins: hosts.map((hostname) => ({ hostname })) })
    await records('a.example.com', 'b.example.com')
    await records('b.example.com')
    const { envelope } = await api.call('GET', `${DOMAINS}?service=shop`)
    expect(envelope.result).toMatchObject([
      {
        hostname: 'b.example.com',
        service: 'shop',
        zone_id: ZONE.id,
        zone_name: 'example.com',
        environment: 'production',
      },
    ])
    const [{ id } = { id: '' }] = envelope.result as { id: string }[]
    expect(await get(`${DOMAINS}/${id}`)).toMatchObject({ hostname: 'b.example.com' })
    const removal = await api.call('POST', `${SCRIPT}/domains/changeset?replace_state=true`, [])
    expect(resultOf(removal)).toMatchObject({ added: [], removed: [{ hostname: 'b.example.com' }] })
    expect((await api.call('DELETE', `${DOMAINS}/${id}`)).status).toBe(200)
    expect(codeOf(await api.call('DELETE', `${DOMAINS}/${id}`))).toEqual([404, 10307])
    expect(codeOf(await records('a.elsewhere.test'))).toEqual([404, 1001])
    expect((await records('a b.example.com')).status).toBe(400)
  })

  test('are attached one by one', async () => {
    const attach = (service: string) =>
      api.call('PUT', DOMAINS, { hostname: 'c.example.com', service, zone_id: ZONE.id })
    expect(resultOf(await attach('shop'))).toMatchObject({ hostname: 'c.example.com', service: 'shop' })
    expect(codeOf(await attach('nobody'))).toEqual([404, 10007])
  })
})

describe('deleting', () => {
  test('takes routes, domains and tails along, by either path', async () => {
    for (const path of [SCRIPT, `${WORKERS}/services/shop?force=true`]) {
      await put()
      await api.call('PUT', `${SCRIPT}/routes`, [{ pattern: 'example.com/*' }])
      await api.call('POST', `${SCRIPT}/tails`, {})
      const deleted = await api.call('DELETE', path)
      expect([deleted.status, deleted.envelope.result]).toEqual([200, null])
      expect((await api.call('GET', `/zones/${ZONE.id}/workers/routes`)).envelope.result).toEqual([])
      await put()
      expect((await api.call('GET', `${SCRIPT}/tails`)).envelope.result).toEqual([])
    }
  })

  test('is preceded by questions of wrangler that have answers', async () => {
    await put()
    expect(await get(`${SCRIPT}/references`)).toEqual({
      services: { incoming: [], outgoing: [] },
      durable_objects: [],
      dispatch_outbounds: [],
    })
    for (const path of ['tails/by-consumer/shop', 'durable_objects/namespaces', '../storage/kv/namespaces?page=1']) {
      expect((await api.call('GET', `${WORKERS}/${path}`)).envelope.result).toEqual([])
    }
  })
})

test('workers.dev is said and not served; cron triggers are refused unless there are none', async () => {
  await put()
  expect(await get(`${SCRIPT}/subdomain`)).toEqual({ enabled: false, previews_enabled: false })
  expect(resultOf(await api.call('POST', `${SCRIPT}/subdomain`, { enabled: true }))).toMatchObject({ enabled: true })
  expect(resultOf(await api.call('DELETE', `${SCRIPT}/subdomain`))).toEqual({ enabled: false, previews_enabled: false })
  expect(await get(`${WORKERS}/subdomain`)).toEqual({ subdomain: 'varyant' })
  expect(resultOf(await api.call('PUT', `${WORKERS}/subdomain`, { subdomain: 'mine' }))).toEqual({ subdomain: 'mine' })
  expect(await get(`${WORKERS}/subdomain`)).toEqual({ subdomain: 'mine' })
  expect((await api.call('PUT', `${WORKERS}/subdomain`, { subdomain: '-' })).status).toBe(400)
  expect(resultOf(await api.call('PUT', `${SCRIPT}/schedules`, []))).toEqual({ schedules: [] })
  expect(codeOf(await api.call('PUT', `${SCRIPT}/schedules`, [{ cron: '* * * * *' }]))).toEqual([400, 10301])
  expect(await get(`${SCRIPT}/schedules`)).toEqual({ schedules: [] })
})

test('the account is the one there is', async () => {
  const answer = await send('PUT', `/accounts/${'0'.repeat(32)}/workers/scripts/shop`, formOf(METADATA, [INDEX]))
  expect(codeOf(answer)).toEqual([404, 1139])
  expect(codeOf(await api.call('GET', '/accounts/x/workers/scripts'))).toEqual([404, 7003])
})

describe('a token', () => {
  const policy = (name: string, id: string, resources: object) => {
    return { effect: 'allow', resources, permission_groups: [{ id, name }] }
  }
  const ACCOUNT = { [`com.cloudflare.api.account.${ACCOUNT_ID}`]: '*' }
  const tokenWith = async (...policies: readonly object[]): Promise<Record<string, string>> => {
    const made = await api.call('POST', '/user/tokens', { name: 't', policies })
    return { authorization: `Bearer ${resultOf(made).value}` }
  }

  test('that may read Workers may not change them; one that may change them may not change routes', async () => {
    await put()
    const reader = await tokenWith(policy('Workers Scripts Read', '1a71c399035b4950a1bd1466bbe4f420', ACCOUNT))
    expect((await api.call('GET', SCRIPT.concat('/settings'), undefined, reader)).status).toBe(200)
    for (const [method, path] of [
      ['PUT', `${SCRIPT}/secrets`],
      ['POST', `${SCRIPT}/deployments`],
      ['DELETE', SCRIPT],
      ['PUT', `${SCRIPT}/routes`],
    ] as const) {
      expect(codeOf(await api.call(method, path, {}, reader))).toEqual([403, 9109])
    }
    const writer = await tokenWith(policy('Workers Scripts Write', 'e086da7e2179491d91ee5f35b3ca210a', ACCOUNT))
    const routes = [{ pattern: 'example.com/*' }]
    expect(codeOf(await api.call('PUT', `${SCRIPT}/routes`, routes, writer))).toEqual([403, 10000])
    const domain = { hostname: 'a.example.com', service: 'shop' }
    expect(codeOf(await api.call('PUT', `${WORKERS}/domains`, domain, writer))).toEqual([403, 10000])
    const both = await tokenWith(
      policy('Workers Scripts Write', 'e086da7e2179491d91ee5f35b3ca210a', ACCOUNT),
      policy('Workers Routes Write', '28f4b596e7d643029c524985477ae49a', {
        [`com.cloudflare.api.account.zone.${ZONE.id}`]: '*',
      }),
    )
    expect((await api.call('PUT', `${SCRIPT}/routes`, routes, both)).status).toBe(200)
    const foreign = [{ pattern: 'example.org/*' }]
    expect(codeOf(await api.call('PUT', `${SCRIPT}/routes`, foreign, both))).toEqual([403, 10000])
  })
})
