import { describe, expect, test } from 'bun:test'
import { contentRange, decideRange, type RangeDecision, unsatisfiedRange, type WholeReason } from './ranges.ts'

const VALIDATORS = { entityTag: '"v1"', lastModified: 'Sun, 06 Nov 1994 08:49:37 GMT' }
const SIZE = 1000

function decide(range: string | undefined, size = SIZE, ifRange?: string): RangeDecision {
  return decideRange(range, size, ifRange, VALIDATORS)
}

function ascending(count: number): string {
  return `bytes=${Array.from({ length: count }, (_, i) => `${i * 2}-${i * 2}`).join(',')}`
}

describe('one range is one 206', () => {
  const table: [range: string, first: number, last: number][] = [
    ['bytes=0-0', 0, 0],
    ['bytes=0-499', 0, 499],
    ['bytes=500-', 500, 999],
    ['bytes=-1', 999, 999],
    ['bytes=-500', 500, 999],
    ['bytes=-1000', 0, 999],
    ['bytes=-1001', 0, 999],
    ['bytes=999-999', 999, 999],
    ['bytes=900-2000', 900, 999],
    ['bytes=0-9223372036854775807', 0, 999],
    ['bytes=-9223372036854775807', 0, 999],
    ['bytes=00000000000000000000000010-0000000000000000000000011', 10, 11],
    ['BYTES=1-2', 1, 2],
    ['bytes=, ,1-2,\t', 1, 2],
    ['bytes= 1-2 ', 1, 2],
  ]
  test.each(table)('%s', (range, first, last) => {
    expect(decide(range)).toEqual({ kind: 'single', first, last })
  })
})

describe('well-formed but asking for nothing is 416', () => {
  test.each([
    'bytes=',
    'bytes=,',
    'bytes= , ,',
    'bytes=-0',
    'bytes=-00',
    'bytes=5-2',
    'bytes=1000-',
    'bytes=1000-1001',
    'bytes=1000-,5-2,-0',
    'bytes=9223372036854775807-',
  ])('%s', (range) => {
    expect(decide(range)).toEqual({ kind: 'unsatisfiable' })
  })
  test.each(['bytes=0-', 'bytes=0-0', 'bytes=-1', 'bytes=-0', 'bytes=0-,1-'])('%s of an empty file', (range) => {
    expect(decide(range, 0)).toEqual({ kind: 'unsatisfiable' })
  })
})

describe('what is treated as no range is answered whole', () => {
  const table: [range: string | undefined, reason: WholeReason][] = [
    [undefined, 'no-range'],
    ['', 'malformed'],
    ['bytes', 'malformed'],
    ['0-5', 'malformed'],
    ['bytes=a-b', 'malformed'],
    ['bytes=5', 'malformed'],
    ['bytes=-', 'malformed'],
    ['bytes=--5', 'malformed'],
    ['bytes=1-2-3', 'malformed'],
    ['bytes=+1-2', 'malformed'],
    ['bytes=0x1-2', 'malformed'],
    ['bytes=1 - 2', 'malformed'],
    ['bytes=1.5-2', 'malformed'],
    ['bytes=1e1-20', 'malformed'],
    ['bytes=0-1;2-3', 'malformed'],
    ['bytes=0-1,x', 'malformed'],
    ['bytes=5-2,x', 'malformed'],
    ['bytes==0-1', 'malformed'],
    ['bytes=\u0661-\u0662', 'malformed'],
    ['items=0-5', 'other-unit'],
    ['=0-5', 'other-unit'],
    ['bytes=0-9223372036854775808', 'number-too-big'],
    ['bytes=0-99999999999999999999', 'number-too-big'],
    ['bytes=99999999999999999999-', 'number-too-big'],
    ['bytes=-99999999999999999999', 'number-too-big'],
    ['bytes=0-5,3-8', 'not-ascending'],
    ['bytes=0-5,5-8', 'not-ascending'],
    ['bytes=0-0,0-0', 'not-ascending'],
    ['bytes=10-20,0-5', 'not-ascending'],
    ['bytes=0-,-1', 'not-ascending'],
    ['bytes=-5,-5', 'not-ascending'],
  ]
  test.each(table)('%p: %s', (range, reason) => {
    expect(decide(range)).toEqual({ kind: 'whole', reason })
  })
})

describe('several ranges', () => {
  test('ascending and apart are multipart', () => {
    const ranges = [
      { first: 0, last: 0 },
      { first: 1, last: 4 },
      { first: 990, last: 999 },
    ]
    expect(decide('bytes=0-0, 1-4 ,-10')).toEqual({ kind: 'multiple', ranges })
  })
  test('unsatisfiable ones are dropped, wherever they stand', () => {
    const ranges = [
      { first: 0, last: 0 },
      { first: 5, last: 6 },
    ]
    expect(decide('bytes=2000-,0-0,9-8,5-6,-0')).toEqual({ kind: 'multiple', ranges })
  })
  test('one that is left is a plain 206', () => {
    expect(decide('bytes=0-0,2000-')).toEqual({ kind: 'single', first: 0, last: 0 })
  })
  test('299 are served, 300 are too many', () => {
    expect(decide(ascending(299)).kind).toBe('multiple')
    expect(decide(ascending(300))).toEqual({ kind: 'whole', reason: 'too-many-ranges' })
    expect(decide(ascending(301))).toEqual({ kind: 'whole', reason: 'too-many-ranges' })
  })
  test('ranges beyond the end count, empty elements do not', () => {
    expect(decide(`bytes=0-0${',5000-'.repeat(299)}`)).toEqual({ kind: 'whole', reason: 'too-many-ranges' })
    expect(decide(`bytes=0-0${','.repeat(5000)}`)).toEqual({ kind: 'single', first: 0, last: 0 })
  })
})

describe('If-Range must exactly equal the stored ETag or Last-Modified', () => {
  const single: RangeDecision = { kind: 'single', first: 0, last: 0 }
  const whole: RangeDecision = { kind: 'whole', reason: 'if-range-differs' }
  const table: [ifRange: string, decision: RangeDecision][] = [
    ['"v1"', single],
    ['Sun, 06 Nov 1994 08:49:37 GMT', single],
    ['"v2"', whole],
    ['W/"v1"', whole],
    ['v1', whole],
    ['*', whole],
    ['', whole],
    ['Mon, 07 Nov 1994 08:49:37 GMT', whole],
    ['Sunday, 06-Nov-94 08:49:37 GMT', whole],
    ['"v1", "v1"', whole],
  ]
  test.each(table)('%p', (ifRange, decision) => {
    expect(decide('bytes=0-0', SIZE, ifRange)).toEqual(decision)
  })
  test('a weak entity-tag does not hold though it is equal', () => {
    const validators = { entityTag: 'W/"v1"', lastModified: undefined }
    expect(decideRange('bytes=0-0', SIZE, 'W/"v1"', validators)).toEqual(whole)
  })
  test('without validators nothing holds', () => {
    const none = { entityTag: undefined, lastModified: undefined }
    expect(decideRange('bytes=0-0', SIZE, '"v1"', none)).toEqual(whole)
  })
  test('it does not matter without Range', () => {
    expect(decide(undefined, SIZE, '"v2"')).toEqual({ kind: 'whole', reason: 'no-range' })
  })
})

test('Content-Range of 206 and of 416', () => {
  expect(contentRange(0, 499, 1234)).toBe('bytes 0-499/1234')
  expect(unsatisfiedRange(1234)).toBe('bytes */1234')
})
