import { describe, expect, test } from 'bun:test'
import { epochMillis } from '../../base/index.ts'
import {
  type Lease,
  MAX_ORIGINS,
  MAX_UNGRANTED,
  makeVariantBudget,
  type VariantBudget,
  VOUCHED_FROM,
} from './variant-budget.ts'

const URL = 'zone http://h/f'

function lease(parts: Partial<Lease> = {}): Lease {
  return { now: epochMillis(0), until: epochMillis(60_000), isGranted: true, hasCopy: false, ...parts }
}

/** Asks as Origins with these numbers; answers how many were admitted. */
function ask(budget: VariantBudget, from: number, to: number, parts: Partial<Lease> = {}): number {
  let admitted = 0
  for (let i = from; i < to; i += 1) {
    if (budget.admit(URL, `https://${i}.example`, lease(parts)) === 'admitted') admitted += 1
  }
  return admitted
}

describe('places of one URL', () => {
  test('the first Origins get one at once, later ones when they ask again', () => {
    const budget = makeVariantBudget()
    expect(ask(budget, 0, VOUCHED_FROM)).toBe(VOUCHED_FROM)
    expect(budget.admit(URL, 'https://new.example', lease())).toBe('not-vouched-for')
    expect(budget.admit(URL, 'https://new.example', lease())).toBe('admitted')
  })

  test('there are so many, and then no more', () => {
    const budget = makeVariantBudget()
    for (let round = 0; round < 2; round += 1) ask(budget, 0, MAX_ORIGINS)
    expect(ask(budget, 0, MAX_ORIGINS)).toBe(MAX_ORIGINS)
    expect(ask(budget, MAX_ORIGINS, MAX_ORIGINS + 50)).toBe(0)
    expect(ask(budget, MAX_ORIGINS, MAX_ORIGINS + 50)).toBe(0)
  })

  test('those who are granted nothing have a few of their own', () => {
    const budget = makeVariantBudget()
    expect(ask(budget, 0, 1000, { isGranted: false })).toBe(MAX_UNGRANTED)
    expect(ask(budget, 2000, 2010)).toBe(10)
  })

  test('another URL has its own', () => {
    const budget = makeVariantBudget()
    ask(budget, 0, 1000, { isGranted: false })
    expect(budget.admit('zone http://h/g', 'https://new.example', lease({ isGranted: false }))).toBe('admitted')
  })

  test('a lease that has run out is a free place', () => {
    const budget = makeVariantBudget()
    ask(budget, 0, MAX_UNGRANTED, { isGranted: false, until: epochMillis(1000) })
    const later = { isGranted: false, now: epochMillis(1000) }
    expect(budget.admit(URL, 'https://new.example', lease(later))).toBe('admitted')
  })

  test('a lease ends within the hour, however long the copy lives', () => {
    const budget = makeVariantBudget()
    ask(budget, 0, MAX_UNGRANTED, { isGranted: false, until: epochMillis(1e12) })
    const before = lease({ isGranted: false, now: epochMillis(3_599_999) })
    expect(budget.admit(URL, 'https://new.example', before)).toBe('over-budget')
    expect(budget.admit(URL, 'https://new.example', { ...before, now: epochMillis(3_600_000) })).toBe('admitted')
  })

  test('who has a copy keeps it', () => {
    const budget = makeVariantBudget()
    ask(budget, 0, 1000, { isGranted: false })
    expect(budget.admit(URL, 'https://old.example', lease({ isGranted: false, hasCopy: true }))).toBe('admitted')
  })
})

test('a hundred that were here before a flood keep their places through it', () => {
  const budget = makeVariantBudget()
  ask(budget, 0, 100, { until: epochMillis(10_000) })
  let now = 0
  let kept = 0
  for (let wave = 1; wave <= 20; wave += 1) {
    ask(budget, wave * 10_000, wave * 10_000 + 5_000, { now: epochMillis(now), until: epochMillis(now + 10_000) })
    now += 10_001
    kept += ask(budget, 0, 100, { now: epochMillis(now), until: epochMillis(now + 10_000), hasCopy: true })
  }
  expect(kept).toBe(2_000)
})
