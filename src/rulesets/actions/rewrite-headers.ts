// Transform Rules on header fields.

import type { FieldList } from '../../http/index.ts'
import type { HeaderEdit, HeaderEdits, RuleFault, RulesPhase } from '../outcomes.ts'
import type { StoredRule } from '../rule.ts'

export type HeaderPhase = 'http_request_late_transform' | 'http_response_headers_transform'

export function compileRewriteHeaders(
  _phase: HeaderPhase,
  _rules: readonly StoredRule[],
  _problems: string[],
): RulesPhase<HeaderEdits | RuleFault<1038 | 1040 | 1041> | undefined> | undefined {
  return undefined
}

/** The fields with the edits carried out, in order. */
export function applyHeaderEdits(fields: FieldList, _edits: readonly HeaderEdit[]): FieldList {
  return fields
}
