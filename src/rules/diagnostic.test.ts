import { expect, test } from 'bun:test'
import { rulesScheme } from '../../test/support/rules.ts'
import { compileFilter } from './compile.ts'

test('columns count bytes, carets stand under characters', () => {
  const filter = compileFilter('http.host eq "\u00e9\u00e9" and\n  http.host eq "\u65e5" and nope', rulesScheme)
  const [problem] = filter.ok ? [] : filter.problem
  expect(problem).toMatchObject({ kind: 'unknown-identifier', line: 2, column: 26, start: 49, end: 53 })
  expect(problem?.text).toBe(
    'Filter parsing error (2:26):\n  http.host eq "\u65e5" and nope\n                       ^^^^ unknown identifier\n',
  )
})

test('one expression tells twenty problems at most', () => {
  const filter = compileFilter(Array.from({ length: 99 }, (_, i) => `f${i}`).join(' or '), rulesScheme)
  expect(filter.ok ? 0 : filter.problem.length).toBe(20)
})
