// Cache Response Rules: what the origin's answer becomes before the edge judges and stores it (cache/ruled-response.ts), and
// before it goes on to a visitor whose answer is not stored.  CF cache/how-to/cache-response-rules; docs/decisions/0073

import { type FieldList, fieldValue, HOP_BY_HOP, hasField } from '../http/index.ts'
import type { OriginAnswer } from '../origin/index.ts'
import { applyCacheResponse, type CacheResponseSettings, cacheResponseSettings } from '../rulesets/index.ts'
import type { EdgeServices } from './edge.ts'
import type { RoutedExchange } from './exchange.ts'
import { originFields } from './origin-response.ts'
import { contextOf } from './rule-facts.ts'

/** What the rules that matched made of a response. */
export type Ruled = CacheResponseSettings & { readonly judged: FieldList; readonly passed: FieldList }

/** The response under the rules, or undefined when none matched. */
export function underResponseRules(
  exchange: RoutedExchange,
  { status, fields }: { readonly status: number; readonly fields: FieldList },
  edge: EdgeServices,
): Ruled | undefined {
  const { rules, settings } = exchange.plan
  if (rules.cacheResponse === undefined) return undefined
  exchange.response = { status, fields, rawFields: fields, errorType: '', errorCode: 0 }
  const edits = rules.cacheResponse.run(contextOf(exchange, edge), exchange.trail)
  if (edits === undefined) return undefined
  return { ...applyCacheResponse(fields, edits), ...cacheResponseSettings(settings, edits) }
}

/** An answer that is not stored goes out as the rules have it: its fields are changed in place. */
export function passUnderRules({ headers }: OriginAnswer, ruled: Ruled | undefined): void {
  if (ruled === undefined) return
  const { passed } = ruled
  for (const name of [...headers.keys()]) {
    if (!HOP_BY_HOP.has(name) && !hasField(passed, name)) headers.delete(name)
  }
  for (const [name] of passed) {
    const value = fieldValue(passed, name)
    // The lines of Set-Cookie stay apart; rules take all of them or none.
    if (name !== 'set-cookie' && value !== undefined && headers.get(name) !== value) headers.set(name, value)
  }
}

/** The same for an answer that nobody thought of storing. */
export function passUnderResponseRules(exchange: RoutedExchange, answer: OriginAnswer, edge: EdgeServices): void {
  if (exchange.plan.rules.cacheResponse === undefined) return
  const { status, headers } = answer
  passUnderRules(answer, underResponseRules(exchange, { status, fields: originFields(headers) }, edge))
}
