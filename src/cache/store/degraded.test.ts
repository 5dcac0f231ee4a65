// What the store does while the disk fails: it serves from memory, says so once, and comes back.

import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytes, type EdgeEvent, makeFakeClock } from '../../base/index.ts'
import type { CacheStore } from './contract.ts'
import { makeFaultyFiles } from './faulty-files.fixture.ts'
import { DISK_RETRY_MILLIS, FILL_BACKLOG_BYTES, FILL_WINDOW_BYTES } from './limits.ts'
import { makeBytes, makeResponse, readAll, readContent, sha256, storeResponse } from './store.fixture.ts'
import { makeTieredStore, type TieredStoreParts } from './tiered.ts'

const MIB = 1024 * 1024
const root = mkdtempSync(join(tmpdir(), 'varyant-degraded-'))
const clock = makeFakeClock(1_700_000_000_000)
let events: EdgeEvent[] = []
let opened: CacheStore[] = []
let directories = 0

function openStore(parts: Partial<TieredStoreParts> = {}): CacheStore {
  directories += 1
  const store = makeTieredStore({
    directory: join(root, `${directories}`),
    memoryLimit: bytes(16 * MIB),
    diskLimit: bytes(256 * MIB),
    events: (event) => events.push(event),
    clock,
    ...parts,
  })
  opened.push(store)
  return store
}

function kinds(): string[] {
  return events.map(({ kind }) => kind)
}

afterEach(async () => {
  for (const store of opened) await store.close()
  opened = []
  events = []
})

