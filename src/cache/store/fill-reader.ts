// One reader of a fill: a pull stream over a body that is still arriving.  A thousand of them share the same chunks.
//
// The stream is a default one, never `type: 'bytes'`: a byte stream takes the buffer it is given away from all others.

/** What a fill has for a reader at a position. */
export type Supply =
  | { readonly kind: 'piece'; readonly piece: Uint8Array }
  /** The bytes are in the fill's file. */
  | { readonly kind: 'in-file'; readonly read: Promise<Uint8Array> }
  /** They have not arrived; `FillReader.wake` is called when they have. */
  | { readonly kind: 'later' }
  /** The whole body was read. */
  | { readonly kind: 'end' }
  /** The rest will never come. */
  | { readonly kind: 'lost'; readonly reason: Error }

export type SupplySource = {
  supplyAt(position: number): Supply
  /** The reader has taken what lies before its position. */
  advanced(reader: FillReader): void
  /** The reader wants nothing any more. */
  left(reader: FillReader): void
}

export class FillReader {
  readonly stream: ReadableStream<Uint8Array>
  readonly #source: SupplySource
  #position = 0
  #done = false
  #wake: (() => void) | undefined

  constructor(source: SupplySource) {
    this.#source = source
    this.stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => this.#pull(controller),
        cancel: () => this.#leave(),
      },
      // Nothing is taken before the consumer asks: a thousand idle readers hold no chunk.
      { highWaterMark: 0 },
    )
  }

  get position(): number {
    return this.#position
  }

  /** Something changed at the end of what has arrived. */
  wake(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  #pull(controller: ReadableStreamDefaultController<Uint8Array>): undefined | Promise<void> {
    const supply = this.#source.supplyAt(this.#position)
    if (supply.kind === 'later' || supply.kind === 'in-file') return this.#pullLater(controller, supply)
    this.#settle(controller, supply)
    return undefined
  }

  async #pullLater(controller: ReadableStreamDefaultController<Uint8Array>, first: Supply): Promise<void> {
    let supply = first
    while (supply.kind === 'later' && !this.#done) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      if (!this.#done) supply = this.#source.supplyAt(this.#position)
    }
    if (this.#done) return
    if (supply.kind === 'in-file') supply = await pieceFrom(supply.read)
    if (!this.#done) this.#settle(controller, supply)
  }

  #settle(controller: ReadableStreamDefaultController<Uint8Array>, supply: Supply): void {
    if (supply.kind === 'piece') {
      controller.enqueue(supply.piece)
      this.#position += supply.piece.byteLength
      this.#source.advanced(this)
    } else if (supply.kind === 'end') {
      this.#leave()
      controller.close()
    } else if (supply.kind === 'lost') {
      this.#leave()
      controller.error(supply.reason)
    }
  }

  #leave(): void {
    if (this.#done) return
    this.#done = true
    this.#source.left(this)
    this.wake()
  }
}

async function pieceFrom(read: Promise<Uint8Array>): Promise<Supply> {
  try {
    return { kind: 'piece', piece: await read }
  } catch (cause) {
    // Fail closed: this reader's body ends with an error, never short and whole-looking.
    return { kind: 'lost', reason: new Error('a stored body could not be read back', { cause }) }
  }
}
