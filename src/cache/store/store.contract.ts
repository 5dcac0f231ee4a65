// The contract suite: what every store must do, whatever it is made of.  `memory-store.test.ts` and `tiered.test.ts`
// run it.

import { afterEach, describe, expect, test } from 'bun:test'
import { type Bytes, bytes, type EdgeEvent } from '../../base/index.ts'
import type { CacheStore, Fill, Variant } from './contract.ts'
import { MAX_VARIANTS_PER_KEY } from './limits.ts'
import { makeBytes, makeResponse, readAll, readContent, sha256, storeBody, storeResponse } from './store.fixture.ts'

export type StoreUnderTest = {
  readonly store: CacheStore
  readonly events: readonly EdgeEvent[]
  /** Closes the store and removes what it left. */
  dispose(): Promise<void>
}

/** Runs the suite against stores that `open` makes, with the given memory limit. */
export function storeContract(title: string, open: (memoryLimit: Bytes) => StoreUnderTest): void {
  let opened: StoreUnderTest[] = []
  function openStore(memoryLimit = 64 * 1024 * 1024): CacheStore {
    const under = open(bytes(memoryLimit))
    opened.push(under)
    return under.store
  }
  afterEach(async () => {
    for (const under of opened) await under.dispose()
    opened = []
  })
  describe(`${title}: entries`, () => entriesContract(openStore))
  describe(`${title}: bodies`, () => bodiesContract(openStore))
  describe(`${title}: fills`, () => fillsContract(openStore))
  describe(`${title}: limits`, () => limitsContract(openStore))
  describe(`${title}: sweeps`, () => sweepsContract(openStore))
}

type Open = (memoryLimit?: number) => CacheStore

function entriesContract(open: Open): void {
  test('a key that nothing was stored under has no entry', () => {
    const store = open()
    expect(store.peek('nothing')).toBeUndefined()
    expect(store.find('nothing')).toBeUndefined()
  })

  test('a stored response is found under its key, as it was', async () => {
    const store = open()
    const response = makeResponse(await storeBody(store, makeBytes(100, 1)), { key: 'k' })
    const variant = store.put(response)
    expect(variant.response).toEqual(response)
    expect(store.peek('k')?.variants[0]).toBe(variant)
    expect(store.find('k')?.variants).toHaveLength(1)
    expect(variant.checkedRevision).toBe(response.revision)
    expect(variant.invalidatedAt).toBeUndefined()
  })

  test('inspecting a key tells its variants, the newest first, and nothing of a key without any', async () => {
    const store = open()
    for (const value of ['de', 'en']) {
      await storeResponse(store, makeBytes(10, 1), { key: 'k', selecting: [['accept-language', value]] })
    }
    expect(store.inspect('k')).toEqual(store.find('k')?.variants ?? [])
    expect(store.inspect('k').map(({ response }) => response.selecting[0]?.[1])).toEqual(['en', 'de'])
    expect(store.inspect('nothing')).toEqual([])
  })

  test('variants of one key stand in one entry, the newest first', async () => {
    const store = open()
    for (const value of ['de', 'en', undefined]) {
      await storeResponse(store, makeBytes(10, 1), { key: 'k', selecting: [['accept-language', value]] })
    }
    const values = store.find('k')?.variants.map(({ response }) => response.selecting[0]?.[1])
    expect(values).toEqual([undefined, 'en', 'de'])
  })

  test('a response with the same selecting values replaces the older one', async () => {
    const store = open()
    const selecting = [['accept', 'image/webp']] as const
    const older = await storeResponse(store, makeBytes(10, 1), { key: 'k', selecting })
    await storeResponse(store, makeBytes(10, 2), { key: 'k', selecting: [['accept', undefined]] })
    const newer = await storeResponse(store, makeBytes(10, 3), { key: 'k', selecting })
    const entry = store.find('k')
    expect(entry?.variants).toHaveLength(2)
    expect(entry?.variants[0]).toBe(newer)
    expect(entry?.variants).not.toContain(older)
  })

  test('a list of variants that was given out does not change', async () => {
    const store = open()
    const variant = await storeResponse(store, makeBytes(10, 1), { key: 'k', selecting: [['a', '1']] })
    const before = store.peek('k')?.variants
    await storeResponse(store, makeBytes(10, 1), { key: 'k', selecting: [['a', '2']] })
    store.remove(variant)
    expect(before).toEqual([variant])
  })

  test('an entry has at most MAX_VARIANTS_PER_KEY variants; the oldest goes', async () => {
    const store = open()
    const body = await storeBody(store, makeBytes(10, 1))
    for (let i = 0; i <= MAX_VARIANTS_PER_KEY; i += 1) {
      store.put(makeResponse(body, { key: 'k', selecting: [['a', `${i}`]] }))
    }
    const values = store.find('k')?.variants.map(({ response }) => response.selecting[0]?.[1])
    expect(values).toHaveLength(MAX_VARIANTS_PER_KEY)
    expect(values?.[0]).toBe(`${MAX_VARIANTS_PER_KEY}`)
    expect(values).not.toContain('0')
  })

  test('a removed variant is not found again, and its neighbours are', async () => {
    const store = open()
    const one = await storeResponse(store, makeBytes(10, 1), { key: 'k', selecting: [['a', '1']] })
    const two = await storeResponse(store, makeBytes(10, 2), { key: 'k', selecting: [['a', '2']] })
    store.remove(one)
    expect(store.find('k')?.variants).toEqual([two])
    store.remove(two)
    store.remove(two)
    expect(store.peek('k')).toBeUndefined()
    await store.flush()
    expect(store.find('k')).toBeUndefined()
    expect(store.stats()).toMatchObject({ variants: 0, bodies: 0 })
  })

  test('I6: what is prepared of a variant is told, once, when another comes before it and when it goes', async () => {
    const store = open(200_000)
    const told: string[] = []
    const prepare = (variant: Variant, name: string): Variant => {
      variant.prepared = { forget: () => void told.push(name) }
      return variant
    }
    const variantOf = (language: string): Promise<Variant> =>
      storeResponse(store, makeBytes(10, 1), { key: 'k', selecting: [['accept-language', language]] })
    const first = prepare(await variantOf('de'), 'preceded')
    expect(told).toEqual([])
    prepare(await variantOf('en'), 'replaced')
    expect(told).toEqual(['preceded'])
    prepare(await variantOf('en'), 'removed')
    expect(told).toEqual(['preceded', 'replaced'])
    for (const variant of store.peek('k')?.variants ?? []) store.remove(variant)
    expect(told).toEqual(['preceded', 'replaced', 'removed'])
    expect([first.prepared, store.peek('k')]).toEqual([undefined, undefined])
    prepare(await variantOf('de'), 'evicted')
    for (let seed = 2; told.length === 3 && seed < 500; seed += 1) {
      await storeResponse(store, makeBytes(1000, seed))
    }
    expect(told).toEqual(['preceded', 'replaced', 'removed', 'evicted'])
  })

  test('a freshened response keeps the body of the response that it replaces', async () => {
    const store = open()
    const body = makeBytes(1000, 1)
    const stale = await storeResponse(store, body, { key: 'k' })
    await store.flush()
    const freshened = store.put({ ...stale.response, id: 'new', fields: [['etag', '"2"']] })
    expect(store.find('k')?.variants).toEqual([freshened])
    expect(await readContent(store, freshened)).toEqual(body)
  })
}

