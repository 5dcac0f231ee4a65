import { expect, test } from 'bun:test'
import { findJsonFault, findNameTwice } from './json-fault.ts'

const cases: readonly (readonly [title: string, text: string, line: number, column: number, found: string])[] = [
  ['nothing at all', '', 1, 1, 'the end of the file'],
  ['only white space', '\n\n', 3, 1, 'the end of the file'],
  ['a comma too many', '{\n  "a": [1,],\n}', 2, 11, '"]"'],
  ['a comma before the end of an object', '{\n  "a": 1,\n}', 3, 1, '"}"'],
  ['a comma that is missing', '{ "a": 1\n  "b": 2 }', 2, 3, '"\\""'],
  ['a name without quotes', '{ a: 1 }', 1, 3, '"a"'],
  ['single quotes', "{ 'a': 1 }", 1, 3, '"\'"'],
  ['a comment', '{\n  // why\n}', 2, 3, '"/"'],
  ['a value that is missing', '{ "a": }', 1, 8, '"}"'],
  ['a word of another language', '{ "a": True }', 1, 8, '"True"'],
  ['a number with a leading zero', '[ 01 ]', 1, 3, '"01"'],
  ['a number that ends in a dot', '[ 1. ]', 1, 3, '"1."'],
  ['the wrong bracket', '[ 1 }', 1, 5, '"}"'],
  ['an object that does not end', '{ "a": { "b": 1 }', 1, 18, 'the end of the file'],
  ['a string that does not end', '{ "a": "b }', 1, 8, '"\\""'],
  ['a string over two lines', '[ "a\nb" ]', 1, 3, '"\\""'],
  ['an escape that does not exist', '[ "\\x" ]', 1, 3, '"\\""'],
  ['two documents', '{}\n{}', 2, 1, '"{"'],
  ['a value in place of a name', '{ 1: 2 }', 1, 3, '"1"'],
]
test.each(cases)('%s is found', (_, text, line, column, found) => {
  expect(() => JSON.parse(text)).toThrow()
  expect(findJsonFault(text)).toMatchObject({ line, column, found })
})

test('what is JSON up to its end is wrong at its end only', () => {
  const text = '{ "é\u007f\\u00e9": [ -0.5e+10, true, false, null, "", {}, [] ] }'
  expect(() => JSON.parse(text)).not.toThrow()
  expect(findJsonFault(`${text} !`)).toMatchObject({ line: 1, column: text.length + 2, found: '"!"' })
})

test.each([
  ['{ "a": [1, }', 'remove the comma before it, or add what is missing'],
  ['{ "a": 1, }', 'remove the comma before it, or add what is missing'],
  ['{ // why', 'JSON has no comments, so remove it'],
  ["{ 'a': 1 }", 'put it in double quotes'],
  ['{ a: 1 }', 'put the name in double quotes'],
  ['{ "a" 1 }', 'put a colon before it'],
  ['{ "a": 1 "b": 2 }', 'put a comma before it'],
  ['{} {}', 'remove what stands behind the end'],
  ['{ "a": [ 1', 'close it with ] }'],
  ['', 'write { ... }'],
  ['{ "a": True }', 'correct it'],
])('%s is mended so: %s', (text, remedy) => {
  expect(findJsonFault(text).remedy).toBe(remedy)
})

test.each([
  ['{ "a": 1, "a": 2 }', 1, 11],
  ['{ "a": { "b": 1,\n "b": 2 } }', 2, 2],
  ['[ { "\\u0061": 1, "a": 2 } ]', 1, 18],
])('a name that %s has twice is found', (text, line, column) => {
  expect(findNameTwice(text)).toMatchObject({ line, column })
})

test.each(['{}', '{ "a": { "a": { "b": "a" } }, "b": ["a", "a"] }', '[{ "a": 1 }, { "a": 2 }]', '"a"'])(
  '%s has no name twice',
  (text) => {
    expect(findNameTwice(text)).toBeUndefined()
  },
)
