// What a store of two tiers does that one of memory alone does not.

import { afterEach, describe, expect, test } from 'bun:test'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytes, type EdgeEvent, makeFakeClock } from '../../base/index.ts'
import type { CacheStore } from './contract.ts'
import { makeFaultyFiles } from './faulty-files.fixture.ts'
import { makeBytes, makeResponse, readAll, readContent, sha256, storeBody, storeResponse } from './store.fixture.ts'
import { makeTieredStore, type TieredStoreParts } from './tiered.ts'

const MIB = 1024 * 1024

let directory = ''
let events: EdgeEvent[] = []
let opened: CacheStore[] = []

function openStore(parts: Partial<TieredStoreParts> = {}): CacheStore {
  if (directory === '') directory = mkdtempSync(join(tmpdir(), 'varyant-store-'))
  const store = makeTieredStore({
    directory,
    memoryLimit: bytes(16 * MIB),
    diskLimit: bytes(256 * MIB),
    events: (event) => events.push(event),
    ...parts,
  })
  opened.push(store)
  return store
}

afterEach(async () => {
  for (const store of opened) await store.close()
  opened = []
  events = []
  rmSync(directory, { recursive: true, force: true })
  directory = ''
})

/** The files of stored bodies, by digest. */
function blobs(): string[] {
  const root = join(directory, 'blobs')
  return readdirSync(root).flatMap((shard) => readdirSync(join(root, shard)))
}

function blobPath(digest: string): string {
  return join(directory, 'blobs', digest.slice(0, 2), digest)
}

