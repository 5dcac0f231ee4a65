// The settings of zones as the API reads and changes them.  The configuration store keeps them; `api/` is given this.

import type { EpochMillis, Result, Seconds } from '../base/index.ts'

/** A setting as it is now. */
export type SettingState = {
  readonly id: string
  /** The JSON value of the API. */
  readonly value: unknown
  readonly editable: boolean
  /** When the API or the file last changed it; undefined: it has its default. */
  readonly modifiedOn: EpochMillis | undefined
  /** 'served': the next request is served by it; 'kept': this version only remembers it. */
  readonly effect: 'served' | 'kept'
  /** Development Mode only: until it ends; negative: since it ended; false: it was never on. */
  readonly timeRemaining?: Seconds | false
}

/** Why a setting was not changed. */
export type SettingProblem =
  /** No such zone, or no such setting in this version. */
  | { readonly kind: 'unknown'; readonly id: string }
  /** The value is not one of the setting's: what is wrong and what to write. */
  | { readonly kind: 'bad-value'; readonly id: string; readonly message: string }
  /** It could not be made durable, so it was not changed. */
  | { readonly kind: 'not-recorded' }

export type SettingChange = { readonly id: string; readonly value: unknown }

export interface ZoneSettingsService {
  find(zoneId: string, id: string): SettingState | undefined
  /** All settings of a zone, those with defaults included. */
  list(zoneId: string): readonly SettingState[]
  /** Changes settings, all or none: durable and in the snapshot when it returns.  The states are in the order of the changes. */
  change(zoneId: string, changes: readonly SettingChange[]): Result<readonly SettingState[], SettingProblem>
  /** Makes a setting what it is when nobody set it. */
  reset(zoneId: string, id: string): Result<SettingState, SettingProblem>
}
