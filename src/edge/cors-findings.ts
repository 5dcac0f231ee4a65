// Hands answers of the origin server to the findings, and tells what is due.

import type { EpochMillis } from '../base/index.ts'
import { type AskedBy, type CountedFinding, FINDINGS, type Sighting } from '../cors/sharing/index.ts'
import type { FieldList } from '../http/index.ts'
import type { EdgeServices } from './edge.ts'
import type { RoutedExchange } from './exchange.ts'

type Arrived = {
  readonly askedBy: AskedBy
  readonly status: number
  readonly fields: FieldList
  readonly at: EpochMillis
}

/** Notes an answer as it arrives.  Never on the way of a hit. */
export function noteAnswer(exchange: RoutedExchange, arrived: Arrived, edge: EdgeServices): void {
  const { plan, authority } = exchange
  const url = urlOf(exchange)
  for (const finding of edge.findings.note(plan.zone.id, authority, { ...arrived, url })) {
    const { kind, count } = finding
    edge.events({ kind: 'cors-finding', zone: plan.zone.name, url, finding: kind, message: messageOf(finding), count })
  }
}

/** The URL as the origin server receives it. */
export function urlOf({ origin, authority, path, query }: RoutedExchange): string {
  return `${origin.scheme}://${authority}${path}${query}`
}

function messageOf({ kind, evidence }: CountedFinding): string {
  const { what, fix } = FINDINGS[kind]
  return `${what}: ${evidence.map(describe).join('; then ')}; ${fix}`
}

function describe({ askedBy, status, fields }: Sighting): string {
  const asker = askedBy === null ? 'a request without Origin' : `Origin ${askedBy}`
  const told = fields
    .filter(([name]) => name === 'access-control-allow-origin' || name === 'vary')
    .map(([name, value]) => `${name}: ${value}`)
  return `${asker} got ${status} with ${told.length === 0 ? 'no grant' : told.join(', ')}`
}
