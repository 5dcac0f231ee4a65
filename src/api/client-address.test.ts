import { expect, test } from 'bun:test'
import { isNetwork, isWithin } from './client-address.ts'

test.each([
  ['192.0.2.7', ['192.0.2.0/24'], true],
  ['192.0.3.7', ['192.0.2.0/24'], false],
  ['192.0.3.7', ['198.51.100.0/24', '192.0.3.7'], true],
  ['::ffff:192.0.2.7', ['192.0.2.0/24'], true],
  ['2001:db8::1', ['2001:db8::/32'], true],
  ['2001:db9::1', ['2001:db8::/32'], false],
  ['192.0.2.7', ['::/0'], false],
  ['nonsense', ['0.0.0.0/0'], false],
  ['192.0.2.7', [], false],
] as const)('%s within %j: %p', (address, networks, expected) => {
  expect(isWithin(address, networks)).toBe(expected)
})

test.each([
  ['192.0.2.0/24', true],
  ['192.0.2.1', true],
  ['::1/128', true],
  ['192.0.2.0/33', false],
  ['::1/129', false],
  ['192.0.2.0/-1', false],
  ['192.0.2/24', false],
  ['b.example.com', false],
  ['', false],
] as const)('%s is a network: %p', (text, expected) => {
  expect(isNetwork(text)).toBe(expected)
})
