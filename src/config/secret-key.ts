// The key that seals secrets: from the environment, else from the data directory, where it is made when it is first needed.
// docs/decisions/0155
//
// A key in both places is a change of keys: the environment's seals, the file's still opens what it has sealed.

import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { EventSink } from '../base/index.ts'
import { NotKept } from './blobs.ts'
import { KEY_BYTES, makeSecrets, refusedKey, type Secrets } from './secrets.ts'
import { StartFailure } from './start-failure.ts'

export const SECRET_KEY_VARIABLE = 'VARYANT_SECRET_KEY'
const KEY_FILE = 'secret.key'
const OWNER_ONLY = 0o600

export type OpenSecretsOptions = {
  /** It exists. */
  readonly dataDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly events: EventSink
}

/** Reads the keys there are; a StartFailure for one in the environment that is none, a notice for a file that is none. */
export function openSecrets({ dataDirectory, environment, events }: OpenSecretsOptions): Secrets {
  const path = join(dataDirectory, KEY_FILE)
  const given = keyOfEnvironment(environment)
  const kept = readKeyFile(path)
  if (kept.kind === 'unusable') events({ kind: 'notice', message: kept.why })
  const keys = [...(given === undefined ? [] : [given]), ...(kept.kind === 'key' ? [kept.key] : [])]
  return makeSecrets({
    keys,
    makeKey: kept.kind === 'unusable' ? refusedKey(kept.why) : () => makeKeyFile(path),
    place: given === undefined ? path : SECRET_KEY_VARIABLE,
  })
}

function keyOfEnvironment(environment: OpenSecretsOptions['environment']): Uint8Array | undefined {
  const text = environment[SECRET_KEY_VARIABLE]?.trim() ?? ''
  if (text === '') return undefined
  const key = parseKey(text)
  if (key !== undefined) return key
  throw new StartFailure(
    `${SECRET_KEY_VARIABLE} is no key of ${KEY_BYTES} bytes in base64 or hex; make one with "openssl rand -base64 ${KEY_BYTES}", or unset it`,
  )
}

type KeyFile =
  | { readonly kind: 'key'; readonly key: Uint8Array }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unusable'; readonly why: string }

function readKeyFile(path: string): KeyFile {
  let text: string
  try {
    text = readFileSync(path, 'latin1').trim()
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { kind: 'absent' }
    // Fail open: everything but Workers with secrets runs without the key.
    return { kind: 'unusable', why: `the key of secrets cannot be read: ${String(cause)}; correct it and start again` }
  }
  const key = parseKey(text)
  if (key !== undefined) return { kind: 'key', key }
  return {
    kind: 'unusable',
    why: `${path} is no key of ${KEY_BYTES} bytes in base64; put the right one back and start again, or remove the file and set all secrets anew`,
  }
}

/** 32 bytes in base64, base64url or hex; undefined for anything else. */
export function parseKey(text: string): Uint8Array | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined
}

function makeKeyFile(path: string): Uint8Array {
  const key = crypto.getRandomValues(Buffer.alloc(KEY_BYTES))
  try {
    // `wx`: a key that somebody has just put there is not lost.
    const file = openSync(path, 'wx', OWNER_ONLY)
    try {
      writeSync(file, `${key.toString('base64')}\n`)
      fsyncSync(file)
    } catch (cause) {
      rmSync(path, { force: true })
      throw cause
    } finally {
      closeSync(file)
    }
    syncFolder(path)
    return key
  } catch (cause) {
    throw new NotKept(`the key of secrets cannot be kept in ${path}: ${String(cause)}`, { cause })
  }
}

/** So that the name is on the disk too. */
function syncFolder(path: string): void {
  const folder = openSync(join(path, '..'), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
