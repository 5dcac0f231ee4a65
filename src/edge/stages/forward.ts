// Passes a request on and its answer back, touching neither: what is not eligible, and what waits for nobody.
// RFC 9110 §7.6; CF cache/concepts/cache-responses (DYNAMIC)

import { EdgeError, type Millis, toMillis } from '../../base/index.ts'
import { isFinal } from '../../http/index.ts'
import type { OriginAnswer } from '../../origin/index.ts'
import { passUnderResponseRules } from '../cache-response.ts'
import { notePassing } from '../cors-findings.ts'
import type { EdgeServices } from '../edge.ts'
import type { RoutedExchange } from '../exchange.ts'
import { passingFields } from '../origin-request.ts'
import type { PassingAnswer } from '../response.ts'
import { limitedContent } from '../upload.ts'

/** Sends the client's request to the origin server and answers with what comes. */
export async function forward(
  exchange: RoutedExchange,
  edge: EdgeServices,
  outcome: PassingAnswer['outcome'],
): Promise<PassingAnswer> {
  const { clientRequest, method, path, query, plan, origin } = exchange
  const began = edge.clock.now()
  const answer = await edge.origins.send({
    address: origin,
    method,
    target: path + query,
    headers: passingFields(exchange),
    body: clientRequest.body === null ? null : limitedContent(clientRequest, plan.zone.maxUpload),
    readTimeout: readTimeoutOf(exchange),
    signal: clientRequest.signal,
  })
  exchange.originMillis = edge.clock.now() - began
  exchange.trail.push(`the origin server answered ${answer.status}`)
  const askedBy = exchange.presented.get('origin')
  if (askedBy !== null && isRead(method)) notePassing(exchange, askedBy, answer, edge)
  const passed = passing(answer, outcome)
  passUnderResponseRules(exchange, answer, edge)
  return passed
}

/** Only what a page reads is looked at: the answer to a preflight is another matter. */
function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** The silence that the origin server is allowed before its response head. */
export function readTimeoutOf({ plan }: RoutedExchange): Millis {
  return toMillis(plan.settings.readTimeout)
}

/** An origin's answer on its way through; one that is no final answer is a bad one. */
export function passing(answer: OriginAnswer, outcome: PassingAnswer['outcome']): PassingAnswer {
  if (!isFinal(answer.status)) throw new EdgeError('origin-bad-response', `status ${answer.status} is no final answer`)
  return { kind: 'passing', outcome, answer }
}
