// Addresses that nobody on the internet has: loopback, private, link-local with the metadata services of clouds, multicast
// and the rest.  IANA special-purpose address registries, RFC 6890.  For targets that a stranger's code may choose.
//
// IPv6 that carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo) is what that address is.  Whatever is no address at
// all counts as reserved.

import { isIpv4, isIpv6 } from '../http/index.ts'

/** Ranges by their first bits, the text of an address and how many bits of it count. */
const RESERVED_IPV4: readonly (readonly [address: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** Of IPv6 only 2000::/3 is in use; these are what of it is reserved all the same. */
const RESERVED_IPV6: readonly (readonly [address: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
]

/** Whether an address, as text without brackets, is not one of the public internet. */
export function isReservedAddress(text: string): boolean {
  if (isIpv4(text)) return isReservedIpv4(bitsOfIpv4(text))
  if (!isIpv6(text)) return true
  return isReservedIpv6(bitsOfIpv6(text))
}

const IPV4_RANGES = RESERVED_IPV4.map(([address, bits]) => [bitsOfIpv4(address), BigInt(32 - bits)] as const)
const IPV6_RANGES = RESERVED_IPV6.map(([address, bits]) => [bitsOfIpv6(address), BigInt(128 - bits)] as const)

function isReservedIpv4(value: bigint): boolean {
  return IPV4_RANGES.some(([range, shift]) => value >> shift === range >> shift)
}

function isReservedIpv6(value: bigint): boolean {
  const inner = innerIpv4(value)
  if (inner !== undefined) return isReservedIpv4(inner)
  const isGlobal = value >> 125n === 1n
  return !isGlobal || IPV6_RANGES.some(([range, shift]) => value >> shift === range >> shift)
}

/** The IPv4 address in an IPv6 one: NAT64 (RFC 6052) and 6to4 (RFC 3056).  Mapped ones (RFC 4291) too. */
function innerIpv4(value: bigint): bigint | undefined {
  const low = value & 0xffff_ffffn
  if (value >> 32n === 0xffffn || value >> 32n === bitsOfIpv6('64:ff9b::') >> 32n) return low
  return value >> 112n === 0x2002n ? (value >> 80n) & 0xffff_ffffn : undefined
}

function bitsOfIpv4(text: string): bigint {
  return text.split('.').reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n)
}

/** Of an address that `isIpv6` takes. */
function bitsOfIpv6(text: string): bigint {
  const [before = '', behind] = text.split('::')
  const head = groupsOf(before)
  const tail = behind === undefined ? [] : groupsOf(behind)
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0n)
  return [...head, ...zeros, ...tail].reduce((bits, group) => (bits << 16n) | group, 0n)
}

function groupsOf(text: string): readonly bigint[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)]
    const quad = bitsOfIpv4(group)
    return [quad >> 16n, quad & 0xffffn]
  })
}
