// The load generators: wrk for HTTP/1.1, h2load for HTTP/2.  They run on their own core and report what they counted.

import { join } from 'node:path'
import type { Seconds } from '../src/base/index.ts'
import { BenchFailure } from './failure.ts'

/** What a load generator sends. */
export type Load = {
  readonly protocol: 'http/1.1' | 'h2'
  /** Path that is asked for, over and over; `spread` asks for many paths with many Origins. */
  readonly target: { readonly kind: 'path'; readonly path: string } | { readonly kind: 'spread' }
  readonly connections: number
}

/** The Origin of all requests but the spread ones. */
export const ORIGIN = 'https://a0.example.com'

/** URLs and Origins of the spread load; loads/spread.lua has the same numbers. */
export const SPREAD_URLS = 1000
export const SPREAD_ORIGINS = 10

/** Streams that h2load keeps open on each connection. */
const STREAMS = 16

/** Every request of a load once: what must be stored before the load is measured. */
export function* requestsOf(load: Load): Generator<{ path: string; origin: string }> {
  if (load.target.kind === 'path') {
    yield { path: load.target.path, origin: ORIGIN }
    return
  }
  for (let url = 0; url < SPREAD_URLS; url += 1) {
    for (let n = 0; n < SPREAD_ORIGINS; n += 1)
      yield { path: `/spread/${url}.css`, origin: `https://a${n}.example.com` }
  }
}

/** Sends a load for a while and answers how many requests succeeded.  Fails when any did not. */
export async function applyLoad(
  load: Load,
  http: string,
  https: string | undefined,
  duration: Seconds,
): Promise<number> {
  const base = load.protocol === 'h2' ? https : http
  if (base === undefined) throw new BenchFailure('this contender does not speak HTTP/2 over TLS')
  const command = load.protocol === 'h2' ? h2loadCommand(load, base, duration) : wrkCommand(load, base, duration)
  const child = Bun.spawn(command, { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [output, complaints] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  await child.exited
  const requests = load.protocol === 'h2' ? parseH2load(output) : parseWrk(output)
  if (requests === undefined) throw new BenchFailure(`the load on ${base} failed:\n${output}${complaints}`)
  return requests
}

function wrkCommand(load: Load, base: string, duration: Seconds): string[] {
  const common = ['wrk', '-t1', `-c${load.connections}`, `-d${duration}s`, '--timeout', '10s']
  if (load.target.kind === 'path') return [...common, '-H', `Origin: ${ORIGIN}`, `${base}${load.target.path}`]
  return [...common, '-s', join(import.meta.dir, 'loads', 'spread.lua'), base]
}

function h2loadCommand(load: Load, base: string, duration: Seconds): string[] {
  if (load.target.kind === 'spread') throw new BenchFailure('the spread load is written for HTTP/1.1')
  const shape = [`-c${load.connections}`, `-m${STREAMS}`, `-D${duration}`]
  return ['h2load', ...shape, '-H', `origin: ${ORIGIN}`, `${base}${load.target.path}`]
}

/** Requests of a wrk report, or undefined when there were none or any failed. */
export function parseWrk(report: string): number | undefined {
  if (/^ *(Non-2xx|Socket errors)/m.test(report)) return undefined
  return positive(/^ *(\d+) requests in /m.exec(report)?.[1])
}

/** Requests of an h2load report, or undefined when there were none, any failed, or it was not HTTP/2. */
export function parseH2load(report: string): number | undefined {
  if (!/^Application protocol: h2$/m.test(report)) return undefined
  const counts = /^requests: .* (\d+) succeeded, (\d+) failed, (\d+) errored/m.exec(report)
  const statuses = /^status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/m.exec(report)
  if (counts?.[2] !== '0' || counts[3] !== '0') return undefined
  if (statuses === null || statuses.slice(2).some((count) => count !== '0')) return undefined
  return positive(counts[1])
}

function positive(digits: string | undefined): number | undefined {
  const n = Number(digits)
  return n > 0 ? n : undefined
}
