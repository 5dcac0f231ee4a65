// Which scripts are switched off because they brought their process down again and again.  docs/decisions/0081
//
//   a kill or crash ──► a strike for every script that may have caused it ──► three within five minutes ──► off for five
//
// A new version begins without strikes: it is another script.

import type { EpochMillis } from '../base/index.ts'
import type { Script } from '../scripts/index.ts'
import type { Service } from './generation.ts'

export const MAX_STRIKES = 3
export const STRIKE_WINDOW_MILLIS = 300_000
export const OFF_MILLIS = 300_000
/** Beyond this the memory is emptied; scripts of zones that are long gone are in it too. */
const MAX_REMEMBERED = 10_000

export class Strikes {
  readonly #strikes = new Map<string, readonly number[]>()
  readonly #offUntil = new Map<string, number>()

  /** Notes that a version may have brought its process down; answers whether it is off from now on. */
  strike({ id }: Script, now: EpochMillis): boolean {
    const recent = [...(this.#strikes.get(id) ?? []), now].filter((at) => now - at < STRIKE_WINDOW_MILLIS)
    if (this.#strikes.size >= MAX_REMEMBERED) this.#strikes.clear()
    this.#strikes.set(id, recent)
    if (recent.length < MAX_STRIKES) return false
    this.#strikes.delete(id)
    this.#offUntil.set(id, now + OFF_MILLIS)
    return true
  }

  isOff({ id }: Script, now: EpochMillis): boolean {
    if (this.#offUntil.size === 0) return false
    const until = this.#offUntil.get(id)
    if (until === undefined) return false
    if (now < until) return true
    this.#offUntil.delete(id)
    return false
  }
}

/**
 * The scripts that may hold the processor: those that owe an answer and wait for nothing.  All that owe one when each of
 * them waits for something, as the one that spins may do too.
 */
export function suspectsOf(services: Iterable<Service>, asking: ReadonlyMap<string, number>): readonly Script[] {
  const owing = [...new Map([...services].map(({ script }) => [script.id, script])).values()]
  const idle = owing.filter(({ id }) => (asking.get(id) ?? 0) === 0)
  return idle.length > 0 ? idle : owing
}
