// The door of `rulesets`: Cloudflare's phases, rulesets and actions.

export { applyCacheRule, type CacheRuleParameters, parseCacheRuleParameters } from './actions/set-cache-settings.ts'
export type { JsonProblem } from './json-reader.ts'
