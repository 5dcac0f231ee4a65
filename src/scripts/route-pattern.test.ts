import { describe, expect, test } from 'bun:test'
import { splitTarget } from '../http/index.ts'
import { isRouteMatch, isSameRoute, parseRoutePattern, type RequestedUrl, type RoutePattern } from './route-pattern.ts'
import type { Script } from './script.ts'
import { findWorker, makeZoneScripts } from './zone-scripts.ts'

const ZONE = 'example.com'

function pattern(text: string): RoutePattern {
  const parsed = parseRoutePattern(text, ZONE)
  if (!parsed.ok) throw new Error(`${text} ${parsed.problem}`)
  return parsed.value
}

function urlOf(text: string): RequestedUrl {
  const { authority, path, query } = splitTarget(text)
  return { scheme: text.startsWith('https:') ? 'https' : 'http', host: authority, path, query }
}

describe('a pattern matches', () => {
  const all = ['http://example.com/', 'https://www.example.com/a', 'https://myexample.com/', 'https://example.com/?q']
  test.each<[string, string, readonly string[]]>([
    ['as with a URL, there is an implied path of /', 'example.com', ['http://example.com/']],
    ['a host that begins with * is also the end of any other', '*example.com/*', all],
    ['a host that begins with *. matches subhosts only', '*.example.com/*', ['https://www.example.com/a']],
    ['a scheme matches that scheme only', 'http://*example.com/*', ['http://example.com/']],
    ['without a wildcard no query matches', 'example.com/', ['http://example.com/']],
    ['the host ignores case', 'EXAMPLE.com/*', ['http://example.com/', 'https://example.com/?q']],
    ['a host of * is every host that the zone serves', '*/*', all],
    ['the path does not ignore case', 'www.example.com/A', []],
    ['an exact path', 'www.example.com/a', ['https://www.example.com/a']],
  ])('%s: %s', (_, text, matched) => {
    expect(all.filter((url) => isRouteMatch(pattern(text), urlOf(url)))).toEqual([...matched])
  })

  test.each([
    ['https://example.com/path', true],
    ['https://example.com/path2', true],
    ['https://example.com/path/readme.txt', true],
    ['https://example.com/path?x=1', true],
    ['https://example.com/Path', false],
    ['https://example.com/pat', false],
    ['https://example.com/?/path', false],
  ])('a path that ends with * matches all suffixes of that path: %s %p', (url, expected) => {
    expect(isRouteMatch(pattern('https://example.com/path*'), urlOf(url))).toBe(expected)
  })
})

describe('no pattern is', () => {
  test.each([
    ['', 'has no valid host'],
    ['/w1', 'has no valid host'],
    ['https://', 'has no valid host'],
    ['example.com:8080/*', 'has no valid host'],
    ['exa mple.com/*', 'has no valid host'],
    ['*..example.com/*', 'has no valid host'],
    ['example.com/*.jpg', 'has a wildcard in the middle'],
    ['www.*.example.com/', 'has a wildcard in the middle'],
    ['**example.com/', 'has a wildcard in the middle'],
    ['example.com/**', 'has a wildcard in the middle'],
    ['example.com*', 'has a wildcard in the middle'],
    ['https://example.com/?anything', 'has a query'],
    ['example.com/#a', 'has a fragment'],
    ['example.org/*', 'is not of the zone example.com'],
    ['notexample.com/*', 'is not of the zone example.com'],
    ['*ample.com/*', 'is not of the zone example.com'],
    ['ftp://example.com/', 'has another scheme'],
    ['example.com/a b', 'has characters in its path'],
    ['example.com/\u0000', 'has characters in its path'],
    [`example.com/${'a'.repeat(2000)}`, 'is longer than 1024 characters'],
  ])('%p: %s', (text, problem) => {
    const parsed = parseRoutePattern(text, ZONE)
    expect(parsed.ok ? '' : parsed.problem).toStartWith(problem)
  })
})

