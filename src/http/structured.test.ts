import { describe, expect, test } from 'bun:test'
import { sfInteger, sfString, sfToken } from './structured.ts'

describe('RFC 9651 §3.3.3: a String holds printable ASCII only', () => {
  const table: [text: string, written: string][] = [
    ['plain', '"plain"'],
    ['', '""'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['a\r\nb\0\x7f', '"a%0D%0Ab%00%7F"'],
    ['b\u00fccher', '"b%C3%BCcher"'],
    ['\u{1f600}', '"%F0%9F%98%80"'],
    ['\ud800x', '"%EF%BF%BDx"'],
    ['%41 ~', '"%41 ~"'],
  ]
  test.each(table)('%p', (text, written) => {
    expect(sfString(text)).toBe(written)
  })
})

test.each([
  ['hit', 'hit'],
  ['*a:b/c', '*a:b/c'],
  ['1a', '"1a"'],
  ['a b', '"a b"'],
  ['a\n', '"a%0A"'],
  ['', '""'],
])('the Token of %p is %s', (text, written) => {
  expect(sfToken(text)).toBe(written)
})

test.each([
  [0, '0'],
  [-0, '0'],
  [-0.5, '-1'],
  [12.9, '12'],
  [-30, '-30'],
  [1e21, '999999999999999'],
  [Number.NEGATIVE_INFINITY, '-999999999999999'],
  [Number.NaN, '0'],
])('the Integer of %p is %s', (value, written) => {
  expect(sfInteger(value)).toBe(written)
})
