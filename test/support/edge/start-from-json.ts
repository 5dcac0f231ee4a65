// From the JSON of `varyant.json` to a running edge: the one place of the tests that knows how `main.ts` is called.

import type { Clock, EventSink } from '../../../src/base/index.ts'

export type RunningEdge = {
  readonly edgeUrl: string
  readonly apiUrl: string
  readonly httpsUrl?: string
  stop(): Promise<void>
}

export type StartOptions = {
  /** A configuration as `varyant.json` has it. */
  readonly json: unknown
  readonly token: string
  readonly events: EventSink
  readonly clock: Clock
}

type Main = {
  startVaryant(options: { config: unknown; token: string; events: EventSink; clock: Clock }): Promise<RunningEdge>
}
type Config = { resolveConfig(json: unknown): unknown }

const MAIN: string = '../../../src/main.ts'
const CONFIG: string = '../../../src/config/index.ts'

/** Starts the edge; members that are undefined count as absent, as in a file. */
export async function startFromJson({ json, ...rest }: StartOptions): Promise<RunningEdge> {
  const { startVaryant } = (await import(MAIN)) as Main
  const { resolveConfig } = (await import(CONFIG)) as Config
  return startVaryant({ config: resolveConfig(JSON.parse(JSON.stringify(json))), ...rest })
}
