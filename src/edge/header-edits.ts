// Carries out what rules say about fields, on the runtime's own Headers.

import { EdgeError } from '../base/index.ts'
import type { HeaderEdits, RuleContext, RuleFault, RulesProgram } from '../rulesets/index.ts'
import { ruleFault } from './refusal.ts'

/** Edits the request's fields in place, managed transforms first; the fault that ends the request, or undefined. */
export function editRequest(
  headers: Headers,
  { managedRequest, requestHeaders }: RulesProgram,
  context: RuleContext,
  trail: string[],
): EdgeError | undefined {
  const managed = managedRequest?.run(context, trail)
  if (managed !== undefined) applyEdits(headers, managed)
  const edits = requestHeaders?.run(context, trail)
  if (edits?.kind === 'fault') return faultOf(edits)
  if (edits !== undefined) applyEdits(headers, edits)
  return undefined
}

/** Edits fields in place, in order. */
export function applyEdits(headers: Headers, { edits }: HeaderEdits): void {
  for (const edit of edits) {
    if (edit.operation === 'set') headers.set(edit.name, edit.value)
    else if (edit.operation === 'add') headers.append(edit.name, edit.value)
    else headers.delete(edit.name)
  }
}

/** The fault of a rule, as the edge knows faults. */
export function faultOf({ code, detail }: RuleFault): EdgeError {
  return new EdgeError(ruleFault(code), detail)
}
