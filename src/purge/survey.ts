// What would a purge take?  For dry runs, and for the counts in a purge's answer.
//
// Nothing is changed.  A purge itself needs no walk over the store (apply.ts), so its counts are given only where the
// store is small enough to be walked in the answer's time.

import type { CacheStore, StoredResponse } from '../cache/index.ts'
import { isNote } from '../cors/index.ts'
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

/** The walk holds the event loop for no more responses than this. */
const STEP_RESPONSES = 250

/** The survey, in small steps that let others run. */
export async function survey(parts: SurveyParts, zone: string, selectors: readonly Selector[]): Promise<Survey> {
  const walk = walkStore(parts, zone, selectors)
  for (;;) {
    const step = walk.next()
    if (step.done === true) return step.value
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The survey, at once: only for small stores. */
export function surveyNow(parts: SurveyParts, zone: string, selectors: readonly Selector[]): Survey {
  const walk = walkStore(parts, zone, selectors)
  for (;;) {
    const step = walk.next()
    if (step.done === true) return step.value
  }
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
