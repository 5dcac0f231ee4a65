import { expect, test } from 'bun:test'
import { fuzzRules } from './rules.ts'

const RUN_MILLIS = 2000
const MAXIMUM_RUNS = 4000

test('random expressions keep the promises of the Rules language', () => {
  const { runs, accepted } = fuzzRules(1, RUN_MILLIS, MAXIMUM_RUNS)
  expect(runs).toBeGreaterThan(100)
  expect(accepted).toBeGreaterThan(10)
})
