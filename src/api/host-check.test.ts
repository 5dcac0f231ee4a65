import { expect, test } from 'bun:test'
import { makeHostCheck } from './host-check.ts'

const table: readonly [title: string, listener: string, host: string | null, expected: 'ours' | 'foreign'][] = [
  ['the address of the listener is ours', '192.0.2.7', '192.0.2.7:8081', 'ours'],
  ['another address is not', '192.0.2.7', '192.0.2.8', 'foreign'],
  ['the IPv6 address of the listener is ours', '2001:db8::7', '[2001:db8::7]:8081', 'ours'],
  ['a configured name is ours, in any case', '192.0.2.7', 'API.example.com', 'ours'],
  ['a name under it is not', '192.0.2.7', 'x.api.example.com', 'foreign'],
  ['on all addresses, any literal address is ours', '0.0.0.0', '192.0.2.8:8081', 'ours'],
  ['on all addresses, any literal IPv6 address is ours', '::', '[2001:db8::7]', 'ours'],
  ['on all addresses, a name is still not', '0.0.0.0', 'evil.example', 'foreign'],
  ['a name that looks like an address is not one', '0.0.0.0', '1.2.3.4.evil.example', 'foreign'],
  ['loopback is all of 127/8', '192.0.2.7', '127.9.9.9', 'ours'],
  ['a name that begins like loopback is not', '192.0.2.7', '127.evil.example', 'foreign'],
  ['no Host is nobody', '127.0.0.1', null, 'foreign'],
  ['two Hosts are nobody', '127.0.0.1', 'localhost, localhost', 'foreign'],
  ['what is no host is nobody', '127.0.0.1', 'user@localhost', 'foreign'],
]

test.each(table)('%s', (_, listener, host, expected) => {
  expect(makeHostCheck({ listener, names: ['api.example.com'] })(host)).toBe(expected)
})
