// A part of the edge that fails takes down the request that met it, if any, and nothing else: the next one is served.

import { afterEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { bytes, type EdgeEvent, makeFakeClock } from '../../src/base/index.ts'
import { type CacheStore, makeTieredStore, type TieredStoreParts } from '../../src/cache/store/index.ts'
import { makeSnapshot, resolveConfig } from '../../src/config/index.ts'
import { makeFindingsBook } from '../../src/cors/sharing/index.ts'
import { type Edge, type EdgeParts, startEdge } from '../../src/edge/index.ts'
import { makeOriginClient } from '../../src/origin/index.ts'
import { makeMemoryJournal } from '../../src/purge/index.ts'
import { START_OF_TIME } from '../support/edge/index.ts'
import { type ClientResponse, get, makeScratch, type Origin, startOrigin } from '../support/index.ts'

type Stage = {
  readonly edge: Edge
  readonly origin: Origin
  readonly events: readonly EdgeEvent[]
  readonly get: (target: string) => Promise<ClientResponse>
}

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers.length = 0
})

/** The edge from its parts; `spoil` may put others in their place. */
async function stage(
  spoil: (parts: EdgeParts) => Partial<EdgeParts> = () => ({}),
  files?: TieredStoreParts['files'],
): Promise<Stage> {
  const scratch = await makeScratch()
  const origin = await startOrigin()
  const clock = makeFakeClock(START_OF_TIME)
  const events: EdgeEvent[] = []
  const sink = (event: EdgeEvent): void => void events.push(event)
  const config = resolveConfig({
    edge: { http: '127.0.0.1:0' },
    zones: [{ name: 'example.com', origins: { '*': origin.url }, settings: { browser_cache_ttl: 0 } }],
  })
  const limits = { memoryLimit: bytes(16e6), diskLimit: bytes(64e6) }
  const directory = join(scratch.path, 'cache')
  const store = makeTieredStore({ directory, ...limits, events: sink, clock, ...(files && { files }) })
  const origins = makeOriginClient()
  const parts: EdgeParts = {
    config: config.edge,
    snapshot: makeSnapshot(config, new Map(), 1),
    journal: makeMemoryJournal(clock),
    findings: makeFindingsBook(),
    ...{ store, origins, clock, events: sink },
  }
  const edge = startEdge({ ...parts, ...spoil(parts) })
  closers.push(() => scratch[Symbol.asyncDispose](), () => store.close(), () => origins.close(), () => origin.close(), () => edge.stop()) // biome-ignore format: one order
  origin.on('*', ({ target }) => ({ fields: [['Cache-Control', 'max-age=60']], body: target }))
  return { edge, origin, events, get: (target) => get(edge.httpUrl + target, [['Host', 'example.com']]) }
}

/** The same object, one of whose methods throws as long as it is told to. */
function throwing<Part extends object>(part: Part, method: keyof Part, isOn: () => boolean): Part {
  return new Proxy(part, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      const bound = value.bind(target) as (...given: readonly unknown[]) => unknown
      if (name !== method) return bound
      return (...given: readonly unknown[]) => {
        if (isOn()) throw new TypeError(`injected into ${String(name)}`)
        return bound(...given)
      }
    },
  })
}

describe('an exception that nobody expected', () => {
  test.each([
    ['in the origin client, on a request that may be cached', 'send', '/a.css'],
    ['in the origin client, on one that may not', 'send', '/page'],
    ['in the store, looking up', 'find', '/a.css'],
    ['in the store, taking in', 'begin', '/a.css'],
  ] as const)('%s: 500, an event, and the next request is served', async (_, method, target) => {
    let isOn = true
    const on = await stage((parts) => {
      if (method === 'send') return { origins: throwing(parts.origins, 'send', () => isOn) }
      return { store: throwing(parts.store, method, () => isOn) }
    })
    const failed = await on.get(target)
    expect([failed.status, failed.field('cache-control')]).toEqual([500, 'private, no-store'])
    expect(failed.text).toContain(failed.field('cf-ray') ?? 'no ray')
    expect(failed.text).not.toContain('injected')
    const told = on.events.filter(({ kind }) => kind === 'unexpected' || kind === 'background-failed')
    expect(told.map((event) => ('reason' in event ? event.reason : ''))).toContainEqual(
      expect.stringContaining(`injected into ${method}`),
    )
    isOn = false
    expect([(await on.get(target)).status, (await on.get('/other.css')).text]).toEqual([200, '/other.css'])
  })

  test('in the store once the answer is on its way: the client has all of it', async () => {
    let isOn = true
    const on = await stage(({ store }) => ({ store: throwing(store, 'put', () => isOn) }))
    const answer = await on.get('/a.css')
    expect([answer.status, answer.text, answer.truncated]).toEqual([200, '/a.css', false])
    isOn = false
    expect((await on.get('/a.css')).cacheStatus).toBe('MISS')
    expect((await on.get('/a.css')).cacheStatus).toBe('HIT')
  })

  test('in the content as it is taken in: the answer breaks off, and nothing is stored', async () => {
    let isOn = true
    const on = await stage(({ store }) => ({ store: withBrokenFills(store, () => isOn) }))
    const answer = await on.get('/a.css').catch(() => undefined)
    expect(answer === undefined || answer.truncated || answer.status >= 500).toBe(true)
    isOn = false
    expect([(await on.get('/a.css')).text, (await on.get('/a.css')).cacheStatus]).toEqual(['/a.css', 'HIT'])
  })
})

describe('a full disk', () => {
  const full = (): never => {
    throw Object.assign(new Error('ENOSPC: injected'), { code: 'ENOSPC' })
  }
  const files: TieredStoreParts['files'] = {
    create: async () => full(),
    openToRead: async () => full(),
    move: async () => full(),
    remove: async () => undefined,
    list: async () => [],
    writtenAt: () => undefined,
    removeNow: full,
  }

  const asked = async (on: Stage, bodyLength: number): Promise<void> => {
    const body = Buffer.alloc(bodyLength, 'x')
    on.origin.on(`/${bodyLength}.css`, { fields: [['Cache-Control', 'max-age=60']], body })
    for (let i = 0; i < 3; i += 1) {
      const answer = await on.get(`/${bodyLength}.css`)
      expect([answer.status, answer.truncated, body.equals(answer.body)]).toEqual([200, false, true])
    }
  }

  test('is an event once, and no error for any client: what memory takes is stored there', async () => {
    const on = await stage(undefined, files)
    await asked(on, 100_000)
    expect((await on.get('/100000.css')).cacheStatus).toBe('HIT')
    expect(on.events.flatMap(({ kind }) => (kind === 'access' ? [] : [kind]))).toEqual(['store-degraded'])
  })

  test('and larger bodies pass through', async () => {
    const on = await stage(undefined, files)
    await asked(on, 1_000_000)
    await asked(on, 8_000_000)
    expect(on.events.flatMap(({ kind }) => (kind === 'access' ? [] : [kind]))).toEqual(['store-degraded'])
  })
})

function withBrokenFills(store: CacheStore, isOn: () => boolean): CacheStore {
  const begin: CacheStore['begin'] = (expected) => throwing(store.begin(expected), 'write', isOn)
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'begin') return begin
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
