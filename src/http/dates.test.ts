import { describe, expect, test } from 'bun:test'
import { epochMillis } from '../base/index.ts'
import { formatHttpDate, parseHttpDate } from './dates.ts'

const EXAMPLE = epochMillis(Date.UTC(1994, 10, 6, 8, 49, 37))
const NOW = epochMillis(Date.UTC(2026, 5, 15))

describe('RFC 9110 §5.6.7: "A recipient that parses a timestamp value in an HTTP field MUST accept all three HTTP-date formats"', () => {
  test.each([
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'Sun Nov 06 08:49:37 1994',
    ' Sun, 06 Nov 1994 08:49:37 GMT\t',
    'SUN, 06 NOV 1994 08:49:37 gmt',
    'Mon, 06 Nov 1994 08:49:37 GMT',
  ])('%p', (text) => {
    expect(parseHttpDate(text, NOW)).toBe(EXAMPLE)
    expect(parseHttpDate(text)).toBe(EXAMPLE)
  })
})

describe('days and times at the edges of the calendar', () => {
  const table: [text: string, instant: number][] = [
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Wed, 31 Dec 1969 23:59:59 GMT', -1000],
    ['Thu, 29 Feb 2024 00:00:00 GMT', Date.UTC(2024, 1, 29)],
    ['Tue, 29 Feb 2000 12:00:00 GMT', Date.UTC(2000, 1, 29, 12)],
    ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
    ['Fri, 31 Dec 9999 23:59:59 GMT', Date.UTC(9999, 11, 31, 23, 59, 59)],
    ['Sat, 01 Jan 0000 00:00:00 GMT', -62_167_219_200_000],
    ['Tue, 19 Jan 2038 03:14:08 GMT', 2 ** 31 * 1000],
  ]
  test.each(table)('%s', (text, instant) => {
    expect(parseHttpDate(text)).toBe(epochMillis(instant))
  })
})

describe('what is no HTTP-date names no instant', () => {
  test.each([
    '',
    '0',
    '-1',
    'now',
    '784111777',
    '1994-11-06T08:49:37Z',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 8:49:37 GMT',
    'Sun, 06  Nov 1994 08:49:37 GMT',
    'Sun 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08.49.37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Sun, 29 Feb 1994 08:49:37 GMT',
    'Sun, 29 Feb 1900 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Xyz, 06 Nov 1994 08:49:37 GMT',
    'Sun, -6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06-Nov-94 08:49:37 GMT',
    'Sunday, 06-Nov-1994 08:49:37 GMT',
    'Sunday, 32-Nov-94 08:49:37 GMT',
    'Sunday, 29-Feb-95 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994 GMT',
    'Sun Nov 6 08:49:37 1994',
    'Sun Nov  0 08:49:37 1994',
    '\u00a0Sun, 06 Nov 1994 08:49:37 GMT',
  ])('%p', (text) => {
    expect(parseHttpDate(text, NOW)).toBeUndefined()
  })
})

describe('"... more than 50 years in the future" means "the most recent year in the past that had the same last two digits"', () => {
  const table: [text: string, year: number][] = [
    ['Monday, 01-Jan-76 00:00:00 GMT', 2076],
    ['Monday, 15-Jun-76 00:00:00 GMT', 2076],
    ['Monday, 16-Jun-76 00:00:00 GMT', 1976],
    ['Monday, 01-Jan-77 00:00:00 GMT', 1977],
    ['Monday, 01-Jan-99 00:00:00 GMT', 1999],
    ['Monday, 01-Jan-00 00:00:00 GMT', 2000],
    ['Monday, 29-Feb-00 00:00:00 GMT', 2000],
    ['Monday, 01-Jan-26 00:00:00 GMT', 2026],
    ['Monday, 01-Jan-50 00:00:00 GMT', 2050],
  ]
  test.each(table)('%s is of %d', (text, year) => {
    expect(new Date(parseHttpDate(text, NOW) ?? Number.NaN).getUTCFullYear()).toBe(year)
  })
  test('near the end of a century the next one is near', () => {
    const instant = parseHttpDate('Monday, 01-Jan-10 00:00:00 GMT', epochMillis(Date.UTC(2090, 0, 1)))
    expect(instant).toBe(epochMillis(Date.UTC(2110, 0, 1)))
  })
  test('without a present, 69 is 2069 and 70 is 1970', () => {
    expect(parseHttpDate('Monday, 01-Jan-69 00:00:00 GMT')).toBe(epochMillis(Date.UTC(2069, 0, 1)))
    expect(parseHttpDate('Monday, 01-Jan-70 00:00:00 GMT')).toBe(epochMillis(0))
  })
})

describe('"When a sender generates a field that contains one or more timestamps ... the sender MUST generate ... IMF-fixdate"', () => {
  const table: [instant: number, text: string][] = [
    [EXAMPLE, 'Sun, 06 Nov 1994 08:49:37 GMT'],
    [EXAMPLE + 999, 'Sun, 06 Nov 1994 08:49:37 GMT'],
    [-1, 'Wed, 31 Dec 1969 23:59:59 GMT'],
    [Number.POSITIVE_INFINITY, 'Fri, 31 Dec 9999 23:59:59 GMT'],
    [Number.NEGATIVE_INFINITY, 'Sat, 01 Jan 0000 00:00:00 GMT'],
    [Number.NaN, 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ]
  test.each(table)('%p is %s', (instant, text) => {
    expect(formatHttpDate(epochMillis(instant))).toBe(text)
  })
  test('every day of four centuries comes back as it went', () => {
    for (let at = Date.UTC(1799, 0, 1); at < Date.UTC(2200, 0, 1); at += 86_400_000 * 3 + 1000) {
      const instant = epochMillis(at)
      if (parseHttpDate(formatHttpDate(instant)) !== instant) throw new Error(formatHttpDate(instant))
    }
  })
})
