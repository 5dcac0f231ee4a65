// Heads of messages, by table: what is written, what is read, and what is refused.

import { describe, expect, test } from 'bun:test'
import { parseAnswerHead, type RequestHead, writeRequestHead } from './head.ts'

describe('the head of a request', () => {
  const write = ({
    hasContent = false,
    ...parts
  }: Partial<RequestHead> & { hasContent?: boolean }): string | undefined =>
    writeRequestHead({ method: 'GET', target: '/', headers: new Headers({ host: 'a.example' }), ...parts }, hasContent)

  test('has its fields, and none that is not the visitor’s or the edge’s', () => {
    const headers = new Headers({ host: 'a.example', 'cf-ray': 'abc', cookie: 'a=1; b=2' })
    expect(write({ target: '/x?y=1', headers })).toBe(
      'GET /x?y=1 HTTP/1.1\r\nhost: a.example\r\ncookie: a=1; b=2\r\ncf-ray: abc\r\n\r\n',
    )
  })

  test.each([
    ['connection', 'close'],
    ['transfer-encoding', 'gzip, chunked'],
    ['te', 'trailers'],
    ['upgrade', 'h2c'],
    ['keep-alive', 'timeout=5'],
  ])('leaves out %s: it is about a connection', (name, value) => {
    expect(write({ headers: new Headers({ host: 'a.example', [name]: value }) })).toBe(
      'GET / HTTP/1.1\r\nhost: a.example\r\n\r\n',
    )
  })

  test.each([
    ['content of a known length', '3', true, 'content-length: 3\r\n'],
    ['content of no known length', undefined, true, 'transfer-encoding: chunked\r\n'],
    ['content of a length that is none', '3, 3', true, 'transfer-encoding: chunked\r\n'],
    ['no content, said so', '0', false, 'content-length: 0\r\n'],
    ['no content, nothing said', undefined, false, ''],
    ['no content, a length that would wait for some', '3', false, ''],
  ])('%s', (_title, length, hasContent, framing) => {
    const headers = new Headers({ host: 'a.example', ...(length !== undefined && { 'content-length': length }) })
    expect(write({ method: 'POST', headers, hasContent })).toBe(`POST / HTTP/1.1\r\nhost: a.example\r\n${framing}\r\n`)
  })

  test.each([
    ['a method that is no token', { method: 'GET /evil HTTP/1.1\r\nx:' }],
    ['no method', { method: '' }],
    ['a target with a blank', { target: '/a b' }],
    ['a target with a line end', { target: '/a\r\nx: y' }],
    ['a target beyond ASCII', { target: '/caf\u00e9' }],
    ['a target that is no path', { target: 'http://a.example/' }],
  ])('is not written for %s', (_title, parts) => {
    expect(write(parts)).toBeUndefined()
  })
})

describe('the head of an answer', () => {
  test.each([
    ['by its length', 'HTTP/1.1 200 OK\r\nContent-Length: 5', 'GET', { kind: 'length', length: 5 }, true],
    ['by its coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked', 'GET', { kind: 'chunked' }, true],
    ['with the connection', 'HTTP/1.1 200 OK', 'GET', { kind: 'until-end' }, false],
    ['at once after HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5', 'HEAD', { kind: 'none' }, true],
    ['at once with 304', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5', 'GET', { kind: 'none' }, true],
    ['at once with 204', 'HTTP/1.1 204 No Content', 'GET', { kind: 'none' }, true],
    [
      'and the connection with it',
      'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0',
      'GET',
      { kind: 'length', length: 0 },
      false,
    ],
    ['of an old version', 'HTTP/1.0 200 OK\r\nContent-Length: 0', 'GET', { kind: 'length', length: 0 }, false],
  ] as const)('ends %s', (_title, text, method, framing, isKept) => {
    expect(parseAnswerHead(text, method)).toMatchObject({ framing, isKept })
  })

  test('has its fields, lines of one name too, but for those of the connection', () => {
    const text =
      'HTTP/1.1 405 Not Like This\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-E:\r\nConnection: keep-alive\r\nX-L:  caf\u00e9\t'
    const head = parseAnswerHead(text, 'GET')
    expect([head?.status, head?.statusText]).toEqual([405, 'Not Like This'])
    expect(head && [...head.headers]).toEqual([
      ['x-e', ''],
      ['x-l', 'caf\u00e9'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ])
  })

  test.each([
    ['nothing', ''],
    ['no status line', 'x: y'],
    ['another version', 'HTTP/2 200 OK'],
    ['a status of two digits', 'HTTP/1.1 20 OK'],
    ['a status beyond all classes', 'HTTP/1.1 600 No'],
    ['a line without a colon', 'HTTP/1.1 200 OK\r\nno field'],
    ['a name that is no token', 'HTTP/1.1 200 OK\r\nx y: z'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nx: y\r\n z: 1'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: five'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -5'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6'],
    ['a length and a coding', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked'],
    ['a coding that nobody asked for', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked'],
  ])('is refused: %s', (_title, text) => {
    expect(parseAnswerHead(text, 'GET')).toBeUndefined()
  })
})
