// Every field of the language, and the scheme that they make.  CF ruleset-engine/rules-language/fields
//
// Those that this edge can know come first.  The rest exist with their type, evaluate as missing or as their documented
// value, and using one is told in the API's `messages`.

import { FUNCTIONS, makeScheme, type Scheme } from '../rules/index.ts'
import { CLIENT_FIELDS } from './fields/client.ts'
import { REQUEST_FIELDS } from './fields/request.ts'
import { RESPONSE_FIELDS } from './fields/response.ts'
import type { FieldRow } from './fields/row.ts'
import { UNKNOWN_FIELDS } from './fields/unknown.ts'

export const FIELDS: readonly FieldRow[] = [...REQUEST_FIELDS, ...CLIENT_FIELDS, ...RESPONSE_FIELDS, ...UNKNOWN_FIELDS]

/** Every field and function, whatever the phase: phases narrow it (availability.ts), places stay. */
export const SCHEME: Scheme = makeScheme({
  fields: FIELDS.map(({ name, type, constant }) => ({ name, type, ...(constant !== undefined && { constant }) })),
  functions: FUNCTIONS,
})

const ROWS: ReadonlyMap<string, FieldRow> = new Map(FIELDS.map((row) => [row.name, row]))

export function fieldRow(name: string): FieldRow | undefined {
  return ROWS.get(name)
}
