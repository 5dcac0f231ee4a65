// How many requests to scripts may be under way at once; others wait their turn here, where it is seen.  Nearly every script
// asks for something itself, and of requests to origin servers the runtime carries out a fixed number and lets others wait
// unseen: half of that number leaves room for what scripts ask more than once, and for visitors of zones without any.
//
// Taken for all stages of a visit at once, so that no visit holds some and waits for more.

export class Permits {
  #left: number
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = []

  constructor(total: number) {
    this.#left = total
  }

  /** Takes as many, if they are to be had without waiting. */
  tryTake(count: number): boolean {
    if (this.#waiting.length > 0 || this.#left < count) return false
    this.#left -= count
    return true
  }

  /** Takes as many; waits its turn. */
  async take(count: number): Promise<void> {
    if (this.tryTake(count)) return
    await new Promise<void>((resolve) => {
      this.#waiting.push({ count, resolve })
    })
  }

  give(count: number): void {
    this.#left += count
    for (let first = this.#waiting[0]; first !== undefined && first.count <= this.#left; first = this.#waiting[0]) {
      this.#left -= first.count
      this.#waiting.shift()
      first.resolve()
    }
  }
}

/** Bun's limit unless bin/varyant.js has raised it. */
const DEFAULT_REQUESTS = 256

/** Half of the requests that this process can carry out. */
export function permitsOf(env: Readonly<Record<string, string | undefined>>): number {
  const limit = Number(env.BUN_CONFIG_MAX_HTTP_REQUESTS)
  return Math.floor((Number.isInteger(limit) && limit > 0 ? limit : DEFAULT_REQUESTS) / 2)
}
