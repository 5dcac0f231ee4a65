// Writes a small database of addresses in MaxMind's format: enough of it for a few networks and their records.
//
//   search tree (nodes of two 24-bit records) · 16 zero bytes · records · marker · metadata

type Data =
  | string
  | number
  | boolean
  | { readonly double: number }
  | readonly Data[]
  | { readonly [name: string]: Data }

const MARKER = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from('MaxMind.com')])
const IPV4_OFFSET_BITS = 96
const SEPARATOR_BYTES = 16

/** A database with these IPv4 networks, such as "192.0.2.0/24". */
export function makeMmdb(networks: Readonly<Record<string, Data>>, type = 'Test-City'): Buffer {
  const nodes: (number | string | undefined)[][] = [[undefined, undefined]]
  const records = new Map<string, Buffer>()
  for (const [network, data] of Object.entries(networks)) {
    records.set(network, encode(data))
    insert(nodes, bitsOf(network), network)
  }
  const offsets = new Map<string, number>()
  let offset = 0
  for (const [network, record] of records) {
    offsets.set(network, offset)
    offset += record.length
  }
  const tree = nodes.flatMap((node) =>
    node.map((record) => {
      const value = record === undefined ? nodes.length : recordValue(record, nodes.length, offsets)
      return Buffer.from([value >> 16, (value >> 8) & 255, value & 255])
    }),
  )
  const metadata = encode({
    ...{ binary_format_major_version: 2, binary_format_minor_version: 0, build_epoch: 1_700_000_000 },
    ...{ database_type: type, description: { en: 'test' }, ip_version: 6, languages: ['en'] },
    ...{ node_count: nodes.length, record_size: 24 },
  })
  return Buffer.concat([...tree, Buffer.alloc(SEPARATOR_BYTES), ...records.values(), MARKER, metadata])
}

function recordValue(record: number | string, count: number, offsets: ReadonlyMap<string, number>): number {
  return typeof record === 'number' ? record : count + SEPARATOR_BYTES + (offsets.get(record) ?? 0)
}

function bitsOf(network: string): readonly number[] {
  const [address = '', prefix = '32'] = network.split('/')
  const bytes = address.split('.').map(Number)
  const bits = bytes.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((shift) => (byte >> shift) & 1))
  return [...new Array<number>(IPV4_OFFSET_BITS).fill(0), ...bits.slice(0, Number(prefix))]
}

function insert(nodes: (number | string | undefined)[][], bits: readonly number[], network: string): void {
  let node = nodes[0] ?? []
  for (const [depth, bit] of bits.entries()) {
    if (depth === bits.length - 1) {
      node[bit] = network
      return
    }
    if (typeof node[bit] !== 'number') {
      node[bit] = nodes.length
      nodes.push([undefined, undefined])
    }
    node = nodes[node[bit] as number] ?? []
  }
}

function encode(data: Data): Buffer {
  if (typeof data === 'string') {
    const bytes = Buffer.from(data)
    return Buffer.concat([control(2, bytes.length), bytes])
  }
  if (typeof data === 'boolean') return control(14, data ? 1 : 0)
  if (typeof data === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(data)
    return Buffer.concat([control(6, 4), bytes])
  }
  if (Array.isArray(data)) return Buffer.concat([control(11, data.length), ...(data as readonly Data[]).map(encode)])
  if ('double' in data && typeof data.double === 'number') {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(data.double)
    return Buffer.concat([control(3, 8), bytes])
  }
  const entries = Object.entries(data as Readonly<Record<string, Data>>)
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([name, value]) => [encode(name), encode(value)]),
  ])
}

/** Sizes below 29 and below 285 only: enough for tests. */
function control(type: number, size: number): Buffer {
  const [low, extra] = size < 29 ? [size, []] : [29, [size - 29]]
  return type < 8 ? Buffer.from([(type << 5) | low, ...extra]) : Buffer.from([low, type - 7, ...extra])
}
