// From a Host field to its route: what is one host, what is none, and what is remembered.

import { describe, expect, test } from 'bun:test'
import { makeSnapshot, resolveConfig } from '../config/index.ts'
import { makeRoutes, type Routes } from './routes.ts'

const ORIGIN = 'http://127.0.0.1:3000'

function routesOf(origins: Readonly<Record<string, string>>, name = 'example.com'): Routes {
  return makeRoutes(makeSnapshot(resolveConfig({ zones: [{ name, origins }] }), new Map(), 1))
}

const EVERYTHING = routesOf({ '*': ORIGIN })

describe('the authority is lower case, and has the port unless that is the scheme’s default', () => {
  test.each([
    ['example.com', 'http', 'example.com', 80],
    ['example.com:80', 'http', 'example.com', 80],
    ['example.com:', 'http', 'example.com', 80],
    ['example.com:443', 'http', 'example.com:443', 443],
    ['example.com', 'https', 'example.com', 443],
    ['example.com:443', 'https', 'example.com', 443],
    ['example.com:80', 'https', 'example.com:80', 80],
    ['EXAMPLE.com:8080', 'http', 'example.com:8080', 8080],
    ['example.com.', 'http', 'example.com', 80],
    ['127.0.0.1:8080', 'http', '127.0.0.1:8080', 8080],
    ['[::1]', 'http', '[::1]', 80],
    ['[2001:DB8::1]:8443', 'https', '[2001:db8::1]:8443', 8443],
  ] as const)('%s by %s', (host, scheme, authority, port) => {
    expect(EVERYTHING.find(host, scheme)).toMatchObject({ kind: 'found', authority, port })
  })
})

test.each(['', 'a b', 'a,b', 'a@b', 'a/b', '[::1', '::1', 'example.com:99999', 'a%2eb', '127.1'])(
  '"%s" is no valid host',
  (host) => {
    expect(EVERYTHING.find(host, 'http').kind).toBe('invalid')
  },
)

describe('the port does not choose the zone, its name does', () => {
  const routes = routesOf({ 'www.example.com': ORIGIN })
  test.each([
    ['www.example.com:81', 'found'],
    ['WWW.example.com', 'found'],
    ['example.com', 'unknown'],
    ['other.example', 'unknown'],
  ] as const)('%s is %s', (host, kind) => {
    expect(routes.find(host, 'http').kind).toBe(kind)
  })

  test('an answer by one scheme is not the answer by the other', () => {
    expect(routes.find('www.example.com', 'http')).toMatchObject({ port: 80 })
    expect(routes.find('www.example.com', 'https')).toMatchObject({ port: 443 })
  })
})

describe('what was worked out is remembered', () => {
  test('for the same text', () => {
    expect(EVERYTHING.find('example.com', 'http')).toBe(EVERYTHING.find('example.com', 'http'))
  })

  test('and forgotten once strangers have asked for 4,096 others: the memory is bounded', () => {
    const routes = routesOf({ '*': ORIGIN })
    const known = routes.find('example.com', 'http')
    for (let i = 0; i < 4095; i += 1) routes.find(`h${i}.example`, 'http')
    expect(routes.find('example.com', 'http')).toBe(known)
    routes.find('one-more.example', 'http')
    expect(routes.find('example.com', 'http')).not.toBe(known)
    expect(routes.find('example.com', 'http')).toEqual(known)
  })

  test('the same plans serve all hosts of a zone', () => {
    const [one, two] = [EVERYTHING.find('a.example', 'http'), EVERYTHING.find('b.example', 'http')]
    expect(one.kind === 'found' && two.kind === 'found' && one.plans === two.plans).toBe(true)
  })
})

test('a zone is found by a name of its hosts', () => {
  const routes = routesOf({ 'www.example.com': ORIGIN })
  const route = routes.find('www.example.com', 'http')
  expect(routes.findZone('www.example.com')).toBe(route.kind === 'found' ? route.plans.normal.zone.id : 'none')
  expect(routes.findZone('other.example')).toBeUndefined()
})

describe('the zone that a script means by a host', () => {
  const zones = [
    { name: 'example.com', origins: { '*.example.com': 'http://127.0.0.1:1', 'example.com': 'http://127.0.0.1:1' } },
    { name: 'localhost', origins: { '*': 'http://127.0.0.1:1' } },
  ]
  const routes = makeRoutes(makeSnapshot(resolveConfig({ zones }), new Map(), 1))
  const [named, everyones] = zones.map(({ name }) => routes.findZone(name))
  test.each([
    ['its own name', 'example.com', named],
    ['a host below it', 'www.example.com:8443', named],
    ['the name of a zone that takes every Host', 'localhost:9', everyones],
    ['a host that no zone names', 'api.example', undefined],
    ['an address and a port of this edge', '127.0.0.1:8080', everyones],
    ['the same in IPv6', '[::1]:8080', everyones],
    ['an address and another port', '127.0.0.1:9000', undefined],
    ['no host at all', 'a b', undefined],
  ])('%s', (_title, host, expected) => {
    expect(routes.findNamedZone(host, new Set([8080]))).toBe(expected as string)
  })
})
