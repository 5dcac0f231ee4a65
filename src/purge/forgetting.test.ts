// A purge outlasts the death of the process, also one that the journal has forgotten because it was applied.

import { afterAll, expect, test } from 'bun:test'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytes, ok, systemClock } from '../base/index.ts'
import type { CacheStore } from '../cache/index.ts'
import { makeTieredStore } from '../cache/store/index.ts'
import { makePurger } from './apply.ts'
import { makeMemoryJournal } from './journal.ts'
import { makeStoredResponse } from './stored-response.fixture.ts'

const root = mkdtempSync(join(tmpdir(), 'varyant-forgetting-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const ZONE = { id: 'zone', name: 'example.com' }

function openStore(directory: string): CacheStore {
  const limit = bytes(16 * 1024 * 1024)
  return makeTieredStore({ directory, memoryLimit: limit, diskLimit: limit, events: () => undefined })
}

test.each(['with', 'without'])(
  'what a look-up removed before the sweep came by is not back, %s the log',
  async (log) => {
    const directory = join(root, log)
    const store = openStore(directory)
    const fill = store.begin()
    const body = await fill.finish()
    const variant = store.put({ ...makeStoredResponse({ tags: ['a'] }), key: 'k', body })
    await store.secure()
    const journal = makeMemoryJournal(systemClock)
    const purger = makePurger({
      ...{ journal, store, clock: systemClock, events: () => undefined },
      target: { findZone: () => 'zone', address: () => ok({ keys: [], uri: '' }), oldestFetch: () => undefined },
    })
    // The first one's sweep runs; the second waits for the next.
    for (const name of ['b', 'a']) {
      const request = purger.parse(ZONE, { tags: [name] })
      if (!request.ok) throw new Error('no purge')
      purger.apply(ZONE, 'purge', request.value)
    }
    expect(journal.standing(variant.response).kind).toBe('purged')
    store.remove(variant)
    await purger.settled()
    expect(journal.size).toBe(0)

    const left = join(root, `${log}-killed`)
    cpSync(directory, left, { recursive: true, filter: (path) => log === 'with' || !/-(?:wal|shm)$/.test(path) })
    const next = openStore(left)
    expect(next.find('k')).toBeUndefined()
    await purger.close()
    await Promise.all([store.close(), next.close()])
  },
)
