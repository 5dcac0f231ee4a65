// One scenario, measured: everything stored first, then rounds over the contenders until enough of them count.

import { setTimeout as delay } from 'node:timers/promises'
import { type Seconds, seconds } from '../src/base/index.ts'
import type { Contender } from './contender.ts'
import { BenchFailure } from './failure.ts'
import { applyLoad, type Load, requestsOf } from './load.ts'
import type { OriginServer } from './origin.ts'
import { coreTime, micros, SERVER_CORE, treeTime } from './processor.ts'
import { type Figure, figureOf, needsAnotherRound, type Round, type Sample } from './rounds.ts'
import type { Scenario } from './scenarios.ts'

/** What a run measures with. */
export type Bench = {
  readonly origin: OriginServer
  readonly rounds: number
  readonly duration: Seconds
  /** Takes a line of progress. */
  readonly say: (line: string) => void
}

/** Load before the first round, for just-in-time compilers and page caches. */
const WARM_UP = seconds(2)
/** Requests in flight together while the caches are filled. */
const FILLERS = 16
/** Rest between two loads, so that what one leaves behind (closing connections) is not counted to the next. */
const REST_MILLIS = 150

/** Measures a scenario and says what the rounds say. */
export async function measureScenario(
  bench: Bench,
  scenario: Scenario,
  contenders: readonly Contender[],
): Promise<Figure> {
  for (const contender of contenders) {
    await fillCache(contender, scenario.load)
    await applyLoad(scenario.load, contender.http, contender.https, WARM_UP)
  }
  const rounds: Round[] = []
  while (needsAnotherRound(rounds, bench.rounds, 'varyant', scenario.peer)) {
    const round = await measureRound(bench, scenario, contenders)
    rounds.push(round)
    bench.say(`  ${scenario.name} round ${rounds.length}: ${describeRound(round)}`)
  }
  return figureOf(rounds, bench.rounds, 'varyant', scenario.peer)
}

async function measureRound(bench: Bench, scenario: Scenario, contenders: readonly Contender[]): Promise<Round> {
  const round: Record<string, Sample> = {}
  for (const contender of contenders) {
    await delay(REST_MILLIS)
    const sample = await measureSample(bench, scenario.load, contender)
    assertReached(scenario, contender, sample)
    round[contender.name] = sample
  }
  return round
}

async function measureSample(bench: Bench, load: Load, contender: Contender): Promise<Sample> {
  const originBefore = await bench.origin.requests()
  const coreBefore = coreTime(SERVER_CORE)
  const ownBefore = treeTime(contender.pid)
  const begin = performance.now()
  const requests = await applyLoad(load, contender.http, contender.https, bench.duration)
  const elapsed = (performance.now() - begin) * 1000
  const own = treeTime(contender.pid) - ownBefore
  const core = coreTime(SERVER_CORE)
  const strangers = Math.max(0, core.busy - coreBefore.busy - own) + (core.stolen - coreBefore.stolen)
  return {
    perRequest: micros(own / requests),
    requests,
    foreign: strangers / elapsed,
    originRequests: (await bench.origin.requests()) - originBefore,
  }
}

/**
 * The proof that a hit was one: the origin server's own counter.  A pass-through must reach it every time; requests that
 * the load generator did not wait for make the origin's number the larger one.
 */
function assertReached(scenario: Scenario, contender: Contender, sample: Sample): void {
  const reached = scenario.reaches === 'cache' ? sample.originRequests === 0 : sample.originRequests >= sample.requests
  if (reached) return
  throw new BenchFailure(
    `${scenario.name}: of ${sample.requests} requests to ${contender.name}, ${sample.originRequests} reached the origin ` +
      `server; expected ${scenario.reaches === 'cache' ? 'none' : 'all'}`,
  )
}

/** Asks for everything that a load will ask for, twice: some caches store in the background of the first answer. */
async function fillCache(contender: Contender, load: Load): Promise<void> {
  for (const pass of ['store', 'check']) {
    const todo = requestsOf(load)
    const fill = async () => {
      for (const { path, origin } of todo) await ask(contender, path, origin, pass)
    }
    await Promise.all(Array.from({ length: FILLERS }, fill))
  }
}

async function ask(contender: Contender, path: string, origin: string, pass: string): Promise<void> {
  const response = await fetch(`${contender.http}${path}`, { headers: { origin } })
  const { byteLength } = await response.arrayBuffer()
  if (response.status === 200 && byteLength > 0) return
  throw new BenchFailure(`${contender.name} answers ${path} with ${response.status} and ${byteLength} bytes (${pass})`)
}

function describeRound(round: Round): string {
  return Object.entries(round)
    .map(([name, sample]) => {
      const strangers =
        sample.foreign < 0.01 ? '' : `, ${Math.round(sample.foreign * 100)} % of the core went to others`
      return `${name} ${sample.perRequest.toFixed(1)} us (${sample.requests} requests${strangers})`
    })
    .join('; ')
}
