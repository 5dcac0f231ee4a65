// Stored responses and bodies for the tests of this room.

import { bytes, epochMillis, millis } from '../../base/index.ts'
import type { Selecting, StoredBody, StoredResponse } from '../stored-response.ts'
import type { CacheStore, Variant } from './contract.ts'

export type ResponseParts = {
  readonly key?: string
  readonly selecting?: Selecting
  readonly revision?: number
  readonly zone?: string
  readonly fields?: StoredResponse['fields']
  readonly tags?: readonly string[]
}

let made = 0

/** A stored response with a body of its own key, unless the parts say otherwise. */
export function makeResponse(body: StoredBody, parts: ResponseParts = {}): StoredResponse {
  made += 1
  const key = parts.key ?? `https://b.example.com/file-${made}`
  return {
    id: `r${made}`,
    key,
    location: { zone: parts.zone ?? 'zone-a', scheme: 'https', host: 'b.example.com', path: `/${key}`, query: '?q=1' },
    selecting: parts.selecting ?? [],
    requestFields: [['origin', 'https://a.example.com']],
    status: 200,
    fields: parts.fields ?? [
      ['content-type', 'text/css'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
    tags: parts.tags ?? ['one', 'two'],
    freshness: {
      lifetime: millis(60_000),
      alwaysValidate: false,
      staleWhileRevalidate: millis(1000),
      staleIfError: millis(0),
      staleIfUnreachable: millis(0),
    },
    responseTime: epochMillis(1_700_000_000_000),
    initialAge: millis(3000),
    revision: parts.revision ?? 1,
    body,
  }
}

/** Deterministic bytes that no other seed has, and that do not repeat within a block. */
export function makeBytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(length)
  let state = (seed * 2654435761 + 1) >>> 0
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    made[i] = state >>> 24
  }
  return made
}

export function sha256(body: Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(body).digest('hex')
}

/** Writes a body in one go, in chunks as large as an origin server's usually are. */
export async function storeBody(store: CacheStore, body: Uint8Array, chunkLength = 65_536): Promise<StoredBody> {
  const fill = store.begin(bytes(body.byteLength))
  for (let at = 0; at < body.byteLength; at += chunkLength) await fill.write(body.slice(at, at + chunkLength))
  return fill.finish()
}

/** Stores a response with this body, as a request that was forwarded would. */
export async function storeResponse(store: CacheStore, body: Uint8Array, parts?: ResponseParts): Promise<Variant> {
  return store.put(makeResponse(await storeBody(store, body), parts))
}

/** The bytes of a variant, whatever form they have; undefined when the store lost them. */
export async function readContent(store: CacheStore, variant: Variant): Promise<Uint8Array | undefined> {
  const content = await store.content(variant)
  if (content === undefined) return undefined
  return content.kind === 'memory' ? content.bytes : Bun.file(content.path).bytes()
}

export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
