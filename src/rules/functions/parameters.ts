// The parameters that many functions share.

import { INT, STRING, type Value } from '../types.ts'
import type { Parameter } from './row.ts'

/** A String that a field or a call gives. */
export const TEXT_FIELD: Parameter = { name: 'source', kind: 'field', types: [STRING] }

/** A String of any making. */
export function text(name: string): Parameter {
  return { name, kind: 'either', types: [STRING] }
}

export function integer(name: string): Parameter {
  return { name, kind: 'either', types: [INT] }
}

/** A literal Int within bounds. */
export function count(name: string, low: number, high: number): Parameter {
  const refuse = (value: Value) => {
    const isWithin = typeof value === 'number' && value >= low && value <= high
    return isWithin ? undefined : `${name} of ${String(value)} is not within ${low} to ${high}`
  }
  return { name, kind: 'literal', types: [INT], refuse }
}

/** A literal String of flag letters, each once at most. */
export function flags(letters: string): Parameter {
  const refuse = (value: Value) => {
    const given = String(value)
    const isKnown = [...given].every((letter) => letters.includes(letter)) && new Set(given).size === given.length
    return isKnown ? undefined : `unknown flags "${given}"; known are ${[...letters].join(', ')}`
  }
  return { name: 'flags', kind: 'literal', types: [STRING], refuse }
}
