import { describe, expect, test } from 'bun:test'
import { bytes, makeFakeClock, ok } from '../base/index.ts'
import type { StoredResponse } from '../cache/index.ts'
import { MAX_COUNTED_VARIANTS, makePurger } from './apply.ts'
import { makeMemoryJournal } from './journal.ts'
import { makeStoredResponse } from './stored-response.fixture.ts'
import { MAX_LISTED, surveyNow } from './survey.ts'

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

function makeParts(held: readonly StoredResponse[]) {
  const store = {
    responses: () => held,
    sweep: async () => ({ variants: 0, bodies: 0 }),
    stats: () => ({ variants: held.length, bodies: 0, memoryBytes: bytes(0), diskBytes: bytes(0), degraded: false }),
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

test('a store too large to be counted in time is purged without counts, and surveyed with them', async () => {
  const purger = makePurger(makeParts(Array(MAX_COUNTED_VARIANTS + 1).fill(SITE[0])))
  const everything = take(purger, { purge_everything: true })
  expect(await purger.survey(ZONE, everything)).toMatchObject({ value: { variants: MAX_COUNTED_VARIANTS + 1 } })
  expect(purger.apply(ZONE, 'purge', everything)).toMatchObject({ ok: true, value: { took: undefined } })
  await purger.close()
})

test('the list is bounded, the count is not', () => {
  const parts = makeParts(Array(MAX_LISTED + 5).fill(SITE[0]))
  const { variants, listed } = surveyNow(parts, ZONE.id, [{ kind: 'everything' }])
  expect([variants, listed.length]).toEqual([MAX_LISTED + 5, MAX_LISTED])
})
