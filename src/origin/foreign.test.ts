// What code may reach, by address, name and port.

import { describe, expect, test } from 'bun:test'
import { EdgeError } from '../base/index.ts'
import type { AllowedTarget } from './contract.ts'
import { admitForeign } from './foreign.ts'
import { isReservedAddress } from './reserved-address.ts'

describe('an address is not of the internet', () => {
  test.each([
    ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
    ...[
      '169.254.169.254',
      '100.64.0.1',
      '100.100.100.200',
      '192.0.0.192',
      '198.18.0.1',
      '224.0.0.1',
      '255.255.255.255',
    ],
    ...['::1', '::', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '100::', '2001:db8::1', '2001::1'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b::10.0.0.1', '2002:7f00:1::', '::7f00:1'],
    ...['localhost', '127.1', '0x7f.1', '2130706433', '', 'a.example'],
  ])('%s', (text) => {
    expect(isReservedAddress(text)).toBe(true)
  })
})

describe('an address is public', () => {
  test.each([
    ...['1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.255.255', '100.128.0.1', '169.253.0.1', '223.255.255.255'],
    ...['2606:4700:4700::1111', '2a06:98c0:3600::103', '::ffff:1.1.1.1', '64:ff9b::101:101', '2002:101:101::'],
  ])('%s', (text) => {
    expect(isReservedAddress(text)).toBe(false)
  })
})

const target = (hostname: string, port = 80) => ({
  scheme: 'http' as const,
  hostname,
  port,
  base: `http://${hostname}:${port}`,
})
const names: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['1.1.1.1', '2606:4700::1111'],
  'private.example': ['10.0.0.1'],
  'both.example': ['1.1.1.1', '127.0.0.1'],
  'nothing.example': [],
}
const resolve = async (hostname: string): Promise<readonly string[]> => {
  const found = names[hostname]
  if (found === undefined) throw new Error('ENOTFOUND')
  return found
}

async function outcome(hostname: string, port: number, allowed: readonly AllowedTarget[]): Promise<string> {
  try {
    return (await admitForeign(target(hostname, port), allowed, resolve)).base
  } catch (cause) {
    if (cause instanceof EdgeError) return cause.code
    throw cause
  }
}

describe('code that asks for', () => {
  const none: readonly AllowedTarget[] = []
  const entry = (hostname: string, port?: number): readonly AllowedTarget[] => [{ hostname, port }]
  test.each([
    ['a public name reaches the address that was judged', 'public.example', 80, none, 'http://1.1.1.1:80'],
    ['a public address reaches it', '2606:4700::1111', 8080, none, 'http://[2606:4700::1111]:8080'],
    ['a private name is refused', 'private.example', 80, none, 'origin-forbidden'],
    ['a name that has one private address among others is refused', 'both.example', 80, none, 'origin-forbidden'],
    ['loopback is refused', '127.0.0.1', 22, none, 'origin-forbidden'],
    ['metadata is refused', '169.254.169.254', 80, none, 'origin-forbidden'],
    ['an allowed address and port is served', '127.0.0.1', 9000, entry('127.0.0.1', 9000), 'http://127.0.0.1:9000'],
    ['another port of it is not', '127.0.0.1', 22, entry('127.0.0.1', 9000), 'origin-forbidden'],
    ['every port of it is, where the entry says so', '127.0.0.1', 22, entry('127.0.0.1'), 'http://127.0.0.1:22'],
    ['a name of an allowed address is served', 'private.example', 80, entry('10.0.0.1', 80), 'http://10.0.0.1:80'],
    ['an allowed name is served', 'private.example', 80, entry('private.example', 80), 'http://10.0.0.1:80'],
    ['an entry localhost means loopback', '::1', 80, entry('localhost', 80), 'http://[::1]:80'],
    ['a name without addresses is not found', 'nothing.example', 80, none, 'origin-unreachable'],
    ['an unknown name is not found', 'unknown.example', 80, none, 'origin-unreachable'],
  ] as const)('%s', async (_title, hostname, port, allowed, expected) => {
    expect(await outcome(hostname, port, allowed)).toBe(expected)
  })
})
