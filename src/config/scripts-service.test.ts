import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type FakeClock, makeFakeClock } from '../base/index.ts'
import type { ScriptModule } from '../scripts/index.ts'
import { type Documents, makeMemoryDocuments } from './documents.ts'
import { resolveConfig } from './resolve.ts'
import type { ScriptChange } from './script-change.ts'
import { MAX_VERSIONS } from './script-limits.ts'
import { type ConfigStore, openConfigStore } from './store.ts'
import { zoneId } from './zone-id.ts'

const ZONE = zoneId('example.com')
const OTHER_ZONE = zoneId('example.org')

let documents: Documents
let clock: FakeClock
let store: ConfigStore
beforeEach(() => {
  documents = makeMemoryDocuments()
  clock = makeFakeClock(1_000_000)
  const config = resolveConfig({
    zones: [{ name: 'example.com', origins: { 'www.example.com': 'http://127.0.0.1:9' } }, { name: 'example.org' }],
  })
  store = openConfigStore({ documents, config, clock, events: () => {} })
})
afterEach(() => store.close())

const moduleOf = (name: string, text: string): ScriptModule => {
  return { name, type: 'esm', content: new TextEncoder().encode(text) }
}

function upload(text: string, rest: Partial<ScriptChange> = {}): ScriptChange {
  return {
    code: { mainModule: 'index.js', modules: [moduleOf('lib.js', 'export {}'), moduleOf('index.js', text)] },
    bindings: [],
    keep: [],
    compatibilityDate: '2026-11-01',
    ...rest,
  }
}

const FACTS = { findings: { startupMillis: 5, handlers: ['fetch'] }, by: { source: 'api', annotations: {} } }

function put(name: string, change: ScriptChange, deploy = true) {
  const committed = store.scripts.commit(name, { ...FACTS, change, deploy, create: true })
  if (!committed.ok) throw new Error(JSON.stringify(committed.problem))
  return committed.value
}

const running = (zone = ZONE) => store.snapshot().zones.find(({ id }) => id === zone)?.scripts
const codeOf = (name: string): string | undefined => {
  const script = running()?.workers.find((each) => each.name === name)
  return script && new TextDecoder().decode(script.modules[0]?.content)
}

