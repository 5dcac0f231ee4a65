// The real wrangler against a running edge: what it is told, and what the edge serves afterwards.
//
// `npm test` runs the older wrangler with the Node at hand; `npm run compat:wrangler` also the newest, with Node 22.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ACCOUNT_ID } from '../../../src/config/index.ts'
import { type EdgeProcess, makeScratch, type Origin, startEdgeProcess, startOrigin } from '../../support/index.ts'
import { installWrangler, type Wrangler } from './install.ts'
import { makeProject, type Project } from './project.ts'

/** Every wrangler and every step; each step costs some seconds. */
const ALL = process.env.VARYANT_COMPAT === 'all'
const NAMES = ALL ? (['4.42', 'newest'] as const) : (['4.42'] as const)
const INSTALL_MILLIS = 180_000
const STEP_MILLIS = 60_000
const HOST = 'www.example.com'
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/

const PROJECT = {
  name: 'shop',
  main: 'index.js',
  compatibility_date: '2025-09-01',
  vars: { GREETING: 'hei', LIMITS: { most: 3 } },
  routes: [`${HOST}/*`, { pattern: 'example.com/shop*', zone_name: 'example.com' }],
}

/** A Worker that says what it was given. */
const code = (version: string): string => `
import note from './note.txt'
export default {
  async fetch(request, env) {
    console.log('hello from the worker', new URL(request.url).pathname)
    const secret = env.KEY ?? 'no secret'
    return new Response(['${version}', env.GREETING, env.LIMITS.most, note.trim(), secret].join(' '))
  }
}`

for (const name of NAMES) {
  const wrangler = await installWrangler(name)
  if (typeof wrangler === 'string') reportMissing(name, wrangler)
  else describe(`wrangler ${name}`, () => journey(wrangler))
}

/** In CI a client that cannot be had is a failure; elsewhere its tests are left out. */
function reportMissing(name: string, reason: string): void {
  if (process.env.CI !== undefined) {
    test(`wrangler ${name} is there`, () => {
      throw new Error(reason)
    })
    return
  }
  process.stderr.write(`the tests with wrangler ${name} are left out: ${reason}\n`)
  test.skip(`wrangler ${name} is not there`, () => {})
}

