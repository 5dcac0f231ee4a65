import { describe, expect, test } from 'bun:test'
import { entityTagList, isWeak, parseEntityTag, strongMatch, weakMatch } from './entity-tag.ts'

describe('RFC 9110 §8.8.3: entity-tag = [ weak ] opaque-tag', () => {
  const valid: [text: string, weak: boolean, opaque: string][] = [
    ['"xyzzy"', false, 'xyzzy'],
    ['W/"xyzzy"', true, 'xyzzy'],
    ['""', false, ''],
    ['W/""', true, ''],
    ['"a,b\\"', false, 'a,b\\'],
    ['"\u00e9"', false, '\u00e9'],
    [' "x"\t', false, 'x'],
  ]
  test.each(valid)('%s', (text, weak, opaque) => {
    expect(parseEntityTag(text)).toEqual({ weak, opaque })
    expect(isWeak(text)).toBe(weak)
  })
  test.each([
    '',
    '"',
    'W/',
    'W/"',
    'xyzzy',
    "'x'",
    'w/"x"',
    'W"x"',
    '"a"b"',
    '"a b"',
    '"a',
    'a"',
    '"\x7f"',
    '"a", "b"',
    '*',
  ])('%p is none', (text) => {
    expect(parseEntityTag(text)).toBeUndefined()
    expect(isWeak(text)).toBe(false)
  })
})

describe('RFC 9110 §8.8.3.2, the table of comparisons', () => {
  const table: [a: string, b: string, strong: boolean, weak: boolean][] = [
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true],
    ['"1"', '"2"', false, false],
    ['1', '1', false, false],
    ['', '', false, false],
    ['*', '"1"', false, false],
  ]
  test.each(table)('%s and %s: strong %p, weak %p', (a, b, strong, weak) => {
    expect([strongMatch(a, b), weakMatch(a, b)]).toEqual([strong, weak])
    expect([strongMatch(b, a), weakMatch(b, a)]).toEqual([strong, weak])
  })
})

describe('If-None-Match = "*" / #entity-tag', () => {
  const table: [value: string, tags: string[] | '*'][] = [
    ['*', '*'],
    [' * ', '*'],
    ['"a"', ['"a"']],
    ['"a", W/"b",\t"c"', ['"a"', 'W/"b"', '"c"']],
    ['"a,b", "c"', ['"a,b"', '"c"']],
    ['"a\\", "b"', ['"a\\"', '"b"']],
    [',, "a" ,,', ['"a"']],
    ['"a", *', ['"a"']],
    ['a, "b"', ['"b"']],
    ['"a"x, "b"', ['"b"']],
    ['"a" "b", "c"', ['"c"']],
    ['"a b", "c"', ['"c"']],
    ['w/"a", "b"', ['"b"']],
    ['"a", "b', ['"a"']],
    ['', []],
    ['"', []],
  ]
  test.each(table)('%p', (value, tags) => {
    expect(entityTagList(value)).toEqual(tags)
  })
})
