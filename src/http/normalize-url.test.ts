import { describe, expect, test } from 'bun:test'
import { type NormalizationType, normalizeUrl } from './normalize-url.ts'

describe('a path has one spelling', () => {
  const ROWS: readonly (readonly [title: string, type: NormalizationType, path: string, normal: string])[] = [
    ['a normal one stays', 'rfc3986', '/a/b.html', '/a/b.html'],
    [
      '"URIs that differ in the replacement of an unreserved character with its escape are equivalent"',
      'rfc3986',
      '/%41%7e%2D',
      '/A~-',
    ],
    ['"should use uppercase letters for the hexadecimal digits"', 'rfc3986', '/a%2fb', '/a%2Fb'],
    ['a reserved character keeps its form', 'rfc3986', '/a%3Bb;c', '/a%3Bb;c'],
    ['a byte that is neither is escaped', 'rfc3986', '/a b"é', '/a%20b%22%C3%A9'],
    ['a % that begins no escape is escaped', 'rfc3986', '/100%/%zz%4', '/100%25/%25zz%254'],
    ['dot segments go', 'rfc3986', '/a/./b/../c', '/a/c'],
    ['escaped dot segments go too', 'rfc3986', '/a/%2e%2E/b', '/b'],
    ['none climbs out of the root', 'rfc3986', '/../../a', '/a'],
    ['a dot segment at the end leaves its slash', 'rfc3986', '/a/b/..', '/a/'],
    ['a single dot at the end leaves its slash', 'rfc3986', '/a/.', '/a/'],
    ['a file that begins with a dot is no dot segment', 'rfc3986', '/.well-known/..a', '/.well-known/..a'],
    ['empty segments stay', 'rfc3986', '/a//b', '/a//b'],
    ['but "cloudflare" merges them', 'cloudflare', '/a///b//', '/a/b/'],
    ['and turns backslashes first', 'cloudflare', '/a\\..\\b\\\\c', '/b/c'],
    ['which "rfc3986" only escapes', 'rfc3986', '/a\\b', '/a%5Cb'],
  ]
  test.each(ROWS)('%s', (_, type, path, normal) => {
    const once = normalizeUrl({ path, query: '?%41' }, type)
    expect(once).toEqual({ path: normal, query: '?%41' })
    expect(normalizeUrl(once, type)).toBe(once)
  })

  test('what changes nothing makes nothing', () => {
    const target = { path: '/a%20b/c', query: '' }
    expect(normalizeUrl(target, 'rfc3986')).toBe(target)
  })
})
