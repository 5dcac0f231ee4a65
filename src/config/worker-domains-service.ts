// Custom domains: hosts of which a Worker is the origin server, as the API reads and changes them.
//
// A domain is of the zone that its host is of, and never names a Worker that is not there.

import { fail, ok, type Result } from '../base/index.ts'
import type { DocumentsDraft } from './documents.ts'
import { findOwner, zonesByName } from './ownership.ts'
import { quote } from './problems.ts'
import type { Publisher } from './publish.ts'
import type { NotRecorded } from './record-change.ts'
import { domainsPrefix, readDomains, readScript, type WorkerDomain } from './script-documents.ts'
import { MAX_DOMAINS } from './script-limits.ts'
import { parseZoneName } from './texts.ts'

export type DomainProblem =
  | { readonly kind: 'unknown-zone'; readonly message: string }
  | { readonly kind: 'unknown-domain' }
  | { readonly kind: 'unknown-script'; readonly message: string }
  | { readonly kind: 'bad-hostname'; readonly message: string }
  | { readonly kind: 'too-many'; readonly message: string }
  | NotRecorded

export type DomainView = WorkerDomain & { readonly zoneId: string; readonly zoneName: string }
type Place = { readonly zoneId: string; readonly hostname: string }

export interface WorkerDomainsService {
  list(): readonly DomainView[]
  /** Lets the Worker be the origin of these hosts; with `replaceAll`, of no others. */
  attach(
    script: string,
    hostnames: readonly string[],
    replaceAll: boolean,
  ): Result<readonly DomainView[], DomainProblem>
  detach(id: string): Result<DomainView, DomainProblem>
  /** The zone that a host is of, and the host in its one spelling. */
  zoneOfHost(hostname: string): Result<Place, DomainProblem>
}

export function makeWorkerDomainsService(publisher: Publisher): WorkerDomainsService {
  const { documents } = publisher

  function record<Value>(
    work: (draft: DocumentsDraft) => Result<Value, DomainProblem>,
  ): Result<Value, DomainProblem | NotRecorded> {
    return publisher.record(work)
  }

  const zoneOfHost: WorkerDomainsService['zoneOfHost'] = (text) => {
    const hostname = parseZoneName(text)
    if (!hostname.ok) return fail({ kind: 'bad-hostname', message: `${quote(text)} ${hostname.problem}` })
    const zone = findOwner(zonesByName(publisher.zones()), hostname.value)
    if (zone !== undefined) return ok({ zoneId: zone.id, hostname: hostname.value })
    return fail({ kind: 'unknown-zone', message: `no zone has the host ${hostname.value}; create the zone first` })
  }

  const list = (): readonly DomainView[] =>
    publisher
      .zones()
      .flatMap(({ id, record: { name } }) =>
        readDomains(documents, id).map((domain) => ({ ...domain, zoneId: id, zoneName: name })),
      )
  function writeDomain(
    draft: DocumentsDraft,
    script: string,
    { zoneId, hostname }: Place,
  ): Result<undefined, DomainProblem> {
    const there = readDomains(draft, zoneId)
    const before = there.find((each) => each.hostname === hostname)
    if (before === undefined && there.length >= MAX_DOMAINS) {
      return fail({ kind: 'too-many', message: `the zone has ${MAX_DOMAINS} custom domains; remove one` })
    }
    const id = before?.id ?? crypto.randomUUID().replaceAll('-', '')
    draft.write(domainsPrefix(zoneId) + id, { id, hostname, script } satisfies WorkerDomain)
    return ok(undefined)
  }

  return {
    list,
    zoneOfHost,
    attach: (script, hostnames, replaceAll) => {
      const recorded = record((draft): Result<readonly string[], DomainProblem> => {
        if (readScript(draft, script) === undefined)
          return fail({ kind: 'unknown-script', message: `there is no Worker ${quote(script)}; upload it first` })
        const places = hostnames.map(zoneOfHost)
        for (const place of places) {
          if (!place.ok) return place
          const written = writeDomain(draft, script, place.value)
          if (!written.ok) return written
        }
        const wanted = places.flatMap((place) => (place.ok ? [place.value.hostname] : []))
        for (const { zoneId, id, hostname, script: other } of replaceAll ? list() : []) {
          if (other === script && !wanted.includes(hostname)) draft.remove(domainsPrefix(zoneId) + id)
        }
        return ok(wanted)
      })
      if (!recorded.ok) return recorded
      return ok(list().filter(({ hostname }) => recorded.value.includes(hostname)))
    },
    detach: (id) => {
      const domain = list().find((each) => each.id === id)
      if (domain === undefined) return fail({ kind: 'unknown-domain' })
      return record((draft) => {
        draft.remove(domainsPrefix(domain.zoneId) + id)
        return ok(domain)
      })
    },
  }
}
