// The official SDK uploads Workers and Snippets to a running edge, which then answers by them.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ACCOUNT_ID, zoneId } from '../../src/config/index.ts'
import { type EdgeProcess, makeScratch, type Origin, startEdgeProcess, startOrigin } from '../support/index.ts'
import type { SdkOptions } from './clients.ts'
import { makeFourthScripts, makeNewestScripts, type ScriptSdk } from './script-clients.ts'

const LINES: readonly [string, (options: SdkOptions, account: string) => ScriptSdk][] = [
  ['the newest SDK', makeNewestScripts],
  ['the SDK of the 4.x line', makeFourthScripts],
]
const ZONE = zoneId('example.com')
const HOST = 'www.example.com'
const ESM = 'application/javascript+module'

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

const worker = (version: string): readonly File[] => [
  new File(
    [
      `import { suffix } from './lib.js'\nexport default { fetch: (_, env) => new Response('${version} ' + env.A + suffix + (env.KEY ?? '')) }`,
    ],
    'worker.js',
    { type: ESM },
  ),
  new File(["export const suffix = '!'"], 'lib.js', { type: ESM }),
]
const METADATA = {
  main_module: 'worker.js',
  compatibility_date: '2026-11-01',
  bindings: [{ type: 'plain_text', name: 'A', text: 'a' }],
}

const snippet = (header: string): readonly File[] => {
  const code = `export default { async fetch(request) {
    const response = await fetch(request)
    const changed = new Response(response.body, response)
    changed.headers.set('x-snippet', '${header}')
    return changed
  } }`
  return [new File([code], 'snippet.js', { type: 'application/javascript' })]
}