describe('a disk that fails', () => {
  for (const fault of ['ENOSPC', 'EROFS', 'EIO']) {
    test(`is reported once (${fault}), and again when it works`, async () => {
      const files = makeFaultyFiles()
      const store = openStore({ files })
      files.fault = fault
      for (let i = 0; i < 5; i += 1) {
        const variant = await storeResponse(store, makeBytes(100_000, i), { key: `k${i}` })
        await store.flush()
        expect(await readContent(store, variant)).toEqual(makeBytes(100_000, i))
      }
      expect(kinds()).toEqual(['store-degraded'])
      expect(store.stats().degraded).toBe(true)
      files.fault = undefined
      await store.flush()
      expect(kinds()).toEqual(['store-degraded', 'store-recovered'])
      expect(store.stats()).toMatchObject({ degraded: false, variants: 5, bodies: 5 })
      const directory = join(root, `${directories}`)
      await store.close()
      const again = openStore({ directory })
      const variant = again.find('k3')?.variants[0]
      expect(variant && (await readContent(again, variant))).toEqual(makeBytes(100_000, 3))
    })
  }

  test('is tried again with the first put after a while', async () => {
    const files = makeFaultyFiles()
    const store = openStore({ files })
    files.fault = 'ENOSPC'
    await storeResponse(store, makeBytes(100_000, 1))
    while (!store.stats().degraded) await Bun.sleep(1)
    files.fault = undefined
    const before = files.writes
    await storeResponse(store, makeBytes(100, 2))
    await Bun.sleep(1)
    expect(files.writes).toBe(before)
    clock.advance(DISK_RETRY_MILLIS)
    await storeResponse(store, makeBytes(100, 3))
    while (store.stats().degraded) await Bun.sleep(1)
    expect(kinds()).toEqual(['store-degraded', 'store-recovered'])
  })

  test('does not end the answers under way: the fill goes on for its readers', async () => {
    const files = makeFaultyFiles()
    const store = openStore({ files })
    const body = makeBytes(24 * MIB, 1)
    const fill = store.begin()
    const prompt = readAll(fill.reader())
    const slow = fill.reader().getReader()
    const taken: Uint8Array[] = []
    let most = 0
    const written = (async () => {
      for (let at = 0; at < body.byteLength; at += 65_536) {
        if (at === 8 * MIB) files.fault = 'ENOSPC'
        await fill.write(body.slice(at, at + 65_536))
        most = Math.max(most, store.stats().memoryBytes)
      }
      return fill.finish()
    })()
    for (let next = await slow.read(); !next.done; next = await slow.read()) {
      taken.push(next.value)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const stored = await written
    expect(stored).toEqual({ digest: sha256(body), length: bytes(body.byteLength) })
    expect(sha256(await prompt)).toBe(stored.digest)
    expect(sha256(Buffer.concat(taken))).toBe(stored.digest)
    expect(most).toBeLessThanOrEqual(FILL_BACKLOG_BYTES + FILL_WINDOW_BYTES + 2 * 65_536)
    expect(kinds()).toEqual(['store-degraded'])
    const variant = store.put(makeResponse(stored, { key: 'large' }))
    expect(store.find('large')).toBeUndefined()
    expect(await store.content(variant)).toBeUndefined()
    expect(store.stats().memoryBytes).toBe(bytes(0))
    expect(readdirSync(join(root, `${directories}`, 'tmp'))).toEqual([])
  })

  test('makes the writer wait for the slowest reader, and for nobody once that reader is gone', async () => {
    const files = makeFaultyFiles()
    const store = openStore({ files, memoryLimit: bytes(4 * MIB) })
    files.fault = 'EIO'
    await storeResponse(store, makeBytes(100_000, 1))
    while (!store.stats().degraded) await Bun.sleep(1)
    const fill = store.begin(bytes(64 * MIB))
    const idle = fill.reader()
    let wait: undefined | Promise<void>
    let written = 0
    for (; wait === undefined; written += 65_536) wait = fill.write(makeBytes(65_536, written))
    expect(written).toBe(FILL_BACKLOG_BYTES + 65_536)
    await idle.cancel()
    await wait
    for (let i = 0; i < 100; i += 1) expect(fill.write(makeBytes(65_536, i))).toBeUndefined()
    fill.abort(new Error('enough'))
  })

  test('makes the writer wait when it is slow, and not for its readers', async () => {
    const files = makeFaultyFiles()
    const store = openStore({ files })
    const goOn = files.hold()
    const body = makeBytes(12 * MIB, 1)
    const fill = store.begin()
    const idle = fill.reader()
    let at = 0
    let wait: undefined | Promise<void>
    for (; wait === undefined; at += 65_536) wait = fill.write(body.slice(at, at + 65_536))
    expect(at).toBe(FILL_BACKLOG_BYTES + 65_536)
    goOn()
    await wait
    for (; at < body.byteLength; at += 65_536) await fill.write(body.slice(at, at + 65_536))
    const stored = await fill.finish()
    expect(sha256(await readAll(idle))).toBe(stored.digest)
  })

  test('does not bring back what was removed meanwhile', async () => {
    const files = makeFaultyFiles()
    const store = openStore({ files })
    const removed = await storeResponse(store, makeBytes(100, 1), { key: 'removed' })
    await store.flush()
    files.fault = 'ENOSPC'
    await storeResponse(store, makeBytes(100_000, 1))
    while (!store.stats().degraded) await Bun.sleep(1)
    store.remove(removed)
    await store.flush()
    expect(store.find('removed')).toBeUndefined()
    files.fault = undefined
    const directory = join(root, `${directories}`)
    await store.close()
    expect(openStore({ directory }).find('removed')).toBeUndefined()
  })
})

describe('a directory that cannot be used', () => {
  test('leaves the store with memory alone until it can', async () => {
    const directory = join(root, 'blocked')
    writeFileSync(directory, 'not a directory')
    const store = openStore({ directory })
    expect(kinds()).toEqual(['store-degraded'])
    const small = await storeResponse(store, makeBytes(1000, 1), { key: 'small' })
    const large = await storeResponse(store, makeBytes(MIB, 1), { key: 'large' })
    await store.flush()
    expect(await readContent(store, small)).toEqual(makeBytes(1000, 1))
    expect(await readContent(store, large)).toEqual(makeBytes(MIB, 1))
    rmSync(directory)
    await store.flush()
    expect(kinds()).toEqual(['store-degraded', 'store-recovered'])
    await store.close()
    const again = openStore({ directory })
    for (const key of ['small', 'large']) {
      const variant = again.find(key)?.variants[0]
      expect((variant && (await readContent(again, variant)))?.byteLength).toBe(key === 'small' ? 1000 : MIB)
    }
  })

  test('is no loss for what it had: that is found when it can be used again', async () => {
    const directory = join(root, 'away')
    const before = openStore({ directory })
    await storeResponse(before, makeBytes(1000, 1), { key: 'k', selecting: [['a', 'old']] })
    await before.close()
    Bun.spawnSync(['mv', directory, `${directory}.moved`])
    writeFileSync(directory, 'not a directory')
    clock.advance(1)
    const store = openStore({ directory })
    await storeResponse(store, makeBytes(1000, 2), { key: 'k', selecting: [['a', 'new']] })
    rmSync(directory)
    Bun.spawnSync(['mv', `${directory}.moved`, directory])
    await store.flush()
    const values = store.find('k')?.variants.map(({ response }) => response.selecting[0]?.[1])
    expect(values).toEqual(['new', 'old'])
  })
})

// A real file system of 6 MiB, where this machine lets us mount one.
const small = join(root, 'small')
mkdirSync(small)
const mounted = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', small]).success
afterAll(() => {
  if (mounted) Bun.spawnSync(['umount', '-l', small])
  rmSync(root, { recursive: true, force: true })
})

describe.skipIf(!mounted)('a file system that is full', () => {
  test('costs nothing but the disk, and the store recovers when there is room again', async () => {
    const directory = join(small, 'store')
    const ballast = join(small, 'ballast')
    const store = openStore({ directory })
    await storeResponse(store, makeBytes(1000, 1), { key: 'first' })
    await store.flush()
    writeFileSync(ballast, makeBytes(4 * MIB, 1))
    for (let i = 0; i < 40; i += 1) {
      const body = makeBytes(i % 2 === 0 ? 200_000 : 3_000, i)
      const variant = await storeResponse(store, body, { key: `k${i}` })
      await store.flush()
      expect(await readContent(store, variant)).toEqual(body)
    }
    const large = makeBytes(5 * MIB, 3)
    const fill = store.begin()
    const read = readAll(fill.reader())
    for (let at = 0; at < large.byteLength; at += 65_536) await fill.write(large.slice(at, at + 65_536))
    await fill.finish()
    expect(sha256(await read)).toBe(sha256(large))
    expect(kinds().slice(0, 1)).toEqual(['store-degraded'])
    expect(store.stats().degraded).toBe(true)
    expect(store.find('first')).toBeDefined()
    rmSync(ballast)
    await store.flush()
    expect(kinds().at(-1)).toBe('store-recovered')
    await storeResponse(store, makeBytes(1000, 77), { key: 'last' })
    await store.close()
    const again = openStore({ directory })
    expect(again.find('first')).toBeDefined()
    expect(again.find('last')).toBeDefined()
  })

  test('read-only, it does the same', async () => {
    const directory = join(small, 'read-only')
    expect(Bun.spawnSync(['mount', '-o', 'remount,ro', small]).success).toBe(true)
    const store = openStore({ directory })
    const variant = await storeResponse(store, makeBytes(300_000, 1), { key: 'meanwhile' })
    await storeResponse(store, makeBytes(300, 1), { key: 'small' })
    await store.flush()
    expect(kinds()).toEqual(['store-degraded'])
    expect(store.find('small')).toBeDefined()
    expect(await readContent(store, variant)).toEqual(makeBytes(300_000, 1))
    expect(Bun.spawnSync(['mount', '-o', 'remount,rw', small]).success).toBe(true)
    await store.flush()
    expect(kinds()).toEqual(['store-degraded', 'store-recovered'])
    await store.close()
    expect(openStore({ directory }).find('small')).toBeDefined()
  })
})
