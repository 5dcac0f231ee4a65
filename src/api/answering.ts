// What stands behind the API's listener: the operations, whoever judges credentials and hosts, tails.
//
// It is most of the room, and no start waits for it: server.ts loads this file when the listener accepts.  Only types may be
// imported from it.

import { makePurgeAllowance } from '../purge/index.ts'
import { validateRuleset, warningsOf } from '../rulesets/index.ts'
import { makeAuthenticator } from './auth.ts'
import { makeHostCheck } from './host-check.ts'
import { OPERATIONS } from './operations/index.ts'
import type { ApiOptions } from './options.ts'
import { makeRouter } from './router.ts'
import { NO_SCRIPT_HOST } from './script-host.ts'
import { makeTailAddress } from './tails/address.ts'
import { makeTails } from './tails/tails.ts'

export type Answering = {
  /** Answers a request that came from the address `client`; never throws. */
  answer(request: Request, client: string): Promise<Response>
  /** Ends every tail. */
  close(): void
}

/** Puts the API together. */
export function makeAnswering(options: ApiOptions): Answering {
  const { purger, explain, administration, documents, findings, clock, events } = options
  const { hostname, names = [], scriptHost = NO_SCRIPT_HOST, tailPort = 0 } = options
  const tails = makeTails({ scriptHost, clock })
  const tailAddress = makeTailAddress({ tails, hostname, port: tailPort, events })
  const answer = makeRouter({
    operations: OPERATIONS,
    services: {
      ...{ purger, explain, administration, documents, findings, clock, events },
      purgeAllowance: makePurgeAllowance(options.purgeRateLimit ?? 'enterprise', clock),
      validateRuleset,
      rulesetWarnings: (phase, rules) => warningsOf(phase, rules, { hasGeoip: options.hasGeoip ?? false }),
      ...{ scriptHost, tails, tailUrl: tailAddress.urlFor },
    },
    authenticate: makeAuthenticator({ root: options.token, documents, clock }),
    checkHost: makeHostCheck({ listener: hostname, names }),
    events,
  })
  return {
    answer,
    close: () => {
      tails.close()
      tailAddress.close()
    },
  }
}
