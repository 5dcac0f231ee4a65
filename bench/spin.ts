// A script that spins, and what another zone notices of it: part of `npm run storm:workers`.
//
// A running edge with two zones.  The Worker of one is asked for `while (true)` again and again, by new versions, so that it is
// never switched off; the other zone's Worker is asked at a steady rate meanwhile, and the same before each.  The figures are the
// other zone's times while somebody spins, and how long the one who asked for it waited until the spinner was gone.

import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ACCOUNT_ID, zoneId } from '../src/config/index.ts'
import { makeScratch, startEdgeProcess, startOrigin } from '../test/support/index.ts'
import { BenchFailure } from './failure.ts'

const REQUESTS_PER_SECOND = 200
const WARM_UP_MILLIS = 1_000
const SPINS = 8
/** Before each spin, without one. */
const QUIET_MILLIS = 500
/** The issue's own figures. */
const MAX_P99_MILLIS = 50
const MAX_GONE_MILLIS = 2_000

const SOURCE = (mark: number): string => `export default { async fetch(request) {
  if (new URL(request.url).pathname === '/spin') for (;;) {}
  const answer = await fetch(request)
  return new Response(${mark} + await answer.text()) } }`

export type SpinFigures = {
  /** Of the other zone, in milliseconds: before, and while somebody spins. */
  readonly quiet: readonly number[]
  readonly spinning: readonly number[]
  /** From asking for the spin until its page, in milliseconds. */
  readonly gone: readonly number[]
  /** Requests of the other zone that were answered by anything but 200, and spins that were not answered by 503. */
  readonly wrong: readonly string[]
}

/** The value below which that share of the values is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** What the figures say, in a line, and what of it is not as it should be. */
export function judgeSpins({ quiet, spinning, gone, wrong }: SpinFigures) {
  const [p99Quiet, p99, slowest] = [quantile(quiet, 0.99), quantile(spinning, 0.99), quantile(gone, 1)]
  const failures = [...wrong]
  if (!(p99 < MAX_P99_MILLIS)) failures.push(`the other zone's p99 is not under ${MAX_P99_MILLIS} ms`)
  if (!(slowest < MAX_GONE_MILLIS)) failures.push(`a spinner was there for ${MAX_GONE_MILLIS / 1000} s or longer`)
  if (failures.length > 0 && !(p99Quiet < MAX_P99_MILLIS / 2))
    failures.push('the machine is busy: it was slow without a spinner')
  const line = `${gone.length} spinners in one zone: another's p99 ${p99.toFixed(1)} ms over ${spinning.length} requests, without a spinner ${p99Quiet.toFixed(1)} ms; gone after ${quantile(gone, 0.5).toFixed(0)} ms, at most ${slowest.toFixed(0)} ms`
  return { line, failures }
}

/** Runs it and tells what it took. */
export async function measureSpins(): Promise<SpinFigures> {
  await using scratch = await makeScratch()
  await using origin = await startOrigin()
  origin.on('*', { body: 'origin' })
  const zones = ['calm.example', 'spin.example'].map((name) => ({ name, origins: { [name]: origin.url } }))
  const config = join(scratch.path, 'varyant.json')
  const edge = { http: '127.0.0.1:0', access_log: false }
  await Bun.write(
    config,
    JSON.stringify({ edge, api: { listen: '127.0.0.1:0' }, data: join(scratch.path, 'd'), zones }),
  )
  await using running = await startEdgeProcess({ args: ['--config', config] })
  const api = { url: `${running.apiUrl}/client/v4`, token: running.token }
  for (const name of ['calm', 'spin']) await deploy(api, name, 0, true)
  const ask = (host: string, path: string) => fetch(running.edgeUrl + path, { headers: { host } })
  for (const host of ['calm.example', 'spin.example']) await (await ask(host, '/')).text()

  const wrong: string[] = []
  const timed = async (times: number[]): Promise<void> => {
    const began = performance.now()
    const answer = await ask('calm.example', '/page')
    await answer.text()
    times.push(performance.now() - began)
    if (answer.status !== 200) wrong.push(`the other zone answered ${answer.status}`)
  }
  await steadily(() => timed([]), wait(WARM_UP_MILLIS))
  const quiet: number[] = []
  const spinning: number[] = []
  const gone: number[] = []
  for (let n = 1; n <= SPINS; n += 1) {
    await deploy(api, 'spin', n, false)
    await (await ask('spin.example', '/')).text()
    await steadily(() => timed(quiet), wait(QUIET_MILLIS))
    const began = performance.now()
    const spun = ask('spin.example', '/spin').then(async (answer) => {
      await answer.text()
      gone.push(performance.now() - began)
      if (answer.status !== 503) wrong.push(`the spinner answered ${answer.status}`)
    })
    await steadily(() => timed(spinning), spun)
  }
  return { quiet, spinning, gone, wrong }
}

/** Does it again and again, at the rate, until the other promise is settled; resolves when all of it is done. */
async function steadily(work: () => Promise<void>, until: Promise<unknown>): Promise<void> {
  const under: Promise<void>[] = []
  let isOver = false
  const over = until.finally(() => {
    isOver = true
  })
  const began = performance.now()
  for (let count = 0; !isOver; count += 1) {
    const due = began + (count * 1000) / REQUESTS_PER_SECOND
    await wait(Math.max(0, due - performance.now()))
    under.push(work())
  }
  await Promise.all([over, ...under])
}

type Api = { readonly url: string; readonly token: string }

async function deploy(api: Api, name: string, version: number, withRoute: boolean): Promise<void> {
  const form = new FormData()
  form.set('metadata', JSON.stringify({ main_module: 'i.js', compatibility_date: '2026-11-01' }))
  form.set('i.js', new Blob([SOURCE(version)], { type: 'application/javascript+module' }), 'i.js')
  await call(api, 'PUT', `/accounts/${ACCOUNT_ID}/workers/scripts/${name}`, form)
  if (!withRoute) return
  const route = JSON.stringify({ pattern: `${name}.example/*`, script: name })
  await call(api, 'POST', `/zones/${zoneId(`${name}.example`)}/workers/routes`, route)
}

async function call({ url, token }: Api, method: string, path: string, body: FormData | string): Promise<void> {
  const headers = {
    Authorization: `Bearer ${token}`,
    ...(typeof body === 'string' && { 'Content-Type': 'application/json' }),
  }
  const answer = await fetch(url + path, { method, headers, body })
  if (!answer.ok) throw new BenchFailure(`${method} ${path}: ${answer.status} ${await answer.text()}`)
}
