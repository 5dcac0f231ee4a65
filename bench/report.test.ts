import { describe, expect, test } from 'bun:test'
import { micros } from './processor.ts'
import { judge, type Report, renderMarkdown } from './report.ts'
import { FOOTPRINTS, SCENARIOS } from './scenarios.ts'

describe('a verdict', () => {
  for (const [value, target, verdict] of [
    [1, 1, 'met'],
    [1.01, 1, 'missed'],
    [undefined, 1, 'missed'],
    [5, undefined, 'no target'],
  ] as const) {
    test(`on ${value} with a target of ${target} is ${verdict}`, () => expect(judge(value, target)).toBe(verdict))
  }
})

describe('the table', () => {
  const report: Report = {
    date: '2026-01-02',
    machine: '2 cores, a processor',
    versions: { Varyant: '0.1.0', nginx: '1.22.1' },
    rounds: 3,
    seconds: 2,
    scenarios: [
      {
        scenario: SCENARIOS[0],
        figure: {
          perRequest: { varyant: micros(9), nginx: micros(8), bun: micros(7) },
          ratio: { median: 1.125, least: 1.1, most: 1.2 },
          counted: 3,
          measured: 9,
          noisy: true,
        },
        verdict: 'missed',
      },
    ],
    footprints: [{ footprint: FOOTPRINTS.memory, value: 89.6, verdict: 'met' }],
  }

  test('says missed and noisy where it was so', () => {
    const text = renderMarkdown(report)
    expect(text).toContain(
      '| 1 KiB hit with Origin | 9.0 us  | nginx 8.0 us | 7.0 us   | 1.13  | 1.10 to 1.20 | <= 1   | missed, noisy |',
    )
    expect(text).toContain('measure again when it is quiet')
    expect(text).toContain('| idle memory of the edge process | 90 MB    | <= 90 MB | met     |')
  })

  test('leaves out what was not measured', () => {
    const text = renderMarkdown({ ...report, scenarios: [] })
    expect(text).not.toContain('scenario')
    expect(text).not.toContain('Noisy')
  })
})
