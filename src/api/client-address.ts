// Is the client's address in one of these networks?  RFC 4632 §3.1, RFC 4291 §2.3.

import { BlockList, isIP } from 'node:net'

const NETWORK = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/
const MAPPED_IPV4 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i
const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 }

/** Whether the text is an address, or a network such as "192.0.2.0/24". */
export function isNetwork(text: string): boolean {
  const [, address = '', length] = NETWORK.exec(text) ?? []
  const bits = BITS[isIP(address)]
  return bits !== undefined && (length === undefined || Number(length) <= bits)
}

/** Whether the address is in one of the networks; an address that is none is in no network. */
export function isWithin(address: string, networks: readonly string[]): boolean {
  const plain = MAPPED_IPV4.exec(address)?.[1] ?? address
  if (isIP(plain) === 0) return false
  const family = familyOf(plain)
  const list = new BlockList()
  for (const network of networks.filter(isNetwork)) {
    const [base = '', length] = network.split('/')
    // An IPv4 address would be found in an IPv6 network that has the mapped addresses.
    if (familyOf(base) === family) list.addSubnet(base, Number(length ?? BITS[isIP(base)]), family)
  }
  return list.check(plain, family)
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}
