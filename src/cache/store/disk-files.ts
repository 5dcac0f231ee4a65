// The few things that the store asks of a file system.  Everything that can fail for want of disk goes through here, so
// that a test can make it fail.

import { statSync, unlinkSync } from 'node:fs'
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A file open for writing and reading. */
export interface DiskFile {
  /** Writes all the pieces from `position` on. */
  write(pieces: readonly Uint8Array[], position: number): Promise<void>
  /** The bytes from `position` on, at least one and at most `limit`; rejects when there is none. */
  read(position: number, limit: number): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

export interface DiskFiles {
  /** Opens a file that did not exist. */
  create(path: string): Promise<DiskFile>
  openToRead(path: string): Promise<DiskFile>
  /** Moves a file over whatever is at `to`, making its directory. */
  move(from: string, to: string): Promise<void>
  /** Removes a file; one that is not there is no failure. */
  remove(path: string): Promise<void>
  /** The names in a directory; none when it does not exist. */
  list(path: string): Promise<readonly string[]>
  /** When a file was last written, in milliseconds; undefined when there is none.  For use within a transaction. */
  writtenAt(path: string): number | undefined
  /** `remove`, for use within a transaction. */
  removeNow(path: string): void
}

/** The file system of this machine. */
export const diskFiles: DiskFiles = {
  create: async (path) => asDiskFile(await open(path, 'wx+', 0o600)),
  openToRead: async (path) => asDiskFile(await open(path, 'r')),
  move: async (from, to) => {
    await rename(from, to).catch(async (cause: unknown) => {
      if (errorCode(cause) !== 'ENOENT') throw cause
      await mkdir(dirname(to), { recursive: true, mode: 0o700 })
      await rename(from, to)
    })
  },
  remove: async (path) => {
    await unlink(path).catch((cause: unknown) => {
      if (errorCode(cause) !== 'ENOENT') throw cause
    })
  },
  list: async (path) => {
    return await readdir(path).catch((cause: unknown) => {
      if (errorCode(cause) === 'ENOENT') return []
      throw cause
    })
  },
  writtenAt: (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs,
  removeNow: (path) => {
    try {
      unlinkSync(path)
    } catch (cause) {
      if (errorCode(cause) !== 'ENOENT') throw cause
    }
  },
}

type Handle = Awaited<ReturnType<typeof open>>

function asDiskFile(handle: Handle): DiskFile {
  return {
    write: (pieces, position) => writeAll(handle, pieces, position),
    read: async (position, limit) => {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(limit), 0, limit, position)
      if (bytesRead === 0) throw new Error('the file ends before the body does')
      return bytesRead === limit ? buffer : buffer.subarray(0, bytesRead)
    },
    close: () => handle.close(),
  }
}

/** The kernel may take less than it is given, and does so just before a disk is full. */
async function writeAll(handle: Handle, pieces: readonly Uint8Array[], position: number): Promise<void> {
  let rest = [...pieces]
  let at = position
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, at)
    if (bytesWritten === 0) throw new Error('the disk takes no more bytes')
    at += bytesWritten
    rest = behind(rest, bytesWritten)
  }
}

function behind(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  let skip = count
  const rest: Uint8Array[] = []
  for (const piece of pieces) {
    if (skip >= piece.byteLength) skip -= piece.byteLength
    else {
      rest.push(skip === 0 ? piece : piece.subarray(skip))
      skip = 0
    }
  }
  return rest
}

export function errorCode(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined
  return typeof cause.code === 'string' ? cause.code : undefined
}