function bodiesContract(open: Open): void {
  for (const length of [0, 1, 1000, 16 * 1024, 16 * 1024 + 1, 256 * 1024, 256 * 1024 + 1, 3 * 1024 * 1024]) {
    test(`a body of ${length} bytes is named by its SHA-256 and comes back whole`, async () => {
      const store = open()
      const body = makeBytes(length, length)
      const stored = await storeBody(store, body, 50_000)
      expect(stored).toEqual({ digest: sha256(body), length: bytes(length) })
      const variant = store.put(makeResponse(stored))
      const content = await store.content(variant)
      expect(content?.length).toBe(bytes(length))
      expect(await readContent(store, variant)).toEqual(body)
    })
  }

  test('the content of a body in memory is one object, whose blob has the same bytes', async () => {
    const store = open()
    const body = makeBytes(2000, 1)
    const variant = await storeResponse(store, body)
    const content = store.peekContent(variant)
    expect(content?.kind).toBe('memory')
    expect(store.peekContent(variant)).toBe(content)
    if (content?.kind !== 'memory') return
    expect(content.blob).toBe(content.blob)
    expect(await content.blob.bytes()).toEqual(body)
  })

  test('equal bodies are one object', async () => {
    const store = open()
    for (let i = 0; i < 50; i += 1) await storeResponse(store, makeBytes(10_000, 7), { key: `k${i}` })
    expect(store.stats()).toMatchObject({ variants: 50, bodies: 1 })
    expect(store.stats().memoryBytes).toBeLessThan(10_000 + 50 * 2000)
  })

  test('a body outlives one of the two variants that share it', async () => {
    const store = open()
    const body = makeBytes(20_000, 7)
    const one = await storeResponse(store, body, { key: 'one' })
    const two = await storeResponse(store, body, { key: 'two' })
    store.remove(one)
    await store.flush()
    expect(await readContent(store, two)).toEqual(body)
    store.remove(two)
    await store.flush()
    expect(store.stats()).toMatchObject({ variants: 0, bodies: 0 })
  })

  test('a response with a body that the store does not have is not retained', () => {
    const store = open()
    const variant = store.put(makeResponse({ digest: 'ab'.repeat(32), length: bytes(5) }, { key: 'k' }))
    expect(store.find('k')).toBeUndefined()
    expect(store.peekContent(variant)).toBeUndefined()
  })
}

