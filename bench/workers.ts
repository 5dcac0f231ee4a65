// `npm run bench:workers`: what a Worker costs, beside the same zone without one, on a running edge.
//
//   added      the median of requests one after the other, less that without a Worker
//   a core     requests that the processor time of one core suffices for, for workerd alone and for edge and workerd together
//   deploy     from sending an upload to the API until its answer is served
//   bare       workerd with the same Worker before a bare server, no edge: what the machine gives at this moment
//   hits       what a hit costs in a zone without scripts, before and while another zone has a busy Worker
//
// Medians of interleaved rounds, because other programs disturb this machine; processor time is what the kernel charged to
// the two processes, whoever else ran.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findWorkerd } from '../src/runtime/index.ts'
import { BenchFailure } from './failure.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TOKEN = 'bench-token'
const ROUNDS = 8
const REQUESTS = 400
const CONNECTIONS = 16
const LOAD_MILLIS = 2_000
const DEPLOYS = 15
const MICROS_PER_TICK = 10_000

const WORKER = (mark: string): string => `export default {
  async fetch(request) {
    const answer = await fetch(request)
    const response = new Response(answer.body, answer)
    response.headers.set('access-control-allow-origin', '*')
    response.headers.set('x-mark', '${mark}')
    return response
  },
}`

const BODY = 'x'.repeat(1024)
const origin = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: () => new Response(BODY, { headers: { 'content-type': 'text/plain', 'cache-control': 'max-age=600' } }),
})
const bare = await startBare()
const folder = await mkdtemp(join(tmpdir(), 'vb-'))
const edge = await startEdge()
try {
  await deploy('first')
  await report()
} finally {
  edge.process.kill('SIGTERM')
  await edge.process.exited
  bare.process.kill('SIGKILL')
  await origin.stop(true)
  await rm(folder, { recursive: true, force: true })
}

async function report(): Promise<void> {
  const paths = {
    plain: ['plain.example', '/page'],
    worker: ['worker.example', '/page'],
    hit: ['plain.example', '/a.css'],
  } as const
  for (const [host, path] of Object.values(paths)) await oneByOne(host, path, 200)
  await oneByOne('bare.example', '/', 200, bare.url)
  const medians = { plain: [] as number[], worker: [] as number[], hit: [] as number[] }
  const bareMedians: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of ['plain', 'worker', 'hit'] as const)
      medians[name].push(await oneByOne(paths[name][0], paths[name][1], REQUESTS))
    bareMedians.push(await oneByOne('bare.example', '/', REQUESTS, bare.url))
  }
  const plain = Math.min(...medians.plain)
  const worker = Math.min(...medians.worker)
  say(
    `one after the other, p50    plain ${ms(plain)}   with a Worker ${ms(worker)}   added ${ms(worker - plain)}   workerd bare ${ms(Math.min(...bareMedians))}`,
  )
  const hitAlone = await processorTimeOf(() => load('plain.example', '/a.css', LOAD_MILLIS))
  const bareTime = await processorTimeOf(() => load('bare.example', '/', LOAD_MILLIS, bare.url), bare.process.pid)
  const load1 = await processorTimeOf(() => load('plain.example', '/page', LOAD_MILLIS))
  const load2 = await processorTimeOf(() => load('worker.example', '/page', LOAD_MILLIS))
  say(
    `${CONNECTIONS} connections              plain ${load1.perSecond} requests/s   with a Worker ${load2.perSecond} requests/s`,
  )
  say(
    `processor time a request    plain ${load1.edgeMicros} us   with a Worker ${load2.edgeMicros} us edge + ${load2.workerdMicros} us workerd   bare ${bareTime.workerdMicros} us`,
  )
  say(
    `one core suffices for       ${perCore(load2.workerdMicros)} requests/s in workerd, ${perCore(load2.edgeMicros + load2.workerdMicros)} in edge and workerd together`,
  )
  const hitBeside = await processorTimeOf(() => load('plain.example', '/a.css', LOAD_MILLIS))
  say(
    `a hit, zone without scripts ${hitAlone.edgeMicros} us before, ${hitBeside.edgeMicros} us after another zone's Worker was busy`,
  )
  const lives: number[] = []
  for (let n = 0; n < DEPLOYS; n += 1) {
    const began = performance.now()
    await deploy(`v${n}`)
    for (;;) {
      const answer = await fetch(`${edge.url}/page`, { headers: { host: 'worker.example' } })
      await answer.arrayBuffer()
      if (answer.headers.get('x-mark') === `v${n}`) break
    }
    lives.push(performance.now() - began)
  }
  say(`deploy to live              median ${ms(median(lives))}, slowest ${ms(Math.max(...lives))} of ${DEPLOYS}`)
}

// The edge

type RunningEdge = { readonly process: Bun.Subprocess; readonly url: string; readonly api: string }

