import { describe, expect, test } from 'bun:test'
import {
  evaluatePreconditions,
  type PreconditionOutcome,
  type PresentedPreconditions,
  type SelectedRepresentation,
} from './preconditions.ts'

const OLD = 'Sat, 05 Nov 1994 00:00:00 GMT'
const MODIFIED = 'Sun, 06 Nov 1994 08:49:37 GMT'
const LATER = 'Mon, 07 Nov 1994 00:00:00 GMT'
const SELECTED = { status: 200, entityTag: '"v1"', lastModified: MODIFIED }

type Row = [
  sentence: string,
  presented: Partial<PresentedPreconditions>,
  selected: Partial<SelectedRepresentation>,
  outcome: PreconditionOutcome,
]

const CACHE: Row[] = [
  ['no precondition', {}, {}, 'proceed'],
  ['If-None-Match with the stored entity-tag', { ifNoneMatch: '"v1"' }, {}, 'not-modified'],
  ['If-None-Match compares weakly', { ifNoneMatch: 'W/"v1"' }, {}, 'not-modified'],
  ['... in both directions', { ifNoneMatch: '"v1"' }, { entityTag: 'W/"v1"' }, 'not-modified'],
  ['If-None-Match with one of many', { ifNoneMatch: '"v0", "v1"' }, {}, 'not-modified'],
  ['If-None-Match with another', { ifNoneMatch: '"v2"' }, {}, 'proceed'],
  ['If-None-Match: * and there is a representation', { ifNoneMatch: '*' }, { entityTag: undefined }, 'not-modified'],
  ['If-None-Match and no entity-tag', { ifNoneMatch: '"v1"' }, { entityTag: undefined }, 'proceed'],
  ['If-None-Match without quotes matches nothing', { ifNoneMatch: 'v1' }, { entityTag: 'v1' }, 'proceed'],
  ['HEAD as GET', { method: 'HEAD', ifNoneMatch: '"v1"' }, {}, 'not-modified'],
  [
    '"A recipient MUST ignore If-Modified-Since if the request contains an If-None-Match"',
    { ifNoneMatch: '"v2"', ifModifiedSince: LATER },
    {},
    'proceed',
  ],
  ['... also a malformed one', { ifNoneMatch: 'junk', ifModifiedSince: LATER }, {}, 'proceed'],
  ['If-Modified-Since equal to Last-Modified', { ifModifiedSince: MODIFIED }, {}, 'not-modified'],
  ['If-Modified-Since later', { ifModifiedSince: LATER }, {}, 'not-modified'],
  ['If-Modified-Since earlier', { ifModifiedSince: OLD }, {}, 'proceed'],
  [
    '"MUST ignore ... if the received field value is not a valid HTTP-date"',
    { ifModifiedSince: 'yesterday' },
    {},
    'proceed',
  ],
  [
    'an unreadable Last-Modified proves nothing',
    { ifModifiedSince: LATER },
    { lastModified: 'long ago', date: OLD },
    'proceed',
  ],
  [
    'Date stands in for Last-Modified',
    { ifModifiedSince: LATER },
    { lastModified: undefined, date: MODIFIED },
    'not-modified',
  ],
  ['neither Last-Modified nor Date', { ifModifiedSince: LATER }, { lastModified: undefined }, 'proceed'],
  ['"or if the request method is neither GET nor HEAD"', { method: 'POST', ifModifiedSince: LATER }, {}, 'proceed'],
  ['a cache answers 304 to GET and HEAD only', { method: 'POST', ifNoneMatch: '"v1"' }, {}, 'proceed'],
  ['a 404 ignores preconditions', { ifNoneMatch: '"v1"', ifModifiedSince: LATER }, { status: 404 }, 'proceed'],
  ['a 304 ignores preconditions', { ifNoneMatch: '"v1"' }, { status: 304 }, 'proceed'],
  ['a 206 does not', { ifNoneMatch: '"v1"' }, { status: 206 }, 'not-modified'],
  ['"If-Match ... not applicable to a cache"', { ifMatch: '"v2"' }, {}, 'proceed'],
  ['"... If-Unmodified-Since ... not applicable to a cache"', { ifUnmodifiedSince: OLD }, {}, 'proceed'],
]

const ORIGIN: Row[] = [
  ['If-Match with the entity-tag', { ifMatch: '"v1"' }, {}, 'proceed'],
  ['If-Match with another', { ifMatch: '"v2"' }, {}, 'precondition-failed'],
  ['If-Match compares strongly', { ifMatch: 'W/"v1"' }, { entityTag: 'W/"v1"' }, 'precondition-failed'],
  ['If-Match: *', { ifMatch: '*' }, { entityTag: undefined }, 'proceed'],
  ['If-Match and no entity-tag', { ifMatch: '"v1"' }, { entityTag: undefined }, 'precondition-failed'],
  ['If-Unmodified-Since earlier', { ifUnmodifiedSince: OLD }, {}, 'precondition-failed'],
  ['If-Unmodified-Since equal', { ifUnmodifiedSince: MODIFIED }, {}, 'proceed'],
  ['If-Unmodified-Since that is no date', { ifUnmodifiedSince: 'x' }, {}, 'proceed'],
  [
    'If-Unmodified-Since without a modification date',
    { ifUnmodifiedSince: OLD },
    { lastModified: undefined },
    'proceed',
  ],
  ['If-Match takes precedence over If-Unmodified-Since', { ifMatch: '"v1"', ifUnmodifiedSince: OLD }, {}, 'proceed'],
  ['If-Match first, then If-None-Match', { ifMatch: '"v1"', ifNoneMatch: '"v1"' }, {}, 'not-modified'],
  ['If-None-Match on another method is 412', { method: 'PUT', ifNoneMatch: '*' }, {}, 'precondition-failed'],
  ['a 404 ignores them all', { ifMatch: '"v2"' }, { status: 404 }, 'proceed'],
]

describe.each([
  ['cache', CACHE],
  ['origin', ORIGIN],
] as const)('RFC 9110 §13.2.2 as a %s evaluates it', (evaluator, rows) => {
  test.each(rows as Row[])('%s', (_, presented, selected, outcome) => {
    const request = { method: 'GET', ...presented }
    expect(evaluatePreconditions(request, { ...SELECTED, ...selected }, evaluator)).toBe(outcome)
  })
})

test('the evaluator is a cache unless someone says otherwise', () => {
  expect(evaluatePreconditions({ method: 'GET', ifMatch: '"v2"' }, SELECTED)).toBe('proceed')
})
