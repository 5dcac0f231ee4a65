import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeFakeClock } from '../base/index.ts'
import { scriptsToCheck } from './apply-scripts.ts'
import { type Documents, makeMemoryDocuments } from './documents.ts'
import { exportConfig } from './export.ts'
import { ConfigError } from './problems.ts'
import { resolveConfig } from './resolve.ts'
import { type ConfigStore, openConfigStore } from './store.ts'
import { zoneId } from './zone-id.ts'

const ZONE = zoneId('example.com')
const clock = makeFakeClock(1_000_000)

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'varyant-test-'))
})
afterAll(() => rmSync(root, { recursive: true }))

let folder: string
let documents: Documents
beforeEach(() => {
  folder = mkdtempSync(join(root, 'config-'))
  documents = makeMemoryDocuments()
  for (const [name, text] of Object.entries(FILES)) write(name, text)
})

const FILES = { 'proxy.js': 'import "./lib/x.js"', 'lib/x.js': 'export {}', 'note.txt': 'note', 'cors.js': 'cors' }

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

function apply(zone: object, others: readonly object[] = []): ConfigStore {
  const json = { zones: [{ name: 'example.com', ...zone }, ...others] }
  const config = resolveConfig(json, { baseDir: folder })
  return openConfigStore({ documents, config, clock, events: () => {} })
}

function problemsOf(zone: object, others: readonly object[] = []): readonly string[] {
  try {
    apply(zone, others)
    return []
  } catch (cause) {
    if (cause instanceof ConfigError) return cause.problems.map((problem) => problem.replaceAll(folder, ''))
    throw cause
  }
}

const WORKER = {
  name: 'proxy',
  main: 'proxy.js',
  modules: ['lib/x.js', 'note.txt'],
  routes: ['example.com/proxy/*'],
  domains: ['app.example.com'],
  compatibility_date: '2026-11-01',
  vars: { GREETING: 'hi', LIMITS: { a: 1 }, ON: true },
}
const SNIPPET = { name: 'cors', file: 'cors.js', expression: 'true' }

const scriptsOf = (store: ConfigStore) => store.snapshot().zones[0]?.scripts
const deploymentsOf = (store: ConfigStore) => store.scripts.deployments('proxy').length

