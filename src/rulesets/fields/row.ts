// The shape of a field: a row of a table.  The scheme is made of them, the context reads by them, the documentation prints
// them.

import { arrayOf, mapOf, STRING, type Type, type Value } from '../../rules/index.ts'
import type { RuleFacts } from '../facts.ts'

export type FieldRow = {
  readonly name: string
  readonly type: Type
  readonly doc: string
  /** Reads the field; undefined for one that this edge cannot know. */
  readonly read: ((facts: RuleFacts) => Value | undefined) | undefined
  /** Whether a phase may find another value than the one before it. */
  readonly changes: 'never' | 'between-phases'
  /** What it needs to be known beyond the request; absent: nothing. */
  readonly needs?: 'geoip'
  /** The documented value of one that cannot be known; absent: it is missing. */
  readonly fallback?: Value
  /** The value it always has. */
  readonly constant?: Value
  /** The field that it is another name of. */
  readonly aliasOf?: string
}

export const STRINGS: Type = arrayOf(STRING)
export const MAP_OF_STRINGS: Type = mapOf(STRINGS)
