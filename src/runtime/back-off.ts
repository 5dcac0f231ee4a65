// How long a process that ended by itself stays ended: the first times not at all, then longer and longer.

import { type Millis, millis } from '../base/index.ts'

const DELAYS_MILLIS = [0, 0, 250, 1_000, 4_000, 10_000] as const
const LONGEST_MILLIS = 10_000

/** The wait before the start that follows so many failures in a row. */
export function restartDelay(failures: number): Millis {
  return millis(DELAYS_MILLIS[failures] ?? LONGEST_MILLIS)
}

/** A process that lived this long has left its failures behind. */
export const FORGIVEN_AFTER_MILLIS = 30_000

/** A visit waits this long for a process that is not to be started yet; longer waits are refused at once. */
export const PATIENCE_MILLIS = 1_500
