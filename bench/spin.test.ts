import { expect, test } from 'bun:test'
import { judgeSpins, quantile } from './spin.ts'

const FIGURES = { quiet: [1, 2], spinning: [3, 4], gone: [600, 700], wrong: [] }

test.each([
  ['nobody notices', {}, []],
  ['the other zone waits', { spinning: [3, 51] }, ["the other zone's p99 is not under 50 ms"]],
  ['a spinner stays', { gone: [600, 2000] }, ['a spinner was there for 2 s or longer']],
  ['nothing was measured', { spinning: [] }, ["the other zone's p99 is not under 50 ms"]],
  ['the other zone fails', { wrong: ['the other zone answered 503'] }, ['the other zone answered 503']],
  [
    'the machine is busy',
    { quiet: [1, 30], spinning: [51] },
    ["the other zone's p99 is not under 50 ms", 'the machine is busy: it was slow without a spinner'],
  ],
])('the verdict when %s', (_, figures, failures) => {
  expect(judgeSpins({ ...FIGURES, ...figures }).failures).toEqual(failures)
})

test('a quantile is a value that there was', () => {
  expect([quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 1), quantile([], 0.5)]).toEqual([2, 3, Number.NaN])
})
