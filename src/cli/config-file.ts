// Reads the configuration file: its text, as JSON.  What the JSON says is for `config/` to judge.

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConfigError } from '../config/index.ts'
import { findJsonFault } from './json-fault.ts'

export type ConfigFile = {
  readonly json: unknown
  /** The folder that the file's relative paths start from. */
  readonly baseDir: string
}

/** The file's content; throws a ConfigError when it cannot be read or is not JSON. */
export function readConfigFile(path: string): ConfigFile {
  const text = readText(path)
  try {
    return { json: JSON.parse(text), baseDir: dirname(resolve(path)) }
  } catch {
    // The parser's own message has no place in it.
    const { line, column, found } = findJsonFault(text)
    throw new ConfigError([`${path}:${line}:${column}: ${found} is not valid JSON here; correct it`])
  }
}

function readText(path: string): string {
  try {
    // Without the byte order mark that some editors write.
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const reason = code === 'ENOENT' ? 'there is no such file' : code
    throw new ConfigError([`--config: ${JSON.stringify(path)} cannot be read: ${reason}; correct the path`])
  }
}
