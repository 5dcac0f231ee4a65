// Snippets, then the Worker of the URL: whoever of them fetches the request that it was given passes it on.
// CF rules/snippets/how-it-works, workers/configuration/routing; docs/decisions/0083 for the order
//
//   which?  all snippet rules are evaluated first, then the routes  ──►  runtime/  ──►  the answer, or on to the cache

import { EdgeError } from '../../base/index.ts'
import { ClientGone } from '../../origin/index.ts'
import { mayFailOpen, type ScriptFailure, type Visit } from '../../runtime/index.ts'
import { findWorker, type Script } from '../../scripts/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { RoutedExchange } from '../exchange.ts'
import { scriptFields } from '../origin-request.ts'
import { faultAnswer } from '../refusal.ts'
import { requestCf } from '../request-cf.ts'
import type { EdgeResponse } from '../response.ts'
import { contextOf } from '../rule-facts.ts'
import { noteVisitor } from '../visitors.ts'

/** The scripts that a request is to pass. */
export type ScriptChoice = { readonly stages: readonly Script[]; readonly failOpen: boolean }

/** The snippets whose rules match, then the Worker that the URL runs; undefined when there is none. */
export function chooseScripts(exchange: RoutedExchange, edge: EdgeServices): ScriptChoice | undefined {
  const { plan, scheme, host, path, query } = exchange
  const { scripts } = plan
  if (scripts === undefined) return undefined
  const names = plan.rules.snippetRules?.run(contextOf(exchange, edge), exchange.trail) ?? []
  const snippets = names.flatMap((name) => scripts.snippets.find(({ script }) => script.name === name)?.script ?? [])
  const worker = findWorker(scripts, { scheme, host, path, query })
  if (worker === undefined) return snippets.length === 0 ? undefined : { stages: snippets, failOpen: false }
  exchange.trail.push(`the URL runs the Worker ${worker.script.name}`)
  return { stages: [...snippets, worker.script], failOpen: worker.failOpen }
}

/** What the scripts answer; undefined: the request goes on without them. */
export async function runScripts(
  exchange: RoutedExchange,
  choice: ScriptChoice,
  edge: EdgeServices,
): Promise<EdgeResponse | undefined> {
  const { scripts } = edge
  if (scripts === undefined) throw new EdgeError('worker-unavailable', 'this edge has no runtime')
  const visit = visitOf(exchange, choice, edge)
  noteVisitor(visit, exchange)
  const outcome = await scripts.dispatch(visit)
  if (outcome.kind === 'answered') {
    exchange.trail.push(`${choice.stages[0]?.name} answered ${outcome.response.status}`)
    return { kind: 'scripted', response: outcome.response }
  }
  if (exchange.clientRequest.signal.aborted) throw new ClientGone()
  if (mayFailOpen(outcome, visit, 0)) {
    exchange.trail.push(`goes on without the Worker: ${outcome.fault} (${outcome.detail})`)
    return undefined
  }
  return failureAnswer(exchange, outcome, edge)
}

function failureAnswer(exchange: RoutedExchange, failure: ScriptFailure, { debugHeaders }: EdgeServices): EdgeResponse {
  const fault = new EdgeError(failure.fault, failure.detail)
  return faultAnswer(exchange, fault, debugHeaders ? failure.stack : undefined)
}

/** The request as a script gets it. */
export function visitOf(exchange: RoutedExchange, { stages, failOpen }: ScriptChoice, edge: EdgeServices): Visit {
  const { clientRequest, scheme, path, query, authority, plan, caller } = exchange
  return {
    zone: plan.zone,
    stages,
    failOpen,
    scheme,
    method: exchange.method,
    url: `${scheme}://${authority}${path}${query}`,
    headers: scriptFields(exchange),
    body: clientRequest.body,
    signal: clientRequest.signal,
    cf: requestCf(exchange, edge),
    ray: exchange.ray,
    peer: exchange.peer,
    depth: caller?.depth ?? 0,
  }
}