async function startEdge(): Promise<RunningEdge> {
  const origins = { '*': `http://127.0.0.1:${origin.port}` }
  const config = {
    edge: { http: '127.0.0.1:0', access_log: false },
    api: { listen: '127.0.0.1:0' },
    data: join(folder, 'data'),
    zones: ['plain.example', 'worker.example'].map((name) => ({ name, origins: { [name]: origins['*'] } })),
  }
  const file = join(folder, 'varyant.json')
  await writeFile(file, JSON.stringify(config))
  const process_ = Bun.spawn(['node', join(ROOT, 'bin/varyant.js'), 'start', '--config', file], {
    env: { ...process.env, VARYANT_API_TOKEN: TOKEN },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const chunk of process_.stdout) {
    text += Buffer.from(chunk).toString()
    const ready = /edge=(\S+) api=(\S+)/.exec(text)
    if (ready !== null) return { process: process_, url: ready[1] ?? '', api: ready[2] ?? '' }
  }
  throw new BenchFailure(`the edge did not start: ${text}`)
}

async function deploy(mark: string): Promise<void> {
  const account = createHash('sha256').update('account:varyant').digest('hex').slice(0, 32)
  const zone = createHash('sha256').update('zone:worker.example').digest('hex').slice(0, 32)
  const form = new FormData()
  form.set('metadata', JSON.stringify({ main_module: 'i.js', compatibility_date: '2026-11-01' }))
  form.set('i.js', new Blob([WORKER(mark)], { type: 'application/javascript+module' }), 'i.js')
  await call('PUT', `/accounts/${account}/workers/scripts/bench`, form)
  if (mark === 'first')
    await call(
      'POST',
      `/zones/${zone}/workers/routes`,
      JSON.stringify({ pattern: 'worker.example/*', script: 'bench' }),
    )
}

async function call(method: string, path: string, body: FormData | string): Promise<void> {
  const headers = {
    Authorization: `Bearer ${TOKEN}`,
    ...(typeof body === 'string' && { 'Content-Type': 'application/json' }),
  }
  const answer = await fetch(`${edge.api}/client/v4${path}`, { method, headers, body })
  if (!answer.ok) throw new BenchFailure(`${method} ${path}: ${answer.status} ${await answer.text()}`)
}

/** workerd alone, in front of the origin server of this script. */
async function startBare(): Promise<{ readonly process: Bun.Subprocess; readonly url: string }> {
  const workerd = findWorkerd()
  if (workerd.kind === 'absent') throw new BenchFailure(workerd.why)
  const file = join(await mkdtemp(join(tmpdir(), 'vb-')), 'bare.capnp')
  await writeFile(
    file,
    `using W = import "/workerd/workerd.capnp";
const c :W.Config = (
  services = [
    (name = "w", worker = (modules = [(name = "i.js", esModule = ${JSON.stringify(WORKER('bare'))})],
      compatibilityDate = "2026-11-01", globalOutbound = "o")),
    (name = "o", external = (address = "127.0.0.1:${origin.port}", http = ()))],
  sockets = [(name = "s", address = "127.0.0.1:0", http = (), service = "w")]);`,
  )
  const child = Bun.spawn([workerd.path, 'serve', file, '--control-fd=3'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  for await (const chunk of Bun.file(child.stdio[3] as number).stream()) {
    const port = /"port":(\d+)/.exec(Buffer.from(chunk).toString())?.[1]
    if (port !== undefined) return { process: child, url: `http://127.0.0.1:${port}` }
  }
  throw new BenchFailure('workerd did not start')
}

// Load

/** The median time of requests on one connection, in milliseconds. */
async function oneByOne(host: string, path: string, count: number, url = edge.url): Promise<number> {
  const client = await open(host, path, url)
  const times: number[] = []
  for (let n = 0; n < count; n += 1) {
    const began = performance.now()
    await client.ask()
    times.push(performance.now() - began)
  }
  client.close()
  return median(times)
}

/** Requests answered within the time, on several connections. */
async function load(host: string, path: string, millis: number, url = edge.url): Promise<number> {
  const until = performance.now() + millis
  const counts = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = await open(host, path, url)
      let count = 0
      for (; performance.now() < until; count += 1) await client.ask()
      client.close()
      return count
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

type Client = { ask(): Promise<void>; close(): void }

/** One connection that is kept; an answer is at its end when its length has come, or the last chunk. */
async function open(host: string, path: string, url: string): Promise<Client> {
  const { hostname, port } = new URL(url)
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true })
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  let text = ''
  let done: () => void = () => undefined
  let failed: (cause: Error) => void = () => undefined
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1]
    const isWhole = length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= end + 4 + Number(length)
    if (!isWhole) return
    const isOk = text.startsWith('HTTP/1.1 200')
    if (isOk) done()
    else failed(new BenchFailure(text.slice(0, 200)))
    text = ''
  })
  socket.on('error', (cause) => failed(cause))
  socket.on('close', () =>
    failed(new BenchFailure(`the connection was closed in the middle of ${JSON.stringify(text)}`)),
  )
  await new Promise((resolve) => socket.once('connect', resolve))
  return {
    ask: () =>
      new Promise((resolve, reject) => {
        done = resolve
        failed = reject
        socket.write(request)
      }),
    close: () => void socket.destroy(),
  }
}

// Figures

async function processorTimeOf(run: () => Promise<number>, root = edge.process.pid) {
  const before = ticks(root)
  const began = performance.now()
  const count = await run()
  const seconds = (performance.now() - began) / 1000
  const after = ticks(root)
  return {
    perSecond: Math.round(count / seconds),
    edgeMicros: Math.round(((after.edge - before.edge) * MICROS_PER_TICK) / count),
    workerdMicros: Math.round(((after.workerd - before.workerd) * MICROS_PER_TICK) / count),
  }
}

/** Processor time of the edge and of its workerd processes, in the kernel's ticks. */
function ticks(root: number): { edge: number; workerd: number } {
  const sum = { edge: 0, workerd: 0 }
  for (const pid of descendants(root)) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    sum[stat.includes('(workerd)') ? 'workerd' : 'edge'] += Number(fields[11]) + Number(fields[12])
  }
  return sum
}

function descendants(pid: number): readonly number[] {
  const children = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid ? [Number(name)] : []
    } catch {
      // It has ended since the folder was read.
      return []
    }
  })
  return [pid, ...children.flatMap((child) => descendants(child))]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function perCore(microsPerRequest: number): number {
  return Math.round(1_000_000 / microsPerRequest)
}

function ms(millis: number): string {
  return `${millis.toFixed(2)} ms`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
