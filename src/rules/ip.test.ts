import { describe, expect, test } from 'bun:test'
import { lastOf, networkOf, parseIp, printIp } from './ip.ts'

describe('RFC 5952 §4: an address has one canonical text', () => {
  test.each([
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ])('%s', (text, canonical) => {
    expect(printIp(parseIp(text) ?? -1)).toBe(canonical)
    expect(parseIp(canonical)).toBe(parseIp(text) ?? -1)
  })
})

describe('what is no address', () => {
  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '256.1.1.1',
    '1.2.3.4 ',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    'g::',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    '::1.2.3',
    '1.2.3.4::',
    '[::1]',
    '::1%eth0',
    '1:2:3:4:5:6:7:8::',
  ])('%j', (text) => {
    expect(parseIp(text)).toBeUndefined()
  })
})

test('networks of both families', () => {
  expect(printIp(networkOf(parseIp('192.0.2.77') ?? 0, 26))).toBe('192.0.2.64')
  expect(printIp(lastOf(parseIp('192.0.2.64') ?? 0, 26))).toBe('192.0.2.127')
  expect(printIp(networkOf(parseIp('2001:db8:1::5') ?? 0n, 33))).toBe('2001:db8::')
  expect(printIp(lastOf(parseIp('2001:db8::') ?? 0n, 33))).toBe('2001:db8:7fff:ffff:ffff:ffff:ffff:ffff')
  expect(printIp(lastOf(parseIp('0.0.0.0') ?? 0, 0))).toBe('255.255.255.255')
})
