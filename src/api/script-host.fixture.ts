// A script host that a test plays: every script starts but those that say otherwise, and a test tells what they did.

import type { Script } from '../scripts/index.ts'
import type { ScriptHost, TraceItem } from './script-host.ts'

export type PlayedHost = ScriptHost & {
  /** What was to be checked, in order. */
  readonly checked: Script[]
  /** How many listen. */
  listeners(): number
  /** Tells whoever listens to the Worker. */
  tell(script: string, ...items: readonly TraceItem[]): void
}

/** Its words for a script whose code begins with `throw`. */
export const DOES_NOT_START = 'Uncaught Error: no\n  at index.js:1:7'

export function playHost(): PlayedHost {
  const checked: Script[] = []
  const listeners = new Set<{ readonly script: string; hear(items: readonly TraceItem[]): void }>()
  return {
    unavailable: undefined,
    checked,
    validate: async (script) => {
      checked.push(script)
      const [main] = script.modules
      const text = new TextDecoder().decode(main?.content)
      if (text.startsWith('throw')) return { ok: false, problem: { message: DOES_NOT_START } }
      return { ok: true, value: { startupMillis: 7, handlers: text.includes('fetch') ? ['fetch'] : [] } }
    },
    tail: (script, hear) => {
      const listener = { script, hear }
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    listeners: () => listeners.size,
    tell: (script, ...items) => {
      for (const listener of listeners) if (listener.script === script) listener.hear(items)
    },
  }
}
