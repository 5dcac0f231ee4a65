import { describe, expect, test } from 'bun:test'
import type { FieldList } from '../../http/index.ts'
import { type AskedBy, type Copy, type Known, SHARING, SHARING_REASONS, type SharingReason } from './sharing.ts'

const A = 'https://a.example'
const B = 'https://b.example'
const ALLOW = 'access-control-allow-origin'
const STAR: FieldList = [[ALLOW, '*']]
const of = (value: string): FieldList => [[ALLOW, value]]
const and = (fields: FieldList, name: string, value: string): FieldList => [...fields, [name, value]]

type KeepingRow = readonly [
  title: string,
  askedBy: AskedBy,
  fields: FieldList,
  expected: readonly ['shared' | 'own', SharingReason, Known],
  status?: number,
]

describe('for whom an answer is kept, and what it teaches', () => {
  const ROWS: readonly KeepingRow[] = [
    ['a plain * is for everybody', A, STAR, ['shared', 'granted-to-everybody', 'uncontradicted']],
    ['to a request without Origin too', null, STAR, ['shared', 'granted-to-everybody', 'uncontradicted']],
    ['to Origin null too', 'null', STAR, ['shared', 'granted-to-everybody', 'uncontradicted']],
    ['on an error too', A, STAR, ['shared', 'granted-to-everybody', 'uncontradicted'], 404],
    [
      'with a Vary of another name too',
      A,
      and(STAR, 'vary', 'Accept'),
      ['shared', 'granted-to-everybody', 'uncontradicted'],
    ],
    [
      'with timing for all too',
      A,
      and(STAR, 'timing-allow-origin', '*'),
      ['shared', 'granted-to-everybody', 'uncontradicted'],
    ],
    [
      '* with credentials is its own',
      A,
      and(STAR, 'access-control-allow-credentials', 'true'),
      ['own', 'with-credentials', 'contradicted'],
    ],
    [
      'even where they are denied in so many words',
      A,
      and(STAR, 'access-control-allow-credentials', 'false'),
      ['own', 'with-credentials', 'contradicted'],
    ],
    [
      '* that varies by Origin is its own',
      A,
      and(STAR, 'vary', 'Accept, ORIGIN'),
      ['own', 'varies-by-origin', 'contradicted'],
    ],
    ['so is one that varies by everything', A, and(STAR, 'vary', '*'), ['own', 'varies-by-origin', 'contradicted']],
    ['timing for one is its own', A, and(STAR, 'timing-allow-origin', A), ['own', 'timing-for-some', 'contradicted']],
    ['a grant to one is its own', A, of(A), ['own', 'granted-to-one', 'contradicted']],
    ['a grant to null is its own', 'null', of('null'), ['own', 'granted-to-null', 'contradicted']],
    ['two values are a grant to nobody', A, of('*, *'), ['own', 'granted-to-nobody', 'contradicted']],
    ['so is a path', A, of(`${A}/`), ['own', 'granted-to-nobody', 'contradicted']],
    ['a refusal to an Origin is its own, and teaches', A, [], ['own', 'refused-to-origin', 'contradicted']],
    ['a redirect without a grant too', A, [], ['own', 'refused-to-origin', 'contradicted'], 302],
    ['an error without a grant says nothing', A, [], ['own', 'error-without-grant', 'uncontradicted'], 404],
    ['nor does what nobody asked for', null, [], ['own', 'nobody-asked', 'uncontradicted']],
    ['but a grant to one does, whoever asked', null, of(A), ['own', 'granted-to-one', 'contradicted']],
  ]
  test.each(ROWS)('%s', (_, askedBy, fields, [kept, why, known], status = 200) => {
    expect(SHARING.decideKeeping({ askedBy, status, fields }, 'uncontradicted')).toEqual({ kept, why, known })
  })

  test('after a contradiction a plain * is its own as well', () => {
    const answer = { askedBy: A, status: 200, fields: STAR }
    expect(SHARING.decideKeeping(answer, 'contradicted')).toEqual({
      kept: 'own',
      why: 'contradicted-before',
      known: 'contradicted',
    })
  })
})

describe('whom a copy may answer', () => {
  const shared = (fields: FieldList): Copy => ({ kept: 'shared', askedBy: A, fields })
  const own = (askedBy: AskedBy): Copy => ({ kept: 'own', askedBy, fields: STAR })
  test.each([
    ['a shared one everybody', shared(STAR), B, 'yes'],
    ['and requests without Origin', shared(STAR), null, 'yes'],
    ['but only while it is for everybody', shared(of(A)), A, 'no'],
    ['an own one its Origin', own(A), A, 'yes'],
    ['and no other', own(A), B, 'no'],
    ['absent is not null', own(null), 'null', 'no'],
    ['nor null absent', own('null'), null, 'no'],
    ['Origins are compared as the bytes they are', own(A), `${A}:443`, 'no'],
  ] as const)('%s', (_, copy, presented, may) => {
    expect(SHARING.mayAnswer(copy, presented).may).toBe(may)
  })
})

describe('what a 304 means', () => {
  const shared: Copy = { kept: 'shared', askedBy: A, fields: and(STAR, 'timing-allow-origin', '*') }
  const own: Copy = { kept: 'own', askedBy: A, fields: and(of(A), 'cross-origin-resource-policy', 'same-origin') }
  test.each([
    ['without fields it confirms', shared, [], 'stand', 'confirms'],
    ['with another grant it does not', shared, of(B), 'stand', 'ask-again'],
    ['nor with credentials', shared, [['access-control-allow-credentials', 'true']], 'stand', 'ask-again'],
    ['nor with Vary: Origin', shared, [['vary', 'origin']], 'stand', 'ask-again'],
    ['nor with timing for one', shared, [['timing-allow-origin', A]], 'stand', 'ask-again'],
    ['an own copy takes what it says', own, of(B), 'stand', 'confirms'],
    ['after an epoch it must say each grant again', shared, STAR, 'void', 'ask-again'],
    ['and then confirms', shared, shared.fields, 'void', 'confirms'],
    ['what takes away need not be said again', own, of(A), 'void', 'confirms'],
    ['what grants must', own, [], 'void', 'ask-again'],
  ] as const)('%s', (_, copy, fields, grants, kind) => {
    expect(SHARING.decideConfirmation(copy, A, fields, grants).kind).toBe(kind)
  })
})

test('a request without Origin validates only what one without has earned', () => {
  const copy = (askedBy: AskedBy): Copy => ({ kept: 'shared', askedBy, fields: STAR })
  expect([
    SHARING.mayValidate(copy(A), null).may,
    SHARING.mayValidate(copy(null), null).may,
    SHARING.mayValidate(copy(null), A).may,
    SHARING.mayValidate(copy(A), B).may,
    SHARING.mayValidate({ ...copy(A), kept: 'own' }, B).may,
  ]).toEqual(['no', 'yes', 'yes', 'yes', 'no'])
})

test('misses wait for one another only while nothing contradicts, and with an Origin', () => {
  expect([
    SHARING.mayWaitForOthers(A, 'uncontradicted').may,
    SHARING.mayWaitForOthers('null', 'uncontradicted').may,
    SHARING.mayWaitForOthers(A, 'contradicted').may,
    SHARING.mayWaitForOthers(null, 'uncontradicted').may,
  ]).toEqual(['yes', 'yes', 'no', 'no'])
})

test('every reason is a sentence of its own', () => {
  const sentences = Object.values(SHARING_REASONS)
  expect(new Set(sentences).size).toBe(sentences.length)
})
