// The secret of the API: from the environment, else from the data directory, where it is made once.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartFailure } from '../config/known.ts'

export type ApiToken = {
  readonly secret: string
  /** Where an operator finds it; never the secret itself. */
  readonly place: string
}

export const TOKEN_VARIABLE = 'VARYANT_API_TOKEN'
/** 256 bits: 43 characters of base64url. */
const TOKEN_BYTES = 32
const OWNER_ONLY = { directory: 0o700, file: 0o600 } as const

/** The token; throws a StartFailure when it can be neither read nor made. */
export function getToken(dataDir: string, environment: Readonly<Record<string, string | undefined>>): ApiToken {
  const given = environment[TOKEN_VARIABLE]?.trim() ?? ''
  if (given !== '') return { secret: given, place: `the environment variable ${TOKEN_VARIABLE}` }
  const path = join(dataDir, 'token')
  return { secret: readToken(path) ?? makeToken(dataDir, path), place: path }
}

function readToken(path: string): string | undefined {
  try {
    const secret = readFileSync(path, 'utf8').trim()
    if (secret !== '') return secret
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new StartFailure(`the API token cannot be read: ${String(cause)}; set ${TOKEN_VARIABLE} instead`, { cause })
  }
  throw new StartFailure(
    `the API token in ${path} is empty; remove the file to get a new one, or set ${TOKEN_VARIABLE}`,
  )
}

function makeToken(dataDir: string, path: string): string {
  const secret = crypto
    .getRandomValues(new Uint8Array(TOKEN_BYTES))
    .toBase64({ alphabet: 'base64url', omitPadding: true })
  try {
    mkdirSync(dataDir, { recursive: true, mode: OWNER_ONLY.directory })
    // `wx`: of two starts at once one makes it, and the other does not overwrite it.
    writeFileSync(path, `${secret}\n`, { mode: OWNER_ONLY.file, flag: 'wx' })
    return secret
  } catch (cause) {
    const made = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST' ? readToken(path) : undefined
    if (made !== undefined) return made
    const message = `the API token cannot be kept in ${path}: ${String(cause)}; choose another directory with --data`
    throw new StartFailure(message, { cause })
  }
}