describe('a Worker of the file', () => {
  test('runs on its routes and domains, with its files, variables and date', () => {
    const scripts = scriptsOf(apply({ workers: [WORKER] }))
    expect(scripts?.workers).toMatchObject([
      {
        name: 'proxy',
        mainModule: 'proxy.js',
        compatibilityDate: '2026-11-01',
        bindings: [
          { type: 'plain_text', name: 'GREETING', text: 'hi' },
          { type: 'json', name: 'LIMITS', json: { a: 1 } },
          { type: 'json', name: 'ON', json: true },
        ],
      },
    ])
    expect(scripts?.workers[0]?.modules.map(({ name, type }) => [name, type])).toEqual([
      ['proxy.js', 'esm'],
      ['lib/x.js', 'esm'],
      ['note.txt', 'text'],
    ])
    expect(scripts?.routes.map(({ pattern }) => pattern.text)).toEqual(['example.com/proxy/*'])
    expect(scripts?.domains.map(({ hostname }) => hostname)).toEqual(['app.example.com'])
  })

  test('makes a version when something of it changes, and none otherwise', () => {
    apply({ workers: [WORKER] }).close()
    const revision = documents.revision
    const again = apply({ workers: [WORKER] })
    expect([deploymentsOf(again), documents.revision]).toEqual([1, revision])
    again.close()
    write('note.txt', 'another')
    const changed = apply({ workers: [WORKER] })
    expect(deploymentsOf(changed)).toBe(2)
    changed.close()
    expect(deploymentsOf(apply({ workers: [{ ...WORKER, vars: {} }] }))).toBe(3)
  })

  test('keeps its secrets, which no file has', () => {
    const store = apply({ workers: [WORKER] })
    const secret = { type: 'secret_text', name: 'S', text: 'hush' } as const
    const findings = { startupMillis: 0, handlers: [] }
    const by = { source: 'api', annotations: {} }
    const change = { bindings: [secret], keep: 'all' } as const
    store.scripts.commit('proxy', { change, findings, by, deploy: true, create: false })
    store.close()
    expect(scriptsOf(apply({ workers: [WORKER] }))?.workers[0]?.bindings).toContainEqual(secret)
    expect(scriptsOf(apply({ workers: [{ ...WORKER, vars: {} }] }))?.workers[0]?.bindings).toEqual([secret])
  })

  test('goes with its routes when the file names it no longer; what the API made stays', () => {
    const store = apply({ workers: [WORKER, { ...WORKER, name: 'other', routes: ['example.com/o'], domains: [] }] })
    store.workerRoutes.create(ZONE, { pattern: 'example.com/api', script: 'other', failOpen: false })
    store.close()
    const next = apply({ workers: [{ ...WORKER, name: 'other', routes: [], domains: [] }] })
    expect(next.scripts.list().map(({ name }) => name)).toEqual(['other'])
    expect(next.workerRoutes.list(ZONE).map(({ pattern }) => pattern)).toEqual(['example.com/api'])
    expect(next.workerDomains.list()).toEqual([])
    next.close()
    const none = apply({})
    expect([none.scripts.list(), none.workerRoutes.list(ZONE)]).toEqual([[], []])
  })

  test('is what the file says at the next start, whatever the API deployed meanwhile', () => {
    const store = apply({ workers: [WORKER] })
    const code = { mainModule: 'x.js', modules: [{ name: 'x.js', type: 'esm', content: new Uint8Array() }] } as const
    const change = { code, bindings: [], keep: [] } as const
    const facts = { findings: { startupMillis: 0, handlers: [] }, by: { source: 'wrangler', annotations: {} } }
    store.scripts.commit('proxy', { ...facts, change, deploy: true, create: true })
    store.close()
    expect(scriptsOf(apply({ workers: [WORKER] }))?.workers[0]?.mainModule).toBe('proxy.js')
  })

  test('may have routes in another zone of the file, and routes may run none', () => {
    const org = { name: 'example.org', worker_routes: [{ pattern: 'example.org/off' }] }
    const routes = ['*/everywhere', 'www.example.org/*']
    const store = apply({ workers: [{ ...WORKER, routes, fail_open: true }] }, [org])
    expect(store.workerRoutes.list(ZONE)).toMatchObject([{ pattern: '*/everywhere', script: 'proxy', fail_open: true }])
    const there = store.workerRoutes.list(zoneId('example.org'))
    expect(there.map(({ pattern, script }) => [pattern, script]).toSorted()).toEqual([
      ['example.org/off', undefined],
      ['www.example.org/*', 'proxy'],
    ])
  })

  test('of the older syntax is one script', () => {
    const worker = { ...WORKER, modules: [], format: 'service-worker' }
    expect(scriptsOf(apply({ workers: [worker] }))?.workers[0]?.modules.map(({ type }) => type)).toEqual(['script'])
  })

  test('is to be checked when it is new or changed, as are snippets', () => {
    const config = (zone: object) =>
      resolveConfig({ zones: [{ name: 'example.com', ...zone }] }, { baseDir: folder }).zones
    const zone = { workers: [WORKER], snippets: [SNIPPET] }
    const namesOf = (of: object) => scriptsToCheck(documents, config(of)).map(({ script }) => script.name)
    expect(namesOf(zone)).toEqual(['proxy', 'cors'])
    apply(zone).close()
    expect(namesOf(zone)).toEqual([])
    write('cors.js', 'changed')
    expect(namesOf(zone)).toEqual(['cors'])
    expect(namesOf({ workers: [{ ...WORKER, compatibility_date: '2026-10-01' }] })).toEqual(['proxy'])
  })
})

