// Which codings a client takes, and what the origin server is asked for on its behalf.

import { describe, expect, test } from 'bun:test'
import { type EncodingClass, encodingClass, isEncoded, mayUseEncoding } from './content-encoding.ts'

describe('the class of a client', () => {
  const ROWS: readonly (readonly [acceptEncoding: string | null, expected: EncodingClass])[] = [
    [null, 'identity'],
    ['', 'identity'],
    ['identity', 'identity'],
    ['deflate, zstd', 'identity'],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['GZip;q=0.1', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br, zstd', 'gzip, br'],
    ['br, gzip', 'gzip, br'],
    ['*', 'gzip, br'],
    ['*, gzip;q=0', 'br'],
    ['*;q=0', 'identity'],
    ['gzip;q=0, br;q=0', 'identity'],
    ['gzipx, brotli', 'identity'],
  ]
  test.each(ROWS)('%p is %s', (acceptEncoding, expected) => {
    expect(encodingClass(acceptEncoding)).toBe(expected)
    expect(encodingClass(acceptEncoding)).toBe(expected)
  })

  test('it does not depend on what others have asked', () => {
    for (let i = 0; i < 1_000; i += 1) encodingClass(`gzip, x${i}`)
    expect(encodingClass('gzip, x0')).toBe('gzip')
    expect(encodingClass('br, x0')).toBe('br')
    expect(encodingClass(`${'x, '.repeat(100_000)}br`)).toBe('br')
  })
})

describe('may this content go to this client?', () => {
  const ROWS: readonly (readonly [coding: string | undefined, acceptEncoding: string | null, expected: boolean])[] = [
    [undefined, null, true],
    ['', null, true],
    ['identity', null, true],
    ['gzip', null, false],
    ['gzip', 'gzip', true],
    ['x-gzip', 'gzip', true],
    ['GZIP', 'gzip, br', true],
    ['br', 'gzip', false],
    ['gzip', 'gzip;q=0', false],
    ['zstd', '*', true],
    ['gzip, br', 'gzip', false],
    ['gzip, br', 'br, gzip', true],
  ]
  test.each(ROWS)('%p to %p: %p', (coding, acceptEncoding, expected) => {
    expect(mayUseEncoding(coding, acceptEncoding)).toBe(expected)
  })
})

test('identity is no encoding', () => {
  expect([undefined, '', 'identity', 'Identity'].map(isEncoded)).toEqual([false, false, false, false])
  expect(['gzip', 'identity, br', 'unknown'].map(isEncoded)).toEqual([true, true, true])
})
