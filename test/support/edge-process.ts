// The edge as users start it: `node bin/varyant.js start …` as a child process, for tests that kill, stop and restart it.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LAUNCHER = join(ROOT, 'bin', 'varyant.js')

/** What the ready line says. */
export type ReadyLine = { readonly edge: string; readonly api: string; readonly https: string | undefined }

export type EdgeProcess = {
  readonly edgeUrl: string
  readonly apiUrl: string
  readonly httpsUrl: string | undefined
  readonly token: string
  readonly pid: number
  /** Everything on stdout so far, line by line. */
  readonly stdout: readonly string[]
  /** Everything on stderr so far. */
  stderr(): string
  /** Sends a signal; resolves with the exit code (null when a signal ended it). */
  stop(signal?: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<number | null>
  readonly exited: Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

export type EdgeProcessOptions = {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly token?: string
}

/** Starts the edge with these arguments and resolves at its ready line; rejects with its stderr when it ends before. */
export async function startEdgeProcess(options: EdgeProcessOptions = {}): Promise<EdgeProcess> {
  const token = options.token ?? 'process-test-token'
  const child = Bun.spawn(['node', LAUNCHER, 'start', ...(options.args ?? [])], {
    cwd: ROOT,
    env: { ...process.env, VARYANT_API_TOKEN: token, ...options.env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const stdout: string[] = []
  let stderr = ''
  const errors = collect(child.stderr, (text) => {
    stderr += text
  })
  const exited = child.exited.then(() => child.exitCode)
  const ready = await Promise.race([readReadyLine(child.stdout, stdout), exited.then(() => undefined)])
  if (ready === undefined) {
    child.kill('SIGKILL')
    await errors
    throw new Error(`the edge ended before it was ready: ${stderr}`)
  }
  const stop: EdgeProcess['stop'] = (signal = 'SIGTERM') => {
    child.kill(signal)
    return exited
  }
  return {
    edgeUrl: ready.edge,
    apiUrl: ready.api,
    httpsUrl: ready.https,
    token,
    pid: child.pid,
    stdout,
    stderr: () => stderr,
    stop,
    exited,
    [Symbol.asyncDispose]: async () => {
      await stop('SIGKILL')
    },
  }
}

/** The parts of a ready line, or undefined when it is none. */
export function parseReadyLine(line: string): ReadyLine | undefined {
  const found = /^varyant ready edge=(http:\S+) api=(http:\S+)(?: https=(https:\S+))?$/.exec(line)
  if (found?.[1] === undefined || found[2] === undefined) return undefined
  return { edge: found[1], api: found[2], https: found[3] }
}

/** A directory of its own under the system's temporary one, removed with all it holds when disposed. */
export async function makeScratch(): Promise<{ readonly path: string; [Symbol.asyncDispose](): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'varyant-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

async function readReadyLine(stream: ReadableStream<Uint8Array>, lines: string[]): Promise<ReadyLine | undefined> {
  return new Promise((resolve) => {
    let rest = ''
    const take = (text: string): void => {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) {
        lines.push(line)
        const ready = parseReadyLine(line)
        if (ready !== undefined) resolve(ready)
      }
    }
    void collect(stream, take).then(() => resolve(undefined))
  })
}

async function collect(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }))
}
