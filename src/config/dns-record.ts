// DNS records: what one looks like, and which are served.  CF api/dns/records; RFC 1035 §3.
//
// A proxied A, AAAA or CNAME record makes its name a served host.  Everything else is kept for those who list it.

import { isIpv4, isIpv6 } from '../http/index.ts'
import type { OriginEntry, SslMode } from './resolved.ts'
import type { OriginTarget } from './snapshot.ts'

export const RECORD_TYPES = [
  ...(['A', 'AAAA', 'CAA', 'CERT', 'CNAME', 'DNSKEY', 'DS', 'HTTPS', 'LOC', 'MX', 'NAPTR', 'NS'] as const),
  ...(['OPENPGPKEY', 'PTR', 'SMIMEA', 'SRV', 'SSHFP', 'SVCB', 'TLSA', 'TXT', 'URI'] as const),
] as const
export type RecordType = (typeof RECORD_TYPES)[number]

export const PROXIABLE: readonly RecordType[] = ['A', 'AAAA', 'CNAME']

/** What a client says of a record, checked and complete. */
export type RecordFields = {
  /** Fully qualified, lower case, in Punycode; may begin with `*.`. */
  readonly name: string
  readonly type: RecordType
  readonly content: string
  readonly data?: Readonly<Record<string, unknown>>
  /** Seconds; 1 is "automatic". */
  readonly ttl: number
  readonly proxied: boolean
  readonly priority?: number
  readonly comment: string | null
  readonly tags: readonly string[]
  readonly settings: Readonly<Record<string, unknown>>
  readonly private_routing?: boolean
}

export type DnsRecord = RecordFields & {
  readonly id: string
  readonly created_on: number
  readonly modified_on: number
  readonly comment_modified_on?: number
  readonly tags_modified_on?: number
  /** Absent: the API. */
  readonly set_by?: 'file'
}

/** What makes a record the one that it is: two records of a zone never have it in common. */
export function identityOf({ name, type, content, priority }: RecordFields): string {
  return JSON.stringify([name, type, content, priority])
}

/** How many CNAMEs are followed; a longer chain, or a circle, leads nowhere. */
const MAX_ALIASES = 8
const PLAIN_PORT = 80
const TLS_PORT = 443

/** The hosts that the records serve, and where they lead; of several addresses of one name the oldest record's holds. */
export function servedHosts(records: readonly DnsRecord[], ssl: SslMode): readonly OriginEntry[] {
  const oldestFirst = records.toSorted((a, b) => a.created_on - b.created_on || (a.id < b.id ? -1 : 1))
  const byName = Map.groupBy(oldestFirst, ({ name }) => name)
  return [...byName].flatMap(([pattern, group]) => {
    const served = group.find(({ proxied, type }) => proxied && PROXIABLE.includes(type))
    const address = served && addressOf(served, byName)
    return address === undefined ? [] : [{ pattern, target: targetAt(address, ssl) }]
  })
}

/** The address, or the name outside the zone, that a record leads to. */
function addressOf(record: DnsRecord, byName: ReadonlyMap<string, readonly DnsRecord[]>): string | undefined {
  let at: DnsRecord = record
  for (let hop = 0; hop < MAX_ALIASES; hop += 1) {
    if (at.type !== 'CNAME') return at.content
    const next = byName.get(at.content)?.find(({ type }) => PROXIABLE.includes(type))
    if (next === undefined) return at.content
    at = next
  }
  return undefined
}

function targetAt(hostname: string, ssl: SslMode): OriginTarget {
  const scheme = ssl === 'full' || ssl === 'strict' ? 'https' : 'http'
  const port = scheme === 'https' ? TLS_PORT : PLAIN_PORT
  const host = isIpv6(hostname) ? `[${hostname}]` : hostname
  return { scheme, hostname, port, base: `${scheme}://${host}:${port}`, verifyTls: ssl === 'strict' }
}

/** Whether the text is an address of the record type. */
export function isAddressOf(type: 'A' | 'AAAA', text: string): boolean {
  return type === 'A' ? isIpv4(text) : isIpv6(text)
}