describe('snippets of the file', () => {
  test('run in its order, before those of the API, and without an expression not at all', () => {
    const store = apply({ snippets: [SNIPPET] })
    store.snippets.put(ZONE, 'api', { mainModule: 'a.js', modules: [] })
    const rule = { expression: 'true', description: '', enabled: true }
    store.snippets.setRules(ZONE, [
      { snippet_name: 'api', ...rule },
      { snippet_name: 'cors', ...rule },
    ])
    store.close()
    const second = { ...SNIPPET, name: 'second', enabled: false, description: 'd' }
    const next = apply({ snippets: [SNIPPET, second, { name: 'idle', file: 'cors.js' }] })
    expect(next.snippets.list(ZONE).map(({ name }) => name)).toEqual(['api', 'cors', 'idle', 'second'])
    expect(scriptsOf(next)?.snippets.map(({ script, enabled }) => [script.name, enabled])).toEqual([
      ['cors', true],
      ['second', false],
      ['api', true],
    ])
    next.close()
    const { revision } = documents
    apply({ snippets: [SNIPPET, second, { name: 'idle', file: 'cors.js' }] }).close()
    expect(documents.revision).toBe(revision)
    const none = apply({})
    expect(scriptsOf(none)?.snippets.map(({ script }) => script.name)).toEqual(['api'])
  })
})

describe('a mistake is told with its place', () => {
  test.each<[string, object, string]>([
    [
      'a main file that is not there',
      { workers: [{ ...WORKER, main: 'nope.js', modules: [] }] },
      'zones[0].workers[0].main: "nope.js" cannot be read: there is no file at /nope.js; correct the path, which is relative to the configuration',
    ],
    [
      'a module above the main file',
      { workers: [{ ...WORKER, main: 'lib/x.js', modules: ['note.txt'] }] },
      'zones[0].workers[0].modules[0]: "note.txt" is not below the folder of the main file; move it there',
    ],
    [
      'a module of no known kind',
      { workers: [{ ...WORKER, modules: ['x.png'] }] },
      'zones[0].workers[0].modules[0]: "x.png" is of no known kind; use one of .js, .mjs, .cjs, .txt, .html, .sql, .bin, .wasm, .json',
    ],
    [
      'a name that is none',
      { workers: [{ ...WORKER, name: 'A b' }] },
      'zones[0].workers[0].name: "A b" is not the name of a Worker; use at most 63 lower-case letters, digits, - and _',
    ],
    [
      'a route of no zone',
      { workers: [{ ...WORKER, routes: ['example.com/a', 'example.net/*'] }] },
      'zones[0].workers[0].routes[1]: "example.net/*" is not of the zone example.com; the host must be example.com or end with .example.com',
    ],
    [
      'a domain of no zone',
      { workers: [{ ...WORKER, domains: ['a.example.net'] }] },
      'zones[0].workers[0].domains[0]: "a.example.net" is a host of no zone; add the zone, or use a host of one',
    ],
    [
      'a date that is none',
      { workers: [{ ...WORKER, compatibility_date: '2026-02-30' }] },
      'zones[0].workers[0].compatibility_date: "2026-02-30" is not a date; write for example "2026-11-01"',
    ],
    [
      'a variable that is none',
      { workers: [{ ...WORKER, vars: { 'a-b': 1 } }] },
      'zones[0].workers[0].vars["a-b"]: "a-b" is not the name of a variable; use letters, digits and _',
    ],
    [
      'a Worker twice',
      { workers: [WORKER, { ...WORKER, routes: [], domains: [] }] },
      'zones[0].workers[1]: "proxy" is zones[0].workers[0] already; give it the routes of both',
    ],
    [
      'a route to a Worker that is not there',
      { worker_routes: [{ pattern: 'example.com/a', script: 'nobody' }] },
      'zones[0].worker_routes[0].script: there is no Worker "nobody" in this file; add it, or leave script out',
    ],
    ['a Worker without files', { workers: [{ name: 'a' }] }, 'zones[0].workers[0].main: this is missing; add it'],
    [
      'a snippet whose name is none',
      { snippets: [{ ...SNIPPET, name: 'a-b' }] },
      'zones[0].snippets[0].name: "a-b" is not the name of a snippet; use lower-case letters, digits and _, such as "add_cors"',
    ],
    [
      'a snippet twice',
      { snippets: [SNIPPET, SNIPPET] },
      'zones[0].snippets[1].name: "cors" is snippets[0] already; rename one',
    ],
    [
      'a snippet that is not there',
      { snippets: [{ ...SNIPPET, file: 'x.js' }] },
      'zones[0].snippets[0].file: "x.js" cannot be read: there is no file at /x.js; correct the path, which is relative to the configuration',
    ],
  ])('%s', (_, zone, problem) => {
    expect(problemsOf(zone)[0]).toBe(problem)
  })

  test('a snippet of more than 32 KB, and an expression that is none', () => {
    write('large.js', ' '.repeat(32 * 1024 + 1))
    expect(problemsOf({ snippets: [{ ...SNIPPET, file: 'large.js' }] })).toEqual([
      'zones[0].snippets[0].file: "large.js" has 32769 bytes, more than the 32768 of a snippet; write a Worker',
    ])
    const [problem] = problemsOf({ snippets: [{ ...SNIPPET, expression: 'http.host ===' }] })
    expect(problem).toStartWith('zones[0].snippets[0].expression: ')
  })
})

