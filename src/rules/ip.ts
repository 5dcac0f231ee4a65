// IP addresses as values: IPv4 is a number, IPv6 a bigint (types.ts).  Text forms of RFC 4291 §2.2, printed as RFC 5952 §4.
//
// An IPv4-mapped address such as ::ffff:192.0.2.1 stays IPv6: the two families never meet.

import type { Ip } from './types.ts'

export const IPV4_BITS = 32
export const IPV6_BITS = 128

/** The address that the text writes, or undefined: no leading zeros, no zone, no brackets. */
export function parseIp(text: string): Ip | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

function parseIpv4(text: string): number | undefined {
  const octets = text.length <= 15 ? text.split('.') : []
  if (octets.length !== 4) return undefined
  let address = 0
  for (const octet of octets) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(octet) || Number(octet) > 255) return undefined
    address = address * 256 + Number(octet)
  }
  return address
}

function parseIpv6(text: string): bigint | undefined {
  if (text.length < 2 || text.length > 45) return undefined
  const gap = text.indexOf('::')
  const before = readGroups(gap < 0 ? text : text.slice(0, gap), gap < 0)
  const behind = gap < 0 ? [] : readGroups(text.slice(gap + 2), true)
  if (before === undefined || behind === undefined) return undefined
  const written = before.length + behind.length
  if (gap < 0 ? written !== 8 : written > 7) return undefined
  const groups = [...before, ...new Array<number>(8 - written).fill(0), ...behind]
  return groups.reduce((address, group) => (address << 16n) | BigInt(group), 0n)
}

function readGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16))
      continue
    }
    const quad = mayEndInIpv4 && index === parts.length - 1 ? parseIpv4(part) : undefined
    if (quad === undefined) return undefined
    groups.push(Math.floor(quad / 65_536), quad % 65_536)
  }
  return groups
}

export function printIp(address: Ip): string {
  return typeof address === 'number' ? printIpv4(address) : printIpv6(address)
}

function printIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
}

/** Lower case, no leading zeros, the longest run of two or more zero groups as `::`, the first of equals.  RFC 5952 §4 */
function printIpv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => Number((address >> BigInt(112 - 16 * i)) & 0xffffn))
  let best = { start: -1, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  const hex = groups.map((group) => group.toString(16))
  if (best.start < 0) return hex.join(':')
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`
}

/** The network address: every bit behind the prefix cleared.  A prefix longer than the address changes nothing. */
export function networkOf(address: Ip, prefix: number): Ip {
  if (typeof address === 'number') {
    const host = Math.max(0, IPV4_BITS - prefix)
    return Math.floor(address / 2 ** host) * 2 ** host
  }
  const host = BigInt(Math.max(0, IPV6_BITS - prefix))
  return (address >> host) << host
}

/** The last address of the network that begins at `network`. */
export function lastOf(network: Ip, prefix: number): Ip {
  if (typeof network === 'number') return network + 2 ** (IPV4_BITS - prefix) - 1
  return network + (1n << BigInt(IPV6_BITS - prefix)) - 1n
}
