// The door of `rulesets`: Cloudflare's phases, rulesets and actions.

// Rules of the account
export {
  accountValidator,
  executedBy,
  makeAccountRules,
} from './account-rules.ts'
// Running rules
export { applyCacheResponse, cacheResponseSettings } from './actions/cache-response.ts'
export { parseCacheRuleParameters } from './actions/set-cache-settings.ts'
export { checkExpression, type ExpressionReport } from './check.ts'
export { makeRuleContext, type RuleContext } from './context.ts'
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
export type { FieldSource, GeoPlace, Locate, ResponseFacts, RuleFacts, Timings } from './facts.ts'
export { conflictsWith, MANAGED_TRANSFORMS, type ManagedTransforms } from './managed-transforms.ts'
export type {
  CacheResponseEdits,
  CacheResponseSettings,
  ConfigOverrides,
  HeaderEdits,
  OriginOverrides,
  RuleFault,
  RuleFaultCode,
} from './outcomes.ts'
export { isPhase, isRunPhase, PHASES, type Phase, RUN_PHASES, type RunPhase } from './phases.ts'
export { compileRules, type RulesProgram, type RulesSource, type UrlNormalization } from './program.ts'
export {
  type RuleDefinition,
  type RuleEdit,
  type RuleInput,
  type RulesetInput,
  readRuleEdit,
  readRuleset,
} from './read-ruleset.ts'
export { type RulesReference, rulesReference } from './reference.ts'
export type { StoredRule } from './rule.ts'
export { type SnippetRule, toStoredRules } from './snippet-rules.ts'
export { validateRuleset } from './validate.ts'
export { warningsOf } from './warnings.ts'
