// The head of an answer as it comes, in however many pieces; each byte is looked at once.

/** RFC 9112 §2.1: an empty line ends it. */
const HEAD_END = '\r\n\r\n'

export type FoundHead = {
  /** Without the empty line; one character a byte. */
  readonly text: string
  /** What came behind it. */
  readonly rest: Uint8Array<ArrayBuffer>
}

export class HeadBuffer {
  /** How much has come of a head whose end has not. */
  length = 0
  #bytes: Buffer<ArrayBuffer> | undefined

  /** Takes what came; undefined as long as the end has not. */
  add(piece: Uint8Array<ArrayBuffer>): FoundHead | undefined {
    const searched = Math.max(0, this.length - HEAD_END.length + 1)
    const all = this.#append(piece)
    const end = all.indexOf(HEAD_END, searched, 'latin1')
    if (end < 0) return undefined
    this.#bytes = undefined
    this.length = 0
    return { text: all.toString('latin1', 0, end), rest: all.subarray(end + HEAD_END.length) }
  }

  /** Nearly always the first piece has it all, and is not copied. */
  #append(piece: Uint8Array<ArrayBuffer>): Buffer<ArrayBuffer> {
    const before = this.length
    this.length += piece.length
    if (this.#bytes === undefined) {
      this.#bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
      return this.#bytes
    }
    if (this.#bytes.length < this.length) {
      const grown = Buffer.alloc(this.length * 2)
      grown.set(this.#bytes.subarray(0, before))
      this.#bytes = grown
    }
    this.#bytes.set(piece, before)
    return this.#bytes.subarray(0, this.length)
  }
}
