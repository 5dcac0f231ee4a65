// Hands answers of the origin server to the findings, and tells what is due.

import type { EpochMillis } from '../base/index.ts'
import type { ZoneSnapshot } from '../config/index.ts'
import { type AskedBy, type CountedFinding, FINDINGS, type Sighting } from '../cors/sharing/index.ts'
import type { FieldList } from '../http/index.ts'
import type { OriginAnswer } from '../origin/index.ts'
import type { EdgeServices } from './edge.ts'
import { fieldReader, type RoutedExchange } from './exchange.ts'

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
  tell(plan.zone, url, edge.findings.note(plan.zone.id, authority, { ...arrived, url }), edge)
}

/** Notes an answer that passes through.  Most are like the one before, and are only counted: their fields are not walked. */
export function notePassing(exchange: RoutedExchange, askedBy: string, answer: OriginAnswer, edge: EdgeServices): void {
  const { zone } = exchange.plan
  const { status, headers } = answer
  const at = edge.clock.now()
  const url = urlOf(exchange)
  const again = edge.findings.repeat(zone.id, url, { askedBy, status, read: fieldReader(headers) }, at)
  if (again === undefined) noteAnswer(exchange, { askedBy, status, fields: [...headers], at }, edge)
  else tell(zone, url, again, edge)
}

/** Notes an answer that another process was given. */
export function noteElsewhere(zoneId: string, host: string, answer: Sighting, edge: EdgeServices): void {
  const zone = edge.routes.plansOf(zoneId)?.normal.zone
  if (zone !== undefined) tell(zone, answer.url, edge.findings.note(zoneId, host, answer), edge)
}

function tell(zone: ZoneSnapshot, url: string, due: readonly CountedFinding[], edge: EdgeServices): void {
  for (const finding of due) {
    const { kind, count } = finding
    edge.events({ kind: 'cors-finding', zone: zone.name, url, finding: kind, message: messageOf(finding), count })
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
