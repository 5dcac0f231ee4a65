// The pipeline against its folder: a stage that nobody runs is dead, and one that another stage runs is out of order.

import { describe, expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import { target } from './judge.ts'
import { readSource } from './source.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PIPELINE = 'src/edge/pipeline.ts'

describe('the pipeline', async () => {
  const text = await Bun.file(`${ROOT}/${PIPELINE}`).text()
  const imported = readSource(PIPELINE, text).imports.flatMap(({ specifier, kind }) =>
    kind === 'value' ? (target(PIPELINE, specifier) ?? []) : [],
  )
  const stages = [...new Bun.Glob('src/edge/stages/*.ts').scanSync({ cwd: ROOT })]
    .filter((path) => !/\.(?:test|fixture|contract)\.ts$/.test(path))
    .sort()

  test('uses every file in src/edge/stages/, and its stages come from nowhere else', () => {
    expect(stages.length).toBeGreaterThan(5)
    expect(imported.filter((path) => path.startsWith('src/edge/stages/')).sort()).toEqual(stages)
  })

  test('names a function of each where it runs: an import alone is no use', () => {
    const code = text.replace(/^import .*$/gm, '')
    const names = [...text.matchAll(/^import \{ ([^}]+) \} from '\.\/stages\//gm)].flatMap(([, list]) =>
      (list ?? '').split(', '),
    )
    expect(names.length).toBeGreaterThanOrEqual(stages.length)
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([])
  })

  test('has each row of its tables under the name of the file that it runs', () => {
    const rows = [...text.matchAll(/\['([a-z-]+)', [^,\]]+, (\w+)\]/g)]
    expect(rows.length).toBeGreaterThan(0)
    for (const [, name, run] of rows) expect(text).toContain(`import { ${run} } from './stages/${name}.ts'`)
  })
})
