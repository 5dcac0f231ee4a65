import { describe, expect, test } from 'bun:test'
import { isIPv4 as nodeIsIpv4, isIPv6 as nodeIsIpv6 } from 'node:net'
import { isIpv4, isIpv6 } from './ip-address.ts'

describe('IPv4address of RFC 3986 §3.2.2', () => {
  test.each(['0.0.0.0', '127.0.0.1', '255.255.255.255', '1.20.200.3'])('%s', (text) => {
    expect(isIpv4(text)).toBe(true)
  })
  test.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '1.2.3.4 ',
    '1.2.3.-4',
    '0x1.2.3.4',
    '1.2.3.4\n',
  ])('%p is none', (text) => {
    expect(isIpv4(text)).toBe(false)
  })
})

describe('IPv6address of RFC 3986 §3.2.2', () => {
  test.each([
    '::',
    '::1',
    '1::',
    '1:2:3:4:5:6:7:8',
    '1:2:3::8',
    '::2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::1.2.3.4',
    '1:2:3:4:5:6:1.2.3.4',
    'fe80::ABCD',
    '::ffff:1.2.3.4',
  ])('%s', (text) => {
    expect(isIpv6(text)).toBe(true)
  })
  test.each([
    '',
    ':',
    ':::',
    '1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1::2',
    '1:::2',
    '12345::',
    'g::',
    '::1%eth0',
    '1.2.3.4',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '1:2:3:4:5:6:7:1.2.3.4',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '::1 ',
    '::1\n',
    '[::1]',
  ])('%p is none', (text) => {
    expect(isIpv6(text)).toBe(false)
  })
})

test('every short text of the address alphabet is judged as the runtime judges it', () => {
  const alphabet = [':', '::', '.', '0', '1', 'f', '25', '256', 'abcd', '1.2.3.4']
  const texts = ['']
  for (let i = 0; texts.length < 20_000; i += 1) for (const piece of alphabet) texts.push(`${texts[i]}${piece}`)
  for (const text of texts) {
    if (isIpv4(text) !== nodeIsIpv4(text) || isIpv6(text) !== nodeIsIpv6(text)) throw new Error(text)
  }
})
