import { expect, test } from 'bun:test'
import { makeFakeClock } from '../base/index.ts'
import { makeMemoryDocuments } from '../config/index.ts'
import { hashOf, isPermitted, makeAuthenticator, mayGrant } from './auth.ts'
import { CACHE_PURGE_GROUP } from './permissions.ts'
import { type TokenDocument, tokenPath } from './token-document.ts'

const ZONE_A = 'a'.repeat(32)
const ZONE_B = 'b'.repeat(32)
const NOW = Date.UTC(2026, 4, 4)

function start(changes: Partial<TokenDocument> = {}) {
  const documents = makeMemoryDocuments()
  const token: TokenDocument = {
    id: '1'.repeat(32),
    name: 'purge',
    status: 'active',
    issued_on: '2026-01-01T00:00:00Z',
    modified_on: '2026-01-01T00:00:00Z',
    policies: [
      {
        id: '2'.repeat(32),
        effect: 'allow',
        resources: { [`com.cloudflare.api.account.zone.${ZONE_A}`]: '*' },
        permission_groups: [{ id: CACHE_PURGE_GROUP.id, name: CACHE_PURGE_GROUP.name }],
      },
    ],
    hash: hashOf('two'),
    ...changes,
  }
  documents.change((draft) => draft.write(tokenPath(token.id), token))
  const authenticate = makeAuthenticator({ root: 'one', documents, clock: makeFakeClock(NOW) })
  return {
    documents,
    identify: (
      secret: string,
      client = '192.0.2.1',
      wrong: 'authentication-error' | 'token-invalid' = 'authentication-error',
    ) => authenticate(new Headers({ authorization: `Bearer ${secret}` }), wrong, client),
  }
}

function identityOf(secret: string) {
  const identity = start().identify(secret)
  if (!identity.ok) throw new Error(JSON.stringify(identity.problem))
  return identity.value
}

test('each token is known by its own identity, which does not tell it', () => {
  const [one, two] = [identityOf('one'), identityOf('two')]
  expect(one.tokenId).not.toBe(two.tokenId)
  expect(one.tokenId).toMatch(/^[0-9a-f]{32}$/)
  expect(start().identify('three').ok).toBe(false)
})

test('the root token may do everything; a token of one zone and group only that', () => {
  const [one, two] = [identityOf('one'), identityOf('two')]
  for (const target of [{ zone: ZONE_A }, { zone: ZONE_B }, 'every', 'some'] as const) {
    expect(isPermitted(one, 'cache_purge:edit', target)).toBe(true)
    expect(isPermitted(two, 'zone:read', target)).toBe(false)
  }
  expect(isPermitted(two, 'cache_purge:edit', { zone: ZONE_A })).toBe(true)
  expect(isPermitted(two, 'cache_purge:edit', { zone: ZONE_B })).toBe(false)
  expect(isPermitted(two, 'cache_purge:edit', 'every')).toBe(false)
})

test('nobody gives away more than they have', () => {
  const { policies } = identityOf('two')
  if (policies === 'all') throw new Error('not the root token')
  const wider = policies.map((policy) => ({
    ...policy,
    resources: { 'com.cloudflare.api.account.zone.*': '*' as const },
  }))
  expect(mayGrant(identityOf('two'), policies)).toBe(true)
  expect(mayGrant(identityOf('two'), wider)).toBe(false)
  expect(mayGrant(identityOf('one'), wider)).toBe(true)
})

test('a token that is deleted is unknown at once', () => {
  const { documents, identify } = start()
  expect(identify('two').ok).toBe(true)
  documents.change((draft) => draft.remove(tokenPath('1'.repeat(32))))
  expect(identify('two').ok).toBe(false)
})

test.each([
  ['has expired', { expires_on: '2026-05-03T23:59:59Z' }, 'expired'],
  ['expires now', { expires_on: new Date(NOW).toISOString() }, 'expired'],
  ['is not valid yet', { not_before: '2026-05-04T00:00:01Z' }, 'disabled'],
  ['is disabled', { status: 'disabled' as const }, 'disabled'],
])('a token that %s is refused, and verify tells it', (_, changes, status) => {
  const { identify } = start(changes)
  expect(identify('two')).toMatchObject({ ok: false, problem: [{ kind: 'authentication-error' }] })
  expect(identify('two', '', 'token-invalid')).toMatchObject({ ok: true, value: { status } })
})

test.each([
  ['in', { 'request.ip': { in: ['192.0.2.0/24'] } }, '192.0.2.9', true],
  ['not in', { 'request.ip': { in: ['192.0.2.0/24'] } }, '198.51.100.1', false],
  ['shut out', { request_ip: { not_in: ['192.0.2.9'] } }, '192.0.2.9', false],
  ['in, but shut out', { request_ip: { in: ['192.0.2.0/24'], not_in: ['192.0.2.9'] } }, '192.0.2.9', false],
  ['unknown', { request_ip: { in: ['192.0.2.0/24'] } }, '', false],
  ['anywhere', { request_ip: { in: [], not_in: [] } }, '203.0.113.1', true],
])('a token with a condition on the address: %s', (_, condition, client, expected) => {
  const { identify } = start({ condition })
  expect(identify('two', client).ok).toBe(expected)
  expect(identify('two', client, 'token-invalid').ok).toBe(expected)
})
