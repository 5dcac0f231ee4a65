// Functions that digest: hashes, identifiers, and the check of a signed token.

import { BOOL, INT, STRING, type Value } from '../types.ts'
import { decodeBase64 } from './base64.ts'
import { flags, integer, TEXT_FIELD, text } from './parameters.ts'
import { type FunctionRow, plain } from './row.ts'
import { hmacSha256, sha256 } from './sha256.ts'

export const DIGEST_FUNCTIONS: readonly FunctionRow[] = [
  {
    kind: 'function',
    name: 'sha256',
    required: [text('source')],
    returns: STRING,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((source) => sha256(source as string)),
    doc: 'The 32 bytes of the SHA-256 digest; encode_base64 makes them printable.',
    example: 'encode_base64(sha256(http.host))',
  },
  {
    kind: 'function',
    name: 'hash_in_range',
    required: [integer('low'), integer('high'), { name: 'source', kind: 'field', types: 'any-scalar' }],
    rest: { name: 'more', kind: 'field', types: 'any-scalar' },
    returns: INT,
    use: 'anywhere',
    missing: 'in-out',
    make: plain((low, high, ...sources) => hashInRange(BigInt(low as number), BigInt(high as number), sources)),
    doc: 'A number from low to high, both included, that depends on the sources alone; missing when low exceeds high.',
    example: 'hash_in_range(1, 100, ip.src) <= 10',
  },
  {
    kind: 'function',
    name: 'uuidv4',
    required: [{ name: 'seed', kind: 'field', types: [STRING] }],
    returns: STRING,
    use: 'values',
    missing: 'in-out',
    make: plain((seed) => uuidv4(seed as string)),
    doc: 'A version 4 UUID (RFC 9562 §5.4) made of the seed, which is cf.random_seed.',
    example: 'uuidv4(cf.random_seed)',
  },
  {
    kind: 'function',
    name: 'is_timed_hmac_valid_v0',
    required: [
      { name: 'key', kind: 'literal', types: [STRING] },
      TEXT_FIELD,
      { name: 'ttl', kind: 'literal', types: [INT] },
      { name: 'now', kind: 'field', types: [INT] },
    ],
    optional: [{ name: 'separator_length', kind: 'literal', types: [INT] }, flags('s')],
    returns: BOOL,
    use: 'anywhere',
    missing: 'in-out',
    make: ([key, , ttl, , separator, given]) => {
      const settings = {
        key: key as string,
        ttl: Number(ttl),
        separator: Number(separator ?? 0),
        isUrlSafe: given === 's',
      }
      return (_key, token, _ttl, now) => isTimedHmacValid(token as string, Number(now), settings)
    },
    doc: 'Whether the token (message, separator, 10 digits of Unix time, "-", Base64 of the HMAC-SHA256) is genuine and not older than ttl seconds.',
    example: 'is_timed_hmac_valid_v0("key", http.request.uri, 3600, http.request.timestamp.sec, 8)',
  },
]

/** FNV-1a over 64 bits of the sources, each ended by a zero byte, then spread by the finaliser of MurmurHash3. */
function hashInRange(low: bigint, high: bigint, sources: readonly (Value | undefined)[]): Value | undefined {
  if (low > high) return undefined
  let hash = 0xcbf29ce484222325n
  for (const byte of sources.map((source) => `${String(source)}\0`).join('')) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte.charCodeAt(0))) * 0x100000001b3n)
  }
  hash = BigInt.asUintN(64, (hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn)
  hash = BigInt.asUintN(64, (hash ^ (hash >> 33n)) * 0xc4ceb9fe1a85ec53n)
  hash ^= hash >> 33n
  const value = low + (hash % (high - low + 1n))
  return value >= -MAX_SAFE && value <= MAX_SAFE ? Number(value) : value
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

function uuidv4(seed: string): string {
  const bytes = [...(seed.length >= 16 ? seed : sha256(seed))].slice(0, 16).map((byte) => byte.charCodeAt(0))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

type HmacSettings = {
  readonly key: string
  readonly ttl: number
  readonly separator: number
  readonly isUrlSafe: boolean
}

/** `(.+)(.*)(\d{10})-(.{43,})`: the last such timestamp, as the parts before it are as long as they can be. */
function isTimedHmacValid(token: string, now: number, settings: HmacSettings): boolean {
  for (let dash = token.length - 44; dash >= 11; dash--) {
    if (token.charAt(dash) !== '-' || !/^[0-9]{10}$/.test(token.slice(dash - 10, dash))) continue
    const message = token.slice(0, Math.max(0, dash - 10 - settings.separator))
    const timestamp = token.slice(dash - 10, dash)
    const mac = readMac(token.slice(dash + 1), settings.isUrlSafe)
    if (message === '' || mac === undefined || now > Number(timestamp) + settings.ttl) return false
    return isSame(mac, hmacSha256(settings.key, message + timestamp))
  }
  return false
}

function readMac(text: string, isUrlSafe: boolean): string | undefined {
  if (isUrlSafe) return /[+/=]/.test(text) ? undefined : decodeBase64(text)
  const decoded = text.replace(/%(2B|2F|3D)/gi, (sequence) =>
    String.fromCharCode(Number.parseInt(sequence.slice(1), 16)),
  )
  return /[-_]/.test(decoded) ? undefined : decodeBase64(decoded)
}

/** Takes the same time wherever the first difference is. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < b.length; i++) difference |= (a.charCodeAt(i) || 0) ^ b.charCodeAt(i)
  return difference === 0
}
