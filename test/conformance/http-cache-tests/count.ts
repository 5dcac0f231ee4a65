// What a run of the suite amounts to: one outcome a test, by the suite's own judgement (a test counts only when what it
// depends on passes), and how many of each kind passed.

import type { RawResults, Suite, TestKind } from './suite.ts'

export type Outcome =
  /** It passes; of a check: yes. */
  | 'pass'
  /** It fails; of a check: no. */
  | 'fail'
  /** A precondition of the test itself did not hold. */
  | 'setup-failed'
  /** A test that it depends on does not pass. */
  | 'dependency-failed'
  /** The suite's client broke down. */
  | 'harness-failed'
  /** The cache repeated a request by itself. */
  | 'retried'
  /** It was not run. */
  | 'untested'

export type TestOutcome = {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly kind: TestKind
  readonly outcome: Outcome
  /** The failure's message, when there is one. */
  readonly message: string
}

export type Tally = Readonly<Record<TestKind, { readonly passed: number; readonly total: number }>>

const OUTCOME_OF_SYMBOL: Readonly<Record<string, Outcome>> = {
  '✅': 'pass',
  Y: 'pass',
  '⛔️': 'fail',
  '⚠️': 'fail',
  N: 'fail',
  '🔹': 'setup-failed',
  '⚪️': 'dependency-failed',
  '⁉️': 'harness-failed',
  '↻': 'retried',
  '-': 'untested',
}

/** The outcome of every test that concerns a cache between client and origin; tests for browsers only are left out. */
export function outcomes(suite: Suite, results: RawResults): readonly TestOutcome[] {
  return suite.groups.flatMap((group) =>
    group.tests
      .filter((test) => test.browser_only !== true)
      .map((test) => ({
        id: test.id,
        group: group.id,
        name: test.name,
        kind: test.kind ?? 'required',
        outcome: outcomeOfSymbol(suite.symbolOf(test.id, results)),
        message: messageOf(results, test.id),
      })),
  )
}

/** How many tests of each kind passed, of how many. */
export function tally(all: readonly TestOutcome[]): Tally {
  const count = (kind: TestKind): Tally[TestKind] => {
    const ofKind = all.filter((test) => test.kind === kind)
    return { passed: ofKind.filter(({ outcome }) => outcome === 'pass').length, total: ofKind.length }
  }
  return { required: count('required'), optimal: count('optimal'), check: count('check') }
}

function outcomeOfSymbol(symbol: string): Outcome {
  const outcome = OUTCOME_OF_SYMBOL[symbol]
  if (outcome === undefined) throw new Error(`the suite prints a symbol that has no name here: ${symbol}`)
  return outcome
}

function messageOf(results: RawResults, id: string): string {
  const result = results[id]
  return result === undefined || result === true ? '' : `${result[0]}: ${result[1]}`
}
