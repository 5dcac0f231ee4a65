import { afterEach, describe, expect, test } from 'bun:test'
import { bytes, type EdgeEvent, epochMillis, fail, makeFakeClock, ok } from '../base/index.ts'
import type { StoredResponse } from '../cache/index.ts'
import { makePurger, type Purger } from './apply.ts'
import { makeMemoryJournal } from './journal.ts'
import type { PurgeJournal } from './journal-contract.ts'
import type { PurgeAction, Selector } from './selector.ts'
import { makeStoredResponse } from './stored-response.fixture.ts'
import type { PurgeTarget } from './target.ts'

const ZONE = { id: 'zone', name: 'example.com' }
const clock = makeFakeClock(5000)
const tag = (name: string): Selector => ({ kind: 'tag', tag: name })

const STATS = { variants: 0, bodies: 0, memoryBytes: bytes(0), diskBytes: bytes(0), degraded: false }

/** A store that is nothing but its responses, and sweeps them when told to. */
function makeSweptStore(...held: StoredResponse[]) {
  const gate = {
    ...{ sweeps: 0, open: Promise.resolve(), failure: undefined as Error | undefined },
    secured: 'secured' as 'secured' | 'pending',
  }
  return {
    held,
    gate,
    responses: () => held,
    find: () => undefined,
    stats: () => STATS,
    secure: async () => gate.secured,
    sweep: async (mustGo: (response: StoredResponse) => boolean) => {
      gate.sweeps += 1
      await gate.open
      if (gate.failure !== undefined) throw gate.failure
      const kept = held.filter((response) => !mustGo(response))
      const variants = held.length - kept.length
      held.splice(0, held.length, ...kept)
      return { variants, bodies: variants }
    },
  }
}

let purger: Purger
afterEach(() => purger.close())

function start(journal: PurgeJournal, store: ReturnType<typeof makeSweptStore>, given: Partial<PurgeTarget> = {}) {
  const events: EdgeEvent[] = []
  const target: PurgeTarget = {
    findZone: () => 'zone',
    address: (_, url, fields) => ok({ keys: [`key of ${url} ${JSON.stringify(fields)}`], uri: url }),
    oldestFetch: () => undefined,
    ...given,
  }
  purger = makePurger({ journal, store, target, clock, events: (event) => events.push(event) })
  return events
}

function apply(body: unknown, action: PurgeAction = 'purge') {
  const request = purger.parse(ZONE, body)
  if (!request.ok) throw new Error(JSON.stringify(request.problem))
  return purger.apply(ZONE, action, request.value)
}

const tagged = (name: string, revision = 0) => makeStoredResponse({ tags: [name], revision })

describe('a purge', () => {
  test('is effective when it returns, before any sweep', () => {
    const journal = makeMemoryJournal(clock)
    start(journal, makeSweptStore())
    expect(apply({ tags: ['a'] })).toMatchObject({ ok: true, value: { revision: 1 } })
    expect(journal.standing(tagged('a'))).toEqual({ kind: 'purged' })
    expect(journal.standing(tagged('b'))).toEqual({ kind: 'stands' })
  })

  test('of a file names the key that its headers make', () => {
    const journal = makeMemoryJournal(clock)
    start(journal, makeSweptStore())
    apply({ files: [{ url: 'http://b.example.com/a', headers: { Origin: 'https://a.example' } }] })
    const stored = (key: string) => makeStoredResponse({ url: 'http://b.example.com/a', key })
    expect(journal.standing(stored('key of http://b.example.com/a [["origin","https://a.example"]]')).kind).toBe(
      'purged',
    )
    expect(journal.standing(stored('key of http://b.example.com/a []')).kind).toBe('stands')
  })

  test('of all variants of a file names its target URI', () => {
    const journal = makeMemoryJournal(clock)
    start(journal, makeSweptStore())
    apply({ files: [{ url: 'http://b.example.com/a', variants: 'all' }] })
    expect(journal.standing(makeStoredResponse({ url: 'http://b.example.com/a', key: 'any' })).kind).toBe('purged')
    expect(journal.standing(makeStoredResponse({ url: 'http://b.example.com/a?b', key: 'any' })).kind).toBe('stands')
  })

  test('with one file that cannot be addressed purges nothing', () => {
    const journal = makeMemoryJournal(clock)
    start(journal, makeSweptStore(), {
      address: (_, url) => (url.endsWith('/bad') ? fail('a rule refuses it') : ok({ keys: [url], uri: url })),
    })
    const outcome = apply({ files: ['http://b.example.com/good', 'http://b.example.com/bad'] })
    expect(outcome).toEqual({
      ok: false,
      problem: [
        {
          kind: 'purge-bad-file',
          message: '"http://b.example.com/bad" cannot be purged: a rule refuses it',
          pointer: '/files/1',
        },
      ],
    })
    expect(journal.revision).toBe(0)
  })

  test('that the journal cannot record is refused and reported', () => {
    const journal: PurgeJournal = {
      ...makeMemoryJournal(clock),
      append: () => {
        throw new Error('disk full')
      },
    }
    const events = start(journal, makeSweptStore())
    const outcome = apply({ tags: ['a'] })
    expect(!outcome.ok && outcome.problem[0]?.kind).toBe('purge-not-recorded')
    expect(events).toEqual([{ kind: 'unexpected', where: 'purge journal', reason: 'Error: disk full' }])
  })
})

