// Which invocations a tail wants to hear of: the filters that a client gives when it starts one.  All must let it pass.
//
//   { sampling_rate: 0.5 }   { outcome: ["exception"] }   { method: ["GET"] }   { client_ip: ["192.0.2.1"] }
//   { key: "x-debug", query: "yes" }   a request field, and what its value contains
//   { query: "text" }                  what a message of console contains
//
// Pure: chance is an argument.

import { z } from '@hono/zod-openapi'
import type { TraceItem } from '../script-host.ts'

const MAX_FILTERS = 20
const TEXTS = z.array(z.string().max(1000)).max(50)
const FILTER = z.union([
  z.strictObject({ sampling_rate: z.number().min(0).max(1) }),
  z.strictObject({ outcome: TEXTS }),
  z.strictObject({ method: TEXTS }),
  z.strictObject({ client_ip: TEXTS }),
  z.strictObject({ key: z.string().max(200), query: z.string().max(1000).optional() }),
  z.strictObject({ query: z.string().max(1000) }),
])
export const FILTERS = z.array(FILTER).max(MAX_FILTERS)
export type TailFilter = z.output<typeof FILTER>

/** Whether every filter lets the item pass; `chance` is a number from 0 to 1. */
export function isWanted(item: TraceItem, filters: readonly TailFilter[], chance: number): boolean {
  return filters.every((filter) => passes(item, filter, chance))
}

function passes(item: TraceItem, filter: TailFilter, chance: number): boolean {
  if ('sampling_rate' in filter) return chance < filter.sampling_rate
  if ('outcome' in filter) return filter.outcome.some((each) => each === item.outcome)
  const request = memberOf(memberOf(item, 'event'), 'request')
  if ('method' in filter) {
    const method = memberOf(request, 'method')
    return typeof method === 'string' && filter.method.some((each) => each.toUpperCase() === method)
  }
  const headers = memberOf(request, 'headers')
  if ('client_ip' in filter) return filter.client_ip.some((each) => each === memberOf(headers, 'cf-connecting-ip'))
  if ('key' in filter) {
    const value = memberOf(headers, filter.key.toLowerCase())
    return typeof value === 'string' && value.includes(filter.query ?? '')
  }
  const logs = memberOf(item, 'logs')
  return (
    Array.isArray(logs) && logs.some((log) => JSON.stringify(memberOf(log, 'message') ?? '').includes(filter.query))
  )
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}
