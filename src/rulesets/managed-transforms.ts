// Managed transforms.

import type { HeaderEdits, RulesPhase } from './outcomes.ts'

/** The ids that are on. */
export type ManagedTransforms = { readonly request: readonly string[]; readonly response: readonly string[] }

export function compileManagedRequest(_ids: readonly string[]): RulesPhase<HeaderEdits> | undefined {
  return undefined
}

export function compileManagedResponse(_ids: readonly string[]): RulesPhase<HeaderEdits> | undefined {
  return undefined
}