describe('a store that is opened again', () => {
  test('tells what is under a key without bringing it to memory', async () => {
    const before = openStore()
    for (const value of ['de', 'en']) {
      await storeResponse(before, makeBytes(10, 1), { key: 'k', selecting: [['accept-language', value]] })
    }
    await before.close()
    const store = openStore()
    expect(store.inspect('k').map(({ response }) => response.selecting[0]?.[1])).toEqual(['en', 'de'])
    expect(store.peek('k')).toBeUndefined()
    await storeResponse(store, makeBytes(10, 1), { key: 'k', selecting: [['accept-language', 'fr']] })
    expect(store.inspect('k').map(({ response }) => response.selecting[0]?.[1])).toEqual(['fr', 'en', 'de'])
  })

  for (const length of [0, 700, 16 * 1024, 16 * 1024 + 1, 200_000, 256 * 1024 + 1, 2 * MIB]) {
    test(`has a body of ${length} bytes, and all of its record`, async () => {
      const body = makeBytes(length, length)
      const before = openStore()
      const response = makeResponse(await storeBody(before, body), {
        key: 'k',
        selecting: [
          ['accept', undefined],
          ['accept-language', 'de'],
        ],
        fields: [
          ['x-latin', 'caf\u00e9 \ud83d\ude00'],
          ['vary', 'accept'],
        ],
      })
      before.put(response)
      await before.close()
      const store = openStore()
      expect(store.peek('k')).toBeUndefined()
      const variant = store.find('k')?.variants[0]
      expect(variant?.response).toEqual(response)
      expect(variant?.checkedRevision).toBe(response.revision)
      if (variant === undefined) return
      expect(await readContent(store, variant)).toEqual(body)
      expect(store.peekContent(variant)).toBeDefined()
      expect(store.stats()).toMatchObject({ variants: 1, bodies: 1 })
    })
  }

  test('gives a short body without waiting, and a file only after it was verified', async () => {
    const before = openStore()
    await storeResponse(before, makeBytes(1000, 1), { key: 'short' })
    await storeResponse(before, makeBytes(MIB, 1), { key: 'long' })
    await before.close()
    const store = openStore()
    const short = store.find('short')?.variants[0]
    const long = store.find('long')?.variants[0]
    if (short === undefined || long === undefined) throw new Error('a variant is missing')
    expect(store.peekContent(short)?.kind).toBe('memory')
    expect(store.peekContent(long)).toBeUndefined()
    expect((await store.content(long))?.kind).toBe('file')
    expect(store.peekContent(long)?.kind).toBe('file')
  })

  test('has its variants in the order of their puts, with those put since before them', async () => {
    const before = openStore()
    for (const value of ['1', '2']) {
      await storeResponse(before, makeBytes(10, 1), { key: 'k', selecting: [['a', value]] })
    }
    await before.close()
    const store = openStore()
    await storeResponse(store, makeBytes(10, 1), { key: 'k', selecting: [['a', '3']] })
    await storeResponse(store, makeBytes(10, 1), { key: 'k', selecting: [['a', '1']] })
    const values = store.find('k')?.variants.map(({ response }) => response.selecting[0]?.[1])
    expect(values).toEqual(['1', '3', '2'])
    expect(store.stats().variants).toBe(3)
  })

  test('does not have what was removed or swept', async () => {
    const before = openStore()
    const removed = await storeResponse(before, makeBytes(300_000, 1), { key: 'removed' })
    await storeResponse(before, makeBytes(20_000, 2), { key: 'swept', zone: 'zone-b' })
    await storeResponse(before, makeBytes(20_000, 3), { key: 'stays' })
    await before.flush()
    before.remove(removed)
    expect(before.find('removed')).toBeUndefined()
    expect(await before.sweep(({ location }) => location.zone === 'zone-b')).toEqual({ variants: 1, bodies: 1 })
    await before.close()
    expect(blobs()).toEqual([sha256(makeBytes(20_000, 3))])
    const store = openStore()
    expect(store.find('removed')).toBeUndefined()
    expect(store.find('swept')).toBeUndefined()
    expect(store.find('stays')).toBeDefined()
  })

  test('sweeps what it never brought to memory', async () => {
    const before = openStore()
    for (let i = 0; i < 700; i += 1) {
      await storeResponse(before, makeBytes(50, i), { key: `k${i}`, zone: i % 7 === 0 ? 'zone-b' : 'zone-a' })
    }
    await before.close()
    const store = openStore()
    expect([...store.responses()]).toHaveLength(700)
    expect(await store.sweep(({ location }) => location.zone === 'zone-b')).toEqual({ variants: 100, bodies: 100 })
    expect([...store.responses()]).toHaveLength(600)
    expect(store.find('k7')).toBeUndefined()
  })

  test('shares bodies with the run before', async () => {
    const body = makeBytes(500_000, 1)
    const before = openStore()
    await storeResponse(before, body, { key: 'one' })
    await before.close()
    const store = openStore()
    await storeResponse(store, body, { key: 'two' })
    await store.flush()
    expect(store.stats()).toMatchObject({ variants: 2, bodies: 1 })
    const one = store.find('one')?.variants[0]
    if (one !== undefined) store.remove(one)
    await store.flush()
    const two = store.find('two')?.variants[0]
    expect(two && (await readContent(store, two))).toEqual(body)
  })

  test('removes files to which nothing points', async () => {
    const before = openStore()
    await storeResponse(before, makeBytes(300_000, 1))
    await before.close()
    const orphan = sha256(makeBytes(10, 10))
    mkdirSync(join(directory, 'blobs', orphan.slice(0, 2)), { recursive: true })
    writeFileSync(blobPath(orphan), 'x')
    writeFileSync(join(directory, 'tmp', '1999999999.dead.1'), 'x')
    openStore()
    while (blobs().length > 1 || readdirSync(join(directory, 'tmp')).length > 0) await Bun.sleep(1)
    expect(blobs()).toEqual([sha256(makeBytes(300_000, 1))])
  })
})

describe('memory that is full', () => {
  test('gives way, and the disk has what it gave up', async () => {
    const store = openStore({ memoryLimit: bytes(MIB) })
    const lengths = [500, 10_000, 40_000, 300_000]
    for (let i = 0; i < 200; i += 1) {
      await storeResponse(store, makeBytes(lengths[i % 4] as number, i), { key: `k${i}` })
      expect(store.stats().memoryBytes).toBeLessThanOrEqual(MIB)
    }
    expect(store.peek('k0')).toBeUndefined()
    for (let i = 0; i < 200; i += 1) {
      const variant = store.find(`k${i}`)?.variants[0]
      if (variant === undefined) throw new Error(`k${i} is missing`)
      expect(sha256((await readContent(store, variant)) ?? new Uint8Array())).toBe(variant.response.body.digest)
      expect(store.stats().memoryBytes).toBeLessThanOrEqual(MIB)
    }
    expect(store.stats().variants).toBe(200)
  })

  test('writes what is on its way to disk before it lets go of it', async () => {
    const store = openStore({ memoryLimit: bytes(MIB) })
    const body = await storeBody(store, makeBytes(10, 1))
    const keys = Array.from({ length: 3000 }, (_, i) => `k${i}`)
    for (const key of keys) store.put(makeResponse(body, { key }))
    expect(keys.filter((key) => store.find(key) === undefined)).toEqual([])
  })

  test('finds the variants of an entry that it let go of beside those it kept', async () => {
    const store = openStore({ memoryLimit: bytes(MIB) })
    for (let i = 0; i < 100; i += 1) {
      await storeResponse(store, makeBytes(15_000, i), { key: 'k', selecting: [['a', `${i}`]] })
    }
    const values = store.find('k')?.variants.map(({ response }) => Number(response.selecting[0]?.[1]))
    expect(values).toEqual(Array.from({ length: 100 }, (_, i) => 99 - i))
  })
})

