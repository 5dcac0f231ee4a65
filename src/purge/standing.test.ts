import { describe, expect, test } from 'bun:test'
import { makeRandom } from '../../test/support/random.ts'
import { concerns } from './match.ts'
import type { JournalEntry, PurgeAction, Selector, Standing } from './selector.ts'
import { makeStandingIndex } from './standing.ts'
import { makeStoredResponse } from './stored-response.fixture.ts'

const tag = (name: string): Selector => ({ kind: 'tag', tag: name })
const EVERYTHING: Selector = { kind: 'everything' }

function entry(revision: number, action: PurgeAction, ...selectors: Selector[]): JournalEntry {
  return { revision, zone: 'zone', action, selectors, at: revision * 1000 }
}

function indexOf(...entries: JournalEntry[]) {
  const index = makeStandingIndex()
  for (const each of entries) index.note(each)
  return index
}

const tagged = (revision: number) => makeStoredResponse({ tags: ['a', 'b'], revision })

describe('what entries say of a response', () => {
  const table: readonly [title: string, entries: JournalEntry[], revision: number, expected: Standing][] = [
    ['nothing, when there are none', [], 0, { kind: 'stands' }],
    ['a later purge kills', [entry(1, 'purge', tag('a'))], 0, { kind: 'purged' }],
    ['an entry at its own revision does not concern it', [entry(1, 'purge', tag('a'))], 1, { kind: 'stands' }],
    ['an invalidation marks', [entry(2, 'invalidate', tag('b'))], 1, { kind: 'invalidated', at: 2000 }],
    [
      'the first invalidation counts, a later one restarts nothing',
      [entry(1, 'invalidate', tag('a')), entry(2, 'invalidate', tag('a')), entry(3, 'invalidate', EVERYTHING)],
      1,
      { kind: 'invalidated', at: 2000 },
    ],
    [
      'the first invalidation counts, whichever name it used',
      [entry(1, 'invalidate', EVERYTHING), entry(2, 'invalidate', tag('a'))],
      0,
      { kind: 'invalidated', at: 1000 },
    ],
    [
      'a purge beats an invalidation before it',
      [entry(1, 'invalidate', tag('a')), entry(2, 'purge', tag('b'))],
      0,
      { kind: 'purged' },
    ],
    [
      'a purge beats an invalidation after it',
      [entry(1, 'purge', EVERYTHING), entry(2, 'invalidate', tag('b'))],
      0,
      { kind: 'purged' },
    ],
    [
      'a response fetched between the two is only invalidated',
      [entry(1, 'purge', EVERYTHING), entry(2, 'invalidate', tag('b'))],
      1,
      { kind: 'invalidated', at: 2000 },
    ],
    ['a later epoch voids grants', [entry(2, 'cors-epoch', EVERYTHING)], 1, { kind: 'grants-void', at: 2000 }],
    ['an epoch at its own revision does not concern it', [entry(2, 'cors-epoch', EVERYTHING)], 2, { kind: 'stands' }],
    [
      'an epoch beats an invalidation, and the first of both is when it went stale',
      [entry(1, 'invalidate', tag('a')), entry(3, 'cors-epoch', EVERYTHING)],
      0,
      { kind: 'grants-void', at: 1000 },
    ],
    [
      'a purge beats an epoch',
      [entry(1, 'purge', tag('a')), entry(2, 'cors-epoch', EVERYTHING)],
      0,
      { kind: 'purged' },
    ],
    [
      'a purge of everything ends what epochs before it were for',
      [entry(1, 'cors-epoch', EVERYTHING), entry(2, 'purge', EVERYTHING)],
      2,
      { kind: 'stands' },
    ],
    [
      'a tag and a host of one spelling are two',
      [entry(1, 'purge', { kind: 'host', host: 'a' })],
      0,
      { kind: 'stands' },
    ],
  ]
  test.each(table)('%s', (_, entries, revision, expected) => {
    expect(indexOf(...entries).standing(tagged(revision))).toEqual(expected)
  })

  test('another zone is not concerned', () => {
    const other = { ...entry(1, 'purge', EVERYTHING), zone: 'other' }
    expect(indexOf(other).standing(tagged(0))).toEqual({ kind: 'stands' })
  })
})