describe('an exported configuration', () => {
  test('re-creates Workers and Snippets, with the files that it names', () => {
    const org = { name: 'example.org', worker_routes: [{ pattern: 'example.org/off' }] }
    apply({ workers: [{ ...WORKER, routes: ['example.com/*', 'example.org/*'] }], snippets: [SNIPPET] }, [org]).close()
    const exported = exportConfig(documents)
    expect(exported.leftOut).toEqual([])
    expect(exported.files.map(({ path }) => path).toSorted()).toEqual([
      'snippets/example.com/cors/cors.js',
      'workers/proxy/lib/x.js',
      'workers/proxy/note.txt',
      'workers/proxy/proxy.js',
    ])
    expect(exported.json.zones[0]).toMatchObject({
      workers: [{ name: 'proxy', main: 'workers/proxy/proxy.js', vars: WORKER.vars, domains: ['app.example.com'] }],
      snippets: [{ name: 'cors', file: 'snippets/example.com/cors/cors.js', expression: 'true' }],
    })
    for (const { path, content } of exported.files) write(path, new TextDecoder().decode(content))
    documents = makeMemoryDocuments()
    const config = resolveConfig(exported.json, { baseDir: folder })
    openConfigStore({ documents, config, clock, events: () => {} }).close()
    expect(exportConfig(documents)).toEqual(exported)
  })

  test('names what no file can say, and no secret is in it', () => {
    const store = apply({ workers: [WORKER] })
    const facts = { findings: { startupMillis: 0, handlers: [] }, by: { source: 'api', annotations: {} } }
    const secret = { type: 'secret_text', name: 'S', text: 'hush' } as const
    const change = { bindings: [secret], keep: 'all' } as const
    store.scripts.commit('proxy', { ...facts, change, deploy: true, create: false })
    const module = { type: 'esm', content: new Uint8Array() } as const
    for (const name of ['../../etc/passwd.js', 'a\0.js', '/abs.js', 'a/../../b.js']) {
      const code = {
        mainModule: 'm.js',
        modules: [
          { ...module, name: 'm.js' },
          { ...module, name },
        ],
      }
      store.snippets.put(ZONE, 'evil', code)
      const { files, leftOut, json } = exportConfig(documents)
      expect(leftOut).toEqual([
        'the Worker proxy: the secret S; set it again by the API',
        `the snippet evil of example.com: its module ${JSON.stringify(name)} is called as no file of its kind can be`,
      ])
      expect(files.some(({ path }) => path.includes('..') || path.startsWith('/'))).toBe(false)
      expect(JSON.stringify([json, leftOut])).not.toContain('hush')
    }
  })
})
