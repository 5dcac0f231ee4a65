// Request collapsing: for one key one fetch is under way, and everybody else waits for its response head.
// RFC 9111 §4 ("collapse requests"); CF cache/concepts/default-cache-behavior (cache lock); docs/decisions/0040.
//
//   nobody ──launch──► under way ──head──► settled ──landed──► nobody
//                          └── all parties gone ──► aborted
//
// A flight belongs to nobody: a client that leaves gives up its place, and the last to leave before the head ends the
// fetch.  After the head the fetch goes on to its end whoever leaves.
//
// I1  Only requests that came after the flight's revision's last purge join it: one that comes after a purge never reads
//     what was asked for before it.
// I2  `find` never answers a flight whose parties have all gone.

import type { EdgeError } from '../base/index.ts'
import type { Fill, StoredResponse, Variant } from '../cache/index.ts'
import type { OriginAnswer } from '../origin/index.ts'

/** A stored response before its body is whole. */
export type Draft = Omit<StoredResponse, 'body'>

/** What the response head turned out to be. */
export type FlightHead =
  /** A storable response is arriving; any number may read it. */
  | {
      readonly kind: 'filling'
      readonly draft: Draft
      readonly fill: Fill
      /**
       * The leader's reader, open before the first byte is written: a fill that cannot keep what it reads keeps what a
       * reader has yet to read.  Undefined when no client waits.
       */
      readonly first: ReadableStream<Uint8Array> | undefined
      /** Content-Length, when the origin server said it. */
      readonly length: number | undefined
      /** Age as it came: from a cache before the origin server. */
      readonly age: string | undefined
    }
  /** 304: the stored response is good again. */
  | { readonly kind: 'freshened'; readonly variant: Variant }
  /** The origin server failed, and a stale response may go out instead. */
  | { readonly kind: 'stale'; readonly variant: Variant; readonly why: string }
  /** Not to be stored: it belongs to the one whose request it answers. */
  | { readonly kind: 'not-stored'; readonly answer: OriginAnswer; readonly why: string }
  | { readonly kind: 'failed'; readonly fault: EdgeError }
  /** Every party left before the head. */
  | { readonly kind: 'deserted' }

export type Flight = {
  readonly key: string
  /** The journal's revision when the fetch began. */
  readonly revision: number
  readonly head: Promise<FlightHead>
  readonly abort: AbortController
  /** Who waits for the head. */
  parties: number
  settled: boolean
  /** What is fetched has been replaced at the origin meanwhile: it must not be stored. */
  outdated: boolean
}

/** What a launched fetch does; it answers its head early and itself ends when the flight lands. */
export type Fly = (flight: Flight, settle: (head: FlightHead) => void) => Promise<void>

/** Keys whose last answer could not be shared, remembered so that nobody waits for the next one in vain. */
const MAX_UNSHAREABLE = 4096

export class Flights {
  readonly #byKey = new Map<string, Flight>()
  readonly #all = new Set<Flight>()
  readonly #unshareable = new Set<string>()

  /** The flight that a request under this key may join at this revision. */
  find(key: string, revision: number): Flight | undefined {
    const flight = this.#byKey.get(key)
    return flight?.revision === revision ? flight : undefined
  }

  /** Starts a fetch.  `alone`: nobody joins it. */
  launch(key: string, revision: number, mode: 'shared' | 'alone', fly: Fly): { flight: Flight; landed: Promise<void> } {
    let settle: (head: FlightHead) => void = () => undefined
    const head = new Promise<FlightHead>((resolve) => {
      settle = resolve
    })
    const flight: Flight = {
      ...{ key, revision, head, abort: new AbortController() },
      ...{ parties: 0, settled: false, outdated: false },
    }
    this.#all.add(flight)
    if (mode === 'shared') this.#byKey.set(key, flight)
    const landed = fly(flight, (outcome) => {
      flight.settled = true
      if (outcome.kind !== 'filling') this.#withdraw(flight)
      this.#noteShareable(key, outcome)
      settle(outcome)
    }).finally(() => {
      this.#withdraw(flight)
      this.#all.delete(flight)
    })
    return { flight, landed }
  }

  /** The head, for one party that gives up its place when `gone` aborts. */
  async join(flight: Flight, gone: AbortSignal | undefined): Promise<FlightHead> {
    if (flight.settled || gone === undefined) {
      flight.parties += 1
      return flight.head
    }
    flight.parties += 1
    const leave = (): void => this.#leave(flight)
    if (gone.aborted) leave()
    else gone.addEventListener('abort', leave, { once: true })
    try {
      return await flight.head
    } finally {
      gone.removeEventListener('abort', leave)
    }
  }

  /** Whether requests under this key should wait for one another. */
  mayShare(key: string): boolean {
    return !this.#unshareable.has(key)
  }

  /** The resource changed at the origin: what is on its way under this key is not to be joined, nor stored. */
  outdate(key: string): void {
    for (const flight of this.#all) {
      if (flight.key !== key && !flight.key.startsWith(`${key} `)) continue
      flight.outdated = true
      this.#withdraw(flight)
    }
  }

  /** The revision at which the oldest fetch under way began, or undefined. */
  oldest(): number | undefined {
    let oldest: number | undefined
    for (const { revision } of this.#all) if (oldest === undefined || revision < oldest) oldest = revision
    return oldest
  }

  /** Ends every fetch that is under way. */
  abortAll(): void {
    for (const flight of this.#all) flight.abort.abort()
  }

  #leave(flight: Flight): void {
    flight.parties -= 1
    if (flight.settled || flight.parties > 0) return
    this.#withdraw(flight)
    flight.abort.abort()
  }

  #withdraw(flight: Flight): void {
    if (this.#byKey.get(flight.key) === flight) this.#byKey.delete(flight.key)
  }

  #noteShareable(key: string, { kind }: FlightHead): void {
    if (kind === 'filling' || kind === 'freshened') {
      if (this.#unshareable.size > 0) this.#unshareable.delete(key)
    } else if (kind === 'not-stored') {
      if (this.#unshareable.size >= MAX_UNSHAREABLE) this.#unshareable.clear()
      this.#unshareable.add(key)
    }
  }
}
