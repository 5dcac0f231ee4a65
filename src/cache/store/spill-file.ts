// The temporary file of one fill.

import type { DiskFile, DiskFiles } from './disk-files.ts'
import type { Spill } from './fill.ts'

export type SpillParts = {
  readonly files: DiskFiles
  readonly path: string
  /** Told before each write by how much, and to which length, the file is to grow. */
  readonly grow: (by: number, length: number) => 'fits' | 'too-large'
  readonly failed: (cause: unknown) => void
}

export class SpillFile implements Spill {
  readonly #parts: SpillParts
  readonly #opened: Promise<DiskFile>
  #length = 0

  constructor(parts: SpillParts) {
    this.#parts = parts
    this.#opened = parts.files.create(parts.path)
    // Its failure is met by whoever writes first.
    this.#opened.catch(() => {})
  }

  get path(): string {
    return this.#parts.path
  }

  /** Resolves when the file is there, or cannot be. */
  async ready(): Promise<void> {
    await this.#opened.catch(() => {})
  }

  async append(pieces: readonly Uint8Array[]): Promise<void> {
    const by = pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
    if (this.#parts.grow(by, this.#length + by) === 'too-large')
      throw new Error('the body is larger than the store keeps')
    try {
      await (await this.#opened).write(pieces, this.#length)
    } catch (cause) {
      this.#parts.failed(cause)
      throw cause
    }
    this.#length += by
  }

  async read(position: number, limit: number): Promise<Uint8Array> {
    return await (await this.#opened).read(position, limit)
  }

  close(): void {
    this.#opened.then((file) => file.close()).catch(() => {})
  }
}
