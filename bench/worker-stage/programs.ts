// Who is measured: an edge with a Worker, and workerd alone with the same one.  Each start ends within a limit, and what has
// been started is ended with the run, however that ends.

import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findWorkerd } from '../../src/runtime/index.ts'
import { BenchFailure } from '../failure.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TOKEN = 'bench-token'
const START_LIMIT_MILLIS = 30_000
const CALL_LIMIT_MILLIS = 20_000

export const WORKER_HOST = 'worker.example'
export const PLAIN_HOST = 'plain.example'
/** What the Worker answers by itself. */
export const OWN_PATH = '/own'
const BODY_LENGTH = 1024

/** Answers by itself on one path, and passes everything else on with two more fields. */
const workerSource = (mark: string): string => `const body = 'x'.repeat(${BODY_LENGTH})
export default {
  async fetch(request) {
    if (request.url.endsWith('${OWN_PATH}')) return new Response(body, { headers: { 'x-mark': '${mark}' } })
    const answer = await fetch(request)
    const response = new Response(answer.body, answer)
    response.headers.set('access-control-allow-origin', '*')
    response.headers.set('x-mark', '${mark}')
    return response
  },
}`

export type Running = { readonly pid: number; readonly url: string; stop(): Promise<void> }
export type RunningEdge = Running & { readonly api: string }

/** An origin server in this process. */
export function startOrigin(): Running {
  const body = 'x'.repeat(BODY_LENGTH)
  const headers = { 'content-type': 'text/plain', 'cache-control': 'max-age=600' }
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response(body, { headers }) })
  return { pid: process.pid, url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}

/** Varyant of this checkout, with two zones. */
export async function startEdge(originUrl: string, folder: string): Promise<RunningEdge> {
  const config = {
    edge: { http: '127.0.0.1:0', access_log: false },
    api: { listen: '127.0.0.1:0' },
    data: join(folder, 'data'),
    zones: [PLAIN_HOST, WORKER_HOST].map((name) => ({ name, origins: { [name]: originUrl } })),
  }
  const file = join(folder, 'varyant.json')
  await writeFile(file, JSON.stringify(config))
  const child = Bun.spawn(['node', join(ROOT, 'bin/varyant.js'), 'start', '--config', file], {
    env: { ...process.env, VARYANT_API_TOKEN: TOKEN },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ready = await said(child, child.stdout, /edge=(\S+) api=(\S+)/, 'the edge')
  return { pid: child.pid, url: ready[1] ?? '', api: ready[2] ?? '', stop: () => stop(child, 'SIGTERM') }
}

/** workerd with the same Worker in front of the same origin server, and nothing else. */
export async function startBare(originUrl: string, folder: string): Promise<Running> {
  const workerd = findWorkerd()
  if (workerd.kind === 'absent') throw new BenchFailure(workerd.why)
  const file = join(folder, 'bare.capnp')
  await writeFile(
    file,
    `using W = import "/workerd/workerd.capnp";
const c :W.Config = (
  services = [
    (name = "w", worker = (modules = [(name = "i.js", esModule = ${JSON.stringify(workerSource('bare'))})],
      compatibilityDate = "2026-11-01", globalOutbound = "o")),
    (name = "o", external = (address = "${originUrl.slice('http://'.length)}", http = ()))],
  sockets = [(name = "s", address = "127.0.0.1:0", http = (), service = "w")]);`,
  )
  const child = Bun.spawn([workerd.path, 'serve', file, '--control-fd=3'], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const ready = await said(child, Bun.file(child.stdio[3] as number).stream(), /"port":(\d+)/, 'workerd')
  return { pid: child.pid, url: `http://127.0.0.1:${ready[1]}`, stop: () => stop(child, 'SIGKILL') }
}

/** Uploads the Worker, and gives it its route the first time. */
export async function deploy({ api }: RunningEdge, mark: string, isFirst: boolean): Promise<void> {
  const form = new FormData()
  form.set('metadata', JSON.stringify({ main_module: 'i.js', compatibility_date: '2026-11-01' }))
  form.set('i.js', new Blob([workerSource(mark)], { type: 'application/javascript+module' }), 'i.js')
  await call(api, 'PUT', `/accounts/${idOf('account:varyant')}/workers/scripts/bench`, form)
  const route = JSON.stringify({ pattern: `${WORKER_HOST}/*`, script: 'bench' })
  if (isFirst) await call(api, 'POST', `/zones/${idOf(`zone:${WORKER_HOST}`)}/workers/routes`, route)
}

/** What the Worker's answers are marked with now. */
export async function markOf({ url }: RunningEdge): Promise<string | null> {
  const answer = await fetch(`${url}/page`, {
    headers: { host: WORKER_HOST },
    signal: AbortSignal.timeout(CALL_LIMIT_MILLIS),
  })
  await answer.arrayBuffer()
  return answer.headers.get('x-mark')
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

async function call(api: string, method: string, path: string, body: FormData | string): Promise<void> {
  const headers = {
    Authorization: `Bearer ${TOKEN}`,
    ...(typeof body === 'string' && { 'Content-Type': 'application/json' }),
  }
  const signal = AbortSignal.timeout(CALL_LIMIT_MILLIS)
  const answer = await fetch(`${api}/client/v4${path}`, { method, headers, body, signal })
  if (!answer.ok) throw new BenchFailure(`${method} ${path}: ${answer.status} ${await answer.text()}`)
}

/** Waits for what a program says when it is ready; a program that does not say it is ended. */
async function said(
  child: Bun.Subprocess,
  stream: ReadableStream<Uint8Array>,
  words: RegExp,
  who: string,
): Promise<RegExpExecArray> {
  const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MILLIS)
  try {
    let text = ''
    for await (const chunk of stream) {
      text += Buffer.from(chunk).toString()
      const found = words.exec(text)
      if (found !== null) return found
    }
    throw new BenchFailure(`${who} did not start: ${text}`)
  } finally {
    clearTimeout(timer)
  }
}

async function stop(child: Bun.Subprocess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MILLIS)
  await child.exited
  clearTimeout(timer)
}
