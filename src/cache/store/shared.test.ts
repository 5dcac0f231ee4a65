// Several stores over one directory, as several processes have them: each with a memory and a connection of its own.

import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytes, type EdgeEvent, type FakeClock, makeFakeClock } from '../../base/index.ts'
import { FILE_GRACE_MILLIS, MAX_INLINE_BODY_BYTES } from './limits.ts'
import { nextSequence } from './shared-directory.ts'
import { storeContract } from './store.contract.ts'
import { makeBytes, makeResponse, readContent, storeBody, storeResponse } from './store.fixture.ts'
import { makeTieredStore, type TieredCacheStore } from './tiered.ts'

const KEY = 'https://b.example.com/a.css'
const LONG = MAX_INLINE_BODY_BYTES + 1
const MEMORY = bytes(8 * 1024 * 1024)

let directory: string
let clock: FakeClock
const events: EdgeEvent[] = []
let stores: TieredCacheStore[] = []
/** Digests whose files somebody freed. */
let freed: string[] = []
let begun = 0

/** A store at a place.  What it tells the others hear at once, as if there were no time between processes. */
function open(place: number, diskLimit = bytes(64 * 1024 * 1024)): TieredCacheStore {
  const store = makeTieredStore({
    ...{ directory, memoryLimit: MEMORY, diskLimit, clock, events: (event) => events.push(event) },
    shared: {
      place,
      changed: (keys, digests) => {
        for (const other of stores) if (other !== store) other.forget(keys, 'kept')
        freed.push(...digests)
      },
      begunAnew: () => {
        begun += 1
      },
    },
  })
  stores.push(store)
  return store
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shared-'))
  clock = makeFakeClock(Date.UTC(2026, 4, 4))
  stores = []
  freed = []
  begun = 0
  events.length = 0
})
afterEach(async () => {
  for (const store of stores) await store.close()
  rmSync(directory, { recursive: true })
})

describe.each([
  ['the keeper', 0],
  ['a guest', 1],
] as const)('%s alone', (name, place) => {
  if (place === 0)
    storeContract(`store of ${name}`, (memoryLimit) => {
      const folder = mkdtempSync(join(tmpdir(), 'shared-contract-'))
      const heard: EdgeEvent[] = []
      const store = makeTieredStore({
        ...{
          directory: folder,
          memoryLimit,
          diskLimit: bytes(512 * 1024 * 1024),
          events: (event) => heard.push(event),
        },
        shared: { place, changed: () => {} },
      })
      return {
        ...{ store, events: heard },
        dispose: async () => {
          await store.close()
          rmSync(folder, { recursive: true })
        },
      }
    })
  test('keeps what it stored', async () => {
    const store = open(place)
    const body = makeBytes(100, 1)
    await storeResponse(store, body, { key: KEY })
    await store.flush()
    const [variant] = store.find(KEY)?.variants ?? []
    expect(variant && (await readContent(store, variant))).toEqual(body)
  })
})

