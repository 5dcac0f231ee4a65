import { expect, test } from 'bun:test'
import { fuzzCrash } from './run.ts'

test('an edge that is killed, and whose files are damaged, serves whole bodies and nothing that was purged', async () => {
  const { requests, purges, hits, broken } = await fuzzCrash(1, 4)
  expect(broken).toEqual([])
  // It has been where something could have been lost.
  expect(Math.min(requests, purges, hits)).toBeGreaterThan(0)
}, 60_000)
