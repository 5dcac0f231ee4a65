// `varyant export`: prints a varyant.json that re-creates the configuration of a data directory.
//
// It reads the directory itself, so the edge may run or not.  stdout has the JSON; stderr what no file can say.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../base/index.ts'
import { DEFAULT_DATA_DIRECTORY, exportConfig, openDocuments } from '../config/index.ts'

const OPTIONS = { data: { type: 'string' } } as const

/** Runs the verb with its words; answers the exit code. */
export function exportVerb(words: readonly string[]): number {
  let data: string
  try {
    data = parseArgs({ args: [...words], options: OPTIONS }).values.data ?? DEFAULT_DATA_DIRECTORY
  } catch (cause) {
    return complain(2, `${cause instanceof Error ? cause.message : String(cause)}; see "varyant --help"`)
  }
  const path = join(data, 'config.sqlite')
  if (!existsSync(path)) return complain(1, `${data} has no configuration; name the data directory with --data`)
  const documents = openDocuments({ path, clock: systemClock, events: () => {} })
  try {
    const { json, leftOut } = exportConfig(documents)
    process.stdout.write(`${JSON.stringify(json, undefined, 2)}\n`)
    for (const sentence of leftOut) process.stderr.write(`varyant: left out: ${sentence}\n`)
    return 0
  } finally {
    documents.close()
  }
}

function complain(code: 1 | 2, sentence: string): 1 | 2 {
  process.stderr.write(`varyant: ${sentence}\n`)
  return code
}
