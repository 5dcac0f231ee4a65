// Carries out a purge or an invalidation: resolve the files, append to the journal, answer; free the space afterwards.
//
// Effective and durable when it returns: the journal sees to both, and every look-up asks the journal.  A fill in
// flight carries the revision at which its fetch began, so it cannot bring back what was purged meanwhile.

import { type Clock, type EventSink, fail, millis, ok, type Result } from '../base/index.ts'
import type { CacheStore } from '../cache/index.ts'
import type { PurgeFile } from './file-item.ts'
import type { PurgeJournal } from './journal-contract.ts'
import { type PurgeProblem, quote } from './problems.ts'
import { type PurgeRequest, type PurgeZone, parsePurgeBody } from './request.ts'
import type { PurgeAction, Selector } from './selector.ts'
import { type CopiesOfOrigin, countWithin, type Survey, survey, type Taken } from './survey.ts'
import { makeSweeper } from './sweeper.ts'
import type { PurgeTarget } from './target.ts'

export type PurgerParts = {
  readonly journal: PurgeJournal
  readonly store: Pick<CacheStore, 'sweep' | 'secure' | 'responses' | 'find' | 'stats'>
  readonly target: PurgeTarget
  readonly clock: Clock
  readonly events: EventSink
}

/** An accepted purge. */
export type PurgeReceipt = {
  readonly revision: number
  /** What it took, as far as it could be counted in the answer's time. */
  readonly took: Taken
}

/** A purge waits so long for its own counts; what is not counted by then is not told. */
const COUNT_MILLIS = millis(2)

/** Above this not even a purge that asks whose copies went waits for a walk: these take about half a second. */
export const MAX_WALKED_VARIANTS = 50_000

export interface Purger {
  /** What the body of a request for this zone asks for. */
  parse(zone: PurgeZone, body: unknown): Result<PurgeRequest, readonly PurgeProblem[]>
  /** Purges or invalidates: effective for the next look-up and durable on return; all of the request or nothing. */
  apply(zone: PurgeZone, action: PurgeAction, request: PurgeRequest): Result<PurgeReceipt, readonly PurgeProblem[]>
  /** What the request would take, without taking it: a walk over the whole store, in small steps. */
  survey(zone: PurgeZone, request: PurgeRequest): Promise<Result<Survey, readonly PurgeProblem[]>>
  /**
   * Whose copies the request would take, where it names every variant of a URL; undefined where it does not, or the store
   * is too large to be walked for it.  To be asked before the request is applied.
   */
  origins(zone: PurgeZone, request: PurgeRequest): Promise<readonly CopiesOfOrigin[] | undefined>
  /** Resolves when the space of everything purged so far was given back. */
  settled(): Promise<void>
  /** Stops the background work. */
  close(): Promise<void>
}

/** A purger, which first finishes what an earlier process left to sweep. */
export function makePurger(parts: PurgerParts): Purger {
  const { journal, target, events } = parts
  const sweeper = makeSweeper(parts)
  const stopListening = journal.onAppend(() => sweeper.want())
  if (journal.size > 0) sweeper.want()

  return {
    parse: (zone, body) =>
      parsePurgeBody(body, {
        zone,
        findZone: (hostname) => target.findZone(hostname),
        fetchesElsewhere: target.fetchesElsewhere?.(zone.id),
      }),
    apply: (zone, action, request) => {
      const selectors = selectorsOf(request, zone, target)
      if (!selectors.ok) return selectors
      // Counted before: afterwards all that it took is gone.
      const took = countWithin(parts, zone.id, selectors.value, COUNT_MILLIS)
      try {
        return ok({ revision: journal.append(zone.id, action, selectors.value), took })
      } catch (cause) {
        // Fail closed: a purge that would not survive a crash is refused, and its sender told.
        events({ kind: 'unexpected', where: 'purge journal', reason: String(cause) })
        return fail([NOT_RECORDED])
      }
    },
    survey: async (zone, request) => {
      const selectors = selectorsOf(request, zone, target)
      return selectors.ok ? ok(await survey(parts, zone.id, selectors.value)) : selectors
    },
    origins: async (zone, request) => {
      const names = request.kind === 'files' && request.files.some(({ variants }) => variants === 'all')
      if (!names || parts.store.stats().variants > MAX_WALKED_VARIANTS) return undefined
      const selectors = selectorsOf(request, zone, target)
      return selectors.ok ? (await survey(parts, zone.id, selectors.value)).origins : undefined
    },
    settled: () => sweeper.settled(),
    close: () => {
      stopListening()
      return sweeper.close()
    },
  }
}

const NOT_RECORDED: PurgeProblem = {
  kind: 'purge-not-recorded',
  message: 'the purge could not be made durable and nothing was purged; see the log of the edge, then send it again',
  pointer: '',
}

function selectorsOf(
  request: PurgeRequest,
  zone: PurgeZone,
  target: PurgeTarget,
): Result<readonly Selector[], readonly PurgeProblem[]> {
  return request.kind === 'files' ? selectorsOfFiles(request.files, zone, target) : ok(request.selectors)
}

function selectorsOfFiles(
  files: readonly PurgeFile[],
  zone: PurgeZone,
  target: PurgeTarget,
): Result<readonly Selector[], readonly PurgeProblem[]> {
  const problems: PurgeProblem[] = []
  const selectors: Selector[] = []
  for (const [i, file] of files.entries()) {
    const addressed = target.address(zone.id, file.url, file.fields)
    if (!addressed.ok) {
      const message = `${quote(file.url)} cannot be purged: ${addressed.problem}`
      problems.push({ kind: 'purge-bad-file', message, pointer: `/files/${i}` })
    } else if (file.variants === 'all') selectors.push({ kind: 'uri', uri: addressed.value.uri })
    else for (const key of addressed.value.keys) selectors.push({ kind: 'key', key })
  }
  return problems.length === 0 ? ok(selectors) : fail(problems)
}
