import { describe, expect, test } from 'bun:test'
import { micros } from './processor.ts'
import {
  countingRounds,
  figureOf,
  isDisturbed,
  MAX_FOREIGN,
  MAX_RETAKES,
  median,
  needsAnotherRound,
  type Round,
} from './rounds.ts'

function round(varyant: number, nginx: number, foreign = 0): Round {
  const rest = { requests: 1000, foreign, originRequests: 0 }
  return { varyant: { perRequest: micros(varyant), ...rest }, nginx: { perRequest: micros(nginx), ...rest } }
}

describe('median', () => {
  for (const [values, expected] of [
    [[], undefined],
    [[3], 3],
    [[3, 1], 2],
    [[9, 1, 5], 5],
  ] as const) {
    test(`of [${values}] is ${expected}`, () => expect(median(values)).toBe(expected))
  }
})

describe('a round', () => {
  test('is disturbed when strangers used more of the core than the limit, for any contender', () => {
    expect(isDisturbed(round(8, 8, MAX_FOREIGN))).toBe(false)
    expect(isDisturbed(round(8, 8, MAX_FOREIGN + 0.01))).toBe(true)
  })

  test('that strays from the median ratio does not count', () => {
    const rounds = [round(8, 10), round(8, 10), round(16, 10)]
    expect(countingRounds(rounds, 'varyant', 'nginx')).toEqual(rounds.slice(0, 2))
  })

  test('in which both contenders were slow alike counts: only the ratio matters', () => {
    expect(countingRounds([round(8, 10), round(16, 20)], 'varyant', 'nginx')).toHaveLength(2)
  })
})

describe('another round is measured', () => {
  test('until as many count as were asked for', () => {
    expect(needsAnotherRound([round(8, 10)], 2, 'varyant', 'nginx')).toBe(true)
    expect(needsAnotherRound([round(8, 10), round(8, 10)], 2, 'varyant', 'nginx')).toBe(false)
    expect(needsAnotherRound([round(8, 10), round(8, 10, 0.5)], 2, 'varyant', 'nginx')).toBe(true)
  })

  test('but not for ever on a busy machine', () => {
    const busy = Array.from({ length: 2 * MAX_RETAKES }, () => round(8, 10, 0.5))
    expect(needsAnotherRound(busy, 2, 'varyant', 'nginx')).toBe(false)
  })
})

describe('the figure', () => {
  test('is the median of the rounds that count, and ratios are taken within a round', () => {
    const figure = figureOf([round(8, 10), round(18, 20), round(1, 10, 0.5), round(10, 10)], 3, 'varyant', 'nginx')
    expect(figure.ratio).toEqual({ median: 0.9, least: 0.8, most: 1 })
    expect(figure.perRequest).toEqual({ varyant: micros(10), nginx: micros(10) })
    expect(figure).toMatchObject({ counted: 3, measured: 4, noisy: false })
  })

  test('says so when too few rounds count, and then all of them speak', () => {
    const figure = figureOf([round(8, 10), round(9, 10, 0.5), round(10, 10, 0.5)], 3, 'varyant', 'nginx')
    expect(figure).toMatchObject({ counted: 3, measured: 3, noisy: true })
    expect(figure.ratio?.median).toBe(0.9)
  })

  test('has no ratio without a peer', () => {
    expect(figureOf([round(8, 10)], 1, 'varyant').ratio).toBeUndefined()
  })
})
