// A run of the suite as text: a table of passes by group, and what is not as expected.

import type { Comparison } from './compare.ts'
import { type TestOutcome, tally } from './count.ts'
import type { TestKind } from './suite.ts'

const KINDS: readonly TestKind[] = ['required', 'optimal', 'check']

/** One line a group: how many tests of each kind pass, of how many; the sums below. */
export function table(all: readonly TestOutcome[]): string {
  const groups = [...new Set(all.map(({ group }) => group))]
  const rows = groups.map((group) =>
    row(
      group,
      all.filter((test) => test.group === group),
    ),
  )
  const width = Math.max(...groups.map(({ length }) => length))
  const lines = [['', ...KINDS], ...rows, row('all', all)].map(([name = '', ...cells]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(9))].join('  '),
  )
  return lines.join('\n')
}

/** What to do about a run that is not as expected; empty when it is. */
export function complaints({ unexpected, passing, unknown }: Comparison): string {
  return [
    ...unexpected.map(({ kind, id, outcome, message }) => `FAILS     ${kind} ${id}: ${outcome} ${message}`),
    ...passing.map(({ kind, id }) => `PASSES    ${kind} ${id}: take it off the list of expected failures`),
    ...unknown.map((id) => `UNKNOWN   ${id}: the suite has no such test; take it off the list`),
  ].join('\n')
}

function row(name: string, tests: readonly TestOutcome[]): string[] {
  const counted = tally(tests)
  return [
    name,
    ...KINDS.map((kind) => (counted[kind].total === 0 ? '-' : `${counted[kind].passed}/${counted[kind].total}`)),
  ]
}
