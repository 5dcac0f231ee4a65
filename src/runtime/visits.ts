// Visits that are under way, by their ray: which stages they pass, how far they have come, and what they have cost.
// CF rules/snippets/errors; docs/decisions/0083
//
//   [snippet, snippet, Worker]     a stage goes on by fetching the request that it was given: that is the next stage's
//
// V1  A script can only name visits of its own zone, and go on only from the stage that it is.

import { type CfKnobs, NO_KNOBS } from './cf-knobs.ts'
import type { ScriptFault, Visit } from './contract.ts'

// DEVIATION CF rules/snippets: neither 5 ms of processor time nor 2 MB of memory, since an empty isolate is larger; docs/decisions/0083.
/** Cloudflare's figure for its largest plan: nobody pays for a plan here.  CF rules/snippets §Limits */
export const MAX_SNIPPET_SUBREQUESTS = 5

export type LiveVisit = {
  readonly visit: Visit
  /** Stages, by index, that have gone on. */
  readonly continued: Set<number>
  /** Other requests, by the index of the snippet that made them. */
  readonly subrequests: number[]
  /** The faults of snippets that broke a limit, by index: their answers do not count. */
  readonly faults: Map<number, ScriptFault>
  /** What the stages so far have said about caching; the last one that said anything. */
  knobs: CfKnobs
}

/** What a request of a snippet comes to. */
export type SnippetStep = { readonly kind: 'allowed' } | { readonly kind: 'refused'; readonly fault: ScriptFault }

const ALLOWED: SnippetStep = { kind: 'allowed' }

/** A visit is known for this long after its answer's head, and at most twice as long: its script may still be writing. */
const REMEMBERED_MILLIS = 5_000

export class Visits {
  readonly #live = new Map<string, LiveVisit>()
  #recent = new Map<string, LiveVisit>()
  #older = new Map<string, LiveVisit>()
  #timer: ReturnType<typeof setInterval> | undefined

  open(visit: Visit): LiveVisit {
    const live: LiveVisit = { visit, continued: new Set(), subrequests: [], faults: new Map(), knobs: NO_KNOBS }
    this.#live.set(visit.ray, live)
    return live
  }

  /** Its answer has begun. */
  close({ ray }: Visit): void {
    const live = this.#live.get(ray)
    if (live === undefined) return
    this.#live.delete(ray)
    this.#recent.set(ray, live)
    this.#timer ??= setInterval(() => this.#forget(), REMEMBERED_MILLIS).unref()
  }

  /** The live visit that a request of a zone's script names. */
  find(zoneId: string, ray: string | null): LiveVisit | undefined {
    if (ray === null) return undefined
    const live = this.#live.get(ray) ?? this.#recent.get(ray) ?? this.#older.get(ray)
    return live?.visit.zone.id === zoneId ? live : undefined
  }

  #forget(): void {
    this.#older = this.#recent
    this.#recent = new Map()
    if (this.#older.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

/** Notes that the snippet at `stage` passes its request on. */
export function noteContinued(live: LiveVisit, stage: number): SnippetStep {
  const known = live.faults.get(stage)
  if (known !== undefined) return { kind: 'refused', fault: known }
  if (live.continued.has(stage)) return refuse(live, stage, 'snippet-continued-twice')
  live.continued.add(stage)
  return ALLOWED
}

/** Notes any other request of the snippet at `stage`; each hop of a redirect is one. */
export function noteSubrequest(live: LiveVisit, stage: number): SnippetStep {
  const count = (live.subrequests[stage] ?? 0) + 1
  live.subrequests[stage] = count
  return count > MAX_SNIPPET_SUBREQUESTS ? refuse(live, stage, 'snippet-subrequests') : ALLOWED
}

function refuse(live: LiveVisit, stage: number, fault: ScriptFault): SnippetStep {
  if (!live.faults.has(stage)) live.faults.set(stage, fault)
  return { kind: 'refused', fault }
}
