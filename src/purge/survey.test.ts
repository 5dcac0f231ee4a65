import { describe, expect, test } from 'bun:test'
import { bytes, makeFakeClock, millis, ok } from '../base/index.ts'
import type { CacheStore, StoredResponse } from '../cache/index.ts'
import { makePurger } from './apply.ts'
import { makeMemoryJournal } from './journal.ts'
import { makeStoredResponse } from './stored-response.fixture.ts'
import { countWithin, MAX_LISTED } from './survey.ts'

const ZONE = { id: 'zone', name: 'example.com' }
const clock = makeFakeClock(0)

function withBody(digit: string, response: StoredResponse): StoredResponse {
  return { ...response, body: { digest: digit.repeat(64), length: bytes(1) } }
}

const SITE = [
  withBody('1', makeStoredResponse({ url: 'http://b.example.com/a', tags: ['red'] })),
  withBody('1', makeStoredResponse({ url: 'http://b.example.com/a', key: 'with origin', tags: ['red'] })),
  withBody('2', makeStoredResponse({ url: 'http://b.example.com/b/c', tags: ['red', 'blue'] })),
  withBody('2', makeStoredResponse({ url: 'http://b.example.com/d' })),
  withBody('3', makeStoredResponse({ url: 'http://b.example.com/a', zone: 'other', tags: ['red'] })),
]

const STATS = { variants: 0, bodies: 0, memoryBytes: bytes(0), diskBytes: bytes(0), degraded: false }

function makeParts(held: readonly StoredResponse[]) {
  const store = {
    responses: () => held,
    sweep: async () => ({ variants: 0, bodies: 0 }),
    secure: async () => 'secured' as const,
    find: () => undefined,
    stats: () => STATS,
  }
  const target = {
    findZone: () => ZONE.id,
    address: (_: string, url: string) => ok({ keys: [`key of ${url}`], uri: url }),
    oldestFetch: () => undefined,
  }
  return { journal: makeMemoryJournal(clock), store, target, clock, events: () => {} }
}

function take(purger: ReturnType<typeof makePurger>, body: unknown) {
  const request = purger.parse(ZONE, body)
  if (!request.ok) throw new Error(JSON.stringify(request.problem))
  return request.value
}

describe('a survey counts variants of the zone, and the bodies that only those have', () => {
  test.each([
    ['everything', { purge_everything: true }, 4, 2],
    ['a tag', { tags: ['red'] }, 3, 1],
    ['a tag of a shared body', { tags: ['blue'] }, 1, 0],
    ['a prefix', { prefixes: ['b.example.com/b'] }, 1, 0],
    ['a URL', { files: ['http://b.example.com/a'] }, 1, 0],
    ['a URL with all its variants', { files: [{ url: 'http://b.example.com/a', variants: 'all' }] }, 2, 1],
    ['nothing', { tags: ['green'] }, 0, 0],
  ])('%s', async (_, body, variants, bodies) => {
    const parts = makeParts(SITE)
    const purger = makePurger(parts)
    expect(await purger.survey(ZONE, take(purger, body))).toMatchObject({ ok: true, value: { variants, bodies } })
    expect(parts.journal.revision).toBe(0)
    const receipt = purger.apply(ZONE, 'purge', take(purger, body))
    expect(receipt).toMatchObject({ ok: true, value: { took: { variants, bodies } } })
    await purger.close()
  })
})

test('what is purged already does not count, though the store still has it', async () => {
  const purger = makePurger(makeParts(SITE))
  purger.apply(ZONE, 'purge', take(purger, { tags: ['blue'] }))
  expect(await purger.survey(ZONE, take(purger, { tags: ['red'] }))).toMatchObject({
    value: { variants: 2, bodies: 1 },
  })
  await purger.close()
})

describe('a store that cannot be counted in time', () => {
  /** The same response without end. */
  function* endless(): Iterable<StoredResponse> {
    for (;;) yield makeStoredResponse({ url: 'http://b.example.com/z', tags: ['red'] })
  }
  const [first, second] = SITE
  const parts = makeParts(SITE)
  const store = {
    ...parts.store,
    responses: endless,
    find: (key: string) => {
      const variants = [first, second].flatMap((response) => (response?.key === key ? [{ response }] : []))
      return variants.length === 0 ? undefined : ({ key, variants } as unknown as ReturnType<CacheStore['find']>)
    },
  }
  const key = (name: string) => ({ kind: 'key', key: name }) as const

  test('is purged without counts', () => {
    expect(countWithin({ ...parts, store }, ZONE.id, [{ kind: 'everything' }], millis(1))).toEqual({
      variants: undefined,
      bodies: undefined,
    })
  })

  test('still tells how many variants the URLs of a purge have', () => {
    const selectors = [key('with origin'), key('with origin'), key('nothing')]
    expect(countWithin({ ...parts, store }, ZONE.id, selectors, millis(1))).toEqual({ variants: 1, bodies: undefined })
  })
})

test('a store that is known to be large is not even begun with', () => {
  const parts = makeParts([])
  const responses = () => {
    throw new Error('walked')
  }
  const store = { ...parts.store, responses, stats: () => ({ ...STATS, variants: 1_000_000 }) }
  expect(countWithin({ ...parts, store }, ZONE.id, [{ kind: 'everything' }], millis(1))).toEqual({
    variants: undefined,
    bodies: undefined,
  })
})

test('a small store is counted, however little time there is', () => {
  const held = Array(100).fill(SITE[0])
  expect(countWithin(makeParts(held), ZONE.id, [{ kind: 'everything' }], millis(0))).toEqual({
    variants: 100,
    bodies: 1,
  })
})

test('the list is bounded, the count is not', async () => {
  const purger = makePurger(makeParts(Array(MAX_LISTED + 5).fill(SITE[0])))
  const surveyed = await purger.survey(ZONE, take(purger, { purge_everything: true }))
  expect(surveyed.ok && [surveyed.value.variants, surveyed.value.listed.length]).toEqual([MAX_LISTED + 5, MAX_LISTED])
  await purger.close()
})
