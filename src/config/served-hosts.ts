// Which hosts do DNS records serve, and from where?
//
// A proxied A, AAAA or CNAME record makes its name a served host.  Scheme and port follow from the zone's `ssl`; a CNAME to a
// name that `origins` has leads where that entry does.
// CF ssl/origin-configuration/ssl-modes

import { isIpv6 } from '../http/index.ts'
import { type DnsRecord, PROXIABLE } from './dns-record.ts'
import type { OriginEntry, SslMode } from './resolved.ts'
import type { OriginTarget } from './snapshot.ts'

/** How many CNAMEs are followed; a longer chain, or a circle, leads nowhere. */
const MAX_ALIASES = 8
const PLAIN_PORT = 80
const TLS_PORT = 443

/** The hosts that the records serve, and where they lead; of several addresses of one name the oldest record's holds. */
export function servedHosts(
  records: readonly DnsRecord[],
  ssl: SslMode,
  entries: readonly OriginEntry[] = [],
): readonly OriginEntry[] {
  const targets = new Map(entries.map(({ pattern, target }) => [pattern, target]))
  const oldestFirst = records.toSorted((a, b) => a.created_on - b.created_on || (a.id < b.id ? -1 : 1))
  const byName = Map.groupBy(oldestFirst, ({ name }) => name)
  return [...byName].flatMap(([pattern, group]) => {
    const served = group.find(({ proxied, type }) => proxied && PROXIABLE.includes(type))
    const address = served && addressOf(served, byName, targets)
    return address === undefined ? [] : [{ pattern, target: targets.get(address) ?? targetAt(address, ssl) }]
  })
}

/** The address, or the name outside the zone or in `targets`, that a record leads to. */
function addressOf(
  record: DnsRecord,
  byName: ReadonlyMap<string, readonly DnsRecord[]>,
  targets: ReadonlyMap<string, OriginTarget>,
): string | undefined {
  let at: DnsRecord = record
  for (let hop = 0; hop < MAX_ALIASES; hop += 1) {
    if (at.type !== 'CNAME' || targets.has(at.content)) return at.content
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
