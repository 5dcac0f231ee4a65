// What the command line makes of the scripts of varyant.json: mistakes before anything serves, and files on export.

import { expect, test } from 'bun:test'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeScratch, startEdgeProcess } from '../support/index.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/varyant.js', import.meta.url))
const WORKER = { name: 'hello', main: 'src/hello.js', modules: ['src/name.txt'], routes: ['*/hello'] }
const ZONE = { name: 'example.com', origins: { '*': 'http://127.0.0.1:9' }, workers: [WORKER] }
const CODE = `import name from './name.txt'
export default { fetch: () => new Response('hello ' + name.trim()) }`

function writeProject(folder: string, code: string): string {
  mkdirSync(join(folder, 'src'), { recursive: true })
  writeFileSync(join(folder, 'src', 'hello.js'), code)
  writeFileSync(join(folder, 'src', 'name.txt'), 'world\n')
  const config = join(folder, 'varyant.json')
  writeFileSync(config, JSON.stringify({ data: './data', zones: [ZONE] }))
  return config
}

async function run(words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = Bun.spawn(['node', LAUNCHER, ...words], { stdout: 'pipe', stderr: 'pipe' })
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, stdout, stderr }
}

const listen = ['--listen', '127.0.0.1:0', '--api', '127.0.0.1:0']

test('a script that does not start is a sentence with its place, and nothing of the file is applied', async () => {
  await using scratch = await makeScratch()
  const config = writeProject(scratch.path, 'export default {\n  fetch() { return }}}')
  const { code, stdout, stderr } = await run(['start', '--config', config, ...listen])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('zones[0].workers[0].main: the script hello does not start: Uncaught SyntaxError: ')
  const exported = await run(['export', '--data', join(scratch.path, 'data')])
  expect(JSON.parse(exported.stdout)).toEqual({ zones: [] })
})

test('export writes the files of scripts below a folder, and a configuration that runs them', async () => {
  await using scratch = await makeScratch()
  const config = writeProject(scratch.path, CODE)
  await using first = await startEdgeProcess({ args: ['--config', config, ...listen] })
  expect(await (await fetch(`${first.edgeUrl}/hello`)).text()).toBe('hello world')
  await first.stop()

  const data = join(scratch.path, 'data')
  const without = await run(['export', '--data', data])
  expect(without.stderr).toContain('2 files of scripts are not written; use --files DIR')
  const copy = join(scratch.path, 'copy')
  const exported = await run(['export', '--data', data, '--files', copy])
  expect([exported.code, exported.stderr]).toEqual([0, ''])
  expect(readFileSync(join(copy, 'workers', 'hello', 'hello.js'), 'utf8')).toBe(CODE)
  expect(existsSync(join(copy, 'workers', 'hello', 'name.txt'))).toBe(true)

  const again = join(copy, 'varyant.json')
  writeFileSync(again, exported.stdout)
  await using second = await startEdgeProcess({ args: ['--config', again, '--data', join(copy, 'data'), ...listen] })
  expect(await (await fetch(`${second.edgeUrl}/hello`)).text()).toBe('hello world')
})
