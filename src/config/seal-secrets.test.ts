import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EdgeEvent, makeFakeClock } from '../base/index.ts'
import type { Documents } from './documents.ts'
import { openDocuments } from './documents-file.ts'
import { resolveConfig } from './resolve.ts'
import { scriptVersionPath, type VersionDocument } from './script-documents.ts'
import { openSecrets } from './secret-key.ts'
import { type ConfigStore, openConfigStore } from './store.ts'
import { zoneId } from './zone-id.ts'

const HUSH = 'hush-3a91f0'
const clock = makeFakeClock(1000)
let data: string
let events: EdgeEvent[]
let documents: Documents
let store: ConfigStore

function open(environment: Record<string, string> = {}): void {
  const sink = (event: EdgeEvent): void => void events.push(event)
  const secrets = openSecrets({ dataDirectory: data, environment, events: sink })
  documents = openDocuments({ path: join(data, 'config.sqlite'), clock, events: sink, secrets })
  store = openConfigStore({
    documents,
    config: resolveConfig({ zones: [{ name: 'example.com' }] }),
    clock,
    events: sink,
  })
}

function close(): void {
  store.close()
  documents.close()
}

function restart(environment: Record<string, string> = {}): void {
  close()
  open(environment)
}

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'vk-'))
  events = []
  open()
})
afterEach(() => {
  close()
  rmSync(data, { recursive: true, force: true })
})

const CODE = {
  mainModule: 'i.js',
  modules: [{ name: 'i.js', type: 'esm', content: new TextEncoder().encode('export default {}') }],
} as const
const BY = { source: 'api', annotations: {} }
const FINDINGS = { startupMillis: 1, handlers: ['fetch'] }

function upload(bindings: readonly object[], keep: 'all' | readonly 'secret_text'[] = []) {
  const change = { code: CODE, bindings: bindings as never, keep }
  return store.scripts.commit('w', { change, findings: FINDINGS, by: BY, deploy: true, create: true })
}

function setSecret(name: string, text: string) {
  const change = { bindings: [{ type: 'secret_text', name, text }] as const, keep: 'all' as const }
  return store.scripts.commit('w', { change, findings: FINDINGS, by: BY, deploy: true, create: false })
}

const secret = (name: string, text = HUSH) => ({ type: 'secret_text', name, text })
const running = () => store.snapshot().zones[0]?.scripts?.workers[0]
const route = () =>
  store.workerRoutes.create(zoneId('example.com'), { pattern: 'example.com/*', script: 'w', failOpen: false })

/** Whether any file of the data directory has the text in it. */
function isInFiles(text: string): boolean {
  return readdirSync(data).some((name) => readFileSync(join(data, name)).includes(text))
}

/** Writes the newest version as versions before 0155 were kept. */
function keepPlain(): void {
  documents.change((draft) => {
    const path = scriptVersionPath('w', store.scripts.find('w')?.newest.number ?? 0)
    const version = draft.read(path) as VersionDocument
    draft.write(path, { ...version, etag: 'of old', content: { ...version.content, bindings: [secret('S')] } })
  })
}

describe('secrets in the store', () => {
  test('are in no file, nor in what the API is given to show; the script has them', () => {
    upload([secret('S')])
    route()
    setSecret('T', HUSH)
    expect(running()?.bindings).toEqual([secret('S'), secret('T')] as never)
    expect(JSON.stringify(store.scripts.find('w'))).not.toContain(HUSH)
    restart()
    expect(running()?.bindings).toEqual([secret('S'), secret('T')] as never)
    expect(isInFiles(HUSH)).toBe(false)
  })

  test('that an older version kept in the clear are sealed at the start, and gone from the file', () => {
    upload([secret('S')])
    route()
    keepPlain()
    expect(isInFiles(HUSH)).toBe(true)
    restart()
    expect(isInFiles(HUSH)).toBe(false)
    expect(running()?.bindings).toEqual([secret('S')] as never)
    expect(store.scripts.find('w')?.newest.etag).toMatch(/^[0-9a-f]{64}$/)
  })

  test('stay in the clear where no key can be made, and their Worker runs', () => {
    upload([secret('S')])
    route()
    keepPlain()
    close()
    rmSync(join(data, 'secret.key'))
    writeFileSync(join(data, 'secret.key'), 'scribble')
    open()
    expect(running()?.bindings).toEqual([secret('S')] as never)
    expect(events.at(-1)).toEqual({
      kind: 'notice',
      message: expect.stringContaining('secrets of Workers are not sealed'),
    })
  })

  test('are sealed anew by the key of the environment, and the file of the old one may go', () => {
    upload([secret('S')])
    route()
    const environment = { VARYANT_SECRET_KEY: '1'.repeat(64) }
    restart(environment)
    rmSync(join(data, 'secret.key'))
    restart(environment)
    expect(running()?.bindings).toEqual([secret('S')] as never)
  })

  test('show in no etag: it is the same whatever they are', () => {
    const first = upload([secret('S', 'one')])
    const second = upload([secret('S', 'two')])
    const other = upload([secret('T', 'two')])
    const etags = [first, second, other].map((each) => (each.ok ? each.value.etag : ''))
    expect(etags[0]).toBe(etags[1] ?? '')
    expect(etags[2]).not.toBe(etags[0] ?? '')
  })
})

describe('a Worker whose key is lost', () => {
  const lose = (): void => {
    close()
    rmSync(join(data, 'secret.key'))
    open()
  }

  test('is refused with what to do, named once; the rest is as it was', () => {
    upload([secret('S'), { type: 'plain_text', name: 'P', text: 'p' }])
    route()
    lose()
    const refusal = `the secret S of the Worker w cannot be opened with the key in ${join(data, 'secret.key')}; put the key back that sealed them and start again, or set them anew (wrangler secret put S --name w)`
    expect(running()?.refusal).toBe(refusal)
    route()
    expect(events).toEqual([{ kind: 'notice', message: refusal }])
    expect(running()?.bindings[0]).toEqual({
      type: 'secret_text',
      name: 'S',
      sealed: expect.stringMatching(/^v1\./),
    } as never)
  })

  test('takes no code that would run without them, and no rollback to a version that has them', () => {
    const old = upload([secret('S')])
    lose()
    const kept = upload([], ['secret_text'])
    expect(kept).toEqual({
      ok: false,
      problem: { kind: 'secrets-sealed', message: expect.stringContaining('S of the Worker w') },
    } as never)
    const back = store.scripts.deploy('w', old.ok ? old.value.id : '', BY)
    expect(back).toEqual({ ok: false, problem: { kind: 'secrets-sealed', message: expect.any(String) } } as never)
  })

  test('runs when each has been set anew', () => {
    upload([secret('S'), secret('T')])
    route()
    lose()
    expect(setSecret('S', 'new').ok).toBe(true)
    expect(running()?.refusal).toContain('the secret T of')
    expect(setSecret('T', 'new').ok).toBe(true)
    expect([running()?.refusal, running()?.bindings.length]).toEqual([undefined, 2])
  })

  test('runs when its code comes without them', () => {
    upload([secret('S')])
    route()
    lose()
    expect(upload([]).ok).toBe(true)
    expect(running()?.refusal).toBeUndefined()
  })

  test('runs again when the key is back', () => {
    upload([secret('S')])
    route()
    const key = readFileSync(join(data, 'secret.key'))
    lose()
    expect(running()?.refusal).toContain('S of the Worker w')
    close()
    writeFileSync(join(data, 'secret.key'), key)
    open()
    expect([running()?.refusal, running()?.bindings]).toEqual([undefined, [secret('S')] as never])
  })
})
