// What a small variant costs in memory beside its body.  The budget is 1 KB.
//
//   bun bench/store-memory.ts [memory|tiered] [origins|urls]
//   bun bench/store-memory.ts --json          the first of these as JSON, for run.ts, which judges it
//
// Stores 100,000 variants, twice: 1,000 URLs for 100 Origins each, where the copies of a URL share their body, and
// 100,000 URLs without Origin.  The records are built as the edge builds them, every string anew, as if each had come
// off a socket.  Prints bytes per variant by resident memory and by JavaScript heap, both after a full collection, and
// fails when a variant costs more than the budget.

import { heapStats } from 'bun:jsc'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytes, epochMillis, millis } from '../src/base/index.ts'
import type { StoredBody, StoredResponse } from '../src/cache/index.ts'
import { type CacheStore, makeMemoryStore, makeTieredStore } from '../src/cache/store/index.ts'

const BUDGET_BYTES = 1024
const VARIANTS = 100_000
const BODY_BYTES = 1024
const MEMORY_LIMIT = bytes(4 * 1024 ** 3)

/** A string with bytes of its own, as one that was parsed off a socket has. */
function fresh(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

function makeResponse(url: number, origin: string | undefined, body: StoredBody, at: number): StoredResponse {
  const path = fresh(`/assets/application-${url}/styles/main.css`)
  const host = fresh('b.example.com')
  const fields: [string, string][] = [
    ['cache-control', 'public, max-age=3600, stale-while-revalidate=60'],
    ['content-type', 'text/css; charset=utf-8'],
    ['content-length', `${BODY_BYTES}`],
    ['etag', `"${body.digest.slice(0, 32)}"`],
    ['last-modified', 'Tue, 03 Mar 2026 10:00:00 GMT'],
    ['date', new Date(1_770_000_000_000 + Math.floor(at / 50) * 1000).toUTCString()],
    ['server', 'nginx/1.27.0'],
    ['vary', 'Accept-Encoding, Origin'],
    ['x-content-type-options', 'nosniff'],
  ]
  if (origin !== undefined) fields.push(['access-control-allow-origin', origin])
  return {
    id: fresh(crypto.randomUUID().slice(0, 18)),
    key: fresh(`https://${host}${path}?v=3${origin === undefined ? '' : ` origin=${origin}`}`),
    location: {
      zone: fresh('0123456789abcdef0123456789abcdef'),
      scheme: fresh('https'),
      host,
      path,
      query: fresh('?v=3'),
    },
    selecting: [],
    requestFields: origin === undefined ? [] : [['origin', fresh(origin)]],
    status: 200,
    fields: fields.map(([name, value]) => [fresh(name), fresh(value)]),
    tags: [fresh('assets'), fresh(`release-${url % 10}`)],
    freshness: {
      lifetime: millis(3_600_000),
      alwaysValidate: false,
      staleWhileRevalidate: millis(60_000),
      staleIfError: millis(0),
      staleIfUnreachable: millis(0),
    },
    responseTime: epochMillis(1_770_000_000_000 + at),
    initialAge: millis(0),
    revision: 1,
    body: { digest: fresh(body.digest), length: body.length },
  }
}

async function storeBody(store: CacheStore, url: number): Promise<StoredBody> {
  const fill = store.begin(bytes(BODY_BYTES))
  await fill.write(Buffer.alloc(BODY_BYTES, `${url} `))
  return fill.finish()
}

async function measured(): Promise<{ rss: number; heap: number }> {
  for (let i = 0; i < 3; i += 1) {
    Bun.gc(true)
    await Bun.sleep(500)
  }
  return { rss: process.memoryUsage.rss(), heap: heapStats().heapSize }
}

async function measure(title: string, urls: number, origins: number, store: CacheStore): Promise<void> {
  // One round beforehand, so that compiled code and caches are not counted.
  for (let i = 0; i < 500; i += 1) store.put(makeResponse(-i, 'https://warm.example', await storeBody(store, -i), i))
  // What making the records leaves behind is the benchmark's, not the store's.
  const warm = await storeBody(store, -1)
  for (let i = 0; i < VARIANTS; i += 1) makeResponse(i, 'https://warm.example', warm, i)
  await store.flush()
  const accountedBefore = store.stats().memoryBytes
  const before = await measured()
  for (let url = 0; url < urls; url += 1) {
    const body = await storeBody(store, url)
    for (let origin = 0; origin < origins; origin += 1) {
      const from = origins === 1 ? undefined : `https://tenant-${origin}.customers.example`
      store.put(makeResponse(url, from, body, url * origins + origin))
    }
  }
  await store.flush()
  const after = await measured()
  const bodies = urls * BODY_BYTES
  const perVariant = (total: number): number => Math.round((total - bodies) / VARIANTS)
  const rss = perVariant(after.rss - before.rss)
  const heap = perVariant(after.heap - before.heap)
  const accounted = perVariant(store.stats().memoryBytes - accountedBefore)
  if (isJson) {
    console.log(JSON.stringify({ bytesPerVariant: rss, heapBytesPerVariant: heap, countedBytesPerVariant: accounted }))
    return
  }
  console.log(`${title}: ${rss} bytes resident, ${heap} bytes of heap, ${accounted} bytes as the store counts`)
  if (store.stats().variants !== VARIANTS + 500) throw new Error(`${store.stats().variants} variants were kept`)
  if (heap > BUDGET_BYTES || rss > BUDGET_BYTES * 1.1) process.exitCode = 1
}

const isJson = process.argv.includes('--json')
const [kind = 'memory', layout = 'origins'] = process.argv.slice(2).filter((word) => word !== '--json')
const directory = mkdtempSync(join(tmpdir(), 'varyant-bench-'))
const events = (): void => {}
const store =
  kind === 'tiered'
    ? makeTieredStore({ directory, memoryLimit: MEMORY_LIMIT, diskLimit: MEMORY_LIMIT, events })
    : makeMemoryStore({ memoryLimit: MEMORY_LIMIT, events })
if (layout === 'origins') await measure(`${kind}, 1,000 URLs for 100 Origins`, 1000, 100, store)
else await measure(`${kind}, 100,000 URLs`, 100_000, 1, store)
await store.close()
rmSync(directory, { recursive: true })
