// Cache Response Rules.

import type { CacheSettings } from '../../cache/index.ts'
import type { FieldList } from '../../http/index.ts'
import type { CacheResponseEdits, CacheResponseSettings, RulesPhase } from '../outcomes.ts'
import type { StoredRule } from '../rule.ts'

export function compileCacheResponse(
  _rules: readonly StoredRule[],
  _problems: string[],
): RulesPhase<CacheResponseEdits | undefined> | undefined {
  return undefined
}

/** What a response becomes: `judged` is what the edge judges and tags by, `passed` what is kept and goes on to the browser. */
export function applyCacheResponse(
  fields: FieldList,
  _edits: CacheResponseEdits,
): { readonly judged: FieldList; readonly passed: FieldList } {
  return { judged: fields, passed: fields }
}

/** The settings that the response is judged by. */
export function cacheResponseSettings(settings: CacheSettings, _edits: CacheResponseEdits): CacheResponseSettings {
  return { settings, allowsSmartRevalidation: true }
}
