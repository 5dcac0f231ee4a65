// The small fields of a message that passes through: CDN-Loop, X-Forwarded-For, and status.

import { describe, expect, test } from 'bun:test'
import { appendForwardedFor } from './forwarded.ts'
import { parseCdnLoop } from './loop.ts'
import { isFinal } from './status.ts'
import { isToken } from './token.ts'

describe('RFC 8586: CDN-Loop = #cdn-info', () => {
  const table: [value: string | null | undefined, ids: string[]][] = [
    [undefined, []],
    [null, []],
    ['', []],
    ['foo123.foocdn.example', ['foo123.foocdn.example']],
    ['Foo, barcdn; trace="abcdef, x;y"', ['foo', 'barcdn']],
    ['AnotherCDN; abc=123; def="456"', ['anothercdn']],
    ['varyant ;x,varyant', ['varyant', 'varyant']],
    ['[::1]:80', ['[::1]:80']],
    [';x, ,y', ['y']],
    ['"x, varyant', ['"x', 'varyant']],
  ]
  test.each(table)('%p', (value, ids) => {
    expect(parseCdnLoop(value)).toEqual(ids)
  })
})

describe('X-Forwarded-For ends in the real peer', () => {
  test('alone when there was none', () => {
    expect(appendForwardedFor(null, '192.0.2.1')).toBe('192.0.2.1')
    expect(appendForwardedFor(undefined, '192.0.2.1')).toBe('192.0.2.1')
    expect(appendForwardedFor(' , ', '192.0.2.1')).toBe('192.0.2.1')
  })
  test('after what the client sent', () => {
    expect(appendForwardedFor('198.51.100.7,  203.0.113.9,', '2001:db8::1')).toBe(
      '198.51.100.7, 203.0.113.9, 2001:db8::1',
    )
  })
  test('the farthest members give way when it grows too long', () => {
    const long = Array.from({ length: 5000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join(', ')
    const value = appendForwardedFor(long, '192.0.2.1')
    expect(value.length).toBeLessThanOrEqual(1024)
    expect(value.length).toBeGreaterThan(1000)
    expect(`${long}, 192.0.2.1`.endsWith(`, ${value}`)).toBe(true)
  })
  test('a single endless member is dropped', () => {
    expect(appendForwardedFor('x'.repeat(100_000), '192.0.2.1')).toBe('192.0.2.1')
  })
})

test('RFC 9110 §15.2: interim statuses are not final', () => {
  expect([100, 103, 199, 200, 304, 599, 600, 0, Number.NaN].map(isFinal)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
    false,
    false,
    false,
  ])
})

test('RFC 9110 §5.6.2: token = 1*tchar', () => {
  for (let code = 0; code < 300; code += 1) {
    const character = String.fromCharCode(code)
    expect([character, isToken(character)]).toEqual([character, /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/.test(character)])
  }
  expect(isToken('')).toBe(false)
  expect(isToken('x-field')).toBe(true)
})
