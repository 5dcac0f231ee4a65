// Contents that are no JSON, such as the modules of scripts: each once, by its SHA-256.
//
// B1  What `keep` answers is durable, and stays until `retain` leaves it out.
// B2  A document names a blob only after it was kept, in the same turn; so what no document names may go.

export interface Blobs {
  /** Keeps the content and answers its SHA-256 in lower-case hex; throws a NotKept when it cannot. */
  keep(content: Uint8Array): string
  read(hash: string): Uint8Array | undefined
  /** Forgets everything but these. */
  retain(hashes: ReadonlySet<string>): void
}

/** The blob could not be kept, and so nothing that would name it. */
export class NotKept extends Error {}

export function hashOf(content: Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(content).digest('hex')
}

/** Blobs that are gone with the process; for tests. */
export function makeMemoryBlobs(): Blobs {
  const contents = new Map<string, Uint8Array>()
  return {
    keep: (content) => {
      const hash = hashOf(content)
      contents.set(hash, content.slice())
      return hash
    },
    read: (hash) => contents.get(hash),
    retain: (hashes) => {
      for (const hash of contents.keys()) if (!hashes.has(hash)) contents.delete(hash)
    },
  }
}