describe('forgetting', () => {
  test('keeps what is later', () => {
    const index = indexOf(entry(1, 'purge', tag('a')), entry(2, 'purge', tag('b')))
    index.forget(1)
    expect(index.size).toBe(1)
    expect(index.standing(makeStoredResponse({ tags: ['a'] }))).toEqual({ kind: 'stands' })
    expect(index.standing(makeStoredResponse({ tags: ['b'] }))).toEqual({ kind: 'purged' })
  })

  test('may leave the invalidations', () => {
    const index = indexOf(
      entry(1, 'purge', tag('a')),
      entry(2, 'invalidate', tag('b')),
      entry(3, 'invalidate', tag('b')),
    )
    index.forget(3, 'purge')
    expect(index.standing(tagged(0))).toEqual({ kind: 'invalidated', at: 2000 })
    index.forget(2, 'invalidate')
    expect(index.standing(tagged(0))).toEqual({ kind: 'invalidated', at: 3000 })
    index.forget(3)
    expect(index.size).toBe(0)
  })
})

describe('the bound', () => {
  test('one name too many turns a zone into everything, and says so', () => {
    const index = makeStandingIndex(3)
    expect(index.note(entry(1, 'invalidate', tag('x'), tag('y'), tag('z')))).toBeUndefined()
    expect(index.note(entry(2, 'invalidate', tag('w')))).toEqual({ ...entry(2, 'invalidate', EVERYTHING), at: 1000 })
    expect(index.size).toBe(1)
    expect(index.standing(tagged(0))).toEqual({ kind: 'invalidated', at: 1000 })
    expect(index.standing(tagged(2))).toEqual({ kind: 'stands' })
  })

  test('a purge of everything forgets what it outdates', () => {
    const index = indexOf(entry(1, 'purge', tag('a')), entry(2, 'invalidate', tag('b')), entry(3, 'purge', EVERYTHING))
    expect(index.size).toBe(1)
  })
})

test('the index and the judgement of single selectors agree', () => {
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1e9)
  const random = makeRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const hosts = ['a.test', 'a.test:80', 'a.test:8080', '[::1]', '[::1]:8080']
  const paths = ['', '/', '/x', '/x/', '/x/y', '/x//y', '/xy', '/%78', '/x%2Fy', '/X', '/~', '/%7e']
  const tags = ['p', 'q', 'r']
  const url = () => `${pick(['http', 'https'])}://${pick(hosts)}${pick(paths.slice(1))}${pick(['', '?x'])}`
  const selector = (): Selector =>
    pick<() => Selector>([
      () => ({ kind: 'host', host: pick(hosts) }),
      () => ({ kind: 'prefix', prefix: pick(hosts) + pick(['', '/x', '/x/y', '/x/', '/~', '/X']) }),
      () => tag(pick(tags)),
      () => ({ kind: 'uri', uri: url() }),
      () => ({ kind: 'key', key: `key of ${url()}` }),
      () => (random() < 0.1 ? EVERYTHING : tag('none')),
    ])()

  for (let round = 0; round < 400; round += 1) {
    const entries = Array.from({ length: 4 }, (_, i) =>
      entry(i + 1, pick(['purge', 'invalidate']), ...Array.from({ length: 2 }, selector)),
    )
    const index = indexOf(...entries)
    const response = makeStoredResponse({ url: url(), tags: [pick(tags)], revision: Math.floor(random() * 5) })
    const later = entries.filter(
      ({ revision, selectors }) => revision > response.revision && selectors.some((each) => concerns(each, response)),
    )
    const first = later[0]
    const expected: Standing = later.some(({ action }) => action === 'purge')
      ? { kind: 'purged' }
      : first === undefined
        ? { kind: 'stands' }
        : { kind: 'invalidated', at: first.at }
    expect({ seed, round, response, entries, standing: index.standing(response) }).toEqual({
      seed,
      round,
      response,
      entries,
      standing: expected,
    })
  }
})
