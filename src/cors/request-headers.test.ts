// Fetch §Headers: forbidden, safelisted and unsafe request headers.

import { describe, expect, test } from 'bun:test'
import { isCorsSafelistedMethod, parseMethod } from './methods.ts'
import { isCorsSafelistedRequestHeader, isForbiddenRequestHeader, unsafeRequestHeaderNames } from './request-headers.ts'

describe('CORS-safelisted request-header', () => {
  test.each([
    ['accept', 'text/html, */*;q=0.8', true],
    ['accept', `${'a'.repeat(128)}`, true],
    ['accept', `${'a'.repeat(129)}`, false],
    ['accept', 'a\tb', true],
    ...[...'"():<>?@[\\]{}\u007f\u0000\u0001\u001f'].map((byte) => ['accept', `a${byte}b`, false] as const),
    ['accept-language', 'de-AT, en;q=0.5, *', true],
    ['accept-language', 'de_AT', false],
    ['content-language', 'de', true],
    ['content-language', 'd\u00e9', false],
    ['content-type', 'text/plain', true],
    ['content-type', 'Text/Plain;charset=utf-8', true],
    ['content-type', 'application/x-www-form-urlencoded', true],
    ['content-type', 'multipart/form-data; boundary=x', true],
    ['content-type', 'multipart/form-data; boundary="x"', false],
    ['content-type', 'application/json', false],
    ['content-type', 'text/plain, text/plain', false],
    ['content-type', '', false],
    ['content-type', 'text', false],
    ['range', 'bytes=0-', true],
    ['range', 'bytes=0-99', true],
    ['range', 'bytes=5-5', true],
    ['range', 'bytes=99-0', false],
    ['range', 'bytes=-100', false],
    ['range', 'bytes=0-1,5-6', false],
    ['range', 'bytes = 0-1', false],
    ['range', 'items=0-1', false],
    ['range', 'bytes=99999999999999999999-99999999999999999999', true],
    ['x-anything', '', false],
    ['authorization', 'Basic x', false],
    ['cache-control', 'no-cache', false],
    ['if-none-match', '"a"', false],
  ] as const)('%s: %p is %p', (name, value, expected) => {
    expect(isCorsSafelistedRequestHeader(name, value)).toBe(expected)
  })
})

describe('forbidden request-header', () => {
  test.each([
    ['cookie', 'a=b', true],
    ['host', 'x', true],
    ['origin', 'x', true],
    ['accept-encoding', 'br', true],
    ['sec-fetch-mode', 'cors', true],
    ['proxy-anything', 'x', true],
    ['x-http-method-override', 'PUT', false],
    ['x-http-method-override', 'GET, trace', true],
    ['x-method-override', 'TRACK', true],
    ['x-http-method', 'connect', true],
    ['user-agent', 'x', false],
    ['x-sec', 'x', false],
    ['authorization', 'x', false],
  ] as const)('%s: %p is %p', (name, value, expected) => {
    expect(isForbiddenRequestHeader(name, value)).toBe(expected)
  })
})

describe('CORS-unsafe request-header names', () => {
  test('are sorted, each once, and in lower case', () => {
    expect(unsafeRequestHeaderNames([['x-b', '1'], ['accept', '*/*'], ['x-a', '1'], ['x-b', '2']])).toEqual(['x-a', 'x-b']) // biome-ignore format: short
  })
  test('have none that the browser keeps for itself', () => {
    expect(unsafeRequestHeaderNames([['cookie', 'a'], ['sec-x', 'a']])).toEqual([]) // biome-ignore format: short
  })
  test('"If safelistValueSize is greater than 1024": the safelisted ones are among them', () => {
    const field = ['accept', 'a'.repeat(128)] as const
    expect(unsafeRequestHeaderNames(Array(8).fill(field))).toEqual([])
    expect(unsafeRequestHeaderNames([...Array(8).fill(field), ['range', 'bytes=0-']])).toEqual(['accept', 'range'])
  })
})

describe('methods', () => {
  test.each([
    ['get', 'GET'],
    ['Options', 'OPTIONS'],
    ['patch', 'patch'],
    ['PATCH', 'PATCH'],
    ['query', 'query'],
    ['TRACE', undefined],
    ['connect', undefined],
    ['Track', undefined],
    ['', undefined],
    ['GET /', undefined],
    ['G\r\nX', undefined],
  ])('%p goes out as %p', (text, expected) => {
    expect(parseMethod(text)).toBe(expected as string)
  })
  test.each([['GET', true], ['HEAD', true], ['POST', true], ['PUT', false], ['get', false], ['OPTIONS', false]])('%s is safelisted: %p', (method, expected) => {
    expect(isCorsSafelistedMethod(method)).toBe(expected)
  }) // biome-ignore format: short
})

test.each([
  ['dpr', '1.5', true],
  ['dpr', 'x', false],
  ['ect', '4g', true],
  ['ect', '5g', false],
  ['save-data', 'ON', true],
  ['save-data', 'off', false],
  ['viewport-width', '100', true],
  ['viewport-width', '', false],
  ['user-agent', 'anything', true],
  ['x-a', '1', false],
  ['range', `bytes=0-${2n ** 63n - 2n}`, true],
  ['range', `bytes=0-${2n ** 63n - 1n}`, false],
  ['dpr', '1'.repeat(129), false],
] as const)('Chromium sends %s: %s without asking: %p; the standard knows no client hints', (name, value, expected) => {
  expect(isCorsSafelistedRequestHeader(name, value, 'chromium')).toBe(expected)
  expect(isCorsSafelistedRequestHeader(name, value)).toBe(name === 'range')
})
