import { describe, expect, test } from 'bun:test'
import { acceptsEncoding, preferredErrorType } from './negotiation.ts'

describe('RFC 9110 §12.5.3: is a content coding acceptable', () => {
  const table: [value: string | null | undefined, coding: string, accepted: boolean][] = [
    ['gzip, br', 'br', true],
    ['gzip, br', 'zstd', false],
    ['GZIP', 'gzip', true],
    ['gzip;q=0', 'gzip', false],
    ['gzip;q=0.000', 'gzip', false],
    ['gzip;q=0.001', 'gzip', true],
    ['gzip;q=junk', 'gzip', false],
    ['x-gzip', 'gzip', true],
    ['*', 'br', true],
    ['*;q=0', 'br', false],
    ['*, br;q=0', 'br', false],
    ['br, *;q=0', 'br', true],
    ['gzipped', 'gzip', false],
    ['', 'gzip', false],
    [null, 'gzip', false],
    [undefined, 'gzip', false],
    [undefined, 'identity', true],
    ['', 'identity', true],
    ['gzip', 'identity', true],
    ['identity;q=0', 'identity', false],
    ['*;q=0', 'identity', false],
    ['identity, *;q=0', 'identity', true],
  ]
  test.each(table)('%p: %s %p', (value, coding, accepted) => {
    expect(acceptsEncoding(value, coding)).toBe(accepted)
  })
})

describe('an error page is HTML unless JSON is wanted more, or more expressly', () => {
  const table: [accept: string | null | undefined, type: 'html' | 'json'][] = [
    [null, 'html'],
    [undefined, 'html'],
    ['', 'html'],
    ['*/*', 'html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
    ['application/json', 'json'],
    ['application/problem+json', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['application/json, text/html', 'html'],
    ['application/json, text/html;q=0.9', 'json'],
    ['application/json;q=0.5, text/html', 'html'],
    ['application/*', 'json'],
    ['text/*, application/json;q=0.1', 'html'],
    ['image/png', 'html'],
    ['application/json;q=0', 'html'],
    ['application/json;q=0, */*', 'html'],
    ['text/html;q=0, */*;q=0.1', 'json'],
    ['junk', 'html'],
  ]
  test.each(table)('%p: %s', (accept, type) => {
    expect(preferredErrorType(accept)).toBe(type)
  })
})
