import { describe, expect, test } from 'bun:test'
import { makeRandom, pick } from '../../../test/support/random.ts'
import { epochMillis } from '../../base/index.ts'
import { type FieldList, fieldValue } from '../../http/index.ts'
import {
  FINDING_KINDS,
  FINDINGS,
  type FindingKind,
  likenessOf,
  MANY_ORIGINS,
  recognise,
  remember,
  type Sighting,
} from './findings.ts'
import { MAX_FINDINGS, MAX_TOLD_PER_MINUTE, makeFindingsBook } from './findings-book.ts'

const A = 'https://a.example'
const B = 'https://b.example'
const NO_FIELDS: FieldList = []
const ALLOW = 'access-control-allow-origin'
const VARY: FieldList = [['vary', 'Accept-Encoding, Origin']]
const CREDENTIALS: FieldList = [['access-control-allow-credentials', 'true']]
const RANGES: FieldList = [['accept-ranges', 'bytes']]
const allow = (value: string, ...more: readonly FieldList[]): FieldList => [[ALLOW, value], ...more.flat()]

function answer(askedBy: string | null, fields: FieldList, status = 200): Sighting {
  return { at: epochMillis(0), url: 'http://h/', askedBy, status, fields }
}

/** What the last of some answers of one URL shows. */
function shownBy(answers: readonly Sighting[], origins = 2): readonly FindingKind[] {
  let remembered: readonly Sighting[] = []
  for (const earlier of answers.slice(0, -1)) remembered = remember(remembered, earlier)
  const last = answers.at(-1)
  if (last === undefined) throw new Error('there is no answer')
  return recognise(last, { remembered, grantedElsewhere: undefined, origins }).map(({ kind }) => kind)
}

type Row = readonly [kind: FindingKind, shows: readonly Sighting[], doesNot: readonly Sighting[], origins?: number]

describe('each finding, with answers that show it and answers that do not', () => {
  const ROWS: readonly Row[] = [
    ['reflects-without-vary', [answer(A, allow(A)), answer(B, allow(B))], [answer(A, allow(A)), answer(B, allow(A))]],
    [
      'reflects-without-vary',
      [answer(null, NO_FIELDS), answer(A, allow(A))],
      [answer(null, NO_FIELDS), answer(A, allow('*'))],
    ],
    [
      'reflects-without-vary',
      [answer(A, allow(A)), answer(B, NO_FIELDS)],
      [answer(A, allow(A, VARY)), answer(B, allow(B, VARY))],
    ],
    [
      'reflects-without-vary',
      [answer(A, allow(A)), answer(B, allow(B))],
      [answer(A, allow(A)), answer(B, NO_FIELDS, 404)],
    ],
    [
      'vary-missing-on-refusal',
      [answer(A, allow(A, VARY)), answer(B, NO_FIELDS)],
      [answer(A, allow(A, VARY)), answer(B, VARY)],
    ],
    [
      'vary-missing-on-refusal',
      [answer(null, NO_FIELDS), answer(A, allow(A, VARY))],
      [answer(null, VARY), answer(A, allow(A, VARY))],
    ],
    ['star-with-credentials', [answer(A, allow('*', CREDENTIALS))], [answer(A, allow(A, CREDENTIALS))]],
    ['several-grants', [answer(A, allow('*, *'))], [answer(A, allow('*'))]],
    ['malformed-grant', [answer(A, allow(`${A}/`))], [answer(A, allow(A))]],
    ['malformed-grant', [answer(A, allow('a.example'))], [answer(A, allow(`${A}, ${B}`))]],
    ['null-granted', [answer('null', allow('null'))], [answer('null', NO_FIELDS)]],
    [
      'grant-missing-on-304',
      [answer(A, allow('*')), answer(A, NO_FIELDS, 304)],
      [answer(A, allow('*')), answer(A, allow('*'), 304)],
    ],
    [
      'grant-missing-on-304',
      [answer(A, allow(A)), answer(A, NO_FIELDS, 304)],
      [answer(A, allow(A)), answer(B, NO_FIELDS, 304)],
    ],
    [
      'grant-missing-on-errors',
      [answer(A, allow('*')), answer(B, NO_FIELDS, 404)],
      [answer(A, allow('*')), answer(null, NO_FIELDS, 404)],
    ],
    [
      'grant-missing-on-redirects',
      [answer(A, allow('*')), answer(B, NO_FIELDS, 302)],
      [answer(A, allow(A)), answer(B, NO_FIELDS, 302)],
    ],
    [
      'immutable-with-reflection',
      [answer(A, allow(A, [['cache-control', 'max-age=9, immutable']]))],
      [answer(A, allow('*', [['cache-control', 'max-age=9, immutable']]))],
    ],
    [
      'ranges-not-exposed',
      [answer(A, allow('*', RANGES))],
      [answer(A, allow('*', RANGES, [['access-control-expose-headers', 'Content-Range']]))],
    ],
    [
      'ranges-not-exposed',
      [answer(A, allow(A, RANGES, CREDENTIALS, [['access-control-expose-headers', '*']]))],
      [answer(A, allow('*', RANGES, [['access-control-expose-headers', '*']]))],
    ],
    [
      'wasted-vary-origin',
      [answer(A, allow('*', VARY)), answer(B, allow('*', VARY))],
      [answer(A, allow('*', VARY)), answer(B, VARY)],
    ],
    [
      'wasted-vary-origin',
      [answer(A, allow('*', VARY)), answer(null, allow('*', VARY))],
      [answer(A, allow('*', VARY)), answer(A, allow('*', VARY))],
    ],
    ['high-origin-cardinality', [answer(A, allow('*'))], [answer(null, allow('*'))], MANY_ORIGINS],
  ]
  test.each(ROWS)('%s', (kind, shows, doesNot, origins = 2) => {
    expect(shownBy(shows, origins)).toContain(kind)
    expect(shownBy(doesNot, origins)).not.toContain(kind)
  })

  test('there is a row for each', () => {
    expect(new Set(ROWS.map(([kind]) => kind))).toEqual(new Set(FINDING_KINDS))
  })
})

