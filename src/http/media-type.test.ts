import { expect, test } from 'bun:test'
import { essence } from './media-type.ts'

test.each([
  ['text/html', 'text/html'],
  ['Text/HTML; charset=utf-8', 'text/html'],
  [' text/css ;x', 'text/css'],
  ['application/vnd.api+json', 'application/vnd.api+json'],
  ['text/html;a="/"', 'text/html'],
  ['', undefined],
  ['text', undefined],
  ['text/', undefined],
  ['/html', undefined],
  ['text/html/x', undefined],
  ['text/html, text/plain', undefined],
  ['te xt/html', undefined],
  [undefined, undefined],
] as const)('the essence of %p is %p', (contentType, expected) => {
  expect(essence(contentType)).toBe(expected as string | undefined)
})
