import { expect, test } from 'bun:test'
import { findCycles } from './cycles.ts'

const cases: readonly [title: string, graph: Record<string, string[]>, circles: string[][]][] = [
  ['a tree has none', { a: ['b', 'c'], b: ['c'], c: [] }, []],
  ['a file that imports itself is one', { a: ['a'] }, [['a']]],
  ['two files that import each other are one, told once', { a: ['b'], b: ['a'] }, [['a', 'b']]],
  ['files before and behind a circle are not part of it', { a: ['b'], b: ['c'], c: ['b', 'd'], d: [] }, [['b', 'c']]],
  [
    'two circles are two',
    { a: ['b'], b: ['a'], c: ['d'], d: ['c'] },
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
]

test.each(cases)('%s', (_, graph, circles) => {
  expect(findCycles(new Map(Object.entries(graph)))).toEqual(circles)
})
