// A cgroup for each workerd process, where the machine lets us: a limit on all of its memory, which workerd itself has only for
// V8's heap, and less of the processor than the edge.  docs/decisions/0157
//
//   varyant-<edge>-<zone>-<generation>/    memory.max, memory.swap.max, memory.oom.group, cpu.weight
//
// A process is in its group before the program begins, so nothing of it is outside: a shell moves itself and becomes the program.

import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bytes } from '../base/index.ts'
import { type CgroupPlace, EDGE_GROUP, findPlace } from './cgroup-place.ts'

export type Cgroup = {
  readonly path: string
  /** Go before the words of a program, which then runs in it. */
  readonly words: readonly string[]
  /** Whether the system has ended a process in it for its memory. */
  hasRunOut(): boolean
  /** Removes it; the processes in it have ended. */
  remove(): void
}

export type Cgroups = {
  /** Makes a group; undefined when the system does not let us any more. */
  make(name: string): Cgroup | undefined
}

/** Of the processor that edge and scripts both want, in hundredths of the edge's part. */
const CPU_WEIGHT = 33

/** Groups at the place, each with this much memory; throws when the system does not let us. */
export function openCgroups(place: Extract<CgroupPlace, { kind: 'found' }>, memory: Bytes): Cgroups {
  const { base, enable, move } = place
  if (move.length > 0) {
    const home = join(base, EDGE_GROUP)
    mkdirSync(home, { recursive: true })
    for (const pid of move) writeFileSync(join(home, 'cgroup.procs'), String(pid))
  }
  for (const controller of enable) writeFileSync(join(base, 'cgroup.subtree_control'), `+${controller}`)
  return { make: (name) => makeCgroup(join(base, `varyant-${process.pid}-${name}`), memory) }
}

/** What `openCgroups` makes of this machine, or the sentence that says why it cannot. */
export function findCgroups(memory: Bytes, place: CgroupPlace = findPlace(process.pid)): Cgroups | string {
  if (place.kind === 'none') return place.why
  try {
    const cgroups = openCgroups(place, memory)
    const trial = cgroups.make('trial')
    if (trial === undefined) return `no cgroup can be made below ${place.base}`
    const { success } = Bun.spawnSync([...trial.words, 'true'], { env: { PATH: '/usr/local/bin:/usr/bin:/bin' } })
    trial.remove()
    return success ? cgroups : `no process can be moved into a cgroup below ${place.base}`
  } catch (cause) {
    return `${place.base}: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

function makeCgroup(path: string, memory: Bytes): Cgroup | undefined {
  // One of this name is an earlier edge's that had the same process id, as in a container.
  removeCgroup(path)
  try {
    mkdirSync(path)
    writeFileSync(join(path, 'memory.max'), String(memory))
  } catch {
    // Fail open: the script runs without a limit of its own, as it does on most machines.
    removeCgroup(path)
    return undefined
  }
  for (const [file, value] of [
    // Swap would be the way around the limit; a group as a whole is ended, so that no half of it hangs.
    ...([['memory.swap.max', '0'] as const, ['memory.oom.group', '1'] as const] as const),
    ['cpu.weight', String(CPU_WEIGHT)] as const,
  ]) {
    try {
      writeFileSync(join(path, file), value)
    } catch {
      // Fail open: a kernel without it; the limit that counts is set.
    }
  }
  return {
    path,
    words: ['/bin/sh', '-c', 'echo 0 > "$0/cgroup.procs" && exec "$@"', path],
    hasRunOut: () => /^oom_kill [1-9]/m.test(read(join(path, 'memory.events'))),
    remove: () => removeCgroup(path),
  }
}

/** Removes a group that is empty; answers whether it is gone. */
export function removeCgroup(path: string): boolean {
  try {
    rmdirSync(path)
    return true
  } catch (cause) {
    // Fail open: a process is still about to end in it; the next start, or the next of this name, removes it.
    return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // Fail open: the group is gone; nothing is known of how.
    return ''
  }
}
