import { expect, test } from 'bun:test'
import { fuzzEdge } from './run.ts'

const RUN_MILLIS = 4000
const MAXIMUM_ROUNDS = 400

test('random clients, purges and answers leave every promise of the edge whole', async () => {
  const { requests, byStatus, broken } = await fuzzEdge(1, RUN_MILLIS, MAXIMUM_ROUNDS)
  expect(broken).toEqual([])
  expect(requests).toBeGreaterThan(200)
  // It has been where answers are shared, confirmed and replaced.
  for (const status of ['HIT', 'MISS', 'EXPIRED', 'REVALIDATED']) expect(byStatus[status]).toBeGreaterThan(0)
}, 30_000)
