// Reads the configuration file: its text, as JSON.  What the JSON says is for `config/` to judge.

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConfigError } from '../config/index.ts'
import { findJsonFault, findNameTwice } from './json-fault.ts'

export type ConfigFile = {
  readonly json: unknown
  /** The folder that the file's relative paths start from. */
  readonly baseDir: string
}

/** The file's content; throws a ConfigError when it cannot be read or is not JSON. */
export function readConfigFile(path: string): ConfigFile {
  const text = readText(path)
  const baseDir = dirname(resolve(path))
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser's own message has no place in it.
    const { line, column, found, remedy } = findJsonFault(text)
    throw new ConfigError([`${path}:${line}:${column}: ${found} is not valid JSON here; ${remedy}`])
  }
  const twice = findNameTwice(text)
  if (twice === undefined) return { json, baseDir }
  throw new ConfigError([`${path}:${twice.line}:${twice.column}: the name is there twice; ${twice.remedy}`])
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'reading is not permitted',
}

function readText(path: string): string {
  try {
    // Without the byte order mark that some editors write.
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const reason = REASONS[code] ?? code
    throw new ConfigError([`--config: ${JSON.stringify(path)} cannot be read: ${reason}; correct the path`])
  }
}
