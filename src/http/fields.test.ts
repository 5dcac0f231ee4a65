import { describe, expect, test } from 'bun:test'
import {
  type FieldList,
  fieldValue,
  hasField,
  listMembers,
  splitUnquoted,
  trimOws,
  withField,
  withoutFields,
} from './fields.ts'

const FIELDS: FieldList = [
  ['vary', 'origin'],
  ['set-cookie', 'a=1'],
  ['vary', 'accept'],
]

describe('a field list', () => {
  test('joins the lines of one name with a comma and a space', () => {
    expect(fieldValue(FIELDS, 'vary')).toBe('origin, accept')
  })
  test('tells an absent field from an empty one', () => {
    expect(fieldValue(FIELDS, 'etag')).toBeUndefined()
    expect(fieldValue([['etag', '']], 'etag')).toBe('')
    expect(hasField([['etag', '']], 'etag')).toBe(true)
    expect(hasField(FIELDS, 'etag')).toBe(false)
  })
  test('replaces all lines of a name by one, and leaves the list it came from alone', () => {
    expect(withField(FIELDS, 'vary', '*')).toEqual([
      ['set-cookie', 'a=1'],
      ['vary', '*'],
    ])
    expect(FIELDS).toHaveLength(3)
  })
  test('drops the named fields and no other', () => {
    expect(withoutFields(FIELDS, new Set(['vary']))).toEqual([['set-cookie', 'a=1']])
  })
})

describe('RFC 9110 §5.6.1: "a recipient MUST parse and ignore a reasonable number of empty list elements"', () => {
  const table: [title: string, value: string, members: string[]][] = [
    ['plain members', 'a, b,c', ['a', 'b', 'c']],
    ['empty elements', ', a,, ,\t, b ,', ['a', 'b']],
    ['nothing', '', []],
    ['only commas', ',,,', []],
    ['SP and HTAB are optional whitespace', ' \ta\t ,\tb', ['a', 'b']],
    ['a no-break space is not', '\u00a0a, b', ['\u00a0a', 'b']],
    ['a quoted comma does not split', 'a="x, y", b', ['a="x, y"', 'b']],
    ['a quoted-pair does not close the string', 'a="x\\", y", b', ['a="x\\", y"', 'b']],
    ['a quoted backslash does', 'a="x\\\\", y', ['a="x\\\\"', 'y']],
    ['a backslash outside quotes is a character', 'a\\", b", c', ['a\\", b"', 'c']],
    ['a stray quote hides nothing behind it', 'private="foo, no-store', ['private="foo', 'no-store']],
    ['a stray quote after a closed string', '"a, b", "c, d', ['"a, b"', '"c', 'd']],
    ['a quote closed only by an escaped one is stray', '"a\\", b', ['"a\\"', 'b']],
    ['a string that ends in a backslash is stray', '"a, b\\', ['"a', 'b\\']],
    ['a string at the end', 'a, "b"', ['a', '"b"']],
    ['an empty string', '""', ['""']],
  ]
  test.each(table)('%s', (_, value, members) => {
    expect(listMembers(value)).toEqual(members)
  })
})

test('pieces between delimiters rejoin to the text', () => {
  for (const text of ['a;b', '"a;b";c', '"a;b;c', ';', '', 'a;"b\\";c";d;"e']) {
    expect(splitUnquoted(text, ';').join(';')).toBe(text)
  }
})

test('optional whitespace is SP and HTAB, nothing else', () => {
  expect(trimOws(' \t a b \t')).toBe('a b')
  expect(trimOws('\u00a0\ufeff')).toBe('\u00a0\ufeff')
  expect(trimOws('\r\n')).toBe('\r\n')
  expect(trimOws(' \t ')).toBe('')
})
