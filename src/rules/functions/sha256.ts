// SHA-256 (FIPS 180-4 §6.2) and HMAC (RFC 2104) over byte strings.  Written out because rules are pure: no system calls.

import { fromBytes, toBytes } from '../bytes.ts'

const BLOCK_BYTES = 64

/** "The first thirty-two bits of the fractional parts of the cube roots of the first sixty-four prime numbers." */
const ROUND_CONSTANTS = primes(64).map((prime) => fraction(Math.cbrt(prime)))
const INITIAL_STATE = primes(8).map((prime) => fraction(Math.sqrt(prime)))

function primes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n)
  return found
}

function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32) | 0
}

/** The 32 bytes of the digest. */
export function sha256(message: string): string {
  const padded = pad(toBytes(message))
  const view = new DataView(padded.buffer)
  const state = Int32Array.from(INITIAL_STATE)
  for (let block = 0; block < padded.length; block += BLOCK_BYTES) compress(state, view, block)
  const digest = new DataView(new ArrayBuffer(32))
  for (const [i, word] of state.entries()) digest.setInt32(4 * i, word)
  return fromBytes(new Uint8Array(digest.buffer))
}

/** The message, a one bit, zeros, and the length in bits. */
function pad(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = Math.ceil((bytes.length + 9) / BLOCK_BYTES)
  const padded = new Uint8Array(blocks * BLOCK_BYTES)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(padded.length - 4, bytes.length << 3)
  return padded
}

const schedule = new Int32Array(64)

function compress(state: Int32Array, view: DataView, block: number): void {
  for (let t = 0; t < 16; t++) schedule[t] = view.getInt32(block + 4 * t)
  for (let t = 16; t < 64; t++) {
    const w15 = word(t - 15)
    const w2 = word(t - 2)
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3)
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10)
    schedule[t] = word(t - 16) + s0 + word(t - 7) + s1
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const t1 = (h + s1 + choice + (ROUND_CONSTANTS[t] ?? 0) + word(t)) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + s0 + majority) | 0]
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] ?? 0) + value
}

function word(t: number): number {
  return schedule[t] ?? 0
}

function rotate(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits))
}

export function hmacSha256(key: string, message: string): string {
  const block = (key.length > BLOCK_BYTES ? sha256(key) : key).padEnd(BLOCK_BYTES, '\0')
  return sha256(mask(block, 0x5c) + sha256(mask(block, 0x36) + message))
}

function mask(block: string, byte: number): string {
  return fromBytes(toBytes(block).map((value) => value ^ byte))
}