function journey(wrangler: Wrangler): void {
  let scratch: Awaited<ReturnType<typeof makeScratch>>
  let origin: Origin
  let edge: EdgeProcess
  let project: Project

  beforeAll(async () => {
    scratch = await makeScratch()
    origin = await startOrigin()
    const config = join(scratch.path, 'varyant.json')
    const zone = { name: 'example.com', origins: { '*': origin.url } }
    writeFileSync(config, JSON.stringify({ zones: [zone] }))
    const listen = ['--listen', '127.0.0.1:0', '--api', '127.0.0.1:0', '--data', join(scratch.path, 'data')]
    edge = await startEdgeProcess({ args: ['--config', config, ...listen] })
    project = makeProject(wrangler, edge, scratch.path)
    project.write('wrangler.json', PROJECT)
    project.write('note.txt', 'note\n')
    project.write('index.js', code('one'))
    origin.on('*', { body: 'the origin' })
  }, INSTALL_MILLIS)
  afterAll(async () => {
    await edge[Symbol.asyncDispose]()
    await origin.close()
    await scratch[Symbol.asyncDispose]()
  })

  const visit = async (path = '/', host = HOST): Promise<string> => {
    const response = await fetch(edge.edgeUrl + path, { headers: { host } })
    return response.text()
  }
  /** Resolves when the edge has seen the last client of a tail go. */
  const noTails = async (): Promise<void> => {
    const url = `${edge.apiUrl}/client/v4/accounts/${ACCOUNT_ID}/workers/scripts/shop/tails`
    const headers = { authorization: `Bearer ${edge.token}` }
    for (const deadline = Date.now() + STEP_MILLIS; ; await Bun.sleep(50)) {
      const { result } = (await (await fetch(url, { headers })).json()) as { result: unknown[] }
      if (result.length === 0) return
      if (Date.now() > deadline) throw new Error('the tail is still there')
    }
  }
  const succeeds = async (words: readonly string[], input?: string): Promise<string> => {
    const { code: exit, output } = await project.run(words, input)
    if (exit !== 0) throw new Error(`wrangler ${words.join(' ')} ended with ${exit}: ${output}`)
    return output
  }
  const step = (title: string, work: () => Promise<void>): void => test(title, work, INSTALL_MILLIS)
  const versions: string[] = []
  const deployedVersion = (output: string): string => {
    return UUID.exec(/Current Version ID: +(\S+)/.exec(output)?.[1] ?? '')?.[0] ?? 'none'
  }

  step('knows who it is', async () => {
    const output = await succeeds(['whoami'])
    expect(output).toContain(ACCOUNT_ID)
    expect(output).toContain('admin@varyant.invalid')
  })

  step('deploys a Worker with a text module, variables and routes', async () => {
    expect(await visit()).toBe('the origin')
    const output = await succeeds(['deploy'])
    expect(output).toContain('Worker Startup Time:')
    expect(output).toContain(`${HOST}/*`)
    versions.push(deployedVersion(output))
    expect(await visit()).toBe('one hei 3 note no secret')
    expect(await visit('/shop/a?b', 'example.com')).toBe('one hei 3 note no secret')
  })

  step('deploys it again', async () => {
    project.write('index.js', code('two'))
    versions.push(deployedVersion(await succeeds(['deploy'])))
    expect(await visit()).toBe('two hei 3 note no secret')
    expect(new Set(versions).size).toBe(2)
  })

  step('puts a secret, which the Worker sees and no list shows', async () => {
    await succeeds(['secret', 'put', 'KEY'], 'hush-hush')
    expect(await visit()).toBe('two hei 3 note hush-hush')
    if (!ALL) return
    const output = await succeeds(['secret', 'list'])
    expect(output).toContain('KEY')
    expect(output).not.toContain('hush-hush')
  })

  step('keeps the secret when it deploys', async () => {
    project.write('index.js', code('three'))
    versions.push(deployedVersion(await succeeds(['deploy'])))
    expect(await visit()).toBe('three hei 3 note hush-hush')
  })

  step('lists versions and deployments', async () => {
    const listed = await succeeds(['versions', 'list'])
    for (const version of versions) expect(listed).toContain(version)
    if (ALL) expect(await succeeds(['deployments', 'list'])).toContain(versions[2] ?? 'none')
  })

  step('is told why a script does not start, and the one before keeps serving', async () => {
    project.write('index.js', 'export default { fetch() {} }\nthrow new Error("at the top")')
    const { code: exit, output } = await project.run(['deploy'])
    expect(exit).not.toBe(0)
    expect(output).toContain('at the top')
    expect(output).toContain('10021')
    expect(await visit()).toBe('three hei 3 note hush-hush')
  })

  step('is told which binding this edge does not have', async () => {
    project.write('index.js', code('four'))
    project.write('wrangler.json', { ...PROJECT, kv_namespaces: [{ binding: 'STORE', id: '0'.repeat(32) }] })
    const { code: exit, output } = await project.run(['deploy'])
    project.write('wrangler.json', PROJECT)
    expect(exit).not.toBe(0)
    expect(output).toContain('kv_namespace (STORE)')
    expect(await visit()).toBe('three hei 3 note hush-hush')
  })

  step('rolls back', async () => {
    await succeeds(['rollback', versions[0] ?? '', '--yes', '--message', 'back'])
    expect(await visit()).toBe('one hei 3 note no secret')
  })

  step('tails what the Worker logs', async () => {
    const { child, interrupt } = project.start(['tail', '--format', 'json'])
    const heard = hear(child.stdout, 'hello from the worker')
    const deadline = Date.now() + STEP_MILLIS
    // It says nothing when it is connected, so the Worker is asked until it is heard.
    while (!heard.done && Date.now() < deadline) {
      await visit('/tailed')
      await Promise.race([heard.promise, Bun.sleep(50)])
    }
    interrupt()
    await child.exited
    expect(heard.text).toContain('"scriptName": "shop"')
    expect(heard.text).toContain('/tailed')
    await noTails()
  })

  step('deletes the Worker, and the origin answers again', async () => {
    expect(await succeeds(['delete'])).toContain('Successfully deleted')
    expect(await visit()).toBe('the origin')
    if (ALL) expect((await project.run(['versions', 'list'])).code).not.toBe(0)
  })
}

type Hearing = { done: boolean; text: string; readonly promise: Promise<void> }

/** What comes out of a stream, until a text is in it and the object around it has ended. */
function hear(stream: ReadableStream<Uint8Array>, wanted: string): Hearing {
  const hearing = { done: false, text: '' }
  const promise = (async () => {
    const decoder = new TextDecoder()
    for await (const piece of stream) {
      hearing.text += decoder.decode(piece, { stream: true })
      hearing.done ||=
        hearing.text.includes(wanted) && hearing.text.includes('/tailed') && hearing.text.includes('scriptName')
    }
  })()
  return Object.assign(hearing, { promise })
}
