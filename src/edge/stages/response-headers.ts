// The fields of the answer as managed transforms and rules edit them, on its way out: whoever made it, whatever its status,
// stored or not.  What is stored is never touched: a rule that is deleted is gone from the very next HIT.
// CF rules/transform/response-header-modification

import { EdgeError, FAULTS } from '../../base/index.ts'
import type { FieldList } from '../../http/index.ts'
import type { RulesProgram } from '../../rulesets/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { Exchange, RoutedExchange } from '../exchange.ts'
import { applyEdits, faultOf } from '../header-edits.ts'
import type { EdgeResponse } from '../response.ts'
import { contextOf, responseFacts } from '../rule-facts.ts'
import { typeless } from '../typeless.ts'

/** The client's response with its fields edited, or the fault that takes its place. */
export function transformResponse(
  exchange: Exchange & Partial<RoutedExchange>,
  response: EdgeResponse,
  clientResponse: Response,
  edge: EdgeServices,
): Response | EdgeError {
  const rules = exchange.plan?.rules
  if (rules === undefined || (rules.managedResponse === undefined && rules.responseHeaders === undefined)) {
    return clientResponse
  }
  const { headers } = clientResponse
  const hadType = headers.has('content-type')
  // With a plan it has found its zone.
  const fault = editOrFail(exchange as RoutedExchange, rules, { response, clientResponse }, edge)
  if (fault !== undefined) return fault
  return hadType && !headers.has('content-type') ? typeless(clientResponse) : clientResponse
}

type Answered = { readonly response: EdgeResponse; readonly clientResponse: Response }

function editOrFail(...[exchange, rules, answered, edge]: Parameters<typeof editResponse>): EdgeError | undefined {
  try {
    return editResponse(exchange, rules, answered, edge)
  } catch (cause) {
    // Fail closed: an answer that rules were to change does not go out unchanged.
    edge.events({ kind: 'unexpected', where: 'response rules', reason: String(cause) })
    return new EdgeError('edge-internal', 'rules for the answer failed', { cause })
  }
}

function editResponse(
  exchange: RoutedExchange,
  { managedResponse, responseHeaders }: RulesProgram,
  { response, clientResponse }: Answered,
  edge: EdgeServices,
): EdgeError | undefined {
  const { headers, status } = clientResponse
  const context = contextOf(exchange, edge)
  const maker = makerOf(response)
  let raw: FieldList | undefined
  if (managedResponse !== undefined) {
    raw = [...headers]
    exchange.response = responseFacts(status, headers, maker, raw)
    applyEdits(headers, managedResponse.run(context, exchange.trail))
  }
  if (responseHeaders === undefined) return undefined
  exchange.response = responseFacts(status, headers, maker, raw)
  const edits = responseHeaders.run(context, exchange.trail)
  if (edits?.kind === 'fault') return faultOf(edits)
  if (edits !== undefined) applyEdits(headers, edits)
  return undefined
}

/** Who made an answer, as `cf.response.error_type` says it. */
function makerOf(response: EdgeResponse): Parameters<typeof responseFacts>[2] {
  if (response.kind !== 'made' || response.fault === undefined) return undefined
  const { number = 0, status } = FAULTS[response.fault] as (typeof FAULTS)[keyof typeof FAULTS] & { number?: number }
  if (number !== 0) return { errorType: '1xxx', errorCode: number }
  return { errorType: status >= 500 ? '5xx' : '', errorCode: 0 }
}
