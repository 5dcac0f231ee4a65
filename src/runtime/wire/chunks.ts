// The chunked coding of an answer, taken off piece by piece as it comes.  RFC 9112 §7.1
//
//   size ──"1a;ext\r\n"──► data ──26 bytes──► data-end ──"\r\n"──► size        size ──"0\r\n"──► trailer ──empty line──► done
//
// Pure but for the place where it stands.  Each byte is looked at once, however small the pieces are.

export type ChunkOutcome = 'more' | 'done' | 'malformed'

/** Sixteen digits of a size would not fit a number; extensions and trailers are nobody's here. */
const MAX_LINE_BYTES = 4096
const LINE_FEED = 0x0a

export class Dechunker {
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'done' = 'size'
  /** Of the chunk that is being read. */
  #left = 0
  /** Of the line that is being read. */
  #line = ''
  #lineBytes = 0
  readonly #push: (piece: Uint8Array<ArrayBuffer>) => void

  /** Content goes to `push`. */
  constructor(push: (piece: Uint8Array<ArrayBuffer>) => void) {
    this.#push = push
  }

  /** Takes what has come.  What follows the end is malformed too: nobody has asked for it. */
  take(bytes: Uint8Array<ArrayBuffer>): ChunkOutcome {
    let at = 0
    while (at < bytes.length) {
      if (this.#state === 'done') return 'malformed'
      if (this.#state === 'data') {
        const piece = bytes.subarray(at, at + this.#left)
        this.#push(piece)
        at += piece.length
        this.#left -= piece.length
        if (this.#left === 0) this.#state = 'data-end'
        continue
      }
      const end = bytes.indexOf(LINE_FEED, at)
      const until = end < 0 ? bytes.length : end
      this.#lineBytes += until - at
      if (this.#lineBytes > MAX_LINE_BYTES) return 'malformed'
      this.#line += latin1(bytes.subarray(at, until))
      if (end < 0) return 'more'
      at = end + 1
      if (!this.#endLine()) return 'malformed'
    }
    return this.#state === 'done' ? 'done' : 'more'
  }

  #endLine(): boolean {
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : undefined
    this.#line = ''
    this.#lineBytes = 0
    if (line === undefined) return false
    switch (this.#state) {
      case 'size': {
        const digits = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line)?.[1]
        if (digits === undefined) return false
        this.#left = Number.parseInt(digits, 16)
        this.#state = this.#left === 0 ? 'trailer' : 'data'
        return true
      }
      case 'data-end':
        this.#state = 'size'
        return line === ''
      case 'trailer':
        if (line === '') this.#state = 'done'
        return true
      case 'data':
      case 'done':
        return false
    }
  }
}

function latin1(bytes: Uint8Array<ArrayBuffer>): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
