// What would a purge take?  For dry runs, and for the counts in a purge's answer.
//
// Nothing is changed.  A purge itself needs no walk over the store (apply.ts), so it is counted only as far as that goes in
// the answer's time: whole, when the store can be walked; otherwise what is looked up by key.

import type { Millis } from '../base/index.ts'
import type { CacheStore, StoredResponse } from '../cache/index.ts'
import { isNote } from '../cors/sharing/index.ts'
import { fieldValue } from '../http/index.ts'
import type { PurgeJournal } from './journal-contract.ts'
import type { Selector } from './selector.ts'
import { makeStandingIndex } from './standing.ts'

export type Survey = {
  /** Stored responses that are concerned. */
  readonly variants: number
  /** Distinct bodies that only those have. */
  readonly bodies: number
  /** The first of them, in the store's order. */
  readonly listed: readonly StoredResponse[]
  /** Whose copies they are: the first MAX_LISTED askers. */
  readonly origins: readonly CopiesOfOrigin[]
}

/** How many copies an asker has: an Origin, null for requests without one, `*` for what every Origin shares. */
export type CopiesOfOrigin = { readonly origin: string | null; readonly variants: number }

export type SurveyParts = {
  readonly journal: Pick<PurgeJournal, 'standing'>
  readonly store: Pick<CacheStore, 'responses'>
}

/** Responses that a dry run lists at most; it counts all. */
export const MAX_LISTED = 1_000

/** The walk gives way, or looks at its time, after so many responses. */
const STEP_RESPONSES = 32
/** Beyond so many no walk ends in time, so none is begun. */
const MAX_COUNTED_VARIANTS = 10_000
/** Steps of a count that are taken whatever the time: a busy machine still tells what a small store loses. */
const MIN_COUNTED_STEPS = 4
/** Keys that are looked up for the sake of an answer. */
const MAX_LOOKED_UP_KEYS = 20

/** The survey, in small steps that let others run. */
export async function survey(parts: SurveyParts, zone: string, selectors: readonly Selector[]): Promise<Survey> {
  const walk = walkStore(parts, zone, selectors)
  for (;;) {
    const step = walk.next()
    if (step.done === true) return step.value
    await new Promise((resolve) => setImmediate(resolve))
  }
}

type CountParts = SurveyParts & { readonly store: Pick<CacheStore, 'find' | 'stats'> }

/** What a purge takes; undefined is what could not be counted in time. */
export type Taken = { readonly variants: number | undefined; readonly bodies: number | undefined }

/** Counts at once, for about `limit` at most; a small store is counted in any case. */
export function countWithin(parts: CountParts, zone: string, selectors: readonly Selector[], limit: Millis): Taken {
  const isLarge = parts.store.stats().variants > MAX_COUNTED_VARIANTS
  const until = isLarge ? Number.NEGATIVE_INFINITY : performance.now() + limit
  const walk = walkStore(parts, zone, selectors)
  for (let steps = 0; (!isLarge && steps < MIN_COUNTED_STEPS) || performance.now() < until; steps += 1) {
    const step = walk.next()
    if (step.done === true) return { variants: step.value.variants, bodies: step.value.bodies }
  }
  return { variants: countKeys(parts, selectors), bodies: undefined }
}

/** The variants under the keys, when nothing but some keys is named. */
function countKeys({ journal, store }: CountParts, selectors: readonly Selector[]): number | undefined {
  const keys = new Set(selectors.map((selector) => (selector.kind === 'key' ? selector.key : undefined)))
  if (keys.has(undefined) || keys.size > MAX_LOOKED_UP_KEYS) return undefined
  let variants = 0
  for (const key of keys) {
    for (const { response } of store.find(key ?? '')?.variants ?? []) {
      if (!isNote(response) && journal.standing(response).kind !== 'purged') variants += 1
    }
  }
  return variants
}

function* walkStore(
  { journal, store }: SurveyParts,
  zone: string,
  selectors: readonly Selector[],
): Generator<undefined, Survey> {
  // One index for all selectors, so that five hundred of them cost no more than one.
  const index = makeStandingIndex()
  index.note({ revision: Number.MAX_SAFE_INTEGER, zone, action: 'purge', selectors, at: 0 })
  const isConcerned = (response: StoredResponse): boolean => index.standing(response).kind === 'purged'
  // What an earlier purge took is gone already, though its space may not be given back yet.
  const isGone = (response: StoredResponse): boolean => journal.standing(response).kind === 'purged'

  let walked = 0
  let variants = 0
  const listed: StoredResponse[] = []
  const origins = new Map<string | null, number>()
  const going = new Set<number>()
  const staying = new Set<number>()
  for (const response of store.responses()) {
    walked += 1
    if (walked % STEP_RESPONSES === 0) yield
    // A note is nothing that anybody put into the cache.
    if (isNote(response) || isGone(response)) continue
    if (!isConcerned(response)) {
      staying.add(shortDigest(response))
      continue
    }
    variants += 1
    going.add(shortDigest(response))
    if (listed.length < MAX_LISTED) listed.push(response)
    const asker = askerOf(response)
    if (origins.has(asker) || origins.size < MAX_LISTED) origins.set(asker, (origins.get(asker) ?? 0) + 1)
  }
  return { variants, bodies: going.difference(staying).size, listed, origins: [...origins].map(copiesOf) }
}

function copiesOf([origin, variants]: readonly [string | null, number]): CopiesOfOrigin {
  return { origin, variants }
}

/** A key has no space but between its parts (cache/key.ts), so only a shared one has this among them. */
function askerOf({ key, requestFields }: StoredResponse): string | null {
  return key.includes(' any-origin ') ? '*' : (fieldValue(requestFields, 'origin') ?? null)
}

/** 52 bits of the digest: enough to count by, and a fifth of the memory of the whole. */
function shortDigest({ body }: StoredResponse): number {
  return Number.parseInt(body.digest.slice(0, 13), 16)
}
