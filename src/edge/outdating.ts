// What is stored under a key is outdated by something else than time: it goes from the store, and, where other processes
// serve from the same store, from their memories and from what they are fetching.

import type { CacheKey } from '../cache/index.ts'
import type { EdgeServices } from './edge.ts'

/** What other processes write while they are being told is looked for once more; they were told by then. */
const ROUNDS = 3

/** Removes it here, and answers whether there was anything; a promise resolves when it is so everywhere. */
export function removeEverywhere(
  keys: readonly CacheKey[],
  edge: EdgeServices,
): { readonly found: ReadonlySet<CacheKey>; readonly settled: Promise<void> | undefined } {
  for (const key of keys) edge.flights.outdate(key)
  const found = new Set(keys.filter((key) => removeStored(key, edge)))
  return { found, settled: edge.siblings === undefined ? undefined : removeElsewhere(keys, edge) }
}

async function removeElsewhere(keys: readonly CacheKey[], edge: EdgeServices): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await edge.siblings?.outdate(keys)
    if (!keys.map((key) => removeStored(key, edge)).includes(true)) return
  }
}

/** Removes every variant under a key; answers whether there was one. */
export function removeStored(key: CacheKey, { store }: Pick<EdgeServices, 'store'>): boolean {
  const entry = store.find(key)
  for (const variant of entry?.variants ?? []) store.remove(variant)
  return entry !== undefined
}