describe.each([
  ['in its row', 100],
  ['in a file', LONG],
] as const)('a body %s', (_, length) => {
  test('that one stored the other finds, once it is on the disk', async () => {
    const [one, other] = [open(1), open(2)]
    const body = makeBytes(length, 2)
    expect(other.find(KEY)).toBeUndefined()
    await storeResponse(one, body, { key: KEY })
    await one.flush()
    const [variant] = other.find(KEY)?.variants ?? []
    expect(variant && (await readContent(other, variant))).toEqual(body)
    expect(other.peek(KEY)).toBeDefined()
  })

  test('that one replaced the other has no more, in memory neither', async () => {
    const [one, other] = [open(1), open(2)]
    await storeResponse(one, makeBytes(length, 3), { key: KEY })
    await one.flush()
    expect(other.find(KEY)).toBeDefined()
    const later = await storeResponse(one, makeBytes(length, 4), { key: KEY })
    await one.flush()
    expect(other.peek(KEY)).toBeUndefined()
    expect(other.find(KEY)?.variants.map(({ response }) => response.id)).toEqual([later.response.id])
  })

  test('that is about to be replaced the other finds until the new one is there', async () => {
    const [one, other] = [open(1), open(2)]
    const idsOf = (store: TieredCacheStore) => store.find(KEY)?.variants.map(({ response }) => response.id)
    const first = await storeResponse(one, makeBytes(length, 3), { key: KEY })
    await one.flush()
    const second = await storeResponse(one, makeBytes(length, 4), { key: KEY })
    expect(idsOf(one)).toEqual([second.response.id])
    expect(one.inspect(KEY).map(({ response }) => response.id)).toEqual([second.response.id])
    expect(idsOf(other)).toEqual([first.response.id])
    await one.flush()
    expect(idsOf(other)).toEqual([second.response.id])
  })

  test('that one removed the other has no more, and it is nothing damaged', async () => {
    const [one, other] = [open(1), open(2)]
    const stored = await storeResponse(one, makeBytes(length, 5), { key: KEY })
    await one.flush()
    const [found] = other.find(KEY)?.variants ?? []
    one.remove(stored)
    await one.flush()
    expect([other.peek(KEY), other.find(KEY)]).toEqual([undefined, undefined])
    if (found !== undefined) await other.content(found)
    expect(events).toEqual([])
  })

  test('that both store at once is one body, which lives as long as one of them needs it', async () => {
    const [one, other] = [open(1), open(2)]
    const body = makeBytes(length, 6)
    const first = await storeResponse(one, body, { key: 'k1' })
    await storeResponse(other, body, { key: 'k2' })
    await Promise.all([one.flush(), other.flush()])
    one.remove(first)
    await one.flush()
    const third = open(3)
    const [variant] = third.find('k2')?.variants ?? []
    expect(variant && (await readContent(third, variant))).toEqual(body)
  })

  test('whose last row went at one while the other was about to write a row for it is written again', async () => {
    const [one, other] = [open(1), open(2)]
    const body = makeBytes(length, 7)
    const first = await storeResponse(one, body, { key: 'k1' })
    await one.flush()
    // The other knows the body by the index, and has its bytes in memory.
    const [known] = other.find('k1')?.variants ?? []
    expect(known && (await readContent(other, known))).toEqual(body)
    other.put(makeResponse(await storeBody(other, body), { key: 'k2' }))
    one.remove(first)
    await one.flush()
    rmSync(join(directory, 'blobs'), { recursive: true, force: true })
    await other.flush()
    const third = open(3)
    const [variant] = third.find('k2')?.variants ?? []
    expect(variant && (await readContent(third, variant))).toEqual(body)
  })
})

test('a response that is removed before it is written leaves nothing of the one that it replaced', async () => {
  const [one, other] = [open(1), open(2)]
  await storeResponse(one, makeBytes(10, 8), { key: KEY })
  await one.flush()
  await clock.advance(1)
  one.remove(await storeResponse(one, makeBytes(10, 9), { key: KEY }))
  expect(one.find(KEY)).toBeUndefined()
  await one.flush()
  for (const store of [one, other]) expect(store.find(KEY)).toBeUndefined()
})

describe('the same response stored by two at one moment', () => {
  test('is two rows, of which the later one is found first', async () => {
    const [one, other] = [open(1), open(2)]
    await storeResponse(one, makeBytes(10, 8), { key: KEY })
    await clock.advance(1)
    const later = await storeResponse(other, makeBytes(10, 9), { key: KEY })
    await one.flush()
    await other.flush()
    expect(open(3).find(KEY)?.variants[0]?.response.id).toBe(later.response.id)
  })

  test('is one copy for both, the later one, whichever was written first', async () => {
    const [one, other] = [open(1), open(2)]
    await storeResponse(one, makeBytes(10, 8), { key: KEY })
    await clock.advance(1)
    const later = await storeResponse(other, makeBytes(10, 9), { key: KEY })
    await other.flush()
    await one.flush()
    // What memory has is what goes out without another look at the disk.
    for (const store of [one, other]) {
      const inMemory = store.peek(KEY) ?? store.find(KEY)
      expect(inMemory?.variants[0]?.response.id).toBe(later.response.id)
    }
  })

  test('goes whole when the later one is removed, and when it is replaced', async () => {
    const [one, other] = [open(1), open(2)]
    const both = async () => {
      one.put(makeResponse(await storeBody(one, makeBytes(10, 8)), { key: KEY }))
      other.put(makeResponse(await storeBody(other, makeBytes(10, 9)), { key: KEY }))
      await one.flush()
      await other.flush()
      return open(stores.length + 1).find(KEY)?.variants.length
    }
    expect(await both()).toBe(2)
    const third = open(20)
    const [newest] = third.find(KEY)?.variants ?? []
    if (newest !== undefined) third.remove(newest)
    await third.flush()
    expect(one.find(KEY)).toBeUndefined()
    expect(await both()).toBe(2)
    await storeResponse(third, makeBytes(10, 10), { key: KEY })
    await third.flush()
    expect(open(21).find(KEY)?.variants.length).toBe(1)
  })
})

describe('forgetting', () => {
  test('lets go of what is on its way to the disk when that is outdated, and else keeps it', async () => {
    const one = open(1)
    const fill = async (seed: number) => makeResponse(await storeBody(one, makeBytes(10, seed)), { key: KEY })
    one.put(await fill(1))
    one.forget([KEY], 'kept')
    expect(one.peek(KEY)).toBeDefined()
    one.forget([KEY], 'too')
    await one.flush()
    expect([one.peek(KEY), one.find(KEY), open(2).find(KEY)]).toEqual([undefined, undefined, undefined])
  })
})

