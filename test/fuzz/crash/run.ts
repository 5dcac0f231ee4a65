// Kills a serving edge in the middle of fills and purges, damages what it left, starts it again over the same directory, and
// holds what it promises against every answer.
//
//   K1  Every start serves: no damage keeps the edge from answering.
//   K2  A body is whole, and is that of its path, whatever was killed or damaged.
//   K3  What an acknowledged purge named is not served again; until the journal itself was damaged, which may have held it.
//   K4  Nothing unexpected is reported.
//
// Seeded: CRASH_FUZZ_SEED=7 npm run fuzz:crash (CRASH_FUZZ_ROUNDS sets how many kills).

import { join } from 'node:path'
import { zoneId } from '../../support/edge/index.ts'
import {
  type ClientResponse,
  type EdgeProcess,
  makeScratch,
  request,
  startEdgeProcess,
  startOrigin,
} from '../../support/index.ts'
import { below, makeRandom, pick } from '../../support/random.ts'
import { damage } from './damage.ts'
import { faultOf, makeVersions, PATHS, play, tagOf, type Versions } from './origin.ts'

export type CrashReport = {
  readonly requests: number
  readonly purges: number
  readonly hits: number
  /** Promises that were broken, a sentence each. */
  readonly broken: readonly string[]
}

type Run = {
  readonly random: () => number
  readonly versions: Versions
  readonly broken: string[]
  /** What happened to the directory so far, for whoever reads a broken promise. */
  readonly history: string[]
  requests: number
  purges: number
  hits: number
}

const PARALLEL = 6
const MOST_MILLIS = 600

export async function fuzzCrash(seed: number, rounds: number): Promise<CrashReport> {
  const run: Run = {
    ...{ random: makeRandom(seed), versions: makeVersions(), broken: [], history: [] },
    ...{ requests: 0, purges: 0, hits: 0 },
  }
  await using scratch = await makeScratch()
  await using origin = await startOrigin()
  play(origin, run.versions)
  const data = join(scratch.path, 'data')
  for (let round = 0; round < rounds && run.broken.length === 0; round += 1) {
    await using edge = await start(data, origin.url, run)
    if (edge === undefined) break
    // What is left of the last round, before anything is fetched anew.
    for (const path of PATHS) await askFor(path, edge, run, () => false)
    await untilKilled(edge, run)
    if (edge.stderr().includes('varyant unexpected')) run.broken.push(`reported: ${edge.stderr().slice(-2000)}`)
    await befall(data, run)
  }
  const { requests, purges, hits, broken, history } = run
  return { requests, purges, hits, broken: broken.map((sentence) => `${sentence} (after ${history.join('; ')})`) }
}

async function start(data: string, origin: string, { broken }: Run): Promise<EdgeProcess | undefined> {
  const args = ['--origin', origin, '--listen', '127.0.0.1:0', '--api', '127.0.0.1:0', '--data', data]
  try {
    return await startEdgeProcess({ args })
  } catch (cause) {
    broken.push(`no start: ${cause instanceof Error ? cause.message : String(cause)}`)
    return undefined
  }
}

/** Many clients, and purges between, until the process is gone. */
async function untilKilled(edge: EdgeProcess, run: Run): Promise<void> {
  const state = { isOver: false }
  const killed = Bun.sleep(below(run.random, MOST_MILLIS)).then(() => {
    state.isOver = true
    return edge.stop('SIGKILL')
  })
  const client = async (): Promise<void> => {
    while (!state.isOver) {
      if (run.random() < 0.15) await purge(edge, run)
      else await askFor(pick(run.random, PATHS), edge, run, () => state.isOver)
    }
  }
  await Promise.all([killed, ...Array.from({ length: PARALLEL }, client)])
}

async function askFor(path: string, edge: EdgeProcess, run: Run, isKilled: () => boolean): Promise<void> {
  const floor = run.versions.floor.get(path) ?? 0
  const answer = await request(`${edge.edgeUrl}${path}`, { fields: [['Host', 'localhost']] }).catch(() => undefined)
  // Whoever reads one that the kill cut short knows that it is.
  if ((answer === undefined || answer.truncated) && isKilled()) return
  if (answer === undefined) return void run.broken.push(`${path}: no answer`)
  run.requests += 1
  if (answer.cacheStatus === 'HIT') run.hits += 1
  const fault = answer.status === 200 ? faultOf(path, answer.body, floor) : `${path}: status ${answer.status}`
  if (fault !== undefined) run.broken.push(`${fault} [${answer.cacheStatus}, ${framingOf(answer)}]`)
}

function framingOf({ fields }: ClientResponse): string {
  return ['content-length', 'transfer-encoding'].map((name) => `${name}: ${fields.get(name)}`).join(', ')
}

/** New versions at the origin first, then the purge; what it acknowledges is the least from then on. */
async function purge(edge: EdgeProcess, run: Run): Promise<void> {
  const path = pick(run.random, PATHS)
  const kind = pick(run.random, ['files', 'files', 'tags', 'everything'])
  const body =
    kind === 'files'
      ? { files: [`http://localhost${path}`] }
      : kind === 'tags'
        ? { tags: [tagOf(path)] }
        : { purge_everything: true }
  const named = PATHS.filter(
    (other) => kind === 'everything' || other === path || (kind === 'tags' && tagOf(other) === tagOf(path)),
  )
  const { current, floor } = run.versions
  const renewed = named.map((other) => {
    const version = (current.get(other) ?? 0) + 1
    current.set(other, version)
    return [other, version] as const
  })
  const answer = await request(`${edge.apiUrl}/client/v4/zones/${zoneId('localhost')}/purge_cache`, {
    method: 'POST',
    fields: [
      ['Authorization', `Bearer ${edge.token}`],
      ['Content-Type', 'application/json'],
    ],
    body: JSON.stringify(body),
  }).catch(() => undefined)
  if (answer?.status !== 200) return
  run.purges += 1
  for (const [other, version] of renewed) floor.set(other, Math.max(version, floor.get(other) ?? 0))
}

/** In two rounds of three something else happens to the directory beside the kill. */
async function befall(data: string, run: Run): Promise<void> {
  if (run.random() < 0.33) return void run.history.push('a kill')
  const { what, losesPurges } = damage(data, run.random)
  run.history.push(`a kill and ${what}`)
  if (losesPurges) for (const path of PATHS) run.versions.floor.set(path, 0)
}

if (import.meta.main) {
  const seed = Number(process.env.CRASH_FUZZ_SEED ?? Date.now() % 100_000)
  const rounds = Number(process.env.CRASH_FUZZ_ROUNDS ?? 40)
  const report = await fuzzCrash(seed, rounds)
  console.log(
    `seed ${seed}, ${rounds} kills: ${report.requests} answers, ${report.hits} of them hits; ${report.purges} purges`,
  )
  for (const sentence of report.broken) console.log(`broken: ${sentence}`)
  process.exit(report.broken.length === 0 ? 0 : 1)
}
