// The door of `rulesets`: Cloudflare's phases, rulesets and actions.

// Actions
export { applyCacheRule, type CacheRuleParameters, parseCacheRuleParameters } from './actions/set-cache-settings.ts'
// Documents
export {
  addRule,
  deleteRule,
  type EditContext,
  editRule,
  makeRuleset,
  type RuleDocument,
  type RulesetDocument,
  type RulesetProblem,
  replaceRuleset,
  summaryOf,
  type ValidateRuleset,
} from './documents.ts'
export type { JsonProblem } from './json-reader.ts'
export { isPhase, PHASES, type Phase, type RulesetThing } from './phases.ts'
export { type RuleEdit, type RulesetInput, readRuleEdit, readRuleset } from './read-ruleset.ts'
export { validateRuleset } from './validate.ts'
