// The tree against the table.  A failure lists every violation at once: file and line, what it imports, the rule.

import { describe, expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import { findCycles } from './cycles.ts'
import { judge, target } from './judge.ts'
import { readSource, type Source } from './source.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('the tree', async () => {
  const sources = await readTree()

  test('has files in it', () => {
    expect(sources.length).toBeGreaterThan(100)
  })

  test('keeps to the layers, doors and pure rooms of test/layers/table.ts', () => {
    expect(sources.flatMap(judge).join('\n')).toBe('')
  })

  test('has no circles of imports', () => {
    const circles = findCycles(graphOf(sources)).map((files) => [...files, files[0]].join('\n  imports '))
    expect(circles.join('\n')).toBe('')
  })
})

async function readTree(): Promise<Source[]> {
  const paths = [...new Bun.Glob('{src,test,bench}/**/*.ts').scanSync({ cwd: ROOT })].sort()
  return Promise.all(paths.map(async (path) => readSource(path, await Bun.file(`${ROOT}/${path}`).text())))
}

function graphOf(sources: readonly Source[]): Map<string, string[]> {
  return new Map(
    sources.map(({ path, imports }) => [path, imports.flatMap(({ specifier }) => target(path, specifier) ?? [])]),
  )
}