describe('the file of a body', () => {
  async function stored(seed: number) {
    const keeper = open(0)
    // It takes the temporary files of other stores in this process for those of an earlier one with its id.
    await keeper.removeAbandoned()
    const guest = open(1)
    const variant = await storeResponse(guest, makeBytes(LONG, seed), { key: KEY })
    await guest.flush()
    const { digest } = variant.response.body
    const path = join(directory, 'blobs', digest.slice(0, 2), digest)
    // Written long ago, by the clock of this test.
    utimesSync(path, new Date(clock.now()), new Date(clock.now()))
    return { keeper, guest, variant, digest, path }
  }

  test('is not removed by a guest, whatever it removes', async () => {
    const { guest, variant, path, digest } = await stored(1)
    guest.remove(variant)
    await guest.flush()
    await guest.close()
    stores = stores.filter((store) => store !== guest)
    expect([existsSync(path), freed]).toEqual([true, [digest]])
  })

  test('is left by the keeper while a row names it, or another process has just written it', async () => {
    const { keeper, guest, variant, digest, path } = await stored(2)
    keeper.discardFiles([digest])
    await clock.advance(FILE_GRACE_MILLIS * 2)
    keeper.removeDueFiles()
    expect(existsSync(path)).toBe(true)
    guest.remove(variant)
    await guest.flush()
    utimesSync(path, new Date(clock.now()), new Date(clock.now()))
    keeper.discardFiles([digest])
    await clock.advance(FILE_GRACE_MILLIS - 1)
    keeper.removeDueFiles()
    expect(existsSync(path)).toBe(true)
    await clock.advance(2)
    keeper.removeDueFiles()
    expect(existsSync(path)).toBe(false)
  })
})

describe('an index that is damaged while it is in use', () => {
  async function spoil(place: number): Promise<TieredCacheStore> {
    const path = join(directory, 'index.sqlite')
    const before = open(2)
    for (let n = 0; n < 500; n += 1) await storeResponse(before, makeBytes(2000, n), { key: `k${n}` })
    await before.close()
    stores = []
    const spoiled = readFileSync(path).fill(0x55, 8192)
    const store = open(place)
    expect(store.find('nothing')).toBeUndefined()
    writeFileSync(path, spoiled)
    for (let n = 0; n < 500; n += 1) store.find(`k${n}`)
    return store
  }
  const isAside = () => existsSync(join(directory, 'index.sqlite.damaged'))

  test('is set aside by the keeper, which says so, and goes on', async () => {
    const keeper = await spoil(0)
    expect([begun, keeper.stats().degraded]).toEqual([1, true])
    await keeper.flush()
    expect(keeper.stats().degraded).toBe(false)
  })

  test('is left alone by a guest, which goes on in memory', async () => {
    const guest = await spoil(1)
    const kept = await storeResponse(guest, makeBytes(10, 1), { key: 'kept' })
    expect([begun, guest.stats().degraded, isAside()]).toEqual([0, true, false])
    expect(await readContent(guest, kept)).toEqual(makeBytes(10, 1))
  })
})

describe('room', () => {
  test('on the disk is one limit for all, and each evicts what the others put', async () => {
    const limit = bytes(1024 * 1024)
    const [one, other] = [open(1, limit), open(2, limit)]
    for (let n = 0; n < 20; n += 1) {
      await storeResponse(n % 2 === 0 ? one : other, makeBytes(100_000, n), { key: `k${n}` })
      await one.flush()
      await other.flush()
      await clock.advance(60_000)
      expect(one.stats().diskBytes).toBeLessThanOrEqual(limit)
    }
    const left = [...Array(20).keys()].filter((n) => open(3 + n, limit).find(`k${n}`) !== undefined)
    expect([left.length > 4, left.includes(19), left.includes(0)]).toEqual([true, true, false])
  })
})

describe('sequences', () => {
  const now = Date.UTC(2026, 4, 4)
  test('of two places are never one', () => {
    const given = new Set<number>()
    for (let place = 0; place <= 64; place += 1) {
      let last = 0
      for (let n = 0; n < 50; n += 1) {
        last = nextSequence(last, now + n, place)
        expect(given.has(last)).toBe(false)
        given.add(last)
      }
    }
  })

  test('rise with each put and with time, in whole numbers', () => {
    const first = nextSequence(0, now, 7)
    const second = nextSequence(first, now, 7)
    expect([second > first, Number.isSafeInteger(second)]).toEqual([true, true])
    expect(nextSequence(0, now + 1, 3)).toBeGreaterThan(first)
  })
})