describe('the sweep', () => {
  test('gives back what was purged, and the journal forgets', async () => {
    const journal = makeMemoryJournal(clock)
    const store = makeSweptStore(tagged('a'), tagged('b'))
    start(journal, store)
    apply({ tags: ['a'] })
    await purger.settled()
    expect(store.held.map(({ tags }) => tags)).toEqual([['b']])
    expect(journal.size).toBe(0)
  })

  test('lets the journal forget nothing that the store has not secured, and makes up for it', async () => {
    const journal = makeMemoryJournal(clock)
    const store = makeSweptStore(tagged('a'))
    start(journal, store)
    store.gate.secured = 'pending'
    apply({ tags: ['a'] })
    await purger.settled()
    expect([store.held.length, journal.size]).toEqual([0, 1])
    store.gate.secured = 'secured'
    apply({ tags: ['b'] })
    await purger.settled()
    expect(journal.size).toBe(0)
  })

  test('finishes at start what an earlier process left', async () => {
    const journal = makeMemoryJournal(clock)
    journal.append('zone', 'purge', [tag('a')])
    const store = makeSweptStore(tagged('a'))
    start(journal, store)
    await purger.settled()
    expect(store.held).toEqual([])
  })

  test('leaves what a fetch under way may still bring in', async () => {
    const journal = makeMemoryJournal(clock)
    journal.append('zone', 'purge', [tag('x')])
    start(journal, makeSweptStore(), { oldestFetch: () => 1 })
    apply({ tags: ['a'] })
    await purger.settled()
    expect(journal.standing(tagged('a', 1))).toEqual({ kind: 'purged' })
    expect(journal.size).toBe(1)
  })

  test('asks for the oldest fetch before it walks, since one may end during the walk', async () => {
    const journal = makeMemoryJournal(clock)
    const store = makeSweptStore()
    let oldest: number | undefined = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    store.gate.open = promise
    start(journal, store, { oldestFetch: () => oldest })
    apply({ tags: ['a'] })
    oldest = undefined
    resolve()
    await purger.settled()
    expect(journal.standing(tagged('a'))).toEqual({ kind: 'purged' })
  })

  test('keeps an invalidated response, and the invalidation as long as the response', async () => {
    const journal = makeMemoryJournal(clock)
    const store = makeSweptStore(tagged('a'))
    start(journal, store)
    apply({ tags: ['a'] }, 'invalidate')
    await purger.settled()
    expect(journal.standing(tagged('a'))).toEqual({ kind: 'invalidated', at: epochMillis(5000) })

    store.held.splice(0, 1, tagged('a', journal.revision))
    apply({ tags: ['z'] })
    await purger.settled()
    expect(journal.size).toBe(0)
  })

  test('runs one at a time, and what arrives meanwhile shares the next', async () => {
    const journal = makeMemoryJournal(clock)
    const store = makeSweptStore(tagged('a'), tagged('b'), tagged('c'))
    const { promise, resolve } = Promise.withResolvers<void>()
    store.gate.open = promise
    start(journal, store)
    apply({ tags: ['a'] })
    apply({ tags: ['b'] })
    apply({ tags: ['c'] })
    expect(store.gate.sweeps).toBe(1)
    resolve()
    await purger.settled()
    expect(store.gate.sweeps).toBe(2)
    expect(store.held).toEqual([])
    expect(journal.size).toBe(0)
  })

  test('that fails is reported, and nothing is forgotten', async () => {
    const journal = makeMemoryJournal(clock)
    const store = makeSweptStore(tagged('a'))
    store.gate.failure = new Error('no disk')
    const events = start(journal, store)
    apply({ tags: ['a'] })
    await purger.settled()
    expect(events).toEqual([{ kind: 'background-failed', name: 'purge sweep', reason: 'Error: no disk' }])
    expect(journal.standing(tagged('a'))).toEqual({ kind: 'purged' })
  })

  test('starts no more once closed', async () => {
    const store = makeSweptStore()
    const journal = makeMemoryJournal(clock)
    start(journal, store)
    await purger.close()
    journal.append('zone', 'purge', [tag('a')])
    expect(store.gate.sweeps).toBe(0)
  })
})
