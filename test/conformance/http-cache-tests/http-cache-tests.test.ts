// The public suite against this edge, as part of every test run.  `npm run conformance` prints the table.

import { expect, test } from 'bun:test'
import { compare } from './compare.ts'
import { outcomes } from './count.ts'
import { EXPECTED_FAILURES } from './expected.ts'
import { complaints } from './report.ts'
import { runAgainstEdge } from './run-edge.ts'
import { loadSuite, packageDirectory } from './suite.ts'

const TIMEOUT_MILLIS = 120_000

test(
  'the edge passes every required and optimal test of the suite but the expected failures',
  async () => {
    const suite = await loadSuite(packageDirectory())
    const all = outcomes(suite, await runAgainstEdge(suite))
    expect(complaints(compare(all, EXPECTED_FAILURES))).toBe('')
  },
  TIMEOUT_MILLIS,
)
