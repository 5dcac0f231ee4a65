// What a start and the verbs of the command line load before they do anything, against the table.

import { describe, expect, test } from 'bun:test'
import { target } from './judge.ts'
import type { ImportKind } from './source.ts'
import { DEFERRED } from './table.ts'
import { readTree } from './tree.ts'

describe('what may wait is not loaded at once', async () => {
  const tree = new Map((await readTree()).map((source) => [source.path, source]))

  /** Everything that one file leads to by imports of these kinds, with the file that imports it. */
  function reach(from: string, kinds: readonly ImportKind[]): Map<string, string> {
    const found = new Map([[from, '']])
    for (const path of found.keys()) {
      for (const { specifier, kind } of tree.get(path)?.imports ?? []) {
        const to = target(path, specifier) ?? specifier
        if (kinds.includes(kind) && !found.has(to)) found.set(to, path)
      }
    }
    return found
  }

  test.each(DEFERRED)('by $from', ({ from, what }) => {
    expect(tree.has(from)).toBe(true)
    const early = [...reach(from, ['value'])].filter(([path]) => what.some((each) => isUnder(path, each)))
    expect(early.map(([path, importer]) => `${importer} imports ${path}`)).toEqual([])
  })

  test('and is loaded some time', () => {
    const reached = [...reach('src/cli/main.ts', ['value', 'deferred']).keys()]
    const unknown = DEFERRED.flatMap(({ what }) => what).filter((each) => !reached.some((path) => isUnder(path, each)))
    expect(unknown).toEqual([])
  })
})

function isUnder(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}
