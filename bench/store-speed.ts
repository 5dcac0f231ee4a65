// How fast the store answers, and how long it holds the event loop.
//
//   bun bench/store-speed.ts
//
// 100,000 variants with a body of 1 KiB each, in a store of two tiers whose memory holds a tenth of them.  Prints
// nanoseconds and microseconds for each look-up, the time to open the store again, and what a sweep costs.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytes, epochMillis, millis } from '../src/base/index.ts'
import type { StoredBody, StoredResponse } from '../src/cache/index.ts'
import { type CacheStore, makeTieredStore } from '../src/cache/store/index.ts'

const VARIANTS = 100_000
const directory = mkdtempSync(join(tmpdir(), 'varyant-bench-'))

function openStore(memoryMebibytes: number): CacheStore {
  return makeTieredStore({
    directory,
    memoryLimit: bytes(memoryMebibytes * 1024 ** 2),
    diskLimit: bytes(4 * 1024 ** 3),
    events: (event) => console.log(event),
  })
}

function key(i: number): string {
  return `https://b.example.com/assets/application-${i}/main.css?v=3`
}

function makeResponse(i: number, body: StoredBody): StoredResponse {
  const path = `/assets/application-${i}/main.css`
  return {
    id: `${i}`,
    key: key(i),
    location: { zone: 'zone', scheme: 'https', host: 'b.example.com', path, query: '?v=3' },
    selecting: [],
    requestFields: [],
    status: 200,
    fields: [
      ['cache-control', 'public, max-age=3600'],
      ['content-type', 'text/css; charset=utf-8'],
      ['content-length', '1024'],
      ['etag', `"${body.digest.slice(0, 32)}"`],
      ['last-modified', 'Tue, 03 Mar 2026 10:00:00 GMT'],
    ],
    tags: [],
    freshness: {
      lifetime: millis(3_600_000),
      alwaysValidate: false,
      staleWhileRevalidate: millis(0),
      staleIfError: millis(0),
      staleIfUnreachable: millis(0),
    },
    responseTime: epochMillis(1_770_000_000_000),
    initialAge: millis(0),
    revision: i % 10,
    body,
  }
}

/** Runs `work` for each of `count` numbers and prints what one run costs. */
async function timed(title: string, count: number, work: (i: number) => unknown): Promise<void> {
  const since = performance.now()
  for (let i = 0; i < count; i += 1) {
    const result = work(i)
    if (result instanceof Promise) await result
  }
  const each = ((performance.now() - since) * 1e6) / count
  console.log(`${title.padEnd(44)} ${each < 10_000 ? `${each.toFixed(0)} ns` : `${(each / 1000).toFixed(1)} us`}`)
}

/** The longest time for which the event loop did not turn while `work` ran. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = performance.now()
  let timer: ReturnType<typeof setImmediate>
  const turn = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    timer = setImmediate(turn)
  }
  timer = setImmediate(turn)
  await work()
  clearImmediate(timer)
  return longest
}

const store = openStore(24)
await timed('fill of 1 KiB, finish, put', VARIANTS, async (i) => {
  const fill = store.begin(bytes(1024))
  await fill.write(Buffer.alloc(1024, `${i} `))
  store.put(makeResponse(i, await fill.finish()))
})
await store.flush()
console.log('after that', store.stats())
const hot = key(VARIANTS - 1)
const variant = store.find(hot)?.variants[0]
if (variant === undefined) throw new Error('the last variant is not there')
await timed('peek', 5_000_000, () => store.peek(hot))
await timed('peekContent', 5_000_000, () => store.peekContent(variant))
await timed('find, nowhere', 500_000, (i) => store.find(key(-1 - i)))
await timed('find and content, on disk', 20_000, (i) => {
  const found = store.find(key(i))?.variants[0]
  return found && store.peekContent(found)
})
const storing = await longestPause(async () => {
  for (let i = 0; i < 10_000; i += 1) {
    const fill = store.begin(bytes(1024))
    await fill.write(Buffer.alloc(1024, `later ${i} `))
    store.put(makeResponse(VARIANTS + i, await fill.finish()))
    await new Promise((resolve) => setImmediate(resolve))
  }
})
console.log(`longest pause of the loop while 10,000 are stored, one a turn: ${storing.toFixed(1)} ms`)
await store.close()

const since = performance.now()
const again = openStore(24)
const opened = performance.now() - since
const found = again.find(key(5))
console.log(
  `open with ${VARIANTS} variants: ${opened.toFixed(1)} ms; first look-up by ${(performance.now() - since).toFixed(1)} ms`,
)
if (found === undefined) throw new Error('a variant is missing')
console.log(
  `longest pause of the loop while it learns what it has: ${(await longestPause(() => Bun.sleep(1000))).toFixed(1)} ms`,
)
let swept: unknown
const sweepSince = performance.now()
const pause = await longestPause(async () => {
  swept = await again.sweep(({ revision }) => revision === 3)
})
console.log(`sweep: ${(performance.now() - sweepSince).toFixed(0)} ms, longest pause ${pause.toFixed(1)} ms`, swept)
await again.close()
rmSync(directory, { recursive: true })