describe('a Worker', () => {
  test('runs in the zones that have a route to it, by its newest deployment', () => {
    expect(running()).toBeUndefined()
    put('w', upload('one'))
    expect(running()).toBeUndefined()
    store.workerRoutes.create(ZONE, { pattern: 'www.example.com/*', script: 'w', failOpen: true })
    expect(codeOf('w')).toBe('one')
    expect(running()?.routes).toMatchObject([{ pattern: { host: 'www.example.com' }, failOpen: true }])
    expect(running()?.workers[0]?.modules.map(({ name }) => name)).toEqual(['index.js', 'lib.js'])
    expect(running(OTHER_ZONE)).toBeUndefined()
    put('w', upload('two'))
    expect(codeOf('w')).toBe('two')
  })

  test('that is not changed stays the same object, whatever else changes', () => {
    put('w', upload('one'))
    put('x', upload('x'))
    store.workerRoutes.create(ZONE, { pattern: 'example.com/w', script: 'w', failOpen: false })
    store.workerRoutes.create(OTHER_ZONE, { pattern: 'example.org/w', script: 'w', failOpen: false })
    const before = running(OTHER_ZONE)
    put('x', upload('y'))
    store.workerRoutes.create(ZONE, { pattern: 'example.com/x', script: 'x', failOpen: false })
    expect(running(OTHER_ZONE)).toBe(before)
    expect(running()?.workers.find(({ name }) => name === 'w')).toBe(before?.workers[0])
  })

  test('has versions that wait until they are deployed, and goes back to one', () => {
    const first = put('w', upload('one'))
    store.workerRoutes.create(ZONE, { pattern: 'example.com/*', script: 'w', failOpen: false })
    const second = put('w', upload('two'), false)
    expect([second.number, codeOf('w')]).toEqual([2, 'one'])
    store.scripts.deploy('w', second.id, FACTS.by)
    expect(codeOf('w')).toBe('two')
    const back = store.scripts.deploy('w', first.id, { source: 'api', annotations: { 'workers/message': 'oops' } })
    expect(back).toMatchObject({ ok: true, value: { number: 3, version_id: first.id } })
    expect(codeOf('w')).toBe('one')
    expect(store.scripts.deployments('w').map(({ version_id }) => version_id)).toEqual([first.id, second.id, first.id])
    const unknown = store.scripts.deploy('w', 'nonsense', FACTS.by)
    expect(unknown).toEqual({ ok: false, problem: { kind: 'unknown-version' } })
  })

  test('has the same etag for the same content', () => {
    expect(put('w', upload('one')).etag).toBe(put('w', upload('one')).etag)
    expect(put('w', upload('two')).etag).not.toBe(put('w', upload('one')).etag)
  })

  test('keeps what an upload says of its earlier bindings, and nothing else', () => {
    const secret = { type: 'secret_text', name: 'S', text: 'hush' } as const
    const plain = { type: 'plain_text', name: 'P', text: 'hi' } as const
    const bindings = (version: Parameters<typeof store.scripts.script>[1]) =>
      store.scripts.script('w', version).bindings
    expect(bindings(put('w', upload('1', { bindings: [secret, plain] })))).toEqual([secret, plain])
    expect(bindings(put('w', upload('2', { keep: ['secret_text'] })))).toEqual([secret])
    const inherited = upload('3', { bindings: [plain, { type: 'inherit', name: 'T', from: 'S' }] })
    expect(bindings(put('w', inherited))).toEqual([plain, { ...secret, name: 'T' }])
    const missing = upload('4', { bindings: [{ type: 'inherit', name: 'S', from: 'S' }] })
    expect(store.scripts.draft('w', missing)).toEqual({ ok: false, problem: { kind: 'cannot-inherit', name: 'S' } })
  })

  test('has a secret changed by a version that has the same code', () => {
    put('w', upload('one'))
    store.workerRoutes.create(ZONE, { pattern: 'example.com/*', script: 'w', failOpen: false })
    const change: ScriptChange = { bindings: [{ type: 'secret_text', name: 'S', text: 'x' }], keep: 'all' }
    const uponDeployed = { ...FACTS, change, deploy: true, uponDeployed: true, create: false }
    expect(store.scripts.commit('w', uponDeployed).ok).toBe(true)
    expect([codeOf('w'), running()?.workers[0]?.bindings]).toEqual(['one', [...change.bindings] as never])
    put('w', upload('two'), false)
    const behind = store.scripts.commit('w', uponDeployed)
    expect(behind).toEqual({ ok: false, problem: { kind: 'newest-not-deployed' } })
    const nobody = store.scripts.commit('nobody', uponDeployed)
    expect(nobody).toEqual({ ok: false, problem: { kind: 'unknown-script' } })
  })

  test('keeps a bounded number of versions: the newest, and the one that runs', () => {
    const first = put('w', upload('0'))
    const dropped = put('w', upload('1')).content.modules.find(({ name }) => name === 'index.js')?.hash ?? ''
    store.scripts.deploy('w', first.id, FACTS.by)
    for (let index = 2; index < MAX_VERSIONS + 5; index += 1) put('w', upload(String(index)), false)
    expect(documents.blobs.read(dropped)).toBeUndefined()
    const kept = store.scripts.versions('w')
    expect(kept.length).toBe(MAX_VERSIONS + 1)
    expect([kept[0]?.number, kept.at(-1)?.id]).toEqual([MAX_VERSIONS + 5, first.id])
    expect(kept.every(({ content }) => content.modules.every(({ hash }) => documents.blobs.read(hash)))).toBe(true)
  })

  test('goes with its routes, domains and contents', () => {
    const { content } = put('w', upload('one'))
    put('x', upload('x'))
    store.workerRoutes.create(ZONE, { pattern: 'example.com/*', script: 'w', failOpen: false })
    store.workerRoutes.create(ZONE, { pattern: 'example.com/x', script: 'x', failOpen: false })
    store.workerDomains.attach('w', ['app.example.com'], false)
    expect(store.scripts.remove('w').ok).toBe(true)
    expect(store.workerRoutes.list(ZONE).map(({ script }) => script)).toEqual(['x'])
    expect(store.workerDomains.list()).toEqual([])
    const main = content.modules.find(({ name }) => name === 'index.js')
    expect(documents.blobs.read(main?.hash ?? '')).toBeUndefined()
    expect(store.scripts.remove('w')).toEqual({ ok: false, problem: { kind: 'unknown-script' } })
  })

  test('survives a restart', () => {
    put('w', upload('one'))
    store.workerRoutes.create(ZONE, { pattern: 'example.com/*', script: 'w', failOpen: false })
    const config = resolveConfig({ zones: [{ name: 'example.com' }] })
    const again = openConfigStore({ documents, config, clock, events: () => {} })
    const [worker] = again.snapshot().zones[0]?.scripts?.workers ?? []
    expect(new TextDecoder().decode(worker?.modules[0]?.content)).toBe('one')
    again.close()
  })
})

