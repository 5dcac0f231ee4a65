// Waiting without sleeping: a gate that a test opens, and a counter whose heights can be awaited.

/** Closed until released; everyone who waits passes at once, and so does everyone later. */
export type Gate = {
  readonly released: Promise<void>
  release(): void
}

export function makeGate(): Gate {
  let open: () => void = () => undefined
  const released = new Promise<void>((resolve) => {
    open = resolve
  })
  return { released, release: () => open() }
}

/** A number that only rises. */
export class Tally {
  #count = 0
  #waiters: { readonly height: number; readonly resolve: () => void }[] = []

  get count(): number {
    return this.#count
  }

  add(): void {
    this.#count += 1
    const reached = this.#waiters.filter(({ height }) => height <= this.#count)
    this.#waiters = this.#waiters.filter(({ height }) => height > this.#count)
    for (const { resolve } of reached) resolve()
  }

  /** Resolves once the count is at least `height`. */
  reaches(height: number): Promise<void> {
    if (this.#count >= height) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push({ height, resolve }))
  }
}
