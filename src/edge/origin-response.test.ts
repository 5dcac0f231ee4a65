// What of an origin's answer goes on, to the store and to the client.  RFC 9110 §7.6.1

import { describe, expect, test } from 'bun:test'
import { endFields, originFields } from './origin-response.ts'

type Row = readonly [title: string, given: readonly (readonly [string, string])[], left: readonly string[]]

const ROWS: readonly Row[] = [
  ['end-to-end fields stay', [['X-A', '1'], ['ETag', '"1"'], ['Vary', 'Accept']], ['etag', 'vary', 'x-a']], // biome-ignore format: a table
  [
    'fields of one connection end here',
    [
      ['Connection', 'keep-alive'],
      ['Keep-Alive', 'timeout=5'],
      ['Transfer-Encoding', 'chunked'],
      ['TE', 'trailers'],
      ['Trailer', 'X-T'],
      ['Upgrade', 'h2c'],
      ['Proxy-Connection', 'keep-alive'],
      ['Proxy-Authenticate', 'Basic'],
      ['Proxy-Authentication-Info', 'x'],
      ['X-A', '1'],
    ],
    ['x-a'],
  ],
  ['what Connection lists ends here', [['Connection', 'close, X-Hop'], ['X-Hop', '1'], ['X-A', '1']], ['x-a']], // biome-ignore format: a table
  [
    'Connection cannot strike what every recipient needs',
    [
      ['Connection', 'Vary, Cache-Control, Set-Cookie, Access-Control-Allow-Origin'],
      ['Vary', 'Accept'],
      ['Cache-Control', 'private'],
      ['Set-Cookie', 'a=1'],
      ['Access-Control-Allow-Origin', '*'],
    ],
    ['access-control-allow-origin', 'cache-control', 'set-cookie', 'vary'],
  ],
]

describe.each(ROWS)('%s', (_, given, left) => {
  test('towards the store', () => {
    expect(
      originFields(headersOf(given))
        .map(([name]) => name)
        .sort(),
    ).toEqual([...left])
  })

  test('towards the client', () => {
    const headers = headersOf(given)
    endFields(headers)
    expect([...headers.keys()].sort()).toEqual([...left])
  })
})

test('Set-Cookie stays line by line, for each is a cookie of its own', () => {
  const headers = headersOf([
    ['Set-Cookie', 'a=1; Expires=Mon, 04 May 2026 12:00:00 GMT'],
    ['Set-Cookie', 'b=2'],
  ])
  expect(originFields(headers)).toEqual([
    ['set-cookie', 'a=1; Expires=Mon, 04 May 2026 12:00:00 GMT'],
    ['set-cookie', 'b=2'],
  ])
  endFields(headers)
  expect(headers.getSetCookie().length).toBe(2)
})

test('what says what this edge did is said by nobody else', () => {
  const headers = headersOf([
    ['CF-Cache-Status', 'HIT'],
    ['CF-Ray', 'forged'],
    ['X-A', '1'],
  ])
  expect(originFields(headers)).toEqual([['x-a', '1']])
})

test('what is meant for this edge alone stays in the store, where a later 304 may need it, and does not go out', () => {
  const given = [
    ['Cache-Tag', 'a'],
    ['Cloudflare-CDN-Cache-Control', 'max-age=1'],
    ['CDN-Cache-Control', 'max-age=2'],
  ] as const
  expect(originFields(headersOf(given)).map(([name]) => name)).toContain('cache-tag')
  const headers = headersOf(given)
  endFields(headers)
  expect([...headers.keys()]).toEqual(['cdn-cache-control'])
})

function headersOf(given: readonly (readonly [string, string])[]): Headers {
  const headers = new Headers()
  for (const [name, value] of given) headers.append(name, value)
  return headers
}