test('two spellings of one pattern are one', () => {
  expect(isSameRoute(pattern('Example.com/a*'), pattern('example.com/a*'))).toBe(true)
  expect(isSameRoute(pattern('example.com'), pattern('example.com/'))).toBe(true)
  expect(isSameRoute(pattern('example.com/a'), pattern('example.com/A'))).toBe(false)
  expect(isSameRoute(pattern('example.com/*'), pattern('*example.com/*'))).toBe(false)
  expect(isSameRoute(pattern('http://example.com/*'), pattern('example.com/*'))).toBe(false)
})

function script(name: string): Script {
  const settings = { compatibilityDate: '2026-11-01', compatibilityFlags: [] }
  return { id: name, name, kind: 'worker', mainModule: 'index.js', modules: [], bindings: [], ...settings }
}

describe('the most specific route wins', () => {
  test.each<[string, readonly string[], string | undefined]>([
    ['https://www.example.com/', ['*.example.com/*', 'www.example.com/*'], 'www.example.com/*'],
    ['https://example.com/hello/world', ['example.com/*', 'example.com/hello/*'], 'example.com/hello/*'],
    // Documented among the known issues.
    ['https://example.com/images', ['example.com/images/*', 'example.com/images*'], 'example.com/images*'],
    ['https://example.com/images123', ['example.com/images/*', 'example.com/images*'], 'example.com/images*'],
    ['https://example.com/images/hello', ['example.com/images/*', 'example.com/images*'], 'example.com/images*'],
    ['https://a.example.com/a', ['*.example.com/a', 'a.example.com/*'], 'a.example.com/*'],
    // Ours: Cloudflare does not say.
    ['https://example.com/a', ['*example.com/a', 'example.com/*'], 'example.com/*'],
    ['https://example.com/a', ['example.com/a', 'https://example.com/a'], 'https://example.com/a'],
    ['https://example.com/ab', ['example.com/a*', 'example.com/ab*'], 'example.com/ab*'],
    ['https://example.com/a', ['*/*', '*.example.com/*', '*example.com/*'], '*example.com/*'],
    ['https://example.com/b', ['example.com/a'], undefined],
  ])('%s of %p: %p', (url, texts, winner) => {
    const routes = texts.map((text) => ({ pattern: pattern(text), script: script(text), failOpen: false }))
    for (const order of [routes, routes.toReversed()]) {
      const scripts = makeZoneScripts({ routes: order, domains: [], snippets: [] })
      expect(scripts && findWorker(scripts, urlOf(url))?.script.name).toBe(winner)
    }
  })
})

describe('a zone', () => {
  const worker = script('w')
  const scripts = makeZoneScripts({
    routes: [
      { pattern: pattern('*example.com/images/cat.png'), script: undefined, failOpen: false },
      { pattern: pattern('*example.com/images/*'), script: worker, failOpen: true },
    ],
    domains: [{ hostname: 'app.example.com', script: script('app') }],
    snippets: [],
  })

  test.each([
    ['https://example.com/images/dog.png', 'w'],
    ['https://example.com/images/cat.png', undefined],
    ['https://example.com/images/cat.png?foo=bar', 'w'],
    ['https://app.example.com/other', 'app'],
    ['https://app.example.com/images/dog.png', 'w'],
    ['https://app.example.com/images/cat.png', undefined],
    ['https://example.com/', undefined],
  ])('with a route without a script runs for %s: %p', (url, name) => {
    expect(scripts && findWorker(scripts, urlOf(url))?.script.name).toBe(name)
  })

  test('names each Worker once, and says whether its route fails open', () => {
    expect(scripts?.workers.map(({ name }) => name)).toEqual(['w', 'app'])
    expect(scripts && findWorker(scripts, urlOf('https://example.com/images/x'))?.failOpen).toBe(true)
  })

  test('with nothing to run has no scripts', () => {
    expect(makeZoneScripts({ routes: [], domains: [], snippets: [] })).toBeUndefined()
    const disabled = { pattern: pattern('example.com/*'), script: undefined, failOpen: false }
    expect(makeZoneScripts({ routes: [disabled], domains: [], snippets: [] })).toBeUndefined()
  })
})
