// The copy of a journal in another process: it must say of every response what the journal said at the same revision.

import { describe, expect, test } from 'bun:test'
import { makeFakeClock } from '../base/index.ts'
import { makeMemoryJournal } from './journal.ts'
import { makeJournalReplica } from './journal-replica.ts'
import type { PurgeAction, Selector } from './selector.ts'
import { makeStoredResponse } from './stored-response.fixture.ts'
import { sweepStore } from './sweeper.ts'

const tag = (name: string): Selector => ({ kind: 'tag', tag: name })
const ACTIONS: readonly PurgeAction[] = ['purge', 'invalidate', 'cors-epoch']
const NAMES = ['a', 'b', 'c']

function start() {
  const clock = makeFakeClock(1_000)
  const journal = makeMemoryJournal(clock)
  return { clock, journal }
}

describe('a copy of a journal', () => {
  test('says what the journal says, whenever it was made', async () => {
    const { clock, journal } = start()
    const copies = [makeJournalReplica(journal.state())]
    journal.onAppend((entry) => {
      for (const copy of copies) copy.note(entry)
    })
    for (let n = 0; n < 30; n += 1) {
      journal.append('zone', ACTIONS[n % 3] ?? 'purge', [tag(NAMES[n % 2] ?? 'a')])
      await clock.advance(1)
      if (n % 7 === 0) copies.push(makeJournalReplica(journal.state()))
      if (n === 15) {
        journal.compact(8)
        copies.push(makeJournalReplica(journal.state()))
      }
    }
    expect(copies.length).toBe(7)
    for (const copy of copies) {
      expect(copy.revision).toBe(journal.revision)
      for (let revision = 8; revision <= journal.revision; revision += 1) {
        for (const name of NAMES) {
          const response = makeStoredResponse({ tags: [name], revision })
          expect(copy.standing(response)).toEqual(journal.standing(response))
        }
      }
    }
  })

  test('takes an entry once', () => {
    const { journal } = start()
    const copy = makeJournalReplica(journal.state())
    journal.onAppend((entry) => copy.note(entry))
    journal.append('zone', 'invalidate', [tag('a')])
    const { entries } = journal.state()
    for (const entry of entries) copy.note(entry)
    expect([copy.revision, copy.size]).toEqual([1, 1])
  })

  test('lets stand what another process fetched after an entry that is still on its way here', () => {
    const { journal } = start()
    const copy = makeJournalReplica(journal.state())
    expect(copy.standing(makeStoredResponse({ revision: 5 }))).toEqual({ kind: 'stands' })
  })

  test('purges what is older than the journal', () => {
    const copy = makeJournalReplica({ birth: 100, revision: 100, entries: [] })
    expect(copy.standing(makeStoredResponse({ revision: 99 }))).toEqual({ kind: 'purged' })
  })

  test('forgets what it is told to, of each action by itself', () => {
    const { journal } = start()
    for (const action of ACTIONS) journal.append('zone', action, [tag('a')])
    const copy = makeJournalReplica(journal.state())
    copy.forget({ purge: 3, invalidate: 1, 'cors-epoch': 3 })
    expect(copy.standing(makeStoredResponse({ tags: ['a'], revision: 0 }))).toMatchObject({ kind: 'invalidated' })
    expect(copy.size).toBe(1)
  })

  test('is not written to', () => {
    const { journal } = start()
    expect(() => makeJournalReplica(journal.state()).append('zone', 'purge', [])).toThrow('only the process that keeps')
  })
})

test('a sweep removes what was purged, and tells the oldest that is left and was invalidated', async () => {
  const { journal } = start()
  const responses = [
    makeStoredResponse({ tags: ['a'], revision: 0 }),
    makeStoredResponse({ tags: ['b'], revision: 0 }),
    makeStoredResponse({ tags: ['b'], revision: 1 }),
    makeStoredResponse({ tags: ['c'], revision: 0 }),
  ]
  journal.append('zone', 'purge', [tag('a')])
  journal.append('zone', 'invalidate', [tag('b')])
  const removed: unknown[] = []
  const store = {
    sweep: async (mustGo: (response: (typeof responses)[number]) => boolean) => {
      removed.push(...responses.filter(mustGo))
      return { variants: removed.length, bodies: 0 }
    },
  }
  expect(await sweepStore({ journal, store })).toBe(0)
  expect(removed).toEqual([responses[0]])
})
