// The API's listener.

import type { Clock, EventSink } from '../base/index.ts'
import type { Administration, Documents } from '../config/index.ts'
import type { Explain } from '../cors/index.ts'
import type { FindingsBook } from '../cors/sharing/index.ts'
import { makePurgeAllowance, type PurgeRateLimit, type Purger } from '../purge/index.ts'
import { validateRuleset, warningsOf } from '../rulesets/index.ts'
import { makeAuthenticator } from './auth.ts'
import { makeHostCheck } from './host-check.ts'
import { OPERATIONS } from './operations/index.ts'
import { makeRouter } from './router.ts'
import { NO_SCRIPT_HOST, type ScriptHost } from './script-host.ts'
import { makeTailAddress } from './tails/address.ts'
import { makeTails } from './tails/tails.ts'

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
  /** Resolves when what an operation has changed is in force everywhere; absent: it is as soon as the operation is done. */
  readonly settled?: (() => Promise<void>) | undefined
  readonly clock: Clock
  readonly events: EventSink
}

export interface ApiServer {
  readonly url: string
  readonly port: number
  /** Accepts nothing more, lets answers under way finish within a bound, closes. */
  stop(): Promise<void>
}

const STOP_WAIT_MILLIS = 5_000
/** Bodies are limited by operation (body.ts), with an answer in an envelope; the listener only must not be stricter. */
const LISTENER_BODY_LIMIT_BYTES = Number.MAX_SAFE_INTEGER

/** Starts the API; throws when the address cannot be had or the token is empty. */
export function startApi(options: ApiOptions): ApiServer {
  const {
    hostname,
    port,
    token,
    names = [],
    purger,
    explain,
    administration,
    documents,
    findings,
    clock,
    events,
  } = options
  const purgeAllowance = makePurgeAllowance(options.purgeRateLimit ?? 'enterprise', clock)
  if (token === '') throw new TypeError('the API token is empty; set VARYANT_API_TOKEN or remove the empty token file')
  const { scriptHost = NO_SCRIPT_HOST, tailPort = 0 } = options
  const tails = makeTails({ scriptHost, clock })
  const tailAddress = makeTailAddress({ tails, hostname, port: tailPort, events })
  const answer = makeRouter({
    operations: OPERATIONS,
    services: {
      ...{ purger, purgeAllowance, explain, administration, documents, findings, clock, events },
      validateRuleset,
      rulesetWarnings: (phase, rules) => warningsOf(phase, rules, { hasGeoip: options.hasGeoip ?? false }),
      ...{ scriptHost, tails, tailUrl: tailAddress.urlFor },
    },
    authenticate: makeAuthenticator({ root: token, documents, clock }),
    checkHost: makeHostCheck({ listener: hostname, names }),
    settled: options.settled,
    events,
  })
  const server = Bun.serve({
    hostname,
    port,
    development: false,
    maxRequestBodySize: LISTENER_BODY_LIMIT_BYTES,
    fetch: (request, bound) => answer(request, bound.requestIP(request)?.address ?? ''),
  })
  const bound = server.port ?? port
  return {
    url: `http://${hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname}:${bound}`,
    port: bound,
    stop: () => {
      tails.close()
      tailAddress.close()
      return stopWithin(server)
    },
  }
}

async function stopWithin(server: Bun.Server<undefined>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_WAIT_MILLIS)
  })
  await Promise.race([server.stop(), bound])
  clearTimeout(timer)
  await server.stop(true)
}
