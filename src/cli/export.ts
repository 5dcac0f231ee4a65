// `varyant export`: prints a varyant.json that re-creates the configuration of a data directory.
//
// It reads the directory itself, so the edge may run or not.  stdout has the JSON; stderr what no file can say.  With
// `--files DIR` the files of Workers and Snippets are written below DIR, where the JSON then belongs.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../base/index.ts'
import { DEFAULT_DATA_DIRECTORY, exportConfig, openDocuments } from '../config/index.ts'

const OPTIONS = { data: { type: 'string' }, files: { type: 'string' } } as const

/** Runs the verb with its words; answers the exit code. */
export function exportVerb(words: readonly string[]): number {
  let data: string
  let folder: string | undefined
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS })
    data = values.data ?? DEFAULT_DATA_DIRECTORY
    folder = values.files
  } catch (cause) {
    return complain(2, `${cause instanceof Error ? cause.message : String(cause)}; see "varyant --help"`)
  }
  const path = join(data, 'config.sqlite')
  if (!existsSync(path)) return complain(1, `${data} has no configuration; name the data directory with --data`)
  const documents = openDocuments({ path, clock: systemClock, events: () => {} })
  try {
    const { json, files, leftOut } = exportConfig(documents)
    if (folder !== undefined) writeFiles(folder, files)
    else if (files.length > 0) complain(1, `${files.length} files of scripts are not written; use --files DIR`)
    process.stdout.write(`${JSON.stringify(json, undefined, 2)}\n`)
    for (const sentence of leftOut) process.stderr.write(`varyant: left out: ${sentence}\n`)
    return 0
  } finally {
    documents.close()
  }
}

/** Their paths are plain: export-scripts.ts lets no other through. */
function writeFiles(folder: string, files: readonly { readonly path: string; readonly content: Uint8Array }[]): void {
  for (const { path, content } of files) {
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content)
  }
}

function complain(code: 1 | 2, sentence: string): 1 | 2 {
  process.stderr.write(`varyant: ${sentence}\n`)
  return code
}
