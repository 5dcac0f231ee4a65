// What the system tells of a process: the processor time that it has used and the memory that it holds.  From /proc; where
// there is none, nothing is known.

import { readFileSync } from 'node:fs'
import { type Bytes, bytes, type Millis, millis } from '../base/index.ts'

/** USER_HZ: what the kernel counts in towards programs, on every architecture that Linux runs on today. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096

/** Processor time of all threads of a process so far; undefined when it is gone or nobody can tell. */
export function processorTime(pid: number): Millis | undefined {
  const text = read(`/proc/${pid}/stat`)
  return text === undefined ? undefined : parseProcessorTime(text)
}

/** utime and stime of a line of /proc/PID/stat; the program's name before them may hold anything, parentheses too. */
export function parseProcessorTime(stat: string): Millis | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return Number.isFinite(ticks) ? millis((ticks * 1000) / TICKS_PER_SECOND) : undefined
}

/** The memory of a process that no file backs: what it has taken, without the program that all processes share. */
export function privateMemory(pid: number): Bytes | undefined {
  const [, resident, shared] = (read(`/proc/${pid}/statm`) ?? '').split(' ').map(Number)
  if (resident === undefined || shared === undefined || Number.isNaN(resident - shared)) return undefined
  return bytes((resident - shared) * PAGE_BYTES)
}

/** The last descendant of a process: the program that a jail stands around. */
export function innermost(pid: number): number {
  let inner = pid
  for (let depth = 0; depth < MAX_JAIL_DEPTH; depth += 1) {
    const child = Number((read(`/proc/${inner}/task/${inner}/children`) ?? '').split(' ')[0])
    if (!(child > 0)) break
    inner = child
  }
  return inner
}

/** bwrap, its init, the program. */
const MAX_JAIL_DEPTH = 4

/** The words of a process's command line; undefined when it is gone. */
export function commandLine(pid: number): readonly string[] | undefined {
  return read(`/proc/${pid}/cmdline`)?.split('\0')
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // Fail open: the process has ended, or this system has no /proc; what is not known limits nothing.
    return undefined
  }
}
