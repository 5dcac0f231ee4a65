// The README's tour, typed in and compared with what it says is printed.  The ports are the only difference.

import { expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import { commandsOf } from '../docs/tour.ts'
import { makeScratch, startEdgeProcess } from '../support/index.ts'

const README = fileURLToPath(new URL('../../README.md', import.meta.url))

const FIRST_BLOCK = /```console\n([\s\S]*?)```/

test.skipIf(Bun.which('curl') === null || Bun.which('sh') === null)('the tour prints what it says', async () => {
  const tour = commandsOf(FIRST_BLOCK.exec(await Bun.file(README).text())?.[1] ?? '')
  expect(tour.length).toBeGreaterThanOrEqual(5)
  await using scratch = await makeScratch()
  const data = `${scratch.path}/.varyant`
  const args = ['--listen', '127.0.0.1:0', '--api', '127.0.0.1:0', '--data', data]
  await using edge = await startEdgeProcess({ args })
  await Bun.write(`${data}/token`, edge.token)
  for (const { command, printed } of tour) {
    const typed = command
      .replaceAll('http://127.0.0.1:8080', edge.edgeUrl)
      .replaceAll('http://127.0.0.1:8081', edge.apiUrl)
    const run = Bun.spawn(['sh', '-c', typed], { cwd: scratch.path, stdout: 'pipe', stderr: 'ignore' })
    const output = (await new Response(run.stdout).text()).replaceAll('\r', '')
    expect({ command, output }).toEqual({ command, output: printed })
  }
})

test('every file and folder that the README and ARCHITECTURE name is there', async () => {
  for (const name of ['README.md', 'ARCHITECTURE.md']) {
    const text = await Bun.file(README.replace('README.md', name)).text()
    const named = [...text.matchAll(/`((?:src|test)\/[\w./-]+)`|\]\(([\w./-]+)\)/g)].map(
      ([, code, link]) => code ?? link,
    )
    expect(named.length).toBeGreaterThan(5)
    for (const path of named) {
      const full = README.replace('README.md', path ?? '')
      const isThere = (await Bun.file(full).exists()) || new Bun.Glob('**').scanSync({ cwd: full }).next().done !== true
      expect({ path, isThere }).toEqual({ path, isThere: true })
    }
  }
})