describe.each(LINES)('%s', (_, makeSdk) => {
  let scratch: Awaited<ReturnType<typeof makeScratch>>
  let origin: Origin
  let edge: EdgeProcess
  let sdk: ScriptSdk

  beforeAll(async () => {
    scratch = await makeScratch()
    origin = await startOrigin()
    origin.on('*', { body: 'the origin' })
    const config = join(scratch.path, 'varyant.json')
    writeFileSync(config, JSON.stringify({ zones: [{ name: 'example.com', origins: { '*': origin.url } }] }))
    const listen = ['--listen', '127.0.0.1:0', '--api', '127.0.0.1:0', '--data', join(scratch.path, 'data')]
    edge = await startEdgeProcess({ args: ['--config', config, ...listen] })
    sdk = makeSdk({ apiToken: edge.token, baseURL: `${edge.apiUrl}/client/v4`, maxRetries: 0 }, ACCOUNT_ID)
  }, 20_000)
  afterAll(async () => {
    await edge[Symbol.asyncDispose]()
    await origin.close()
    await scratch[Symbol.asyncDispose]()
  })

  const visit = (path = '/', host = HOST): Promise<Response> => fetch(edge.edgeUrl + path, { headers: { host } })
  const textOf = async (path = '/', host = HOST): Promise<string> => (await visit(path, host)).text()

  test('uploads a Worker, gives it a route, a secret and another version, and goes back', async () => {
    await sdk.putScript('shop', METADATA, worker('one'))
    expect((await all(sdk.listScripts())).map(({ id }) => id)).toEqual(['shop'])
    const route = await sdk.createRoute(ZONE, `${HOST}/*`, 'shop')
    expect(await textOf()).toBe('one a!')

    expect(await sdk.putSecret('shop', 'KEY', 'hush')).toMatchObject({ name: 'KEY' })
    expect(await textOf()).toBe('one a!hush')
    expect((await all(sdk.listSecrets('shop'))).map(({ name }) => name)).toEqual(['KEY'])
    expect(JSON.stringify(await sdk.settings('shop'))).not.toContain('hush')

    const before = (await all(sdk.listVersions('shop'))).map(({ id }) => id)
    const version = await sdk.putVersion('shop', METADATA, worker('two'))
    expect(await textOf()).toBe('one a!hush')
    await sdk.deploy('shop', version.id ?? '')
    expect(await textOf()).toBe('two a!hush')
    expect(await sdk.getVersion('shop', version.id ?? '')).toMatchObject({ id: version.id, number: 3 })
    await sdk.deploy('shop', before[0] ?? '')
    expect(await textOf()).toBe('one a!hush')
    await sdk.deploy('shop', version.id ?? '')
    await sdk.deleteSecret('shop', 'KEY')
    expect(await textOf()).toBe('two a!')

    await sdk.updateRoute(ZONE, route.id ?? '', `${HOST}/only`, 'shop')
    expect([await textOf(), await textOf('/only')]).toEqual(['the origin', 'two a!'])
    expect(await sdk.getRoute(ZONE, route.id ?? '')).toMatchObject({ pattern: `${HOST}/only`, script: 'shop' })
    expect((await all(sdk.listRoutes(ZONE))).map(({ id }) => id)).toEqual([route.id])
    await sdk.deleteRoute(ZONE, route.id ?? '')
    expect(await textOf('/only')).toBe('the origin')

    const domain = await sdk.putDomain(ZONE, 'app.example.com', 'shop')
    expect(await textOf('/', 'app.example.com')).toBe('two a!')
    await sdk.deleteDomain(domain.id ?? '')
    expect(await textOf('/', 'app.example.com')).toBe('the origin')

    const tail = await sdk.createTail('shop')
    expect(tail.url).toStartWith('ws://')
    await sdk.deleteTail('shop', tail.id ?? '')
    await sdk.deleteScript('shop')
    expect(await all(sdk.listScripts())).toEqual([])
  }, 30_000)

  test('downloads what it uploaded', async () => {
    const [file] = worker('only')
    const alone = new File([(await file?.text())?.replace(/^import.*\n/, 'const suffix = 1\n') ?? ''], 'worker.js', {
      type: ESM,
    })
    await sdk.putScript('alone', METADATA, [alone])
    const downloaded = await sdk.getScript('alone')
    expect(String(downloaded)).toBe(await alone.text())
    await sdk.deleteScript('alone')
  }, 20_000)

  test('is told why a script does not start', async () => {
    const broken = [new File(['export default {'], 'worker.js', { type: ESM })]
    const call = sdk.putScript('broken', METADATA, broken)
    await expect(call).rejects.toMatchObject({ status: 400, errors: [{ code: 10021 }] })
    expect(await all(sdk.listScripts())).toEqual([])
  }, 20_000)

  test('uploads snippets, gives them rules, and takes both back', async () => {
    expect(await sdk.putSnippet(ZONE, 'first', 'snippet.js', snippet('1'))).toMatchObject({ snippet_name: 'first' })
    await sdk.putSnippet(ZONE, 'second', 'snippet.js', snippet('2'))
    expect((await visit()).headers.get('x-snippet')).toBeNull()
    await sdk.putSnippetRules(ZONE, [
      { snippet_name: 'second', expression: 'http.request.uri.path eq "/both"', enabled: true },
      { snippet_name: 'first', expression: 'true', description: 'all', enabled: true },
    ])
    expect((await visit()).headers.get('x-snippet')).toBe('1')
    // The first of the chain sees the answer last.
    expect((await visit('/both')).headers.get('x-snippet')).toBe('2')
    await sdk.putSnippet(ZONE, 'first', 'snippet.js', snippet('one'))
    expect((await visit()).headers.get('x-snippet')).toBe('one')
    expect((await all(sdk.listSnippets(ZONE))).map(({ snippet_name }) => snippet_name)).toEqual(['first', 'second'])
    expect((await all(sdk.listSnippetRules(ZONE))).map(({ snippet_name }) => snippet_name)).toEqual(['second', 'first'])
    expect(await sdk.getSnippet(ZONE, 'first')).toMatchObject({ snippet_name: 'first' })
    expect(String(await sdk.snippetContent(ZONE, 'first'))).toContain("'x-snippet', 'one'")
    await expect(sdk.deleteSnippet(ZONE, 'first')).rejects.toMatchObject({ status: 400 })
    await sdk.deleteSnippetRules(ZONE)
    expect((await visit()).headers.get('x-snippet')).toBeNull()
    await sdk.deleteSnippet(ZONE, 'first')
    await sdk.deleteSnippet(ZONE, 'second')
    expect(await all(sdk.listSnippets(ZONE))).toEqual([])
  }, 30_000)
})
