// Which rules can be run?  Those that compile (rule.ts), no more of them than a phase has room for.
//
// DEVIATION CF ruleset-engine/rulesets-api: rules that are off are not judged, so that a ruleset which asks for more than this
// version has can be kept; docs/decisions/0061.

import type { ValidateRuleset } from './documents.ts'
import { listed } from './json-reader.ts'
import { isRunPhase, RUN_PHASES } from './phases.ts'
import { readRule } from './rule.ts'
import { PHASE_TABLES } from './tables.ts'

/** Rules that are on, for each phase: what Cloudflare's largest plan has.  CF plans: transform_rules, cache_rules and others */
export const MAX_ENABLED_RULES = 300

export const validateRuleset: ValidateRuleset = (phase, rules) => {
  const enabled = rules.filter((rule) => rule.enabled).length
  if (enabled > MAX_ENABLED_RULES) {
    const message = `${enabled} rules are on, more than ${MAX_ENABLED_RULES}; switch off or delete ${enabled - MAX_ENABLED_RULES}`
    return [{ pointer: '', message }]
  }
  return rules.flatMap((rule, index) => {
    if (!rule.enabled) return []
    if (!isRunPhase(phase)) {
      const message = `this version does not run the phase ${phase}; set "enabled": false, or use ${listed(RUN_PHASES)}`
      return [{ pointer: `/${index}`, message }]
    }
    const read = readRule(PHASE_TABLES[phase], rule)
    return read.ok ? [] : read.problem.map((each) => ({ ...each, pointer: `/${index}${each.pointer}` }))
  })
}
