// What every server in the comparison is to a run, and how their processes are started and ended.

import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Subprocess } from 'bun'
import { BenchFailure } from './failure.ts'
import { LOAD_CORE, SERVER_CORE } from './processor.ts'

export type ContenderName = 'varyant' | 'nginx' | 'varnish' | 'bun'

/** A running server under measurement. */
export interface Contender {
  readonly name: ContenderName
  /** `http://host:port`. */
  readonly http: string
  /** `https://host:port` speaking HTTP/2, if it has one. */
  readonly https: string | undefined
  /** Root of its process tree. */
  readonly pid: number
  stop(): Promise<void>
}

/** What contenders are given to start with. */
export type Surroundings = {
  /** An empty directory for their configuration and caches. */
  readonly directory: string
  readonly origin: string
  readonly certificate: string
  readonly certificateKey: string
}

const READY_MILLIS = 20_000
const POLL_MILLIS = 25
const END_MILLIS = 10_000

export type Side = 'server' | 'load'

/** A process pinned to the server's core or to the load's. */
export function spawnPinned(
  side: Side,
  command: readonly string[],
  log: string,
): Subprocess<'ignore', 'pipe', Bun.BunFile> {
  const core = side === 'server' ? SERVER_CORE : LOAD_CORE
  return Bun.spawn(['taskset', '-c', String(core), ...command], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: Bun.file(log),
  })
}

/** Waits until `url` answers.  Fails with the end of the log when the process ends before, or never answers. */
export async function untilAnswering(process: Subprocess, url: string, log: string): Promise<void> {
  const deadline = performance.now() + READY_MILLIS
  while (performance.now() < deadline && process.exitCode === null) {
    try {
      await (await fetch(url, { tls: { rejectUnauthorized: false } })).arrayBuffer()
      return
    } catch {
      await delay(POLL_MILLIS) // refused: not listening yet; the deadline and the exit code end the wait
    }
  }
  process.kill('SIGKILL')
  throw new BenchFailure(`${url} does not answer; its log ends:\n${await tailOf(log)}`)
}

/** The last lines of a log, for a failure's message. */
export async function tailOf(log: string): Promise<string> {
  const text = (await Bun.file(log).exists()) ? await Bun.file(log).text() : ''
  return text.split('\n').slice(-12).join('\n')
}

/** Ends a process politely, then not. */
export async function endProcess(process: Subprocess): Promise<void> {
  process.kill('SIGTERM')
  const killer = setTimeout(() => process.kill('SIGKILL'), END_MILLIS)
  await process.exited
  clearTimeout(killer)
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address === null || typeof address === 'string' ? reject(address) : resolve(address.port)))
    })
  })
}
