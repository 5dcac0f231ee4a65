import { describe, expect, test } from 'bun:test'
import { parseSample, type SampleWords } from './sample-request.ts'

const sample = (given: Partial<SampleWords>) =>
  parseSample({ request: undefined, headers: [], ip: undefined, status: undefined, responseHeaders: [], ...given })

test('a request is taken apart, and its path normalised', () => {
  const made = sample({
    request: 'get https://WWW.a.test:8443/x/../%61?q=1',
    headers: ['Accept: text/html', 'accept:  */*', 'Cookie: a=1'],
    ip: '192.0.2.7',
  })
  if (!made.ok || made.value === undefined) throw new Error('this is a request')
  const { method, scheme, host, authority, port, path, query, rawPath, peer, fields, response } = made.value
  expect([method, scheme, host, authority, port, path, query, rawPath, peer, response]).toEqual([
    ...['GET', 'https', 'www.a.test', 'www.a.test:8443', 8443, '/a', '?q=1', '/x/../%61', '192.0.2.7'],
    undefined,
  ])
  expect([...fields.entries()]).toEqual([
    ['host', 'www.a.test:8443'],
    ['accept', 'text/html, */*'],
    ['cookie', 'a=1'],
  ])
})

test('a response is described by its status, its fields, or both', () => {
  const made = sample({
    request: 'GET http://a.test',
    responseHeaders: ['Set-Cookie: a', 'Set-Cookie: b'],
    status: '404',
  })
  expect(made.ok && made.value?.response).toMatchObject({
    status: 404,
    fields: [
      ['set-cookie', 'a'],
      ['set-cookie', 'b'],
    ],
  })
  expect(made.ok && made.value?.path).toBe('/')
})

describe('a description is refused', () => {
  test.each([
    ['fields without a request', { headers: ['a: b'] }, '--request is missing'],
    [
      'a request without a method',
      { request: 'https://a.test/' },
      'is no request; write "GET https://example.com/path"',
    ],
    ['a request without a host', { request: 'GET /path' }, 'is no request'],
    ['a field without a colon', { request: 'GET http://a.test/', headers: ['a'] }, '--header: "a" is no header field'],
    ['a status that is none', { request: 'GET http://a.test/', status: '99' }, '--status: "99" is no status'],
  ])('%s', (_, given, problem) => {
    expect(sample(given)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) })
  })
  test('and nothing described is no request', () => {
    expect(sample({})).toEqual({ ok: true, value: undefined })
  })
})
