// Whose processor time was it, in nanoseconds: by process, and of the edge by thread.  Linux's /proc/PID/task/*/schedstat.

import { readdirSync, readFileSync } from 'node:fs'
import { processTree } from '../processor.ts'

/** Processor time in microseconds. */
export type Times = {
  /** The edge's own thread: everything that a request waits for. */
  readonly edge: number
  /** Its other threads: compiler, collector, the client of origin servers. */
  readonly beside: number
  readonly workerd: number
}

const NANOS_PER_MICRO = 1000

/** What a process and its descendants have used so far. */
export function timesOf(root: number): Times {
  const sum = { edge: 0, beside: 0, workerd: 0 }
  for (const pid of processTree(root)) {
    const isWorkerd = read(`/proc/${pid}/comm`).trim() === 'workerd'
    for (const thread of threadsOf(pid)) {
      const kind = isWorkerd ? 'workerd' : thread === pid ? 'edge' : 'beside'
      sum[kind] += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]) / NANOS_PER_MICRO
    }
  }
  return sum
}

export function difference(after: Times, before: Times): Times {
  return {
    edge: after.edge - before.edge,
    beside: after.beside - before.beside,
    workerd: after.workerd - before.workerd,
  }
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number)
  } catch {
    return [] // ended since the tree was read
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '0' // ended since the folder was read
  }
}
