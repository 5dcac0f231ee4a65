// What the API asks of the room that runs scripts; whoever starts the API gives it.

import type { Result } from '../base/index.ts'
import type { Script, ScriptFindings } from '../scripts/index.ts'

/** What the runtime tells of one invocation of a Worker. */
export type TraceItem = Readonly<Record<string, unknown>>

export type ScriptHost = {
  /** The sentence that says why scripts cannot run here; undefined when they can. */
  readonly unavailable: string | undefined
  /** Starts the script alone, whatever it does; or the runtime's words for why it does not start. */
  validate(script: Script): Promise<Result<ScriptFindings, { readonly message: string }>>
  /** Listens to the invocations of a Worker until the answered function is called. */
  tail(script: string, listener: (items: readonly TraceItem[]) => void): () => void
}

/** For an API that is started without a runtime. */
export const NO_SCRIPT_HOST: ScriptHost = {
  unavailable: 'this edge was started without a runtime for scripts',
  validate: async () => ({ ok: false, problem: { message: 'this edge was started without a runtime for scripts' } }),
  tail: () => () => {},
}
