// Address literals, always bare.  Every character that an address may have is scanned, so `192.0.2.7and` is a bad address
// (`a` and `d` are hexadecimal) and `192.0.2.7or` is not.

import type { SetItem } from './ast.ts'
import { IPV4_BITS, IPV6_BITS, networkOf, parseIp } from './ip.ts'
import { isHexDigit, isProblem, type Lexed, problem, spanFrom, takeWhile } from './lexer.ts'
import type { Ip } from './types.ts'

function isAddressCharacter(code: number): boolean {
  return isHexDigit(code) || code === 0x3a || code === 0x2e || code === 0x2f
}

export function scanAddress(source: string, at: number): number {
  return takeWhile(source, at, isAddressCharacter)
}

/** One address without a prefix length. */
export function lexIp(source: string, at: number): Lexed<Ip> {
  const end = scanAddress(source, at)
  if (end === at) {
    return problem('expected-token', 'expected IP address character', at, Math.min(at + 1, source.length))
  }
  return readIp(source, at, end)
}

function readIp(source: string, start: number, end: number): Lexed<Ip> {
  const address = parseIp(source.slice(start, end))
  if (address !== undefined) return { value: address, end }
  return problem('bad-address', "couldn't parse address in network: invalid IP address syntax", start, end)
}

/** An item of `in {…}`: an address, a network in CIDR form, or a range `a..b` within one family. */
export function lexIpItem(source: string, at: number): Lexed<SetItem> {
  const end = scanAddress(source, at)
  const text = source.slice(at, end)
  const dots = text.indexOf('..')
  if (dots >= 0) return readRange(source, at, at + dots, end)
  const slash = text.indexOf('/')
  if (slash >= 0) return readNetwork(source, at, at + slash, end)
  const address = lexIp(source, at)
  if (isProblem(address)) return address
  const span = spanFrom(at, end)
  return { value: { kind: 'one', literal: { kind: 'ip', value: address.value, span }, span }, end }
}

function readRange(source: string, start: number, dots: number, end: number): Lexed<SetItem> {
  const low = readIp(source, start, dots)
  if (isProblem(low)) return low
  const high = readIp(source, dots + 2, end)
  if (isProblem(high)) return high
  if (typeof low.value !== typeof high.value || low.value > high.value) {
    return problem('bad-range', 'incompatible range bounds', start, end)
  }
  const span = spanFrom(start, end)
  const value: SetItem = {
    kind: 'range',
    low: { kind: 'ip', value: low.value, span: spanFrom(start, dots) },
    high: { kind: 'ip', value: high.value, span: spanFrom(dots + 2, end) },
    span,
  }
  return { value, end }
}

/** "Host bits must be zero": 192.0.2.1/24 names no network. */
function readNetwork(source: string, start: number, slash: number, end: number): Lexed<SetItem> {
  const address = readIp(source, start, slash)
  if (isProblem(address)) return address
  const digits = source.slice(slash + 1, end)
  const bits = typeof address.value === 'number' ? IPV4_BITS : IPV6_BITS
  if (!/^[0-9]{1,3}$/.test(digits)) {
    return problem('bad-address', "couldn't parse network length: invalid digit found in string", slash + 1, end)
  }
  const prefix = Number(digits)
  if (prefix > bits) {
    const message = `invalid length for network: network length ${prefix} is too long (maximum: ${bits})`
    return problem('bad-address', message, start, end)
  }
  if (networkOf(address.value, prefix) !== address.value) {
    return problem('bad-address', 'host part of address was not zero', start, slash)
  }
  return { value: { kind: 'network', address: address.value, prefix, span: spanFrom(start, end) }, end }
}
