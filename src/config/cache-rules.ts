// Reads the rules of http_request_cache_settings.  Until the rules language exists, a rule matches everything or is off.

import { parseCacheRuleParameters, type RuleDocument as StoredRule } from '../rulesets/index.ts'
import { type ConfigPath, pathOfPointer, quote, sentence } from './problems.ts'
import type { CacheRule } from './resolved.ts'
import type { RuleDocument } from './schema.ts'

/** The rules of a zone; what is wrong with them is added to `problems`. */
export function readCacheRules(rules: readonly RuleDocument[], path: ConfigPath, problems: string[]): CacheRule[] {
  return rules.map((rule, index) => readRule(rule, [...path, index], problems))
}

/**
 * The rules that the API stored.  It judged them before; one that this version can no longer read is off, rather than
 * keeping the zone from being served.
 */
export function storedCacheRules(rules: readonly StoredRule[]): readonly CacheRule[] {
  return rules.map(({ ref, description, enabled, action_parameters }) => {
    const parameters = enabled ? parseCacheRuleParameters(action_parameters) : undefined
    const isOn = parameters?.ok === true
    return { ref, description, enabled: isOn, parameters: isOn ? parameters.value : {} }
  })
}

function readRule(rule: RuleDocument, path: ConfigPath, problems: string[]): CacheRule {
  const enabled = rule.enabled ?? true
  const described = { ref: rule.ref, description: rule.description, enabled }
  // A rule that is off does nothing, so it may say what this version cannot do.
  if (!enabled) return { ...described, parameters: {} }
  const expression = judgeExpression(rule.expression)
  if (expression !== undefined) problems.push(sentence([...path, 'expression'], expression))
  if (rule.action !== 'set_cache_settings') {
    const message = `${quote(rule.action)} is no action of http_request_cache_settings; write "set_cache_settings"`
    problems.push(sentence([...path, 'action'], message))
  }
  const parameters = parseCacheRuleParameters(rule.action_parameters)
  if (parameters.ok) return { ...described, parameters: parameters.value }
  for (const { pointer, message } of parameters.problem) {
    problems.push(sentence(pathOfPointer([...path, 'action_parameters'], pointer), message))
  }
  return { ...described, parameters: {} }
}

/** What is wrong with an expression, or undefined. */
function judgeExpression(expression: unknown): string | undefined {
  if (expression === undefined) return 'this is missing; write "true", which matches every request'
  if (typeof expression !== 'string') return `${quote(expression)} is not a string; write "true"`
  if (expression.trim() === 'true') return undefined
  return `${quote(expression)} cannot be evaluated: this version has only the expression "true"; write that or set "enabled": false`
}
