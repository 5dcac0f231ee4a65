// The settings of zones as the API reads and changes them.  The configuration store keeps them; `api/` is given this.

import type { EpochMillis, Result, Seconds } from '../base/index.ts'

/** A setting as it is now. */
export type SettingState = {
  readonly id: string
  /** The JSON value of the API. */
  readonly value: string | number
  readonly editable: boolean
  /** When the API or the file last changed it; undefined: it has its default. */
  readonly modifiedOn: EpochMillis | undefined
  /** Development Mode only: until it ends; negative: since it ended; false: it was never on. */
  readonly timeRemaining?: Seconds | false
}

/** Why a setting was not changed. */
export type SettingProblem =
  /** No such zone, or no such setting in this version. */
  | { readonly kind: 'unknown' }
  /** The value is not one of the setting's: what is wrong and what to write. */
  | { readonly kind: 'bad-value'; readonly message: string }
  /** It could not be made durable, so it was not changed. */
  | { readonly kind: 'not-recorded' }

export interface ZoneSettingsService {
  find(zoneId: string, id: string): SettingState | undefined
  /** Changes a setting: durable and in the snapshot when it returns, or not at all. */
  change(zoneId: string, id: string, value: unknown): Result<SettingState, SettingProblem>
}
