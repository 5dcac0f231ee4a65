// Fetch §Cross-Origin-Resource-Policy header; and what kind of request a server sees.

import { describe, expect, test } from 'bun:test'
import { classifyRequest } from './classify.ts'
import { checkResourcePolicy, isSameSite } from './resource-policy.ts'

const URL_B = new URL('https://b.example.com/x')

describe('cross-origin resource policy check', () => {
  test.each([
    ['no policy, any page', undefined, 'https://a.example', 'unsafe-none', 'allowed'],
    ['no policy, a page that requires one', undefined, 'https://a.example', 'require-corp', 'blocked'],
    ['no policy, a page that requires one, of the same origin', undefined, 'https://b.example.com', 'require-corp', 'allowed'],
    ['same-origin, another page', 'same-origin', 'https://a.example.com', 'unsafe-none', 'blocked'],
    ['same-origin, its own page', 'same-origin', 'https://b.example.com', 'unsafe-none', 'allowed'],
    ['same-site, a page of the site', 'same-site', 'https://a.example.com', 'unsafe-none', 'allowed'],
    ['same-site, another site', 'same-site', 'https://a.example.org', 'unsafe-none', 'blocked'],
    ['same-site, the site on http', 'same-site', 'http://a.example.com', 'unsafe-none', 'blocked'],
    ['same-site, an opaque page', 'same-site', 'null', 'unsafe-none', 'blocked'],
    ['cross-origin, any page', 'cross-origin', 'null', 'require-corp', 'allowed'],
    ['what is no policy counts as none', 'Same-Origin', 'https://a.example', 'unsafe-none', 'allowed'],
    ['two policies are none', 'same-origin, same-site', 'https://a.example', 'unsafe-none', 'allowed'],
    ['what is no policy, a page that requires one', 'x', 'https://a.example', 'require-corp', 'blocked'],
  ] as const)('%s', (_, policy, origin, embedder, expected) => {
    const fields = policy === undefined ? [] : ([['cross-origin-resource-policy', policy]] as const)
    expect(checkResourcePolicy(origin, URL_B, fields, embedder).kind).toBe(expected)
  }) // biome-ignore format: a table
})

test.each([
  ['a.example.com', 'b.example.com', true],
  ['example.com', 'b.example.com', true],
  ['example.com', 'example.org', false],
  ['a.co.uk', 'b.co.uk', false],
  ['x.a.co.uk', 'y.a.co.uk', true],
  ['a.localhost', 'b.localhost', false],
  ['localhost', 'localhost', true],
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '127.0.0.2', false],
  ['[::1]', '[::1]', true],
])('%s and %s are one site: %p', (one, other, expected) => {
  expect(isSameSite(one, other)).toBe(expected)
})

describe('what kind of request a server sees', () => {
  test.each([
    ['GET', {}, 'no-origin'],
    ['GET', { origin: 'https://a.example' }, 'cors'],
    ['GET', { origin: 'null' }, 'cors'],
    ['GET', { origin: 'https://a.example/' }, 'invalid-origin'],
    ['OPTIONS', { origin: 'https://a.example' }, 'cors'],
    ['OPTIONS', { 'access-control-request-method': 'PUT' }, 'no-origin'],
    ['OPTIONS', { origin: 'https://a.example', 'access-control-request-method': 'PUT' }, 'cors-preflight'],
    ['GET', { origin: 'https://a.example', 'access-control-request-method': 'PUT' }, 'cors'],
    ['OPTIONS', { origin: 'x', 'access-control-request-method': 'PUT' }, 'invalid-origin'],
  ] as const)('%s %j: %s', (method, fields, expected) => {
    const table = new Map<string, string>(Object.entries(fields))
    expect(classifyRequest(method, (name) => table.get(name)).kind).toBe(expected)
  }) // biome-ignore format: a table
})
