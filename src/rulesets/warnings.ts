// What is accepted and yet may not do what its author thinks: fields that this edge cannot know, parameters that it keeps
// without acting on them.  The API tells it in `messages`.

import type { Uses } from '../rules/index.ts'
import { KEPT_CONFIG_PARAMETERS } from './actions/set-config.ts'
import { filterExpressionOf, valueExpressionOf } from './expressions.ts'
import { fieldRow } from './fields.ts'
import { isRunPhase, type Phase, type RunPhase } from './phases.ts'
import type { RuleDefinition } from './read-ruleset.ts'

/** Cache Rule parameters that are kept and do nothing (actions/set-cache-settings.ts). */
const KEPT_CACHE_PARAMETERS = ['cache_reserve', 'origin_range_requests', 'shared_dictionary']
const MAX_WARNINGS = 20

/** A sentence for each doubt about rules that are on; `hasGeoip`: a database of addresses is there. */
export function warningsOf(
  phase: Phase,
  rules: readonly RuleDefinition[],
  { hasGeoip }: { readonly hasGeoip: boolean },
): readonly string[] {
  if (!isRunPhase(phase)) return []
  const sentences = rules.flatMap((rule, index) => {
    if (!rule.enabled) return []
    return doubtsAbout(phase, rule, hasGeoip).map((doubt) => `rule ${index + 1}: ${doubt}`)
  })
  return sentences.slice(0, MAX_WARNINGS)
}

function doubtsAbout(phase: RunPhase, rule: RuleDefinition, hasGeoip: boolean): readonly string[] {
  const fields = new Set(usesIn(phase, rule).flatMap((uses) => [...uses.fields]))
  const { action_parameters } = rule
  const named =
    typeof action_parameters === 'object' && action_parameters !== null ? Object.keys(action_parameters) : []
  const kept = phase === 'http_config_settings' ? KEPT_CONFIG_PARAMETERS : KEPT_CACHE_PARAMETERS
  return [
    ...[...fields].flatMap((name) => doubtAboutField(name, hasGeoip) ?? []),
    ...named.filter((name) => kept.includes(name)).map((name) => `${name} is kept, and has no effect here`),
  ]
}

/** Why a field may not be what its name says, or undefined. */
export function doubtAboutField(name: string, hasGeoip: boolean): string | undefined {
  const row = fieldRow(name)
  const value = row?.fallback === undefined ? 'missing' : JSON.stringify(row.fallback)
  if (row?.read === undefined) return `${name} cannot be known here, and is always ${value}`
  if (row.needs !== 'geoip' || hasGeoip) return undefined
  return `${name} is ${value} until edge.geoip names a database of addresses`
}

/** The uses of the filter and of every value expression in the parameters. */
function usesIn(phase: RunPhase, { expression, action_parameters }: RuleDefinition): readonly Uses[] {
  const filter = filterExpressionOf(phase, expression)
  const values = expressionsIn(action_parameters).map((text) => valueExpressionOf(phase, text))
  return [filter, ...values].flatMap((compiled) => (compiled.ok ? [compiled.value.uses] : []))
}

function expressionsIn(json: unknown): readonly string[] {
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([name, value]) =>
    name === 'expression' && typeof value === 'string' ? [value] : expressionsIn(value),
  )
}
