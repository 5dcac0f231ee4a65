// Where sockets and configurations are while workerd runs: a folder that only this user may enter, with a name so short that
// the path of a socket fits into the 107 bytes that the system has for it.
//
// Below the data directory where that fits, else below the system's folder for what is temporary.  What an edge that was
// killed has left behind is cleared away at the next start, its processes and their cgroups too.

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { removeCgroup } from './cgroups.ts'
import { commandLine } from './process-times.ts'

/** `sun_path` less its final zero byte, on the tightest of our systems. */
const MAX_SOCKET_PATH_BYTES = 103
/** `/z9999/g999999-s9999` with room to spare. */
const LONGEST_NAME_BYTES = 32

export type RunDirectory = {
  readonly path: string
  /** A new folder in it for the process of one zone. */
  folder(name: string): string
  /** Notes a process, so that the next start finds it if this one does not end it. */
  note(pid: number, cgroup?: string): void
  forget(pid: number): void
  /** Removes it with all that is in it. */
  remove(): void
}

/** Makes the folder; throws when the data directory cannot be written. */
export function openRunDirectory(dataDirectory: string): RunDirectory {
  const near = join(dataDirectory, 'run')
  rmLeftovers(near)
  const fits = Buffer.byteLength(near) + LONGEST_NAME_BYTES <= MAX_SOCKET_PATH_BYTES
  mkdirSync(near, { recursive: true, mode: 0o700 })
  chmodSync(near, 0o700)
  const path = fits ? near : mkdtempSync(join(tmpdir(), 'vy-'))
  /** Each with its cgroup. */
  const noted = new Map<number, string | undefined>()
  const write = (): void => {
    const state = { path, pids: [...noted.keys()], cgroups: [...noted.values()].filter((each) => each !== undefined) }
    writeFileSync(join(near, 'state.json'), JSON.stringify(state), { mode: 0o600 })
  }
  write()
  return {
    path,
    folder: (name) => {
      const folder = join(path, name)
      mkdirSync(folder, { mode: 0o700 })
      return folder
    },
    note: (pid, cgroup) => {
      noted.set(pid, cgroup)
      write()
    },
    forget: (pid) => {
      noted.delete(pid)
      write()
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true })
      rmSync(near, { recursive: true, force: true })
    },
  }
}

function rmLeftovers(near: string): void {
  const { path, pids, cgroups } = readState(near)
  for (const pid of pids) if (isOurs(pid, path)) kill(pid)
  for (const cgroup of cgroups) rmCgroup(cgroup)
  // Only what such a start makes is removed: names in the file are believed no further.
  if (path !== undefined && path !== near && /^vy-[A-Za-z0-9]+$/.test(path.slice(tmpdir().length + 1))) {
    rmSync(path, { recursive: true, force: true })
  }
  for (const name of namesIn(near)) rmSync(join(near, name), { recursive: true, force: true })
}

/** Only an empty group can be removed: what was killed a moment ago is given another to be gone. */
function rmCgroup(path: string): void {
  if (!CGROUP_NAME.test(basename(path))) return
  for (let turn = 0; turn < CGROUP_TURNS && !removeCgroup(path); turn += 1) Bun.sleepSync(CGROUP_TURN_MILLIS)
}

/** As cgroups.ts calls them. */
const CGROUP_NAME = /^varyant-\d+-[a-z0-9-]+$/
const CGROUP_TURNS = 20
const CGROUP_TURN_MILLIS = 10

type State = {
  readonly path: string | undefined
  readonly pids: readonly number[]
  readonly cgroups: readonly string[]
}

function readState(near: string): State {
  try {
    const state: unknown = JSON.parse(readFileSync(join(near, 'state.json'), 'utf8'))
    if (typeof state !== 'object' || state === null) return NO_STATE
    const path = 'path' in state && typeof state.path === 'string' ? state.path : undefined
    const pids = 'pids' in state && Array.isArray(state.pids) ? state.pids.filter((pid) => Number.isInteger(pid)) : []
    const cgroups =
      'cgroups' in state && Array.isArray(state.cgroups) ? state.cgroups.filter((each) => typeof each === 'string') : []
    return { path, pids, cgroups }
  } catch {
    // Fail open: nothing was left behind, or nobody can tell what.
    return NO_STATE
  }
}

const NO_STATE: State = { path: undefined, pids: [], cgroups: [] }

/** A number may have been given to another process since: only one that serves from the folder is ended. */
function isOurs(pid: number, path: string | undefined): boolean {
  return path !== undefined && commandLine(pid)?.some((word) => word.startsWith(`${path}/`)) === true
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Fail open: it has just ended by itself.
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Fail open: there is no such folder yet.
    return []
  }
}
