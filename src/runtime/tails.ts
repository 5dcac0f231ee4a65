// Who listens to which Worker's invocations.  A process is started anew when its first listener comes and when its last one
// goes, so that nobody pays for listening that nobody does.

import type { Script } from '../scripts/index.ts'
import type { TailItem, TailListener } from './contract.ts'

export class Tails {
  readonly #listeners = new Map<string, Set<TailListener>>()

  /** Listens to a Worker by its name; the answered function ends it. */
  listen(name: string, listener: TailListener): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name)
    }
  }

  /** Whether anybody listens.  Snippets have no logs.  CF rules/snippets §Limits */
  isTailed({ name, kind }: Script): boolean {
    return kind === 'worker' && this.#listeners.has(name)
  }

  emit(script: Script, items: readonly TailItem[]): void {
    if (!this.isTailed(script)) return
    for (const listener of this.#listeners.get(script.name) ?? []) listener(items)
  }
}
