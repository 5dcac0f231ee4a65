// Functions on addresses.  `bit_slice` belongs to the network firewall, whose packets this edge never sees.

import { IPV4_BITS, IPV6_BITS, networkOf } from '../ip.ts'
import { IP, type Ip } from '../types.ts'
import { count } from './parameters.ts'
import { type FunctionRow, type Parameter, plain } from './row.ts'

const ADDRESS: Parameter = { name: 'address', kind: 'field', types: [IP] }

export const NETWORK_FUNCTIONS: readonly FunctionRow[] = [
  {
    kind: 'function',
    name: 'cidr',
    required: [ADDRESS, count('ipv4_bits', 1, IPV4_BITS), count('ipv6_bits', 1, IPV6_BITS)],
    returns: IP,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((address, ipv4, ipv6) => networkOf(address as Ip, Number(typeof address === 'number' ? ipv4 : ipv6))),
    doc: 'The network that the address is in, at a prefix length for each family.',
    example: 'cidr(ip.src, 24, 64) == 113.10.0.0',
  },
  {
    kind: 'function',
    name: 'cidr6',
    required: [ADDRESS, count('ipv6_bits', 1, IPV6_BITS)],
    returns: IP,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((address, ipv6) => (typeof address === 'number' ? address : networkOf(address as Ip, Number(ipv6)))),
    doc: 'The network of an IPv6 address; an IPv4 address unchanged.',
    example: 'cidr6(ip.src, 64) == 2001:db8::',
  },
]
