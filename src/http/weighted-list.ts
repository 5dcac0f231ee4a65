// Lists whose members carry a weight: Accept, Accept-Encoding, Accept-Language.  RFC 9110 §12.4.2, §12.5.

import { listMembers, splitUnquoted, trimOws } from './fields.ts'

/** A member's lower-case name without parameters, and its weight from 0 to 1. */
export type Weighted = { readonly name: string; readonly weight: number }

/** The members in order.  One without a weight has 1; one with a malformed weight says nothing we know and is dropped. */
export function parseWeightedList(value: string): readonly Weighted[] {
  const members: Weighted[] = []
  for (const member of listMembers(value)) {
    const [first = '', ...parameters] = splitUnquoted(member, ';')
    const name = trimOws(first).toLowerCase()
    const weight = weightOf(parameters)
    if (name !== '' && weight !== undefined) members.push({ name, weight })
  }
  return members
}

function weightOf(parameters: readonly string[]): number | undefined {
  for (const parameter of parameters) {
    const text = trimOws(parameter)
    if (text.startsWith('q=') || text.startsWith('Q=')) return parseWeight(text.slice(2))
  }
  return 1
}

/** "0" or "1" with decimals, of which a reader takes as many as there are. */
function parseWeight(text: string): number | undefined {
  return /^(?:0(?:\.[0-9]*)?|1(?:\.0*)?)$/.test(text) ? Number(text) : undefined
}