describe('routes', () => {
  beforeEach(() => {
    put('w', upload('w'))
    put('x', upload('x'))
  })

  test.each([
    ['a pattern of another zone', { pattern: 'example.org/*', script: 'w' }, 'bad-pattern'],
    ['a wildcard in the middle', { pattern: 'example.com/*.jpg', script: 'w' }, 'bad-pattern'],
    ['a Worker that is not there', { pattern: 'example.com/*', script: 'nobody' }, 'unknown-script'],
    ['a pattern that is there, spelt otherwise', { pattern: 'EXAMPLE.com', script: 'x' }, 'duplicate-pattern'],
  ])('refuse %s', (_, route, kind) => {
    store.workerRoutes.create(ZONE, { pattern: 'example.com/', script: 'w', failOpen: false })
    const created = store.workerRoutes.create(ZONE, { ...route, failOpen: false })
    expect(created).toMatchObject({ ok: false, problem: { kind } })
    expect(store.workerRoutes.list(ZONE).length).toBe(1)
  })

  test('of a Worker are replaced as a whole, in every zone, and keep their ids', () => {
    store.workerRoutes.replaceAllOf('w', [{ pattern: 'example.com/a' }, { pattern: 'www.example.org/*' }])
    const [kept] = store.workerRoutes.list(ZONE)
    store.workerRoutes.create(ZONE, { pattern: 'example.com/x', script: 'x', failOpen: true })
    const replaced = store.workerRoutes.replaceAllOf('w', [
      { pattern: 'example.com/a', zoneName: 'example.com' },
      { pattern: 'example.com/x', zoneId: ZONE },
    ])
    expect(replaced.ok && replaced.value.map(({ pattern }) => pattern)).toEqual(['example.com/a', 'example.com/x'])
    const now = store.workerRoutes.list(ZONE)
    expect(now.map(({ script }) => script)).toEqual(['w', 'w'])
    expect(now.find(({ pattern }) => pattern === 'example.com/a')?.id).toBe(kept?.id ?? '')
    expect(store.workerRoutes.list(OTHER_ZONE)).toEqual([])
  })

  test('of a Worker stay as they are when one of the new ones is wrong', () => {
    store.workerRoutes.replaceAllOf('w', [{ pattern: 'example.com/a' }])
    for (const pattern of ['elsewhere.test/*', 'example.com/*/b', '']) {
      expect(store.workerRoutes.replaceAllOf('w', [{ pattern: 'example.com/b' }, { pattern }]).ok).toBe(false)
    }
    expect(store.workerRoutes.list(ZONE).map(({ pattern }) => pattern)).toEqual(['example.com/a'])
  })

  test('without a Worker switch off what is less specific', () => {
    store.workerRoutes.create(ZONE, { pattern: 'example.com/*', script: 'w', failOpen: false })
    store.workerRoutes.create(ZONE, { pattern: 'example.com/off', script: undefined, failOpen: false })
    expect(running()?.routes.map(({ script }) => script?.name)).toEqual([undefined, 'w'])
  })
})

describe('custom domains', () => {
  beforeEach(() => {
    put('w', upload('w'))
  })

  test('are hosts of the zone, served by the Worker although no origin is named', () => {
    expect(store.snapshot().findRoute('app.example.com')).toBeUndefined()
    const attached = store.workerDomains.attach('w', ['App.Example.com', 'www.example.com'], false)
    expect(attached.ok && attached.value.map(({ hostname }) => hostname).toSorted()).toEqual([
      'app.example.com',
      'www.example.com',
    ])
    expect(running()?.domains.map(({ script }) => script.name)).toEqual(['w', 'w'])
    expect(store.snapshot().findRoute('app.example.com')).toMatchObject({ zone: { id: ZONE }, origin: { port: 80 } })
    expect(store.snapshot().findRoute('www.example.com')?.origin.base).toBe('http://127.0.0.1:9')
  })

  test('are replaced as a whole, and detached one by one', () => {
    store.workerDomains.attach('w', ['a.example.com', 'b.example.com'], false)
    store.workerDomains.attach('w', ['b.example.com', 'c.example.com'], true)
    const there = store.workerDomains.list()
    expect(there.map(({ hostname }) => hostname).toSorted()).toEqual(['b.example.com', 'c.example.com'])
    expect(store.workerDomains.detach(there[0]?.id ?? '').ok).toBe(true)
    expect(store.workerDomains.list().length).toBe(1)
    expect(store.workerDomains.detach('nonsense')).toMatchObject({ ok: false, problem: { kind: 'unknown-domain' } })
  })

  test.each([
    ['a host of no zone', ['a.elsewhere.test'], 'unknown-zone'],
    ['what is no host', ['a b'], 'bad-hostname'],
    ['all when one is wrong', ['a.example.com', '*.example.com'], 'bad-hostname'],
  ])('refuse %s', (_, hostnames, kind) => {
    expect(store.workerDomains.attach('w', hostnames, false)).toMatchObject({ ok: false, problem: { kind } })
    expect(store.workerDomains.list()).toEqual([])
  })
})