test('two answers that contradict each other are both told, the earlier first', () => {
  const [earlier, later] = [answer(A, allow(A)), answer(B, allow(B))]
  const found = recognise(later, { remembered: [earlier], grantedElsewhere: undefined, origins: 2 })
  expect(found).toEqual([{ kind: 'reflects-without-vary', answers: [earlier, later] }])
})

test('a redirect without a grant is held against what the host grants elsewhere', () => {
  const elsewhere = { ...answer(A, allow('*')), url: 'http://h/target' }
  const redirect = answer(B, NO_FIELDS, 301)
  const found = recognise(redirect, { remembered: [], grantedElsewhere: elsewhere, origins: 1 })
  expect(found).toEqual([{ kind: 'grant-missing-on-redirects', answers: [elsewhere, redirect] }])
})

test('every finding says what is wrong and what to do', () => {
  for (const { what, fix } of Object.values(FINDINGS)) expect([what.length > 20, fix.length > 20]).toEqual([true, true])
})

describe('the book', () => {
  const bad = (url: string, at: number): Sighting => ({ ...answer(A, allow('*, *')), url, at: epochMillis(at) })

  test('counts by zone, kind and URL, and lists the latest first', () => {
    const book = makeFindingsBook()
    for (const url of ['/a', '/b', '/a']) book.note('z', 'h', bad(url, 1000))
    expect(book.list('z').map(({ kind, url, count }) => [kind, url, count])).toEqual([
      ['several-grants', '/a', 2],
      ['several-grants', '/b', 1],
    ])
    expect(book.list('other')).toEqual([])
    expect([book.latestOf('z', '/a'), book.latestOf('z', '/c')]).toEqual(['several-grants', undefined])
  })

  test('B2: tells a finding once a minute', () => {
    const book = makeFindingsBook()
    const told = [0, 1000, 59_999, 60_000, 61_000].map((at) => book.note('z', 'h', bad('/a', at)).length)
    expect(told).toEqual([1, 0, 0, 1, 0])
  })

  test('B2: and only so many findings in a minute, whatever strangers ask for', () => {
    const book = makeFindingsBook()
    let told = 0
    for (let i = 0; i < 500; i += 1) told += book.note('z', 'h', bad(`/${i}`, 1000)).length
    expect(told).toBe(MAX_TOLD_PER_MINUTE)
    expect(book.note('z', 'h', bad('/later', 61_000)).length).toBe(1)
  })

  test('B1: holds so many findings, and forgets the longest untouched', () => {
    const book = makeFindingsBook()
    for (let i = 0; i < MAX_FINDINGS + 50; i += 1) book.note('z', 'h', bad(`/${i}`, i))
    const listed = book.list('z')
    expect([listed.length, listed[0]?.url, listed.at(-1)?.url]).toEqual([MAX_FINDINGS, `/${MAX_FINDINGS + 49}`, '/50'])
  })

  test('B1: cuts long values, and does not look at long URLs', () => {
    const book = makeFindingsBook()
    book.note('z', 'h', { ...bad('/a', 0), fields: allow(`*,${'x'.repeat(9000)}`) })
    expect(book.list('z')[0]?.evidence[0]?.fields[0]?.[1].length).toBe(200)
    book.note('z', 'h', bad(`/${'x'.repeat(3000)}`, 0))
    expect(book.list('z').length).toBe(1)
  })

  test.each([
    ['long', `https://${'x'.repeat(9000)}.example`],
    ['with a slash', 'https://a.example/'],
    ['of two', 'https://a.example https://b.example'],
    ['empty', ''],
  ])('B1: does not look at an answer to an Origin that no browser sends: %s', (_, origin) => {
    const book = makeFindingsBook()
    book.note('z', 'h', answer(origin, allow('*, *')))
    book.note('z', 'h', answer(A, allow(A)))
    expect(book.list('z')).toEqual([])
  })

  test('many Origins of one URL are counted, and told', () => {
    const book = makeFindingsBook()
    for (let i = 0; i <= MANY_ORIGINS; i += 1) book.note('z', 'h', answer(`https://${i}.example`, allow('*')))
    expect(book.list('z').map(({ kind }) => kind)).toEqual(['high-origin-cardinality'])
  })

  test('repeat: counts what note would have counted, in any order of answers', () => {
    const grants = [
      NO_FIELDS,
      allow('*'),
      allow('*', VARY),
      allow(A),
      allow(B),
      allow(A, VARY),
      allow('*', CREDENTIALS),
    ]
    // Runs of one answer, and changes.
    for (let seed = 0; seed < 300; seed += 1) {
      const [plain, counted] = [makeFindingsBook(), makeFindingsBook()]
      const random = makeRandom(seed)
      let last = answer(A, NO_FIELDS)
      for (let step = 0; step < 40; step += 1) {
        if (random() < 0.6) last = answer(pick(random, [A, B, null]), pick(random, grants))
        plain.note('z', 'h', last)
        const likeness = likenessOf(last.askedBy, last.status, (name) => fieldValue(last.fields, name) ?? null)
        if (counted.repeat('z', last.url, likeness, last.at) === undefined) counted.note('z', 'h', last)
      }
      const summary = (book: typeof plain) => book.list('z').map(({ kind, count }) => [kind, count])
      expect(summary(counted)).toEqual(summary(plain))
    }
  })
})
