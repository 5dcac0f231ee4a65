// Development Mode: on for three hours from when it was switched on, then off by itself.
// CF cache/reference/development-mode
//
// Pure.  All that is kept is the value last set and when; the rest follows from the time.

import {
  after,
  between,
  type EpochMillis,
  epochMillis,
  millis,
  type Seconds,
  seconds,
  toMillis,
  toSeconds,
} from '../base/index.ts'
import { DEVELOPMENT_MODE_SECONDS } from './defaults.ts'
import type { KeptValue } from './zone-documents.ts'

export const DEVELOPMENT_MODE = 'development_mode'

/** The instant before which it is on, or undefined when it was switched off or never on. */
export function developmentModeEnd(kept: KeptValue | undefined): EpochMillis | undefined {
  return kept?.value === 'on' ? after(epochMillis(kept.modified_on), toMillis(DEVELOPMENT_MODE_SECONDS)) : undefined
}

/** What it is at `now`, and how long it will be or has been. */
export function developmentModeAt(
  kept: KeptValue | undefined,
  now: EpochMillis,
): { readonly value: 'on' | 'off'; readonly timeRemaining: Seconds | false } {
  if (kept === undefined) return { value: 'off', timeRemaining: false }
  const end = developmentModeEnd(kept)
  if (end !== undefined && now < end) return { value: 'on', timeRemaining: toSeconds(between(now, end)) }
  const since = toSeconds(millis(Math.max(0, between(end ?? epochMillis(kept.modified_on), now))))
  return { value: 'off', timeRemaining: seconds(0 - since) }
}
