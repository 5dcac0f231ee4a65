// Where sockets and configurations are while workerd runs: a folder that only this user may enter, with a name so short that
// the path of a socket fits into the 107 bytes that the system has for it.
//
// Below the data directory where that fits, else below the system's folder for what is temporary.  What an edge that was
// killed has left behind is cleared away at the next start, its processes too.

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  note(pid: number): void
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
  const pids = new Set<number>()
  const write = (): void =>
    writeFileSync(join(near, 'state.json'), JSON.stringify({ path, pids: [...pids] }), { mode: 0o600 })
  write()
  return {
    path,
    folder: (name) => {
      const folder = join(path, name)
      mkdirSync(folder, { mode: 0o700 })
      return folder
    },
    note: (pid) => {
      pids.add(pid)
      write()
    },
    forget: (pid) => {
      pids.delete(pid)
      write()
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true })
      rmSync(near, { recursive: true, force: true })
    },
  }
}

function rmLeftovers(near: string): void {
  const { path, pids } = readState(near)
  for (const pid of pids) if (isOurs(pid, path)) kill(pid)
  // Only what such a start makes is removed: names in the file are believed no further.
  if (path !== undefined && path !== near && /^vy-[A-Za-z0-9]+$/.test(path.slice(tmpdir().length + 1))) {
    rmSync(path, { recursive: true, force: true })
  }
  for (const name of namesIn(near)) rmSync(join(near, name), { recursive: true, force: true })
}

type State = { readonly path: string | undefined; readonly pids: readonly number[] }

function readState(near: string): State {
  try {
    const state: unknown = JSON.parse(readFileSync(join(near, 'state.json'), 'utf8'))
    if (typeof state !== 'object' || state === null) return NO_STATE
    const path = 'path' in state && typeof state.path === 'string' ? state.path : undefined
    const pids = 'pids' in state && Array.isArray(state.pids) ? state.pids.filter((pid) => Number.isInteger(pid)) : []
    return { path, pids }
  } catch {
    // Fail open: nothing was left behind, or nobody can tell what.
    return NO_STATE
  }
}

const NO_STATE: State = { path: undefined, pids: [] }

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
