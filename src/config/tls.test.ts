import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeSelfSigned } from '../../test/support/self-signed.ts'
import { ConfigError } from './problems.ts'
import { resolveConfig } from './resolve.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'varyant-test-'))
  const first = makeSelfSigned(['example.com', '*.Example.com'])
  const second = makeSelfSigned(['example.org'])
  const nameless = makeSelfSigned([])
  const files = { 'a.pem': first.cert, 'a.key': first.key, 'b.pem': second.cert, 'b.key': second.key }
  const more = { 'none.pem': nameless.cert, 'none.key': nameless.key, 'text.pem': 'not a certificate' }
  for (const [name, content] of Object.entries({ ...files, ...more })) writeFileSync(join(folder, name), content)
})
afterAll(() => rmSync(folder, { recursive: true }))

function resolveTls(edge: object) {
  return resolveConfig({ edge }, { baseDir: folder }).edge
}

function problemsOf(edge: object): readonly string[] {
  try {
    resolveTls(edge)
  } catch (cause) {
    if (cause instanceof ConfigError) return cause.problems
    throw cause
  }
  return []
}

const HTTPS = '127.0.0.1:0'
const A = { cert: 'a.pem', key: 'a.key' }
const B = { cert: 'b.pem', key: 'b.key' }
const NAMELESS = { cert: 'none.pem', key: 'none.key' }

describe('certificates', () => {
  test('are read from beside the file, with the names that they cover', () => {
    const { https, tls } = resolveTls({ https: HTTPS, tls: [A, B] })
    expect(https).toEqual({ hostname: '127.0.0.1', port: 0 })
    expect(tls.map(({ serverNames }) => serverNames)).toEqual([['example.com', '*.example.com'], ['example.org']])
    expect(tls[0]?.cert).toStartWith('-----BEGIN CERTIFICATE-----')
    expect(tls[0]?.key).toStartWith('-----BEGIN PRIVATE KEY-----')
  })

  test('without a name will do when there is only one', () => {
    expect(resolveTls({ https: HTTPS, tls: [NAMELESS] }).tls.length).toBe(1)
  })

  const cases: readonly (readonly [title: string, edge: () => object, ...problems: (() => string)[]])[] = [
    [
      'that are missing where https is served',
      () => ({ https: HTTPS }),
      () => 'edge.tls: edge.https needs a certificate; add { "cert": "cert.pem", "key": "key.pem" }',
    ],
    [
      'that nothing serves',
      () => ({ tls: [A] }),
      () => 'edge.https: edge.tls has certificates but nothing serves them; add "127.0.0.1:8443"',
    ],
    [
      'without their key',
      () => ({ https: HTTPS, tls: [{ cert: 'a.pem' }] }),
      () => 'edge.tls[0].key: this is missing; add it',
    ],
    [
      'that do not exist',
      () => ({ https: HTTPS, tls: [{ cert: 'c.pem', key: 'a.key' }] }),
      () =>
        `edge.tls[0].cert: "c.pem" cannot be read: there is no file at ${join(folder, 'c.pem')}; correct the path, which is relative to the configuration`,
    ],
    [
      'that are none, nor their key',
      () => ({ https: HTTPS, tls: [{ cert: 'text.pem', key: 'text.pem' }] }),
      () => 'edge.tls[0].cert: "text.pem" is not a certificate in PEM; convert it, or name another file',
      () =>
        'edge.tls[0].key: "text.pem" is not a private key in PEM without a passphrase; convert it, or name another file',
    ],
    [
      'with the key of another',
      () => ({ https: HTTPS, tls: [A, { cert: 'a.pem', key: 'b.key' }] }),
      () => 'edge.tls[1].key: "b.key" is not the key of "a.pem"; name the key that the certificate was made for',
    ],
    [
      'without a name beside others',
      () => ({ https: HTTPS, tls: [A, NAMELESS] }),
      () =>
        'edge.tls[1].cert: "none.pem" covers no DNS name, so that no visitor would get it; remove it or use another',
    ],
  ]
  test.each(cases)('%s are refused', (_, edge, ...problems) => {
    expect(problemsOf(edge())).toEqual(problems.map((problem) => problem()))
  })
})
