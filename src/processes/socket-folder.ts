// Where members find the control process's own edge: a folder that only this user may enter, with a name so short that the
// path of a socket fits into what the system has for it (unix(7): 108 bytes).

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `sun_path` less its final zero byte, on the tightest of our systems. */
const MAX_SOCKET_PATH_BYTES = 103

export type SocketFolder = { readonly socket: string; remove(): void }

/** Makes it below the data directory, or, where that does not fit, below the system's folder for what is temporary. */
export function makeSocketFolder(dataDirectory: string): SocketFolder {
  const near = join(dataDirectory, 'members')
  // What a control process that was killed has left behind.
  rmSync(near, { recursive: true, force: true })
  const fits = Buffer.byteLength(join(near, 's')) <= MAX_SOCKET_PATH_BYTES
  if (fits) mkdirSync(near, { mode: 0o700 })
  const folder = fits ? near : mkdtempSync(join(tmpdir(), 'vy-'))
  return { socket: join(folder, 's'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