describe('a disk that is full to its limit', () => {
  test('evicts what was used least lately', async () => {
    const clock = makeFakeClock(1_700_000_000_000)
    const store = openStore({ memoryLimit: bytes(MIB), diskLimit: bytes(8 * MIB), clock })
    for (let i = 0; i < 400; i += 1) {
      clock.advance(60_000)
      await storeResponse(store, makeBytes(100_000, i), { key: `k${i}` })
      expect(store.find('k0')).toBeDefined()
      if (i % 8 === 0) await store.flush()
      expect(store.stats().diskBytes).toBeLessThanOrEqual(8 * MIB)
    }
    await store.flush()
    expect(store.find('k1')).toBeUndefined()
    expect(store.find('k399')).toBeDefined()
    expect(store.stats().variants).toBeGreaterThan(60)
  })

  test('has no more files than it has bodies', async () => {
    const store = openStore({ memoryLimit: bytes(MIB), diskLimit: bytes(8 * MIB) })
    for (let i = 0; i < 60; i += 1) await storeResponse(store, makeBytes(400_000, i))
    await store.close()
    const length = blobs().reduce((sum, digest) => sum + readFileSync(blobPath(digest)).byteLength, 0)
    expect(length).toBeLessThanOrEqual(8 * MIB)
    expect(length).toBeGreaterThan(6 * MIB)
  })

  test('lets a body pass that is too large for it', async () => {
    const store = openStore({ diskLimit: bytes(8 * MIB) })
    for (const expected of [undefined, bytes(20 * MIB)]) {
      const body = makeBytes(20 * MIB, 5)
      const fill = store.begin(expected)
      const read = readAll(fill.reader())
      for (let at = 0; at < body.byteLength; at += 65_536) await fill.write(body.slice(at, at + 65_536))
      const stored = await fill.finish()
      expect(stored.digest).toBe(sha256(body))
      expect(sha256(await read)).toBe(stored.digest)
      store.put(makeResponse(stored, { key: 'large' }))
      expect(store.find('large')).toBeUndefined()
    }
    expect(events).toEqual([])
    expect(store.stats().memoryBytes).toBe(bytes(0))
    expect(readdirSync(join(directory, 'tmp'))).toEqual([])
  })
})

