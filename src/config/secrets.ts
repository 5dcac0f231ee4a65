// Secrets of Workers as the store keeps them: sealed with AES-256-GCM under a key that is not in the store.
// NIST SP 800-38D §5.2; docs/decisions/0155
//
//   "v1." base64url( nonce, 12 bytes | tag, 16 bytes | ciphertext )        authenticated with it: whose secret it is
//
// S1  A nonce is random and used once; the same secret sealed twice is two texts.
// S2  A key is made when the first secret is sealed, and is on the disk before anything that it sealed is.
// S3  What no key here opens stays as it is, so that the key can come back.

import { NotKept } from './blobs.ts'

export interface Secrets {
  /** The text as only a key opens it; throws a NotKept when there is no key and none can be kept. */
  seal(text: string, owner: string): string
  /** What was sealed for this owner; undefined when no key here opens it. */
  open(sealed: string, owner: string): string | undefined
  /** Whether the key that seals today opens it. */
  isCurrent(sealed: string, owner: string): boolean
  /** Where the key is looked for, as an operator is told it. */
  readonly place: string
}

/** 256 bits. */
export const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const VERSION = 'v1.'
const CIPHER = 'aes-256-gcm'

export type SecretsParts = {
  /** Keys that there are; the first one seals, each of them opens. */
  readonly keys: readonly Uint8Array[]
  /** Makes the key that seals, durably, where there is none; throws a NotKept when it cannot. */
  makeKey(): Uint8Array
  readonly place: string
}

export function makeSecrets({ keys: given, makeKey, place }: SecretsParts): Secrets {
  const keys = [...given]
  const sealingKey = (): Uint8Array => {
    if (keys[0] === undefined) keys.push(makeKey())
    return keys[0] ?? new Uint8Array()
  }
  return {
    place,
    seal: (text, owner) => VERSION + encrypt(text, owner, sealingKey()).toString('base64url'),
    open: (sealed, owner) => {
      for (const key of keys) {
        const text = decrypt(sealed, owner, key)
        if (text !== undefined) return text
      }
      return undefined
    },
    isCurrent: (sealed, owner) => keys[0] !== undefined && decrypt(sealed, owner, keys[0]) !== undefined,
  }
}

/** Secrets under a key that is gone with the process; for tests, and for who opens none. */
export function makeMemorySecrets(): Secrets {
  return makeSecrets({ keys: [], makeKey: () => crypto.getRandomValues(new Uint8Array(KEY_BYTES)), place: 'memory' })
}

/** Secrets that cannot be sealed, for the reason that the sentence says. */
export function refusedKey(why: string): () => never {
  return () => {
    throw new NotKept(why)
  }
}

function encrypt(text: string, owner: string, key: Uint8Array): Buffer {
  // An edge without secrets starts without it.
  const { createCipheriv }: typeof import('node:crypto') = require('node:crypto')
  const nonce = crypto.getRandomValues(Buffer.alloc(NONCE_BYTES))
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(contextOf(owner))
  const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), content])
}

function decrypt(sealed: string, owner: string, key: Uint8Array): string | undefined {
  if (!sealed.startsWith(VERSION)) return undefined
  const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
  const { createDecipheriv }: typeof import('node:crypto') = require('node:crypto')
  const cipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  cipher.setAAD(contextOf(owner))
  cipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  try {
    return Buffer.concat([cipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), cipher.final()]).toString('utf8')
  } catch {
    // Fail closed: another key sealed it, or it was changed; the caller says so.
    return undefined
  }
}

/** A sealed text of one Worker opens for no other. */
function contextOf(owner: string): Buffer {
  return Buffer.from(`varyant secret of ${owner}`)
}