describe('snippets', () => {
  const code = (text: string) => ({ mainModule: 's.js', modules: [moduleOf('s.js', text)] })
  const rule = (name: string, rest: object = {}) => {
    return { snippet_name: name, expression: 'true', description: '', enabled: true, ...rest }
  }

  test('run in the order of their rules; one without a rule does not run', () => {
    for (const name of ['a', 'b', 'c']) store.snippets.put(ZONE, name, code(name))
    expect(running()).toBeUndefined()
    store.snippets.setRules(ZONE, [rule('c', { enabled: false }), rule('a')])
    const snippets = running()?.snippets
    expect(snippets?.map(({ script, enabled }) => [script.name, script.kind, enabled])).toEqual([
      ['c', 'snippet', false],
      ['a', 'snippet', true],
    ])
    const before = snippets?.[1]?.script
    store.snippets.put(ZONE, 'c', code('cc'))
    expect(running()?.snippets[1]?.script).toBe(before)
    expect(new TextDecoder().decode(running()?.snippets[0]?.script.modules[0]?.content)).toBe('cc')
    store.snippets.setRules(ZONE, [])
    expect([running(), store.snippets.rules(ZONE)]).toEqual([undefined, []])
  })

  test('a rule that says the same keeps its id and its time', () => {
    store.snippets.put(ZONE, 'a', code('a'))
    const first = store.snippets.setRules(ZONE, [rule('a')])
    clock.advance(1000)
    expect(store.snippets.setRules(ZONE, [rule('a')])).toEqual(first)
    const changed = store.snippets.setRules(ZONE, [rule('a', { expression: 'false' })])
    expect(changed).toMatchObject({ ok: true, value: [{ last_updated: 1_001_000 }] })
  })

  test.each([
    ['a snippet that is not there', [rule('a'), rule('nobody')], 1],
    ['a snippet twice', [rule('a'), rule('a')], 1],
  ])('rules refuse %s', (_, rules, index) => {
    store.snippets.put(ZONE, 'a', code('a'))
    const set = store.snippets.setRules(ZONE, rules)
    expect(set).toMatchObject({ ok: false, problem: { kind: 'bad-rule', index } })
    expect(store.snippets.rules(ZONE)).toEqual([])
  })

  test.each(['A', 'a-b', '', 'snippet_rules', '../a'])('cannot be called %p', (name) => {
    expect(store.snippets.put(ZONE, name, code('x'))).toMatchObject({ ok: false, problem: { kind: 'bad-name' } })
  })

  test('have at most 32 KB, all modules together', () => {
    const half = moduleOf('half.js', ' '.repeat(16 * 1024))
    const whole = { mainModule: 'half.js', modules: [half, { ...half, name: 'b.js' }] }
    expect(store.snippets.put(ZONE, 'a', whole).ok).toBe(true)
    const over = { ...whole, modules: [...whole.modules, moduleOf('c.js', ' ')] }
    expect(store.snippets.put(ZONE, 'b', over)).toMatchObject({
      ok: false,
      problem: { kind: 'too-large', size: 32769 },
    })
  })

  test('cannot be removed while a rule names them', () => {
    store.snippets.put(ZONE, 'a', code('a'))
    store.snippets.setRules(ZONE, [rule('a')])
    expect(store.snippets.remove(ZONE, 'a')).toMatchObject({ ok: false, problem: { kind: 'in-use' } })
    store.snippets.setRules(ZONE, [])
    expect(store.snippets.remove(ZONE, 'a').ok).toBe(true)
    expect(store.snippets.remove(ZONE, 'a')).toMatchObject({ ok: false, problem: { kind: 'unknown-snippet' } })
  })
})
