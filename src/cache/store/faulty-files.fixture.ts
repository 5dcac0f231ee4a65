// A file system that fails when it is told to.

import { type DiskFile, type DiskFiles, diskFiles } from './disk-files.ts'

export type FaultyFiles = DiskFiles & {
  /** The code with which every write fails from now on; undefined: none does. */
  fault: string | undefined
  /** Writes that reached the file system. */
  writes: number
  /** Holds back every write until it is called. */
  hold(): () => void
}

export function makeFaultyFiles(): FaultyFiles {
  let held: Promise<void> = Promise.resolve()
  function meetFault(): void {
    if (files.fault !== undefined) throw Object.assign(new Error(`${files.fault}: injected`), { code: files.fault })
  }
  function faulty(file: DiskFile): DiskFile {
    return {
      ...file,
      write: async (pieces, position) => {
        await held
        meetFault()
        files.writes += 1
        await file.write(pieces, position)
      },
    }
  }
  const files: FaultyFiles = {
    ...diskFiles,
    fault: undefined,
    writes: 0,
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return resolve
    },
    create: async (path) => {
      meetFault()
      return faulty(await diskFiles.create(path))
    },
    move: async (from, to) => {
      meetFault()
      await diskFiles.move(from, to)
    },
  }
  return files
}
