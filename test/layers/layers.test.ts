// The tree against the table.  A failure lists every violation at once: file and line, what it imports, the rule.

import { describe, expect, test } from 'bun:test'
import { findCycles } from './cycles.ts'
import { judge, target } from './judge.ts'
import type { Source } from './source.ts'
import { readTree } from './tree.ts'

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

function graphOf(sources: readonly Source[]): Map<string, string[]> {
  return new Map(
    sources.map(({ path, imports }) => [path, imports.flatMap(({ specifier }) => target(path, specifier) ?? [])]),
  )
}
