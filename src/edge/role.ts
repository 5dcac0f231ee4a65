// What an edge is among several processes that serve the same addresses from the same store; docs/decisions/0130.
//
//   visitor ──► member ──► its memory, the shared disk, an origin server
//                  └── scripts? ──unix socket──► keeper ──► the runtime of scripts
//
// Members share the ports.  The keeper has none: it runs scripts for the members, and answers whoever asks in process.

import type { CacheKey } from '../cache/index.ts'

/** The other processes that serve from the same store. */
export interface Siblings {
  /**
   * What is stored under these keys has changed, and not by time alone: resolves when no other process answers with what it
   * had, nor keeps what it is fetching now.
   */
  outdate(keys: readonly CacheKey[]): Promise<void>
}

export type Role =
  | {
      readonly kind: 'member'
      readonly siblings: Siblings
      /** The keeper's socket. */
      readonly keeper: string
    }
  | {
      readonly kind: 'keeper'
      readonly siblings: Siblings
      /** Where members pass on what scripts are to answer. */
      readonly socket: string
    }
