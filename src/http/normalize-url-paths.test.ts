// What a path comes to under both types, sentence by sentence of CF rules/normalization/how-it-works, and what hostile ones do.

import { describe, expect, test } from 'bun:test'
import { type NormalizationType, normalizeUrl } from './normalize-url.ts'

const normalizePath = (path: string, type: NormalizationType): string => normalizeUrl({ path, query: '' }, type).path

const BOTH: readonly (readonly [title: string, path: string, expected: string])[] = [
  ['a plain path stays', '/hello/World-1._~', '/hello/World-1._~'],
  ['letters are decoded', '/%68ello/%41%5A%7a', '/hello/AZz'],
  ['digits are decoded', '/%30%39', '/09'],
  ['hyphen, period, underscore and tilde are decoded', '/a%2D%2E%5F%7Eb', '/a-._~b'],
  ['reserved characters are not decoded', '/%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D', '/%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D'], // biome-ignore format: a table
  ['reserved characters are not encoded', "/:[]@!$&'()*+,;=", "/:[]@!$&'()*+,;="],
  ['other characters are percent-encoded', '/a b"<>^`{|}', '/a%20b%22%3C%3E%5E%60%7B%7C%7D'],
  ['literal characters outside ASCII are percent-encoded as UTF-8', '/é/😀', '/%C3%A9/%F0%9F%98%80'],
  ['half a surrogate pair is no character', '/\ud800x\udc00', '/%EF%BF%BDx%EF%BF%BD'],
  ['control characters are percent-encoded', '/a\n\u0000', '/a%0A%00'],
  ['escapes are written in capitals', '/%c3%a9%2f', '/%C3%A9%2F'],
  ['dot segments are removed', '/a/./b/../c', '/a/c'],
  ['dot segments that were escaped are removed', '/a/%2e%2E/b', '/b'],
  ['dot segments do not climb above the root', '/../../etc/passwd', '/etc/passwd'],
  ['a dot segment at the end leaves its slash', '/a/b/..', '/a/'],
  ['a single dot at the end leaves its slash', '/a/.', '/a/'],
  ['names that begin with dots are no dot segments', '/.well-known/...a/..b', '/.well-known/...a/..b'],
  ['a "%" that begins no escape is escaped', '/a%/%zz/%4', '/a%25/%25zz/%254'],
  ['what decodes to an escape stays one character', '/%%361', '/%2561'],
  ['an escaped escape stays escaped', '/%2561', '/%2561'],
  ['the root', '/', '/'],
]

const BY_TYPE: readonly (readonly [title: string, path: string, rfc: string, cloudflare: string])[] = [
  ['the documentation’s example', '/%68ello//pa\\th', '/hello//pa%5Cth', '/hello/pa/th'],
  ['several slashes', '//a///b//', '//a///b//', '/a/b/'],
  ['backslashes around a dot segment', '/a\\..\\b', '/a%5C..%5Cb', '/b'],
  ['an escaped backslash is a character', '/a%5cb', '/a%5Cb', '/a%5Cb'],
  ['a dot segment behind an empty one', '/a//../b', '/a/b', '/b'],
]

describe('the path of normalizeUrl', () => {
  test.each(BOTH)('%s', (_, path, expected) => {
    expect(normalizePath(path, 'rfc3986')).toBe(expected)
    expect(normalizePath(path, 'cloudflare')).toBe(expected)
  })

  test.each(BY_TYPE)('%s', (_, path, rfc, cloudflare) => {
    expect(normalizePath(path, 'rfc3986')).toBe(rfc)
    expect(normalizePath(path, 'cloudflare')).toBe(cloudflare)
  })

  test('is idempotent on paths of odd pieces in every order', () => {
    const pieces = ['/', '.', '%', '2e', '%2E', '%5c', '\\', 'a', '%25', '61', '?', 'é']
    for (let seed = 0; seed < 4000; seed += 1) {
      let path = '/'
      for (let rest = seed * 2654435761, n = 0; n < 8; n += 1) {
        path += pieces[rest % pieces.length] ?? ''
        rest = Math.floor(rest / pieces.length) + seed * 31
      }
      for (const type of ['rfc3986', 'cloudflare'] as const) {
        const once = normalizePath(path, type)
        expect(normalizePath(once, type)).toBe(once)
        expect(once).toMatch(/^\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/)
        expect(once.split('/')).not.toContain('..')
      }
    }
  })

  test.each([
    ['dot segments', '/..'],
    ['slashes', '//'],
    ['backslashes', '\\'],
    ['escapes', '%2e%2e/'],
    ['stray percents', '%'],
    ['characters outside ASCII', '😀'],
  ])('a hundred thousand characters of %s are done in a moment', (_, piece) => {
    const path = `/${piece.repeat(100_000 / piece.length)}`
    for (const type of ['rfc3986', 'cloudflare'] satisfies NormalizationType[]) {
      const began = performance.now()
      normalizePath(path, type)
      expect(performance.now() - began).toBeLessThan(1000)
    }
  })
})
