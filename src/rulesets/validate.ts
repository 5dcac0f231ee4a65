// Which rules can be run?  Until the rules language exists: Cache Rules that match everything.  A rule that is off does
// nothing, so it may say what this version cannot do.

import { parseCacheRuleParameters } from './actions/set-cache-settings.ts'
import type { ValidateRuleset } from './documents.ts'
import { type JsonProblem, quote } from './json-reader.ts'
import type { RuleDefinition } from './read-ruleset.ts'

const CACHE_PHASE = 'http_request_cache_settings'

export const validateRuleset: ValidateRuleset = (phase, rules) =>
  rules.flatMap((rule, index) =>
    judgeRule(phase, rule).map(({ pointer, message }) => ({ pointer: `/${index}${pointer}`, message })),
  )

function judgeRule(phase: string, rule: RuleDefinition): readonly JsonProblem[] {
  if (!rule.enabled) return []
  if (phase !== CACHE_PHASE) {
    return [{ pointer: '', message: `this version does not run the phase ${phase} yet; set "enabled": false` }]
  }
  const problems: JsonProblem[] = []
  if (rule.action !== 'set_cache_settings') {
    const message = `${quote(rule.action)} is no action of ${CACHE_PHASE}; write "set_cache_settings"`
    problems.push({ pointer: '/action', message })
  }
  if (rule.expression.trim() !== 'true') {
    const message = `${quote(rule.expression)} cannot be evaluated: this version has only the expression "true"`
    problems.push({ pointer: '/expression', message })
  }
  const parameters = parseCacheRuleParameters(rule.action_parameters)
  if (parameters.ok) return problems
  return [
    ...problems,
    ...parameters.problem.map(({ pointer, message }) => ({ pointer: `/action_parameters${pointer}`, message })),
  ]
}
