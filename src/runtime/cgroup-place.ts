// Where processes of scripts can have cgroups of their own, if anywhere.  Linux cgroup v2, Documentation/admin-guide/cgroup-v2
// §Delegation, §No Internal Process Constraint; docs/decisions/0157
//
//   the root of the hierarchy    beside the edge, which may stay there
//   .../varyant-edge             beside it: systemd's DelegateSubgroup=varyant-edge, or where an earlier start has moved to
//   any other                    below it, if nobody but the edge, what started it, and what it has started are in it: they
//                                move one down
//
// Reads, and decides; nothing is changed here.  Whoever starts a database beside the edge in one cgroup keeps it where it is.

import { accessSync, constants, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The cgroup of the edge itself, where processes of scripts are beside it. */
export const EDGE_GROUP = 'varyant-edge'

export type CgroupPlace =
  | {
      readonly kind: 'found'
      /** The directory below which groups are made. */
      readonly base: string
      /** Controllers that are to be switched on for what is below. */
      readonly enable: readonly string[]
      /** Processes that are to move into `EDGE_GROUP` first. */
      readonly move: readonly number[]
    }
  /** The sentence that says why there is none. */
  | { readonly kind: 'none'; readonly why: string }

/** What the system tells of one cgroup. */
export type CgroupFacts = {
  readonly directory: string
  /** The one that everything on the machine is below. */
  readonly isRoot: boolean
  readonly isWritable: boolean
  /** What there is for it to give. */
  readonly controllers: readonly string[]
  /** What those below it have. */
  readonly enabled: readonly string[]
  readonly processes: readonly number[]
}

/** Controllers of use here; without the first there is no point in any. */
const WANTED = ['memory', 'cpu'] as const

/** Where groups can be made, `own` being the edge's cgroup, `above` the one that it is in, `family` its processes and their ancestors. */
export function decidePlace(
  own: CgroupFacts,
  above: CgroupFacts | undefined,
  family: ReadonlySet<number>,
): CgroupPlace {
  const isMoved = basename(own.directory) === EDGE_GROUP
  const base = isMoved && above !== undefined ? above : own
  if (!base.controllers.includes('memory')) return none(`${base.directory} has no memory controller to give`)
  if (!base.isWritable) return none(`${base.directory} cannot be written; delegate it`)
  const enable = WANTED.filter((name) => base.controllers.includes(name) && !base.enabled.includes(name))
  if (base.isRoot) return { kind: 'found', base: base.directory, enable, move: [] }
  const strangers = base.processes.filter((pid) => !family.has(pid))
  if (strangers.length > 0) {
    return none(`process ${strangers[0]} is in ${base.directory} too; start the edge in a cgroup of its own`)
  }
  return { kind: 'found', base: base.directory, enable, move: base.processes }
}

function none(why: string): CgroupPlace {
  return { kind: 'none', why }
}

/** Looks where the edge's own process is; `proc` stands for /proc. */
export function findPlace(pid: number, proc = '/proc'): CgroupPlace {
  const mounted = mountOf(read(join(proc, 'self/mountinfo')) ?? '')
  const path = /^0::(\/.*)$/m.exec(read(join(proc, 'self/cgroup')) ?? '')?.[1]
  if (mounted === undefined || path === undefined) return none('there is no cgroup v2 here')
  if (path.startsWith('/..')) return none('the cgroup of the edge cannot be seen from here')
  const directory = path === '/' ? mounted : join(mounted, path)
  const own = factsOf(directory)
  if (own === undefined) return none(`${directory} cannot be read`)
  const above = path === '/' ? undefined : factsOf(dirname(directory))
  return decidePlace(own, above, familyOf(pid, [...own.processes, ...(above?.processes ?? [])], proc))
}

/** The mount point of cgroup v2 in the text of /proc/self/mountinfo. */
export function mountOf(mountinfo: string): string | undefined {
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    // Spaces in it are \040.
    if (after.startsWith('cgroup2 ')) return before.split(' ')[4]?.replaceAll('\\040', ' ')
  }
  return undefined
}

function factsOf(directory: string): CgroupFacts | undefined {
  const controllers = read(join(directory, 'cgroup.controllers'))
  if (controllers === undefined) return undefined
  return {
    directory,
    // §Core Interface Files: cgroup.type is on all but the root.
    isRoot: read(join(directory, 'cgroup.type')) === undefined,
    isWritable: isWritable(directory) && isWritable(join(directory, 'cgroup.subtree_control')),
    controllers: words(controllers),
    enabled: words(read(join(directory, 'cgroup.subtree_control')) ?? ''),
    processes: words(read(join(directory, 'cgroup.procs')) ?? '').map(Number),
  }
}

/** A process, those that started it, and those among `others` that it has started: other edge processes, scripts' too. */
function familyOf(pid: number, others: readonly number[], proc: string): ReadonlySet<number> {
  const offspring = others.filter((other) => ancestorsOf(other, proc).has(pid))
  return new Set([...ancestorsOf(pid, proc), ...offspring])
}

/** A process and those that started it. */
function ancestorsOf(pid: number, proc: string): ReadonlySet<number> {
  const family = new Set<number>()
  for (let at = pid; at > 0 && !family.has(at); ) {
    family.add(at)
    const stat = read(join(proc, `${at}/stat`)) ?? ''
    // The name may hold anything, parentheses too.
    at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0)
  }
  return family
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    // What cannot be written, for whatever reason.
    return false
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // Fail open: it is not there, or not for us; the caller says what that means.
    return undefined
  }
}
