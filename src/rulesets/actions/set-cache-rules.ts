// The phase http_request_cache_settings: which Cache Rules match, laid over the settings of the zone in order.
// What one rule sets is set-cache-settings.ts's to read.

import type { CacheSettings } from '../../cache/index.ts'
import { type MatchMemo, makeMatchMemo } from '../match-memo.ts'
import { makeMatcher } from '../matching.ts'
import type { CacheSettingsPhase } from '../outcomes.ts'
import { compileEnabled, type PhaseTable, type StoredRule } from '../rule.ts'
import { applyCacheRule, type CacheRuleParameters, readCacheRuleParameters } from './set-cache-settings.ts'

type CacheRuleEffect = {
  readonly parameters: CacheRuleParameters
  /** The names that the API knows them by. */
  readonly names: readonly string[]
}

export const CACHE_TABLE: PhaseTable<CacheRuleEffect> = {
  phase: 'http_request_cache_settings',
  actions: {
    set_cache_settings: (reader) => {
      const parameters = readCacheRuleParameters(reader)
      return parameters && { parameters, names: Object.keys(reader.value as object) }
    },
  },
}

export function compileCacheSettings(
  stored: readonly StoredRule[],
  problems: string[],
): CacheSettingsPhase | undefined {
  const rules = compileEnabled(CACHE_TABLE, stored, problems).map((rule) => ({
    ...rule,
    sentence: `${rule.name}: set ${rule.effect.names.join(', ')}`,
  }))
  if (rules.length === 0) return undefined
  const match = makeMatcher(rules.map(({ filter }) => filter))
  const memos = new WeakMap<CacheSettings, MatchMemo<CacheSettings>>()
  const memoOf = (base: CacheSettings): MatchMemo<CacheSettings> => {
    const known = memos.get(base) ?? makeMatchMemo<CacheSettings>()
    memos.set(base, known)
    return known
  }
  return {
    isUnconditional: rules.every(({ filter }) => filter.text === 'true'),
    run: (context, base, trail) => {
      context.beginPhase()
      const places: number[] = []
      match(context, (place) => {
        places.push(place)
        trail.push(rules[place]?.sentence ?? '')
        return 'go on'
      })
      if (places.length === 0) return base
      return memoOf(base)(places, () => {
        const laid = places.reduce((settings, place) => {
          const rule = rules[place]
          return rule === undefined ? settings : applyCacheRule(settings, rule.effect.parameters)
        }, base)
        return Object.freeze(laid)
      })
    },
  }
}
