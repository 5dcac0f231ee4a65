// HTTP-date: the three forms a recipient reads and the one a sender writes.  RFC 9110 §5.6.7.
//
//   IMF-fixdate    Sun, 06 Nov 1994 08:49:37 GMT
//   rfc850-date    Sunday, 06-Nov-94 08:49:37 GMT      obsolete
//   asctime-date   Sun Nov  6 08:49:37 1994            obsolete, always UTC
//
// Positions are fixed, so each form is read at its offsets.  Day and month names may have any case; everything else is
// as the grammar says, and a day that its month does not have is no date.  The day's name is not held against the date.

import { type EpochMillis, epochMillis } from '../base/index.ts'
import { trimOws } from './fields.ts'

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const LONG_DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const IMF_FIXDATE_LENGTH = 29
const ASCTIME_LENGTH = 24
/** What follows the day's name in an rfc850-date: ", 06-Nov-94 08:49:37 GMT". */
const RFC850_TAIL_LENGTH = 24

const SECOND_MILLIS = 1000
const DAY_MILLIS = 86_400 * SECOND_MILLIS
const FIRST_WRITABLE: EpochMillis = epochMillis(-62_167_219_200_000)
const LAST_WRITABLE: EpochMillis = epochMillis(253_402_300_799_000)
/** The year from which two digits count when nobody says what time it is. */
const DEFAULT_PIVOT_YEAR = 2019

/** The parts of a date as they were read: NaN or -1 where the text has none. */
type Civil = { readonly year: number; readonly month: number; readonly day: number; readonly timeOfDay: number }

/**
 * The instant that an HTTP-date names, or undefined when the text is none (RFC 9111 §5.3: such an Expires is past).
 * `now` places the two-digit year of an rfc850-date: never more than 50 years ahead.  Without it, 70 is 1970 and 69 2069.
 */
export function parseHttpDate(text: string, now?: EpochMillis): EpochMillis | undefined {
  const date = trimOws(text)
  if (date.length === IMF_FIXDATE_LENGTH && date[3] === ',') return parseImfFixdate(date)
  if (date.length === ASCTIME_LENGTH) return parseAsctime(date)
  return parseRfc850(date, now)
}

/** The instant as IMF-fixdate, rounded down to the second; an instant outside the years 0 to 9999 becomes the nearest. */
export function formatHttpDate(instant: EpochMillis): string {
  const writable = Math.min(Math.max(Number.isNaN(instant) ? 0 : instant, FIRST_WRITABLE), LAST_WRITABLE)
  return new Date(writable).toUTCString()
}

function parseImfFixdate(date: string): EpochMillis | undefined {
  const framed =
    isIn(DAYS, date.slice(0, 3)) && isBlank(date, 4) && isBlank(date, 7) && isBlank(date, 11) && isBlank(date, 16)
  if (!framed || !endsInGmt(date)) return undefined
  return instantOf({
    year: digits(date, 12, 4),
    month: monthAt(date, 8),
    day: digits(date, 5, 2),
    timeOfDay: timeAt(date, 17),
  })
}

function parseAsctime(date: string): EpochMillis | undefined {
  const framed =
    isIn(DAYS, date.slice(0, 3)) && isBlank(date, 3) && isBlank(date, 7) && isBlank(date, 10) && isBlank(date, 19)
  if (!framed) return undefined
  return instantOf({
    year: digits(date, 20, 4),
    month: monthAt(date, 4),
    day: isBlank(date, 8) ? digits(date, 9, 1) : digits(date, 8, 2),
    timeOfDay: timeAt(date, 11),
  })
}

function parseRfc850(date: string, now: EpochMillis | undefined): EpochMillis | undefined {
  const comma = date.length - RFC850_TAIL_LENGTH
  if (comma < 0 || date[comma] !== ',' || !isIn(LONG_DAYS, date.slice(0, comma))) return undefined
  const tail = date.slice(comma)
  const framed = isBlank(tail, 1) && tail[4] === '-' && tail[8] === '-' && isBlank(tail, 11)
  if (!framed || !endsInGmt(tail)) return undefined
  const civil = { month: monthAt(tail, 5), day: digits(tail, 2, 2), timeOfDay: timeAt(tail, 12) }
  return instantOf({ ...civil, year: fullYear(digits(tail, 9, 2), civil, now) })
}

/**
 * "A timestamp value in rfc850-date format ... that appears to be more than 50 years in the future" is "the most recent
 * year in the past that had the same last two digits".
 */
function fullYear(lastTwo: number, civil: Omit<Civil, 'year'>, now: EpochMillis | undefined): number {
  const thisYear = now === undefined ? DEFAULT_PIVOT_YEAR : new Date(now).getUTCFullYear()
  const latest = thisYear + 50
  const year = latest - ((((latest - lastTwo) % 100) + 100) % 100)
  const isTooFarAhead = now !== undefined && toEpoch({ ...civil, year: year - 50 }) > now
  return isTooFarAhead ? year - 100 : year
}

function instantOf(civil: Civil): EpochMillis | undefined {
  const { year, month, day, timeOfDay } = civil
  // NaN fails every comparison.
  const isDate = year >= 0 && month >= 0 && day >= 1 && day <= daysIn(year, month) && timeOfDay >= 0
  return isDate ? toEpoch(civil) : undefined
}

/** Days of the proleptic Gregorian calendar, counted from March so that the leap day comes last. */
function toEpoch({ year, month, day, timeOfDay }: Civil): EpochMillis {
  const marchYear = month < 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * ((month + 10) % 12) + 2) / 5) + day - 1
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return epochMillis((marchYear * 365 + leapDays + dayOfYear - 719_468) * DAY_MILLIS + timeOfDay)
}

function daysIn(year: number, month: number): number {
  if (month === 1) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31
}

/** Milliseconds since midnight of "HH:MM:SS", or NaN.  A second of 60 is a leap second and counts as the next one. */
function timeAt(text: string, at: number): number {
  const hour = digits(text, at, 2)
  const minute = digits(text, at + 3, 2)
  const second = digits(text, at + 6, 2)
  const isTime = text[at + 2] === ':' && text[at + 5] === ':' && hour <= 23 && minute <= 59 && second <= 60
  return isTime ? (hour * 3600 + minute * 60 + second) * SECOND_MILLIS : Number.NaN
}

function monthAt(text: string, at: number): number {
  return MONTHS.indexOf(text.slice(at, at + 3).toLowerCase())
}

/** The number that `count` digits write, or NaN when one of them is no digit. */
function digits(text: string, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i += 1) {
    const digit = text.charCodeAt(i) - 0x30
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function isBlank(text: string, at: number): boolean {
  return text[at] === ' '
}

function isIn(names: readonly string[], name: string): boolean {
  return names.includes(name.toLowerCase())
}

function endsInGmt(text: string): boolean {
  return text.slice(-4).toUpperCase() === ' GMT'
}
