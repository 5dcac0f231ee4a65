// Whose processor time was it?  Readings of Linux's /proc, and where the run pins whom.
//
// The contender under measurement has a core to itself; everything else (load generators, the origin server, this script)
// shares another one.  Time on the contender's core that the contender did not use makes a round suspect
// (rounds.ts judges).

import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { BenchFailure } from './failure.ts'

/** Processor time in microseconds. */
export type Micros = number & { readonly __unit: 'Micros' }

/** The core of the contender under measurement. */
export const SERVER_CORE = 0
/** The core of the load generators, the origin server and this script. */
export const LOAD_CORE = 1

/** USER_HZ: the unit of /proc's tick counts, 100 a second on every Linux that Bun runs on. */
const MICROS_PER_TICK = 10_000

const MIN_CORES = 2

export function micros(n: number): Micros {
  return n as Micros
}

/** Refuses machines on which the figures would mean nothing. */
export function assertMachine(): void {
  if (process.platform !== 'linux') throw new BenchFailure('the benchmark reads /proc and pins cores: it needs Linux')
  if (availableParallelism() < MIN_CORES) {
    throw new BenchFailure(`the benchmark needs ${MIN_CORES} cores, one of them for the server alone`)
  }
}

/** The machine in one line: no name, no address. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${cpus().length} cores, ${model}`
}

/** The processor time of a process and all its descendants so far. */
export function treeTime(root: number): Micros {
  let ticks = 0
  for (const pid of processTree(root)) ticks += ticksOf(pid)
  return micros(ticks * MICROS_PER_TICK)
}

/** A process and all its descendants, parents first. */
export function processTree(root: number): readonly number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = readStat(Number(name))?.parent
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const tree = [root]
  for (const pid of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

function ticksOf(pid: number): number {
  return readStat(pid)?.ticks ?? 0
}

function readStat(pid: number): { parent: number; ticks: number } | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined // ended between the listing and now: it counts no more
  }
  return parseStat(text)
}

/** Parent, user and system time of a line of /proc/PID/stat, whose second field may hold any character. */
export function parseStat(text: string): { parent: number; ticks: number } | undefined {
  const close = text.lastIndexOf(')')
  const fields = text.slice(close + 2).split(' ')
  const [parent, user, system] = [Number(fields[1]), Number(fields[11]), Number(fields[12])]
  if (close < 0 || Number.isNaN(parent + user + system)) return undefined
  return { parent, ticks: user + system }
}

/** What a core has done so far. */
export type CoreTime = {
  /** Time of processes. */
  readonly busy: Micros
  /** Time that the hypervisor gave to others. */
  readonly stolen: Micros
}

export function coreTime(core: number): CoreTime {
  const time = parseCoreTime(readFileSync('/proc/stat', 'latin1'), core)
  if (time === undefined) throw new BenchFailure(`/proc/stat does not list core ${core}`)
  return time
}

/** The line of one core in /proc/stat, or undefined when there is none. */
export function parseCoreTime(text: string, core: number): CoreTime | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`cpu${core} `))
  if (line === undefined) return undefined
  const [user = 0, nice = 0, system = 0, , , , , stolen = 0] = line.split(/\s+/).slice(1).map(Number)
  return { busy: micros((user + nice + system) * MICROS_PER_TICK), stolen: micros(stolen * MICROS_PER_TICK) }
}

/** Resident memory of one process in bytes, 0 when it is gone. */
export function residentBytes(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1])
    return pages * PAGE_BYTES
  } catch {
    return 0 // gone
  }
}

/** x86-64 and the usual arm64 kernels. */
const PAGE_BYTES = 4096
