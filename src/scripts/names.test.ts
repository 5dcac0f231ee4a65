import { expect, test } from 'bun:test'
import { isBindingName, isSnippetName, isWorkerName } from './names.ts'

test.each([
  ['a-worker_1', true],
  ['_w', true],
  ['1', true],
  ['A', false],
  ['-a', false],
  ['', false],
  ['a.b', false],
  ['../a', false],
  ['a'.repeat(63), true],
  ['a'.repeat(64), false],
])('a Worker may be called %p: %p', (text, expected) => {
  expect(isWorkerName(text)).toBe(expected)
})

test.each([
  ['a_snippet_1', true],
  ['a-b', false],
  ['A', false],
  ['', false],
  ['a\n', false],
  ['a'.repeat(65), false],
])('a Snippet may be called %p: %p', (text, expected) => {
  expect(isSnippetName(text)).toBe(expected)
})

test.each([
  ['GREETING', true],
  ['$a_1', true],
  ['1a', false],
  ['a-b', false],
  ['__proto__', false],
  ['', false],
])('a binding may be called %p: %p', (text, expected) => {
  expect(isBindingName(text)).toBe(expected)
})
