// The age of a response, when it arrives and later.

import { describe, expect, test } from 'bun:test'
import { epochMillis, millis } from '../base/index.ts'
import { type Field, formatHttpDate } from '../http/index.ts'
import { currentAge, initialAge } from './age.ts'

const ARRIVAL = epochMillis(1_800_000_000_000)

const dateAt = (fromArrival: number): Field => ['date', formatHttpDate(epochMillis(ARRIVAL + fromArrival))]

describe('the age on arrival', () => {
  const ROWS: readonly (readonly [title: string, fields: readonly Field[], delay: number, age: number])[] = [
    ['0 without Date and Age', [], 0, 0],
    ['apparent_age: the distance of Date', [dateAt(-7000)], 0, 7000],
    ['0 for a Date in the future', [dateAt(7000)], 0, 0],
    ['0 for a Date that is none', [['date', 'foo']], 0, 0],
    ['age_value', [['age', '30']], 0, 30_000],
    ['corrected_age_value: age_value and the time that the exchange took', [['age', '30']], 2000, 32_000],
    ['the greater of both: Date', [dateAt(-60_000), ['age', '30']], 0, 60_000],
    ['the greater of both: Age', [dateAt(-10_000), ['age', '30']], 0, 30_000],
    ['the first member of a list', [['age', '7200, 0']], 0, 7_200_000],
    [
      'the first of two lines',
      [
        ['age', '0'],
        ['age', '7200'],
      ],
      0,
      0,
    ],
    ['0 for an Age that is negative', [['age', '-7200']], 0, 0],
    ['0 for an Age with a fraction', [['age', '7200.0']], 0, 0],
    ['0 for an Age with letters', [['age', 'abc']], 0, 0],
    ['0 for an Age with a parameter', [['age', '7200;foo=bar']], 0, 0],
    ['2^31 seconds for an Age that overflows', [['age', '99999999999']], 0, 2_147_483_648_000],
    ['no less for an exchange that ended before it began', [['age', '30']], -5000, 30_000],
  ]
  test.each(ROWS)('%s', (_, fields, delay, age) => {
    expect(initialAge(fields, epochMillis(ARRIVAL - delay), ARRIVAL)).toBe(millis(age))
  })

  test('Date names whole seconds: the rest of one is no age', () => {
    const later = epochMillis(ARRIVAL + 2999)
    expect(initialAge([dateAt(0)], later, later)).toBe(millis(2000))
    expect(initialAge([dateAt(2000)], later, later)).toBe(millis(0))
  })
})

describe('the age now', () => {
  const stored = { responseTime: ARRIVAL, initialAge: millis(5000) }

  test.each([
    ['on arrival', 0, 5000],
    ['resident_time later', 60_000, 65_000],
    ['when the clock went back a little', -1, 5001],
    ['when the clock went back a year', -31_536_000_000, 31_536_005_000],
  ])('%s', (_, later, age) => {
    expect(currentAge(stored, epochMillis(ARRIVAL + later))).toBe(millis(age))
  })
})
