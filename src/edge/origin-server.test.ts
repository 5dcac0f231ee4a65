// An origin server as rules change it.

import { describe, expect, test } from 'bun:test'
import type { OriginServer } from './exchange.ts'
import { redirected, underSslMode } from './origin-server.ts'

const PLAIN: OriginServer = {
  scheme: 'http',
  hostname: '192.0.2.1',
  port: 80,
  base: 'http://192.0.2.1:80',
  verifyTls: false,
}
const ODD: OriginServer = { ...PLAIN, port: 3000, base: 'http://192.0.2.1:3000' }

describe('another address', () => {
  test.each([
    ['nothing', {}, {}],
    ['a Host alone', { hostHeader: 'a.internal' }, {}],
    ['a port', { port: 8080 }, { port: 8080, base: 'http://192.0.2.1:8080' }],
    ['a name', { hostname: 'b.internal' }, { hostname: 'b.internal', base: 'http://b.internal:80' }],
    ['an IPv6 address', { hostname: '2001:db8::1' }, { hostname: '2001:db8::1', base: 'http://[2001:db8::1]:80' }],
    ['a name in the handshake', { sni: 'c.internal' }, { serverName: 'c.internal' }],
  ])('%s', (_, overrides, changes) => {
    expect(redirected(PLAIN, overrides)).toEqual({ ...PLAIN, ...changes })
  })

  test('what changes nothing of it makes nothing', () => {
    expect(redirected(PLAIN, { hostHeader: 'a.internal' })).toBe(PLAIN)
  })
})

describe('another ssl mode', () => {
  const TLS = { scheme: 'https', port: 443, base: 'https://192.0.2.1:443' } as const
  test.each([
    ['full', 'http on its port', PLAIN, { ...TLS, verifyTls: false }],
    ['strict', 'http on its port', PLAIN, { ...TLS, verifyTls: true }],
    ['off', 'https on its port', { ...PLAIN, ...TLS }, { ...PLAIN, verifyTls: false }],
    ['flexible', 'https on its port', { ...PLAIN, ...TLS }, { ...PLAIN, verifyTls: false }],
    ['strict', 'another port', ODD, { ...ODD, verifyTls: true }],
    ['full', 'another port', ODD, ODD],
  ] as const)('%s towards %s', (ssl, _, origin, expected) => {
    expect(underSslMode(origin, ssl)).toEqual({ ...PLAIN, ...expected })
  })
})
