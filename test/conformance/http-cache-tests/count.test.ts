import { describe, expect, test } from 'bun:test'
import { compare } from './compare.ts'
import { outcomes, type TestOutcome, tally } from './count.ts'
import { checkoutDirectory, loadShippedResults, loadSuite, packageDirectory } from './suite.ts'

const suite = await loadSuite(packageDirectory())

describe('counting agrees with the results that the suite ships', () => {
  const SHIPPED = [
    ['nginx', 94, 50],
    ['trafficserver', 119, 55],
    ['squid', 122, 49],
    ['varnish', 107, 40],
    ['apache', 119, 59],
  ] as const

  test.each(SHIPPED)('%s passes %d of 165 required and %d of 95 optimal tests', async (name, required, optimal) => {
    const counted = tally(outcomes(suite, await loadShippedResults(suite.directory, name)))
    expect(counted.required).toEqual({ passed: required, total: 165 })
    expect(counted.optimal).toEqual({ passed: optimal, total: 95 })
  })

  test('a test whose dependency fails does not count, though it passed by itself', async () => {
    const nginx = await loadShippedResults(suite.directory, 'nginx')
    const hidden = outcomes(suite, nginx).filter(({ id, outcome }) => nginx[id] === true && outcome !== 'pass')
    expect(hidden.length).toBeGreaterThan(0)
    expect(new Set(hidden.map(({ outcome }) => outcome))).toEqual(new Set(['dependency-failed']))
  })
})

describe.skipIf(checkoutDirectory() === undefined)(
  'counting agrees with the results in a checkout of the repository',
  () => {
    test.each([
      ['nginx', 99, 59],
      ['trafficserver', 132, 70],
    ])('%s passes %d of 160 required and %d of 105 optimal tests', async (name, required, optimal) => {
      const checkout = await loadSuite(checkoutDirectory() ?? '')
      const counted = tally(outcomes(checkout, await loadShippedResults(checkout.directory, name)))
      expect(counted.required).toEqual({ passed: required, total: 160 })
      expect(counted.optimal).toEqual({ passed: optimal, total: 105 })
    })
  },
)

describe('a run is held against the expected failures', () => {
  const outcome = (id: string, passed: boolean, kind: TestOutcome['kind'] = 'required'): TestOutcome => {
    return { id, group: 'g', name: id, kind, outcome: passed ? 'pass' : 'fail', message: '' }
  }

  test.each([
    ['a failure that is listed is expected', [outcome('a', false)], { a: 'why' }, [], [], []],
    ['a failure that is not listed is unexpected', [outcome('a', false)], {}, ['a'], [], []],
    ['a listed test that passes must leave the list', [outcome('a', true)], { a: 'why' }, [], ['a'], []],
    ['a listed test that the suite does not have is unknown', [], { a: 'why' }, [], [], ['a']],
    ['a check is neither', [outcome('a', false, 'check')], {}, [], [], []],
  ])('%s', (_, all, expected, unexpected, passing, unknown) => {
    const found = compare(all as TestOutcome[], expected as Record<string, string>)
    expect(found.unexpected.map(({ id }) => id)).toEqual(unexpected)
    expect(found.passing.map(({ id }) => id)).toEqual(passing)
    expect(found.unknown).toEqual(unknown)
  })
})
