// Reads and changes the settings of zones, by the table of setting-rules.ts.

import { epochMillis, fail, ok, type Result } from '../base/index.ts'
import { DEVELOPMENT_MODE, developmentModeAt } from './development-mode.ts'
import { quoteJson } from './problems.ts'
import type { Publisher } from './publish.ts'
import type { SettingChange, SettingProblem, SettingState, ZoneSettingsService } from './setting-contract.ts'
import type { SettingRule, SettingRules } from './setting-rules.ts'
import { type KeptValue, settingPath } from './zone-documents.ts'

/** The settings of these rules. */
export function makeSettingsService(publisher: Publisher, rules: SettingRules): ZoneSettingsService {
  const { clock } = publisher

  function show(id: string, rule: SettingRule, kept: KeptValue | undefined): SettingState {
    const shown = {
      id,
      value: kept?.value ?? rule.initial,
      editable: true,
      modifiedOn: kept === undefined ? undefined : epochMillis(kept.modified_on),
      effect: rule.effect,
    }
    return id === DEVELOPMENT_MODE ? { ...shown, ...developmentModeAt(kept, clock.now()) } : shown
  }

  function find(zoneId: string, id: string): SettingState | undefined {
    const zone = publisher.findZone(zoneId)
    const rule = rules.get(id)
    return zone && rule && show(id, rule, zone.settings.get(id))
  }

  function judge(changes: readonly SettingChange[]): SettingProblem | undefined {
    for (const { id, value } of changes) {
      const rule = rules.get(id)
      if (rule === undefined) return { kind: 'unknown', id }
      const remedy = rule.remedyFor(value)
      if (remedy === undefined) continue
      return { kind: 'bad-value', id, message: `${quoteJson(value)} is not a value of the setting ${id}; ${remedy}` }
    }
    return undefined
  }

  return {
    find,
    list: (zoneId) => [...rules.keys()].flatMap((id) => find(zoneId, id) ?? []),
    change: (zoneId, changes) => {
      if (publisher.findZone(zoneId) === undefined) return fail({ kind: 'unknown', id: zoneId })
      const problem = judge(changes)
      if (problem !== undefined) return fail(problem)
      const recorded = publisher.record((draft): Result<undefined, SettingProblem> => {
        for (const { id, value } of changes) {
          draft.write(settingPath(zoneId, id), { value, modified_on: clock.now() } satisfies KeptValue)
        }
        return ok(undefined)
      })
      return recorded.ok ? ok(changes.flatMap(({ id }) => find(zoneId, id) ?? [])) : recorded
    },
    reset: (zoneId, id) => {
      const state = find(zoneId, id)
      if (state === undefined) return fail({ kind: 'unknown', id })
      const recorded = publisher.record((draft): Result<undefined, SettingProblem> => {
        draft.remove(settingPath(zoneId, id))
        return ok(undefined)
      })
      return recorded.ok ? ok({ ...state, modifiedOn: clock.now() }) : recorded
    },
  }
}