function fillsContract(open: Open): void {
  test('a reader sees the bytes as they arrive, from the first one', async () => {
    const fill = open().begin()
    void fill.write(makeBytes(5000, 1))
    const reader = fill.reader().getReader()
    expect((await reader.read()).value).toEqual(makeBytes(5000, 1))
    const next = reader.read()
    void fill.write(makeBytes(6000, 2))
    expect((await next).value).toEqual(makeBytes(6000, 2))
    const last = reader.read()
    await fill.finish()
    expect((await last).done).toBe(true)
  })

  test('readers that join at any time read the whole body', async () => {
    const body = makeBytes(900_000, 3)
    const fill = open().begin()
    const readers: Promise<Uint8Array>[] = []
    for (let at = 0; at < body.byteLength; at += 30_000) {
      readers.push(readAll(fill.reader()))
      await fill.write(body.slice(at, at + 30_000))
    }
    await fill.finish()
    readers.push(readAll(fill.reader()))
    for (const read of await Promise.all(readers)) expect(sha256(read)).toBe(sha256(body))
  })

  test('a body that drips in byte by byte is whole', async () => {
    const body = makeBytes(20_000, 3)
    const fill = open().begin()
    const read = readAll(fill.reader())
    for (const byte of body) await fill.write(Uint8Array.of(byte))
    const stored = await fill.finish()
    expect(stored.digest).toBe(sha256(body))
    expect(await read).toEqual(body)
  })

  test('a reader that never reads does not stop the fill', async () => {
    const store = open()
    const fill = store.begin()
    const lazy = fill.reader()
    const cancelled = fill.reader()
    const body = makeBytes(12_000_000, 9)
    for (let at = 0; at < body.byteLength; at += 65_536) {
      await fill.write(body.slice(at, at + 65_536))
      if (at === 65_536 * 3) await cancelled.cancel()
    }
    expect((await fill.finish()).digest).toBe(sha256(body))
    expect(sha256(await readAll(lazy))).toBe(sha256(body))
  })

  test.each([
    ['a body of memory', 100_000],
    ['a body of the disk', 6_000_000],
  ])('%s that turns out longer than is kept goes on to its readers, and is not kept', async (_, longest) => {
    const store = open()
    const body = makeBytes(longest * 3, 9)
    const fill = store.begin(undefined, bytes(longest))
    const lagging = readAll(fill.reader())
    expect(fill.isKept).toBe(true)
    for (let at = 0; at < body.byteLength; at += 65_536) await fill.write(body.slice(at, at + 65_536))
    expect(fill.isKept).toBe(false)
    await expect(readAll(fill.reader())).rejects.toThrow('too large to be kept')
    await fill.finish()
    expect(sha256(await lagging)).toBe(sha256(body))
    await store.flush()
    expect(store.stats()).toMatchObject({ bodies: 0, memoryBytes: 0, diskBytes: 0 })
  })

  test('an aborted fill ends its readers with the reason, and stores nothing', async () => {
    const store = open()
    const fill = store.begin()
    void fill.write(makeBytes(100, 1))
    const early = fill.reader().getReader()
    await early.read()
    const waiting = early.read()
    fill.abort(new Error('the origin server went away'))
    expect(fill.state).toBe('aborted')
    await expect(waiting).rejects.toThrow('the origin server went away')
    await expect(fill.reader().getReader().read()).rejects.toThrow('the origin server went away')
    fill.abort(new Error('again'))
    expect(fill.write(makeBytes(1, 1))).toBeUndefined()
    expect(store.stats()).toMatchObject({ variants: 0, bodies: 0, memoryBytes: 0 })
  })

  test('a finished fill can neither be written to nor finished again', async () => {
    const fill: Fill = open().begin()
    void fill.write(makeBytes(10, 1))
    await fill.finish()
    expect(fill.state).toBe('finished')
    expect(() => fill.write(makeBytes(1, 1))).toThrow('I2')
    await expect(fill.finish()).rejects.toThrow('I2')
  })

  test('a thousand readers over HTTP get the right bytes', async () => {
    const store = open()
    const body = makeBytes(600_000, 11)
    const fill = store.begin()
    const server = Bun.serve({ port: 0, fetch: () => new Response(fill.reader()) })
    const clients = Array.from({ length: 1000 }, async () => {
      const response = await fetch(server.url)
      return sha256(new Uint8Array(await response.arrayBuffer()))
    })
    for (let at = 0; at < body.byteLength; at += 20_000) {
      await fill.write(body.slice(at, at + 20_000))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await fill.finish()
    expect(new Set(await Promise.all(clients))).toEqual(new Set([sha256(body)]))
    await server.stop(true)
  })
}

function limitsContract(open: Open): void {
  const LIMIT = 2 * 1024 * 1024

  test('memory stays within its limit, whatever is stored', async () => {
    const store = open(LIMIT)
    for (let i = 0; i < 600; i += 1) {
      await storeResponse(store, makeBytes(10_000, i))
      expect(store.stats().memoryBytes).toBeLessThanOrEqual(LIMIT)
    }
  })

  test('memory stays within its limit when all that is stored is records', async () => {
    const store = open(LIMIT)
    const body = await storeBody(store, makeBytes(10, 1))
    for (let i = 0; i < 5000; i += 1) {
      store.put(makeResponse(body, { fields: [['content-security-policy', `${i}`.repeat(100)]] }))
    }
    expect(store.stats().memoryBytes).toBeLessThanOrEqual(LIMIT)
  })

  test('a scan of responses that are used once does not push out those in use', async () => {
    const store = open(LIMIT)
    const inUse: string[] = []
    for (let i = 0; i < 40; i += 1) inUse.push((await storeResponse(store, makeBytes(10_000, i))).response.key)
    let missed = 0
    for (let i = 0; i < 2000; i += 1) {
      await storeResponse(store, makeBytes(10_000, 1000 + i))
      const entry = store.peek(inUse[i % inUse.length] as string)
      if (entry === undefined) missed += 1
    }
    expect(missed).toBeLessThan(100)
  })

  test('fills under way count', async () => {
    const store = open(LIMIT)
    for (let i = 0; i < 50; i += 1) await storeResponse(store, makeBytes(30_000, i))
    const fills = Array.from({ length: 10 }, (_, i) => {
      const fill = store.begin()
      void fill.write(makeBytes(100_000, 100 + i))
      return fill
    })
    expect(store.stats().memoryBytes).toBeGreaterThanOrEqual(10 * 100_000)
    expect(store.stats().memoryBytes).toBeLessThanOrEqual(LIMIT)
    for (const fill of fills) fill.abort(new Error('over'))
    for (let i = 0; i < 10; i += 1) store.peek('x')
    expect(store.stats().memoryBytes).toBeLessThanOrEqual(LIMIT - 10 * 100_000)
  })
}

function sweepsContract(open: Open): void {
  test('a sweep removes what must go, and counts variants and bodies', async () => {
    const store = open()
    for (let i = 0; i < 1000; i += 1) {
      const zone = i % 2 === 0 ? 'gone' : 'stays'
      await storeResponse(store, makeBytes(100, i % 10), { key: `k${i}`, zone })
    }
    const shared = await storeResponse(store, makeBytes(100, 0), { key: 'shared', zone: 'stays' })
    const swept = await store.sweep((response) => response.location.zone === 'gone')
    // Even numbers share the bodies 0, 2, 4, 6 and 8; the first of them is still in use.
    expect(swept).toEqual({ variants: 500, bodies: 4 })
    expect(store.find('k0')).toBeUndefined()
    expect(store.find('k1')).toBeDefined()
    expect(await readContent(store, shared)).toEqual(makeBytes(100, 0))
    expect([...store.responses()]).toHaveLength(501)
    expect(await store.sweep((response) => response.location.zone === 'gone')).toEqual({ variants: 0, bodies: 0 })
  })

  test('a sweep lets the event loop turn', async () => {
    const store = open()
    const body = await storeBody(store, makeBytes(100, 1))
    for (let i = 0; i < 5000; i += 1) store.put(makeResponse(body))
    let turns = 0
    const count = (): void => {
      turns += 1
      timer = setImmediate(count)
    }
    let timer = setImmediate(count)
    await store.sweep(() => false)
    clearImmediate(timer)
    expect(turns).toBeGreaterThan(5)
  })

  test('every stored response is listed once', async () => {
    const store = open()
    const keys = Array.from({ length: 300 }, (_, i) => `k${i}`)
    for (const key of keys) await storeResponse(store, makeBytes(10, 1), { key })
    const listed = [...store.responses()].map(({ key }) => key)
    expect(listed.sort()).toEqual(keys.sort())
  })
}
