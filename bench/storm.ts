// `npm run storm:workers`: what Workers must not do to others.  One line for each part, with PASS or FAIL; ends with 1 when one
// failed.
//
//   deployments   fifty under load: no request fails, none has an older version than was deployed when it came
//   memory        comes back after a hundred more
//   spinning      `while (true)` in one zone leaves another's p99 under 50 ms, and is gone within 2 s (spin.ts)
//
// The processor is what a busy machine lacks: the figures of spinning are beside those of the same machine without a spinner.

import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { systemClock } from '../src/base/index.ts'
import { findWorkerd, type Gateway, makeRuntime, type ScriptedZone, type Visit } from '../src/runtime/index.ts'
import { parseRoutePattern, type Script } from '../src/scripts/index.ts'
import { judgeSpins, measureSpins, quantile } from './spin.ts'

/** What a part of the storm found out. */
type Part = { readonly line: string; readonly failures: readonly string[] }

const SHOWN_FAILURES = 5
const STORM_DEPLOYS = 50
const REQUESTS_PER_SECOND = 500
const PAUSE_MILLIS = 100
const QUIET_DEPLOYS = 100
/** What is allocated once and stays, beside a process that is about to end. */
const ALLOWED_GROWTH_MEGABYTES = 40

const data = await mkdtemp(join(tmpdir(), 'vs-'))
const runtime = makeRuntime({
  workerd: findWorkerd(),
  dataDirectory: data,
  clock: systemClock,
  events: () => undefined,
})
runtime.attach(answeringGateway())
const failures: string[] = []
let deployed = 0
let rays = 0
let zone = deploy(0)
await ask()
const verdicts = [report(await storm()), report(await memory())]
await runtime.close()
await rm(data, { recursive: true, force: true })
verdicts.push(report(judgeSpins(await measureSpins())))
process.exit(verdicts.every((isPass) => isPass) ? 0 : 1)

/** Prints the line of a part, and what went wrong in it; answers whether nothing did. */
function report({ line, failures: wrong }: Part): boolean {
  process.stdout.write(`${wrong.length === 0 ? 'PASS' : 'FAIL'} ${line}\n`)
  for (const each of wrong.slice(0, SHOWN_FAILURES)) process.stdout.write(`     ${each}\n`)
  return wrong.length === 0
}

async function storm(): Promise<Part> {
  let isOver = false
  let count = 0
  const times: number[] = []
  const under: Promise<void>[] = []
  const load = (async () => {
    const began = performance.now()
    for (; !isOver; count += 1) {
      under.push(timed(times))
      const due = began + ((count + 1) * 1000) / REQUESTS_PER_SECOND
      await wait(Math.max(0, due - performance.now()))
    }
  })()
  for (let n = 1; n <= STORM_DEPLOYS; n += 1) {
    zone = deploy(n)
    deployed = n
    await wait(PAUSE_MILLIS)
  }
  isOver = true
  await load
  await Promise.all(under)
  const at = (share: number): string => `${quantile(times, share).toFixed(1)} ms`
  const line = `${STORM_DEPLOYS} deployments under ${count} requests: ${failures.length} lost; p50 ${at(0.5)}, p99 ${at(0.99)}, slowest ${at(1)}`
  return { line, failures: failures.splice(0) }
}

async function timed(times: number[]): Promise<void> {
  const began = performance.now()
  await ask()
  times.push(performance.now() - began)
}

async function memory(): Promise<Part> {
  await settled()
  const before = megabytes()
  for (let n = 1; n <= QUIET_DEPLOYS; n += 1) {
    deployed = STORM_DEPLOYS + n
    zone = deploy(deployed)
    await ask()
  }
  await settled()
  const after = megabytes()
  if (after > before + ALLOWED_GROWTH_MEGABYTES) failures.push(`it grew by more than ${ALLOWED_GROWTH_MEGABYTES} MB`)
  const line = `memory ${before} MB before ${QUIET_DEPLOYS} deployments, ${after} MB after`
  return { line, failures: failures.splice(0) }
}

/** Until the processes that drain are gone. */
async function settled(): Promise<void> {
  for (let n = 0; n < 100 && workerds().length > 1; n += 1) await wait(200)
  Bun.gc(true)
}

async function ask(): Promise<void> {
  const atLeast = deployed
  const outcome = await runtime.dispatch(visit())
  if (outcome.kind === 'failed') return void failures.push(`${outcome.fault}: ${outcome.detail}`)
  const text = await outcome.response.text()
  if (Number(text) < atLeast) failures.push(`version ${text} answered after ${atLeast} was deployed`)
}

function deploy(n: number): ScriptedZone {
  const source = `export default { async fetch(request) { await fetch(request); return new Response('${n}') } }`
  const script: Script = {
    ...{ id: crypto.randomUUID(), name: 'storm', kind: 'worker', mainModule: 'i.js' },
    modules: [{ name: 'i.js', type: 'esm', content: Buffer.from(source) }],
    ...{ bindings: [], compatibilityDate: '2026-11-01', compatibilityFlags: [] },
  }
  const pattern = parseRoutePattern('*/*', 'storm.example')
  if (!pattern.ok) throw new Error(pattern.problem)
  const routes = [{ pattern: pattern.value, script, failOpen: false }]
  const made = { id: 'storm', name: 'storm.example', scripts: { workers: [script], routes, domains: [], snippets: [] } }
  runtime.apply({ zones: [made] })
  return made
}

function visit(): Visit {
  rays += 1
  const ray = rays.toString(16).padStart(16, '0')
  return {
    ...{ zone, stages: zone.scripts?.workers ?? [], method: 'GET', url: 'http://storm.example/', scheme: 'http' },
    headers: new Headers({ host: 'storm.example', 'cf-ray': ray }),
    ...{
      body: null,
      signal: new AbortController().signal,
      cf: '{}',
      ray,
      peer: '127.0.0.1',
      depth: 0,
      failOpen: false,
    },
  }
}

function answeringGateway(): Gateway {
  const answer = async (): Promise<Response> => new Response('x')
  return {
    ...{ zoneOf: () => 'storm', throughZone: answer, asVisitor: answer, outside: answer },
    connect: async () => ({ kind: 'answered', response: await answer() }),
    tunnelHandlers: { message: () => undefined },
    ...{ match: async () => undefined, put: async () => false, delete: () => false },
  }
}

function workerds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const stat = read(`/proc/${pid}/stat`)
      return stat.includes('(workerd)') && stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(process.pid)
    })
}

/** What this process and its workerd hold, without what files back. */
function megabytes(): number {
  const pages = [process.pid, ...workerds()].map((pid) => {
    const [, resident = 0, shared = 0] = read(`/proc/${pid}/statm`).split(' ').map(Number)
    return resident - shared
  })
  return Math.round((pages.reduce((sum, each) => sum + each, 0) * 4096) / 1e6)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // It has ended.
    return ''
  }
}
