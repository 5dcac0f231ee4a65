// Runs the suite against this edge, started for the purpose and stopped afterwards.

import { join } from 'node:path'
import { makeScratch, startEdgeProcess } from '../../support/index.ts'
import { edgeConfig } from './edge-config.ts'
import { runSuiteClient, startSuiteServer } from './run-suite.ts'
import type { RawResults, Suite } from './suite.ts'

/** The raw results of the whole suite, or of one test, with this edge between the suite's client and server. */
export async function runAgainstEdge(suite: Suite, testId?: string): Promise<RawResults> {
  await using scratch = await makeScratch()
  await using server = await startSuiteServer(suite)
  const config = join(scratch.path, 'varyant.json')
  await Bun.write(config, JSON.stringify(edgeConfig(server.url, join(scratch.path, 'data'))))
  await using edge = await startEdgeProcess({ args: ['--config', config] })
  return await runSuiteClient(suite, edge.edgeUrl, testId)
}
