// DNS records: what one looks like.  CF api/dns/records; RFC 1035 §3.
//
// Which hosts they serve: served-hosts.ts.

import { isIpv4, isIpv6 } from '../http/index.ts'

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

/** Whether two records have it in common. */
export function isIdentical(a: RecordFields, b: RecordFields): boolean {
  return a.name === b.name && a.type === b.type && a.content === b.content && a.priority === b.priority
}

/** Whether the text is an address of the record type. */
export function isAddressOf(type: 'A' | 'AAAA', text: string): boolean {
  return type === 'A' ? isIpv4(text) : isIpv6(text)
}
