import { describe, expect, test } from 'bun:test'
import { seconds } from '../src/base/index.ts'
import { BenchFailure } from './failure.ts'
import { parseOptions } from './options.ts'
import { NAMES } from './scenarios.ts'

describe('options', () => {
  test('default to everything, three rounds of three seconds, a table', () => {
    expect(parseOptions([])).toMatchObject({ only: new Set(NAMES), rounds: 3, duration: seconds(3), output: 'table' })
  })

  test('are taken as given', () => {
    const args = ['--only', 'small, pass', '--rounds', '5', '--seconds', '1', '--checkout', '/elsewhere', '--json']
    expect(parseOptions(args)).toEqual({
      only: new Set(['small', 'pass']),
      rounds: 5,
      duration: seconds(1),
      checkout: '/elsewhere',
      output: 'json',
    })
  })

  test('may ask for help', () => expect(parseOptions(['--help'])).toBe('help'))

  for (const [args, complaint] of [
    [['--only', 'small,tiny'], /does not know tiny; it knows small, /],
    [['--rounds', '0'], /--rounds is "0"; it must be a whole number from 1 to 100/],
    [['--seconds', 'two'], /--seconds is "two"/],
    [['--fast'], /--fast/],
    [['nginx'], /nginx/],
  ] as const) {
    test(`refuse ${args.join(' ')}`, () => {
      expect(() => parseOptions(args)).toThrow(BenchFailure)
      expect(() => parseOptions(args)).toThrow(complaint)
    })
  }
})
