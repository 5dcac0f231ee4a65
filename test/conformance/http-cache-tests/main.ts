// The command behind `npm run conformance`.
//
//   main.ts                                     this edge, started for the purpose, against the list of expected failures
//   main.ts --id TEST                           one test, with both sides' messages
//   main.ts --cache URL --origin-port N         any cache that already forwards to port N; counts only
//   main.ts --json FILE                         also writes the raw results
//
// HTTP_CACHE_TESTS=DIR runs a checkout of the suite's repository instead of the npm package; counts only.

import { parseArgs } from 'node:util'
import { asExpected, compare } from './compare.ts'
import { outcomes, type TestOutcome } from './count.ts'
import { EXPECTED_FAILURES } from './expected.ts'
import { complaints, table } from './report.ts'
import { runAgainstEdge } from './run-edge.ts'
import { runSuiteClient, startSuiteServer } from './run-suite.ts'
import { checkoutDirectory, loadSuite, packageDirectory, type RawResults, type Suite } from './suite.ts'

const { values: options } = parseArgs({
  options: {
    id: { type: 'string' },
    cache: { type: 'string' },
    'origin-port': { type: 'string' },
    json: { type: 'string' },
  },
})

process.exitCode = await main()

async function main(): Promise<number> {
  const suite = await loadSuite(checkoutDirectory() ?? packageDirectory())
  const results =
    options.cache === undefined ? await runAgainstEdge(suite, options.id) : await runAgainst(suite, options.cache)
  if (options.id !== undefined) return 0
  if (options.json !== undefined) await Bun.write(options.json, JSON.stringify(results, null, 2))
  return report(outcomes(suite, results))
}

async function runAgainst(suite: Suite, cacheUrl: string): Promise<RawResults> {
  await using _server = await startSuiteServer(suite, Number(options['origin-port'] ?? 0))
  return await runSuiteClient(suite, cacheUrl, options.id)
}

function report(all: readonly TestOutcome[]): number {
  console.log(table(all))
  if (options.cache !== undefined || checkoutDirectory() !== undefined) {
    for (const { kind, id, outcome, message } of all) {
      if (kind !== 'check' && outcome !== 'pass') console.log(`${kind} ${id}: ${outcome} ${message}`)
    }
    return 0
  }
  const comparison = compare(all, EXPECTED_FAILURES)
  console.log(complaints(comparison))
  return asExpected(comparison) ? 0 : 1
}
