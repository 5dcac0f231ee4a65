import { expect, test } from 'bun:test'
import { isPermitted, makeAuthenticator } from './auth.ts'

const authenticate = makeAuthenticator([
  { secret: 'one', permissions: 'all' },
  { secret: 'two', permissions: [] },
])

function identify(token: string) {
  const identity = authenticate(new Headers({ authorization: `Bearer ${token}` }), 'authentication-error')
  return identity.ok ? identity.value : undefined
}

test('each token is known by its own identity, which does not tell it', () => {
  const [one, two] = [identify('one'), identify('two')]
  expect(one?.tokenId).not.toBe(two?.tokenId)
  expect(one?.tokenId).toMatch(/^[0-9a-f]{32}$/)
  expect(identify('three')).toBeUndefined()
})

test('a token may do what it was given', () => {
  const [one, two] = [identify('one'), identify('two')]
  expect(one && isPermitted(one, 'cache_purge:edit')).toBe(true)
  expect(two && isPermitted(two, 'cache_purge:edit')).toBe(false)
})
