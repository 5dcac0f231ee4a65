// Development Mode: on for three hours from when it was switched on, then off by itself.
// CF cache/reference/development-mode
//
// Pure.  All that is kept is the value last set and when; the rest follows from the time.

import { after, between, type EpochMillis, millis, seconds, toMillis, toSeconds } from '../base/index.ts'
import { DEVELOPMENT_MODE_SECONDS } from './defaults.ts'
import type { SettingState } from './setting-contract.ts'
import type { SettingRow } from './setting-table.ts'

export const DEVELOPMENT_MODE = 'development_mode'

/** The instant before which it is on, or undefined when it was switched off or never on. */
export function developmentModeEnd(row: SettingRow | undefined): EpochMillis | undefined {
  return row?.value === 'on' ? after(row.modifiedOn, toMillis(DEVELOPMENT_MODE_SECONDS)) : undefined
}

/** The setting as the API shows it. */
export function developmentModeState(row: SettingRow | undefined, now: EpochMillis): SettingState {
  const shown = { id: DEVELOPMENT_MODE, editable: true, modifiedOn: row?.modifiedOn }
  if (row === undefined) return { ...shown, value: 'off', timeRemaining: false }
  const end = developmentModeEnd(row)
  if (end !== undefined && now < end) return { ...shown, value: 'on', timeRemaining: toSeconds(between(now, end)) }
  const since = toSeconds(millis(Math.max(0, between(end ?? row.modifiedOn, now))))
  return { ...shown, value: 'off', timeRemaining: seconds(0 - since) }
}
