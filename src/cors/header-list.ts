// Reading the lists in `Access-Control-*` fields.  Fetch §Header lists ("extract header list values").

import { type FieldList, fieldValue, isToken, trimOws } from '../http/index.ts'

/** The tokens of a list field; undefined when there is no such field, 'failure' when a member is no token. */
export function extractTokens(fields: FieldList, name: string): readonly string[] | undefined | 'failure' {
  const value = fieldValue(fields, name)
  if (value === undefined) return undefined
  // No quoted-string can be in a list of tokens: every comma divides.
  const members = value
    .split(',')
    .map(trimOws)
    .filter((member) => member !== '')
  return members.every(isToken) ? members : 'failure'
}
