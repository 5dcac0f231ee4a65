import { describe, expect, test } from 'bun:test'
import { finalLine, parseSummary, sum } from '../../scripts/test-summary.js'

const PASSED = '(pass) a [1ms]\n\n 12 pass\n 0 fail\n 40 expect() calls\nRan 12 tests across 3 files. [8.00ms]\n'
const FAILED = ' 10 pass\n 1 skip\n 1 todo\n 2 fail\n'
const UNLOADABLE = ' 3 pass\n 0 fail\n 1 error\n'

describe("Bun's summary is read", () => {
  const cases: readonly [title: string, output: string, code: number | null, line: string][] = [
    ['when all passed', PASSED, 0, '12 passed, 0 failed'],
    ['when some failed, were skipped or are to do', FAILED, 1, '10 passed, 2 failed, 2 skipped'],
    ['when a file could not be loaded', UNLOADABLE, 1, '3 passed, 1 failed'],
    ['when the run died after its summary', PASSED, null, '12 passed, 1 failed'],
    ['when the run died before it', '(pass) a\n', null, '0 passed, 1 failed'],
    ['when nothing was found to run', 'no tests found\n', 1, '0 passed, 1 failed'],
    ['when a test printed one of its own', ` 99 pass\n 99 fail\n${PASSED}`, 0, '12 passed, 0 failed'],
  ]

  test.each(cases)('%s', (_, output, code, line) => {
    expect(finalLine(parseSummary(output, code))).toBe(line)
  })
})

test('steps add up', () => {
  const one = { passed: 1, failed: 0, skipped: 0 }
  expect(sum([one, one, { passed: 5, failed: 2, skipped: 3 }])).toEqual({ passed: 7, failed: 2, skipped: 3 })
})
