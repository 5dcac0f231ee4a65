import { expect, test } from 'bun:test'
import { nearestName } from './suggest.ts'

const NAMES = ['http.host', 'http.request.uri.path', 'http.request.uri.query', 'ip.src', 'lower', 'ssl']

test.each([
  ['http.hots', 'http.host'],
  ['http.hosts', 'http.host'],
  ['htp.hst', undefined],
  ['http.request.uri.pat', 'http.request.uri.path'],
  ['http.request.url.path', 'http.request.uri.path'],
  ['http_request_uri_path', 'http.request.uri.path'],
  ['lowre', 'lower'],
  ['ip.scr', 'ip.src'],
  ['xyz', undefined],
  ['sl', undefined],
  ['', undefined],
  ['a'.repeat(4000), undefined],
])('%s is near to %s', (name, nearest) => {
  expect(nearestName(name, NAMES)).toBe(nearest)
})
