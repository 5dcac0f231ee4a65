// Who comes first where several want the same processor: a script that holds one is behind everybody else until it lets go.
// docs/decisions/0156

import { getPriority, setPriority } from 'node:os'

/** A tenth of what another gets, where both want one processor; the watchdog counts what it had, and ends it no later than that. */
const STEPS_BEHIND = 10
const LAST = 19

/** Puts a process behind the edge, and behind those that are not. */
export function putBehind(pid: number): void {
  trySet(pid, Math.min(LAST, getPriority() + STEPS_BEHIND))
}

/** Puts it where it was: beside the edge.  Without privileges the system does not let us, and it stays behind. */
export function putBeside(pid: number): void {
  trySet(pid, getPriority())
}

function trySet(pid: number, priority: number): void {
  try {
    setPriority(pid, priority)
  } catch {
    // Fail open: it has ended, or we may not; it is served, and ended, all the same.
  }
}
