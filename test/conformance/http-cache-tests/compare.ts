// A run held against the list of expected failures: it may neither lose a test nor win one unnoticed.

import type { TestOutcome } from './count.ts'

/** Why tests of the suite are not passed, by test id. */
export type ExpectedFailures = Readonly<Record<string, string>>

export type Comparison = {
  /** Required and optimal tests that do not pass and are not in the list. */
  readonly unexpected: readonly TestOutcome[]
  /** Listed tests that pass now: they must leave the list. */
  readonly passing: readonly TestOutcome[]
  /** Listed tests that the suite does not have. */
  readonly unknown: readonly string[]
}

/** What differs from the expectation.  Checks have no right answer and are never unexpected. */
export function compare(all: readonly TestOutcome[], expected: ExpectedFailures): Comparison {
  const judged = all.filter(({ kind }) => kind !== 'check')
  const known = new Set(judged.map(({ id }) => id))
  return {
    unexpected: judged.filter(({ id, outcome }) => outcome !== 'pass' && expected[id] === undefined),
    passing: judged.filter(({ id, outcome }) => outcome === 'pass' && expected[id] !== undefined),
    unknown: Object.keys(expected).filter((id) => !known.has(id)),
  }
}

export function asExpected({ unexpected, passing, unknown }: Comparison): boolean {
  return unexpected.length + passing.length + unknown.length === 0
}
