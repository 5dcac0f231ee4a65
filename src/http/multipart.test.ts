import { expect, test } from 'bun:test'
import { multipartRanges } from './multipart.ts'

const RANGES = [
  { first: 0, last: 1 },
  { first: 4, last: 6 },
]

function render(contentType: string | undefined): { text: string; length: number } {
  const content = '0123456789'
  const { parts, tail, length } = multipartRanges(RANGES, content.length, contentType, 'B')
  const text = parts.map(({ head, first, last }) => head + content.slice(first, last + 1)).join('') + tail
  return { text, length }
}

test('RFC 9110 §14.6: each part has its Content-Range, and the content type of the whole', () => {
  const { text, length } = render('text/plain')
  expect(text).toBe(
    '--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01' +
      '\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 4-6/10\r\n\r\n456' +
      '\r\n--B--\r\n',
  )
  expect(length).toBe(text.length)
})

test('the response names the boundary', () => {
  expect(multipartRanges(RANGES, 10, undefined, 'abc').contentType).toBe('multipart/byteranges; boundary=abc')
})

test.each([undefined, '', 'text/\u00e9', 'a/b\r\nX-Evil: 1', 'a/b\0'])(
  'a content type of %p is left out',
  (contentType) => {
    const { text, length } = render(contentType)
    expect(text.startsWith('--B\r\nContent-Range: bytes 0-1/10\r\n\r\n01')).toBe(true)
    expect(text).not.toContain('Evil')
    expect(length).toBe(text.length)
  },
)
