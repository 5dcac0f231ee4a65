import { describe, expect, test } from 'bun:test'
import { compileWildcard } from './wildcard.ts'

describe('what each star stands for, the shortest first', () => {
  test.each([
    ['*', 'abc', ['abc']],
    ['*', '', ['']],
    ['abc', 'abc', []],
    ['a*', 'abc', ['bc']],
    ['*/*', 'a/b/c', ['a', 'b/c']],
    ['*/*/*', 'a/b/c', ['a', 'b', 'c']],
    ['a*b*c', 'aXbYbZc', ['X', 'YbZ']],
    ['A*', 'aXY', ['XY']],
    ['\\*', '*', []],
    ['\\*', 'a', undefined],
    ['\\\\*', '\\x', ['x']],
    ['a*a', 'a', undefined],
    ['a*ab*b', 'aab', undefined],
    ['a?c', 'abc', undefined],
  ] as const)('%s on %s', (pattern, text, stars) => {
    const wildcard = compileWildcard(pattern, 'any-case')
    expect(wildcard.ok && wildcard.value.captures(text)).toEqual(stars as string[] | undefined)
    expect(wildcard.ok && wildcard.value.test(text)).toBe(stars !== undefined)
  })
})

test.each([
  ['a**', 'double star'],
  ['a\\', 'incomplete escape'],
  ['\\a', 'invalid escape sequence at position 0'],
])('%s is refused', (pattern, why) => {
  const wildcard = compileWildcard(pattern, 'exact')
  expect(wildcard.ok ? '' : wildcard.problem).toContain(why)
})

test('matching and finding what stars stand for agree', () => {
  const pieces = ['', 'a', 'b', 'ab', '*']
  const patterns = pieces.flatMap((one) => pieces.flatMap((two) => pieces.map((three) => one + two + three)))
  const texts = ['', 'a', 'b', 'aa', 'ab', 'ba', 'aba', 'abab', 'aabb', 'bab']
  for (const pattern of patterns) {
    const compiled = compileWildcard(pattern, 'exact')
    if (!compiled.ok) continue
    const { test: matches, captures } = compiled.value
    expect(texts.map(matches)).toEqual(texts.map((text) => captures(text) !== undefined))
  }
})
