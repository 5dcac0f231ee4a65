import { describe, expect, test } from 'bun:test'
import { boundaryPaths, canonicalPath, MAX_PREFIX_SEPARATORS } from './location-names.ts'
import { concerns } from './match.ts'
import type { Selector } from './selector.ts'
import { makeStoredResponse, type ResponseShape } from './stored-response.fixture.ts'

const prefix = (value: string): Selector => ({ kind: 'prefix', prefix: value })
const host = (value: string): Selector => ({ kind: 'host', host: value })

const NAMED: readonly [title: string, selector: Selector, response: ResponseShape][] = [
  ['everything names any response', { kind: 'everything' }, {}],
  ['a host names its responses', host('b.example.com'), { url: 'http://b.example.com/a' }],
  ['a host without a port names every port', host('b.example.com'), { url: 'http://b.example.com:8080/a' }],
  ['a host with a port names that port', host('b.example.com:8080'), { url: 'http://b.example.com:8080/a' }],
  ['the default port of http is 80', host('b.example.com:80'), { url: 'http://b.example.com/a' }],
  ['the default port of https is 443', host('b.example.com:443'), { url: 'https://b.example.com/a' }],
  ['an IPv6 host is not cut at its colons', host('[::1]'), { url: 'http://[::1]/a' }],
  ['an IPv6 host has a port too', host('[::1]'), { url: 'http://[::1]:8080/a' }],
  ['a tag names what carries it', { kind: 'tag', tag: 'b' }, { tags: ['a', 'b'] }],
  ['a bare host is a prefix', prefix('b.example.com'), { url: 'http://b.example.com/' }],
  ['a prefix names the path itself', prefix('b.example.com/foo'), { url: 'http://b.example.com/foo' }],
  ['a prefix names what is below', prefix('b.example.com/foo'), { url: 'http://b.example.com/foo/bar' }],
  ['a prefix names the directory form', prefix('b.example.com/foo'), { url: 'http://b.example.com/foo/' }],
  ['a prefix ignores the query', prefix('b.example.com/foo'), { url: 'http://b.example.com/foo?good=bad' }],
  ['a prefix is scheme-blind', prefix('b.example.com/foo'), { url: 'https://b.example.com/foo' }],
  ['a prefix names every port', prefix('b.example.com/foo'), { url: 'http://b.example.com:8080/foo/x' }],
  ['spellings of unreserved characters are one', prefix('b.example.com/~a'), { url: 'http://b.example.com/%7Ea/b' }],
  ['hex digits of an escape have no case', prefix('b.example.com/%C3%A9'), { url: 'http://b.example.com/%c3%a9' }],
  ['UTF-8 and escapes are one', prefix('b.example.com/%C3%A9'), { url: 'http://b.example.com/é/x' }],
  ['an empty segment is a segment', prefix('b.example.com/foo/'), { url: 'http://b.example.com/foo//bar' }],
  ['a key names its entry', { kind: 'key', key: 'k' }, { key: 'k' }],
  [
    'a uri names every key of the URL',
    { kind: 'uri', uri: 'http://b.example.com/a?b' },
    { url: 'http://b.example.com/a?b', key: 'x' },
  ],
]

const NOT_NAMED: readonly [title: string, selector: Selector, response: ResponseShape][] = [
  ['a host is exact', host('example.com'), { url: 'http://b.example.com/' }],
  ['another port is another host', host('b.example.com:81'), { url: 'http://b.example.com/' }],
  ['port 80 is not the default of https', host('b.example.com:80'), { url: 'https://b.example.com/' }],
  ['a tag is exact', { kind: 'tag', tag: 'a' }, { tags: ['ab'] }],
  ['a prefix ends at a segment', prefix('b.example.com/foo'), { url: 'http://b.example.com/foobar' }],
  ['a prefix does not end inside a host', prefix('b.example.co'), { url: 'http://b.example.com/' }],
  ['the case of a path counts', prefix('b.example.com/Foo'), { url: 'http://b.example.com/foo' }],
  ['an encoded "/" is no separator', prefix('b.example.com/a'), { url: 'http://b.example.com/a%2Fb' }],
  ['a uri has its query', { kind: 'uri', uri: 'http://b.example.com/a' }, { url: 'http://b.example.com/a?b' }],
  ['a uri has its scheme', { kind: 'uri', uri: 'http://b.example.com/a' }, { url: 'https://b.example.com/a' }],
  ['a key is exact', { kind: 'key', key: 'k' }, { key: 'k2' }],
]

describe('a selector names a stored response', () => {
  test.each(NAMED)('%s', (_, selector, response) => {
    expect(concerns(selector, makeStoredResponse(response))).toBe(true)
  })
  test.each(NOT_NAMED)('not so: %s', (_, selector, response) => {
    expect(concerns(selector, makeStoredResponse(response))).toBe(false)
  })
})

describe('the boundaries of a path', () => {
  test('are the host, each segment, and the whole path', () => {
    expect(boundaryPaths('/a/b/c.js')).toEqual(['', '/a', '/a/b', '/a/b/c.js'])
    expect(boundaryPaths('/')).toEqual(['', '/'])
    expect(boundaryPaths('/a//b')).toEqual(['', '/a', '/a/', '/a//b'])
  })
  test('stop at the longest prefix there can be', () => {
    const deep = boundaryPaths('/'.repeat(16_000))
    expect(deep).toHaveLength(MAX_PREFIX_SEPARATORS + 1)
    expect(deep.at(-1)).toBe('/'.repeat(MAX_PREFIX_SEPARATORS))
  })
  test('a path with exactly the most separators is whole', () => {
    const path = '/a'.repeat(MAX_PREFIX_SEPARATORS)
    expect(boundaryPaths(path).at(-1)).toBe(path)
  })
})

test('a path that is not well-formed has a spelling all the same', () => {
  expect(canonicalPath('/%')).toBe('/%25')
  expect(canonicalPath('/%4')).toBe('/%254')
  expect(canonicalPath('/{a}|"😀')).toBe('/%7Ba%7D%7C%22%F0%9F%98%80')
  expect(canonicalPath('/\ud800')).toBe('/%EF%BF%BD')
})