describe('damage', () => {
  test('a body whose file was changed is not served, and its variant goes', async () => {
    for (const length of [50_000, 400_000]) {
      const before = openStore()
      const { response } = await storeResponse(before, makeBytes(length, 1), { key: 'k' })
      await before.close()
      const damaged = makeBytes(length, 1)
      damaged[length >> 1] = (damaged[length >> 1] as number) ^ 1
      writeFileSync(blobPath(response.body.digest), damaged)
      events = []
      const store = openStore()
      const variant = store.find('k')?.variants[0]
      if (variant === undefined) throw new Error('the variant is missing')
      expect(await store.content(variant)).toBeUndefined()
      expect(store.find('k')).toBeUndefined()
      expect(events).toMatchObject([{ kind: 'store-corrupt', digest: response.body.digest }])
      await store.flush()
      expect(store.stats()).toMatchObject({ variants: 0, bodies: 0 })
      await store.close()
    }
  })

  test('a body whose file is missing or short is not served; the same bytes may be stored anew', async () => {
    const body = makeBytes(400_000, 1)
    const before = openStore()
    await storeResponse(before, body, { key: 'k' })
    await before.close()
    for (const spoil of [() => rmSync(blobPath(sha256(body))), () => writeFileSync(blobPath(sha256(body)), 'short')]) {
      spoil()
      const store = openStore()
      const variant = store.find('k')?.variants[0]
      expect(variant && (await store.content(variant))).toBeUndefined()
      const again = await storeResponse(store, body, { key: 'k' })
      expect(await readContent(store, again)).toEqual(body)
      await store.close()
    }
    const store = openStore()
    const variant = store.find('k')?.variants[0]
    expect(variant && (await readContent(store, variant))).toEqual(body)
  })

  const foreign: [string, (path: string) => void][] = [
    ['no database', (path) => writeFileSync(path, makeBytes(50_000, 1))],
    ['a torn header', (path) => writeFileSync(path, readFileSync(path).subarray(0, 50))],
    [
      'a directory',
      (path) => {
        rmSync(path)
        mkdirSync(path)
      },
    ],
  ]
  for (const [title, spoil] of foreign) {
    test(`an index that is ${title} is moved aside, and an empty one begun`, async () => {
      const before = openStore()
      await storeResponse(before, makeBytes(10, 1), { key: 'k' })
      await before.close()
      spoil(join(directory, 'index.sqlite'))
      const store = openStore()
      expect(events).toMatchObject([{ kind: 'notice' }])
      expect(existsSync(join(directory, 'index.sqlite.damaged'))).toBe(true)
      expect(store.find('k')).toBeUndefined()
      await storeResponse(store, makeBytes(10, 1), { key: 'k' })
      await store.close()
      expect(openStore().find('k')).toBeDefined()
    })
  }

  test('an index that is damaged while it is in use is begun anew, with what memory has', async () => {
    const store = openStore()
    for (let i = 0; i < 500; i += 1) await storeResponse(store, makeBytes(2000, i), { key: `k${i}` })
    await storeResponse(store, makeBytes(500_000, 1), { key: 'file' })
    await store.close()
    const path = join(directory, 'index.sqlite')
    const spoiled = readFileSync(path)
    spoiled.fill(0x55, 8192)
    const reopened = openStore()
    const kept = await storeResponse(reopened, makeBytes(5000, 1), { key: 'kept' })
    writeFileSync(path, spoiled)
    for (let i = 0; i < 500; i += 1) reopened.find(`k${i}`)
    await reopened.flush()
    expect(reopened.stats().degraded).toBe(false)
    expect(await readContent(reopened, kept)).toEqual(makeBytes(5000, 1))
    await reopened.close()
    expect(openStore().find('kept')).toBeDefined()
  })
})

describe('what is secured', () => {
  /** What a start would find without the index's log: after a power cut, or when the log is lost. */
  function openWithoutLog(): CacheStore {
    const copy = mkdtempSync(join(tmpdir(), 'varyant-store-'))
    copies.push(copy)
    cpSync(join(directory, 'index.sqlite'), join(copy, 'index.sqlite'))
    return openStore({ directory: copy })
  }

  const copies: string[] = []
  afterEach(() => {
    for (const copy of copies.splice(0)) rmSync(copy, { recursive: true, force: true })
  })

  test('is in the index itself: put, and removed', async () => {
    const store = openStore()
    const variant = await storeResponse(store, makeBytes(100, 1), { key: 'removed' })
    await storeResponse(store, makeBytes(100, 2), { key: 'kept' })
    expect(await store.secure()).toBe('secured')
    expect(openWithoutLog().find('removed')).toBeDefined()
    store.remove(variant)
    await store.flush()
    expect(openWithoutLog().find('removed')).toBeDefined()
    expect(await store.secure()).toBe('secured')
    const cut = openWithoutLog()
    expect([cut.find('removed'), cut.find('kept')?.variants.length]).toEqual([undefined, 1])
  })

  test('waits for a disk that works', async () => {
    const files = makeFaultyFiles()
    const store = openStore({ files })
    files.fault = 'EIO'
    await storeResponse(store, makeBytes(100_000, 1), { key: 'k' })
    expect(await store.secure()).toBe('pending')
    files.fault = undefined
    expect(await store.secure()).toBe('secured')
  })

  test('is not, once the store is closed', async () => {
    const store = openStore()
    await storeResponse(store, makeBytes(100, 1), { key: 'k' })
    const asked = store.secure()
    await store.close()
    // Whoever waits is told, one way or the other.
    await asked
    expect(await store.secure()).toBe('pending')
  })
})
