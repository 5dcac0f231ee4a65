// `npm run bench:workers`: what a Worker costs, beside the same requests without one and beside workerd alone.
//
//   p50        one request after the other, on one connection
//   added      to the same request without a Worker
//   edge, beside, workerd
//              processor time of a request, 16 at once: of the edge's own thread, of its other threads, of workerd
//   a core     requests a second that one core suffices for: workerd's alone (workerd runs on one), and all three together
//   deploy     from sending an upload to the API until its answer is served

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchFailure } from './failure.ts'
import {
  deploy,
  markOf,
  OWN_PATH,
  PLAIN_HOST,
  type Running,
  type RunningEdge,
  startBare,
  startEdge,
  startOrigin,
  WORKER_HOST,
} from './worker-stage/programs.ts'
import { at, type Figure, measure, type Row } from './worker-stage/rows.ts'

const ROUNDS = 16
const DEPLOYS = 15
const DEPLOY_LIMIT_MILLIS = 10_000
/** A run takes half a minute; one that takes so long will not end. */
const RUN_LIMIT_MILLIS = 240_000

async function report(edge: RunningEdge, bare: Running): Promise<void> {
  const ofEdge = { url: edge.url, pid: edge.pid }
  const ofBare = { url: bare.url, pid: bare.pid }
  const rows: readonly Row[] = [
    { title: 'a hit', ...ofEdge, host: PLAIN_HOST, path: '/a.css' },
    { title: 'to the origin', ...ofEdge, host: PLAIN_HOST, path: '/page' },
    { title: 'a Worker’s own answer', ...ofEdge, host: WORKER_HOST, path: OWN_PATH },
    { title: 'a Worker, then a hit', ...ofEdge, host: WORKER_HOST, path: '/a.css' },
    { title: 'a Worker, to the origin', ...ofEdge, host: WORKER_HOST, path: '/page' },
    { title: 'workerd bare, own answer', ...ofBare, host: WORKER_HOST, path: OWN_PATH },
    { title: 'workerd bare, to the origin', ...ofBare, host: WORKER_HOST, path: '/page' },
  ]
  const [hit, plain, own, cached, passed, bareOwn, barePassed] = await measure(rows, ROUNDS)
  if (!hit || !plain || !own || !cached || !passed || !bareOwn || !barePassed)
    throw new BenchFailure('a row is missing')
  say(line(['', 'p50', 'added', 'edge', 'beside', 'workerd', 'requests/s', 'a core: workerd', 'all']))
  tell(hit)
  tell(plain)
  tell(own, hit)
  tell(cached, hit)
  tell(passed, plain)
  tell(bareOwn)
  tell(barePassed)
  say('')
  say(
    `workerd under the edge, for each microsecond bare: ${ratio(own, bareOwn)} own answer, ${ratio(passed, barePassed)} to the origin`,
  )
  const asking = own.busy.times.edge - hit.busy.times.edge
  const doorway = cached.busy.times.edge - own.busy.times.edge
  say(
    `the edge's own thread: ${micros(hit.busy.times.edge)} a hit, ${micros(asking)} more to ask a Worker, ${micros(doorway)} more for what it fetches from the cache`,
  )
  const [beside] = await measure(rows.slice(0, 1), ROUNDS)
  say(
    `a hit in a zone without scripts: ${micros(hit.busy.times.edge)} in turn with the others, ${micros(beside?.busy.times.edge)} after`,
  )
  await reportDeploys(edge)
}

async function reportDeploys(edge: RunningEdge): Promise<void> {
  const lives: number[] = []
  for (let n = 0; n < DEPLOYS; n += 1) {
    const began = performance.now()
    await deploy(edge, `v${n}`, false)
    while ((await markOf(edge)) !== `v${n}`) {
      if (performance.now() > began + DEPLOY_LIMIT_MILLIS) throw new BenchFailure(`v${n} is not served`)
    }
    lives.push(performance.now() - began)
  }
  say(`deploy to live: median ${ms(at(lives, 0.5))}, slowest ${ms(Math.max(...lives))} of ${DEPLOYS}`)
}

function tell({ row, alone, busy }: Figure, without?: Figure): void {
  const { edge, beside, workerd } = busy.times
  say(
    line([
      row.title,
      ms(alone.millis),
      without === undefined ? '' : ms(alone.millis - without.alone.millis),
      ...(row.title.includes('bare') ? ['', ''] : [micros(edge), micros(beside)]),
      workerd < 1 ? '' : micros(workerd),
      String(Math.round(busy.perSecond)),
      workerd < 1 ? '' : perCore(workerd),
      perCore(edge + beside + workerd),
    ]),
  )
}

const WIDTHS = [28, 9, 9, 8, 8, 9, 12, 17, 8] as const

function line(cells: readonly string[]): string {
  const [title = '', ...rest] = cells
  return title.padEnd(WIDTHS[0]) + rest.map((cell, n) => cell.padStart(WIDTHS[n + 1] ?? 0)).join('')
}

function ratio(ours: Figure, bare: Figure): string {
  return (ours.busy.times.workerd / bare.busy.times.workerd).toFixed(2)
}

function perCore(microsPerRequest: number): string {
  return String(Math.round(1_000_000 / microsPerRequest))
}

function ms(millis: number): string {
  return `${millis.toFixed(2)} ms`
}

function micros(value: number | undefined): string {
  return `${Math.round(value ?? Number.NaN)} us`
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vb-'))
  const started: Running[] = []
  const limit = setTimeout(() => {
    process.stderr.write(`it has not ended within ${RUN_LIMIT_MILLIS / 1000} s\n`)
    process.exit(1)
  }, RUN_LIMIT_MILLIS)
  try {
    const origin = startOrigin()
    started.push(origin)
    const bare = await startBare(origin.url, folder)
    started.push(bare)
    const edge = await startEdge(origin.url, folder)
    started.push(edge)
    await deploy(edge, 'first', true)
    await report(edge, bare)
  } finally {
    for (const each of started.toReversed()) await each.stop()
    await rm(folder, { recursive: true, force: true })
    clearTimeout(limit)
  }
}

await run()
