// `varyant dev` as a developer uses it: edits, requests, and what it tells.

import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from '../support/edge/index.ts'
import { get, makeScratch, startOrigin } from '../support/index.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/varyant.js', import.meta.url))

type Dev = {
  readonly url: string
  /** Everything on stderr so far. */
  told(): string
  [Symbol.asyncDispose](): Promise<void>
}

async function startDev(...words: readonly string[]): Promise<Dev> {
  const child = Bun.spawn(['node', LAUNCHER, 'dev', ...words, '--listen', '127.0.0.1:0'], {
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let told = ''
  void (async () => {
    for await (const chunk of child.stderr) told += Buffer.from(chunk).toString()
  })()
  let text = ''
  for await (const chunk of child.stdout) {
    text += Buffer.from(chunk).toString()
    const url = /ready edge=(\S+)/.exec(text)?.[1]
    if (url === undefined) continue
    return {
      url,
      told: () => told,
      [Symbol.asyncDispose]: async () => {
        child.kill('SIGTERM')
        await child.exited
      },
    }
  }
  throw new Error(`it did not start: ${told}`)
}

const worker = (mark: string): string => `export default { async fetch(request, env) {
  const { pathname } = new URL(request.url)
  console.log('${mark}', pathname, env.GREETING)
  if (pathname === '/boom') throw new TypeError('boom')
  const answer = await fetch(request)
  const response = new Response(answer.body, answer)
  response.headers.set('x-mark', '${mark}')
  return response
} }`

describe('varyant dev', () => {
  test('serves a Worker through the real cache, tells what happens, and serves it anew when its file changes', async () => {
    await using scratch = await makeScratch()
    await using origin = await startOrigin()
    origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    const file = join(scratch.path, 'worker.js')
    writeFileSync(file, worker('one'))
    await using dev = await startDev(file, '--origin', origin.url, '--var', 'GREETING:hi')
    expect([(await get(`${dev.url}/a.css`)).cacheStatus, (await get(`${dev.url}/a.css`)).cacheStatus]).toEqual([
      'MISS',
      'HIT',
    ])
    const failed = await get(`${dev.url}/boom`)
    expect([failed.status, failed.text.includes('TypeError: boom\n    at Object.fetch (worker.js:4:')]).toEqual([
      500,
      true,
    ])
    for (const line of ['-> GET http://127.0.0.1:', '/a.css 200 HIT', 'log one /a.css hi', '! TypeError: boom']) {
      await until(`it tells "${line}"`, () => dev.told().includes(line))
    }
    writeFileSync(file, worker('two'))
    await until('the new version serves', async () => (await get(`${dev.url}/a.css`)).field('x-mark') === 'two')
    writeFileSync(file, 'export default {')
    await until('it tells what is wrong', () => dev.told().includes('Uncaught SyntaxError'))
    expect((await get(`${dev.url}/a.css`)).field('x-mark')).toBe('two')
  }, 20_000)

  test('bundles what a TypeScript file imports, and answers nothing from the cache when told not to', async () => {
    await using scratch = await makeScratch()
    await using origin = await startOrigin()
    origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    const file = join(scratch.path, 'worker.ts')
    writeFileSync(join(scratch.path, 'mark.ts'), 'export const MARK: string = "imported"')
    writeFileSync(
      file,
      `import { MARK } from './mark'
       export default { async fetch(request: Request): Promise<Response> {
         const answer = await fetch(request)
         return new Response(MARK + ' ' + answer.headers.get('cf-cache-status')) } }`,
    )
    await using dev = await startDev(file, '--origin', origin.url, '--no-cache')
    for (const _ of [1, 2]) expect((await get(`${dev.url}/a.css`)).text).toBe('imported DYNAMIC')
    expect(origin.requests.length).toBe(2)
  }, 20_000)

  test.each([
    [[], 'dev needs one file'],
    [['nowhere.js'], 'there is no file nowhere.js'],
    [['a.js', '--nope'], 'dev: '],
  ])('with %j says what is wrong', (words, sentence) => {
    const ended = Bun.spawnSync(['node', LAUNCHER, 'dev', ...words])
    expect(ended.exitCode).toBe(2)
    expect(ended.stderr.toString()).toContain(sentence)
  })
})
