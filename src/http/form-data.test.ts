import { describe, expect, test } from 'bun:test'
import { parseFormData } from './form-data.ts'

const LIMITS = { maxParts: 10 }
const TYPE = 'multipart/form-data; boundary=B'
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const parse = (body: string, type = TYPE) => parseFormData(bytesOf(body), type, LIMITS)
const read = (body: string, type = TYPE) => {
  const parsed = parse(body, type)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.value.map(({ content, ...rest }) => ({ ...rest, content: new TextDecoder().decode(content) }))
}
const part = (head: string, content: string): string => `--B\r\n${head}\r\n\r\n${content}\r\n`
const FIELD = 'content-disposition: form-data; name="a"'

describe('a form', () => {
  test('has its parts in order: fields, and files with their names and types', () => {
    const file =
      'Content-Disposition: form-data; filename="./x.js"; name=index.js\r\nContent-Type: Text/Plain; charset=x'
    expect(read(`${part(FIELD, '1')}${part(file, 'two\r\n--')}--B--\r\n`)).toEqual([
      { name: 'a', fileName: undefined, type: '', content: '1' },
      { name: 'index.js', fileName: './x.js', type: 'text/plain', content: 'two\r\n--' },
    ])
  })

  test.each<[string, string, string]>([
    ['a preamble and an epilogue', `before\r\n${part(FIELD, 'x')}--B--\r\nafter`, TYPE],
    ['padding after a delimiter', `--B \t\r\n${FIELD}\r\n\r\nx\r\n--B--`, TYPE],
    ['a quoted boundary', `${part(FIELD, 'x').replaceAll('B', 'a b')}--a b--`, 'multipart/form-data; boundary="a b"'],
    ['what begins like its delimiter in the content', `${part(FIELD, 'x')}--B--`, TYPE],
  ])('may have %s', (_, body, type) => {
    expect(read(body, type)).toMatchObject([{ name: 'a', content: 'x' }])
  })

  test('keeps every byte of a content', () => {
    const content = Uint8Array.from({ length: 1024 }, (_, index) => index)
    const body = new Uint8Array([...bytesOf(`--B\r\n${FIELD}\r\n\r\n`), ...content, ...bytesOf('\r\n--B--')])
    const parsed = parseFormData(body, TYPE, LIMITS)
    expect(parsed.ok && parsed.value[0]?.content).toEqual(content)
  })

  test.each([
    ['name="a\\"b"', 'a"b'],
    ['name="a%22b%0d%0A"', 'a"b\r\n'],
    ['name="100%25"', '100%25'],
    ['name=""', ''],
    ['NAME="ü"', 'ü'],
    ['name="C:\\x"', 'C:\\x'],
  ])('has a part with %s called %p', (parameters, name) => {
    expect(read(`${part(`content-disposition: form-data; ${parameters}`, 'x')}--B--`)[0]?.name).toBe(name)
  })

  test('may be empty', () => {
    expect(read('--B--')).toEqual([])
  })
})

describe('no form is', () => {
  test.each<[string, string, string]>([
    ['one without a boundary', '--B--', 'multipart/form-data'],
    ['one with an empty boundary', '----', 'multipart/form-data; boundary=""'],
    ['one with a boundary of 71 characters', '', `multipart/form-data; boundary=${'x'.repeat(71)}`],
    ['one with a boundary that is no text', '', 'multipart/form-data; boundary="a\u0001"'],
    ['nothing', '', TYPE],
    ['other text', 'nonsense', TYPE],
    ['one that ends early', part(FIELD, 'x'), TYPE],
    ['one that ends within a head', '--B\r\ncontent-dis', TYPE],
    ['a part without a head', '--B\r\nx\r\n--B--', TYPE],
    ['a part without a name', `${part('content-disposition: form-data', 'x')}--B--`, TYPE],
    ['a part that is no part of a form', `${part('content-disposition: attachment; name="a"', 'x')}--B--`, TYPE],
    ['text behind a delimiter', `--Bx\r\n${FIELD}\r\n\r\nx\r\n--B--`, TYPE],
    ['eleven parts', `${part(FIELD, 'x').repeat(11)}--B--`, TYPE],
    ['a head of 9 KB', `${part(`${FIELD}\r\nx: ${'x'.repeat(9000)}`, '')}--B--`, TYPE],
  ])('%s', (_, body, type) => {
    expect(parse(body, type).ok).toBe(false)
  })

  test('read in more than linear time', () => {
    const almost = `\r\n--${'B'.repeat(60)}`.repeat(100_000)
    const type = `multipart/form-data; boundary=${'B'.repeat(60)}C`
    const before = performance.now()
    expect(parseFormData(bytesOf(almost), type, LIMITS).ok).toBe(false)
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
