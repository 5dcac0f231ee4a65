// What the API is started with.

import type { Clock, EventSink } from '../base/index.ts'
import type { Administration, Documents } from '../config/index.ts'
import type { Explain } from '../cors/index.ts'
import type { FindingsBook } from '../cors/sharing/index.ts'
import type { PurgeRateLimit, Purger } from '../purge/index.ts'
import type { ScriptHost } from './script-host.ts'

export type ApiOptions = {
  readonly hostname: string
  /** 0 picks a free one. */
  readonly port: number
  /** The secret that clients must present; never empty. */
  readonly token: string
  /** Names of the API beside loopback names and the listener's own address. */
  readonly names?: readonly string[]
  readonly purger: Purger
  /** What the edge would do with a request. */
  readonly explain: Explain
  /** How many purges the account may ask for; as an Enterprise account when absent. */
  readonly purgeRateLimit?: PurgeRateLimit | undefined
  readonly administration: Administration
  readonly documents: Documents
  readonly findings: Pick<FindingsBook, 'list'>
  /** Whether the edge has a database of addresses. */
  readonly hasGeoip?: boolean
  /** Who runs scripts; without one none can be uploaded. */
  readonly scriptHost?: ScriptHost | undefined
  /** The port of the listener of tails, beside the API's; 0 or absent picks a free one. */
  readonly tailPort?: number | undefined
  readonly clock: Clock
  readonly events: EventSink
}
