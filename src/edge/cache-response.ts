// Cache Response Rules: what the origin's answer becomes before the edge judges and stores it (cache/ruled-response.ts), and
// before it goes on to a visitor whose answer is not stored.  CF cache/how-to/cache-response-rules; docs/decisions/0073

import type { CacheSettings } from '../cache/index.ts'
import { type FieldList, fieldValue, HOP_BY_HOP, hasField } from '../http/index.ts'
import type { OriginAnswer } from '../origin/index.ts'
import {
  applyCacheResponse,
  type CacheResponseEdits,
  type CacheResponseSettings,
  cacheResponseSettings,
} from '../rulesets/index.ts'
import type { EdgeServices } from './edge.ts'
import type { RoutedExchange } from './exchange.ts'
import { knobEdits } from './knob-edits.ts'
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
  const said = editsOfKnobs(exchange)
  if (rules.cacheResponse === undefined) return said === undefined ? undefined : ruledBy(said, fields, settings)
  exchange.response = { status, fields, rawFields: fields, errorType: '', errorCode: 0 }
  const edits = rules.cacheResponse.run(contextOf(exchange, edge), exchange.trail)
  if (edits === undefined) return said === undefined ? undefined : ruledBy(said, fields, settings)
  return ruledBy(said === undefined ? edits : over(edits, said), fields, settings)
}

function ruledBy(edits: CacheResponseEdits, fields: FieldList, settings: CacheSettings): Ruled {
  return { ...applyCacheResponse(fields, edits), ...cacheResponseSettings(settings, edits) }
}

/** What the script that asks said about the response, in the form of rules. */
function editsOfKnobs({ caller }: RoutedExchange): CacheResponseEdits | undefined {
  return caller === undefined ? undefined : knobEdits(caller.knobs)
}

/** CF changelog 2026-04-21: what a script says beats Cache Response Rules, setting by setting. */
function over(rules: CacheResponseEdits, script: CacheResponseEdits): CacheResponseEdits {
  return {
    control: new Map([...rules.control, ...script.control]),
    tags: [...rules.tags, ...script.tags],
    stripEtags: rules.stripEtags || script.stripEtags,
    stripSetCookie: rules.stripSetCookie,
    stripLastModified: rules.stripLastModified || script.stripLastModified,
  }
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
  if (exchange.plan.rules.cacheResponse === undefined && editsOfKnobs(exchange) === undefined) return
  const { status, headers } = answer
  passUnderRules(answer, underResponseRules(exchange, { status, fields: originFields(headers) }, edge))
}
