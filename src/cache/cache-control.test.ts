// Cache-Control: what a value says, well-formed or not.

import { describe, expect, test } from 'bun:test'
import { seconds } from '../base/index.ts'
import { type CacheControl, MAX_DELTA_SECONDS, parseCacheControl } from './cache-control.ts'
import { LINEAR_BUDGET_MILLIS, processorMillis } from './processor-time.fixture.ts'

const NOTHING = parseCacheControl('')

describe('a Cache-Control value says', () => {
  const ROWS: readonly (readonly [title: string, value: string, says: Partial<CacheControl>])[] = [
    ['nothing when it is empty', '', {}],
    ['nothing when it has only commas', ' , ,', {}],
    ['each directive without argument', 'no-store, private, no-cache', { noStore: true, private: true, noCache: true }],
    [
      'the revalidation directives',
      'must-revalidate, proxy-revalidate',
      { mustRevalidate: true, proxyRevalidate: true },
    ],
    [
      'public, no-transform, immutable',
      'public,no-transform,immutable',
      { public: true, noTransform: true, immutable: true },
    ],
    ['must-understand', 'must-understand', { mustUnderstand: true }],
    [
      'the durations',
      'max-age=1, s-maxage=2, stale-while-revalidate=3, stale-if-error=4',
      { maxAge: seconds(1), sMaxage: seconds(2), staleWhileRevalidate: seconds(3), staleIfError: seconds(4) },
    ],
    ['directives whatever their case', 'No-StOrE, MaX-aGe=5', { noStore: true, maxAge: seconds(5) }],
    ['nothing by extensions', 'foobar, community="UCI", max-age=5', { maxAge: seconds(5) }],
    [
      'nothing by what a quoted-string of an extension holds',
      'x="no-store, max-age=9", max-age=1',
      { maxAge: seconds(1) },
    ],
    ['everything behind a quote that does not close', 'x="a, no-store', { noStore: true }],
  ]
  test.each(ROWS)('%s', (_, value, says) => {
    expect(parseCacheControl(value)).toEqual({ ...NOTHING, ...says })
  })
})

describe('a lifetime', () => {
  const ROWS: readonly (readonly [title: string, value: string, lifetime: number])[] = [
    ['is a number of seconds', 'max-age=3600', 3600],
    ['may be 0', 'max-age=0', 0],
    ['may have leading zeros', 'max-age=003600', 3600],
    ['may be quoted: "recipients ought to accept both forms"', 'max-age="3600"', 3600],
    ['is floored', 'max-age=60.9', 60],
    ['of 2^31 is the greatest', 'max-age=2147483648', MAX_DELTA_SECONDS],
    ['that overflows is the greatest', 'max-age=99999999999', MAX_DELTA_SECONDS],
    ['that overflows any number is the greatest', `max-age=${'9'.repeat(400)}`, MAX_DELTA_SECONDS],
    ['that occurs twice is the first', 'max-age=60, max-age=1800', 60],
    ['that occurs twice is the first, though it is none', 'max-age=x, max-age=1800', 0],
    ['without argument is 0', 'max-age', 0],
    ['that is negative is 0', 'max-age=-3600', 0],
    ['in single quotes is 0', "max-age='3600'", 0],
    ['with a letter is 0', 'max-age=3600a', 0],
    ['with a unit before it is 0', 'max-age=a3600', 0],
    ['may have a space before "="', 'max-age =3600', 3600],
    ['with a space after "=" is 0', 'max-age= 3600', 0],
    ['with a fraction that has no digits is 0', 'max-age=60.', 0],
    ['in quotes that do not close is 0', 'max-age="3600', 0],
    ['of digits that are not ASCII is 0', 'max-age=٣', 0],
  ]
  test.each(ROWS)('%s', (_, value, lifetime) => {
    expect(parseCacheControl(value).maxAge).toBe(seconds(lifetime))
  })
})

describe.each([
  ['private', 'private'],
  ['no-cache', 'noCache'],
] as const)('%s restricts', (name, member) => {
  const ROWS: readonly (readonly [title: string, value: string, restriction: boolean | string[]])[] = [
    ['everything without an argument', name, true],
    ['the fields that it names', `${name}="x-a, X-B"`, ['x-a', 'x-b']],
    ['the field that a token names', `${name}=Set-Cookie`, ['set-cookie']],
    ['what several occurrences name', `${name}="x-a", ${name}="x-b"`, ['x-a', 'x-b']],
    ['everything when one of two is bare, the first', `${name}, ${name}="x-a"`, true],
    ['everything when one of two is bare, the second', `${name}="x-a", ${name}`, true],
    ['everything when the list is empty', `${name}=""`, true],
    ['everything when the argument is empty', `${name}=`, true],
    ['everything when a member is no field name', `${name}="x-a, x b"`, true],
    ['everything when the quotes do not close', `${name}="x-a`, true],
    ['the name behind an escape', `${name}="\\x-a"`, ['x-a']],
  ]
  test.each(ROWS)('%s', (_, value, restriction) => {
    expect(parseCacheControl(value)[member]).toEqual(restriction)
  })
})

test.each([
  ['many directives', 'private="x-a",'.repeat(20_000)],
  ['many quotes', '"'.repeat(200_000)],
  ['many digits', `max-age=${'9'.repeat(200_000)}`],
  ['many escapes', `private="${'\\a'.repeat(100_000)}"`],
  ['many spaces', `max-age${' '.repeat(200_000)}=1`],
])('%s take linear time', (_, value) => {
  expect(processorMillis(() => parseCacheControl(value))).toBeLessThan(LINEAR_BUDGET_MILLIS)
})
