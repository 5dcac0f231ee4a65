// One workerd process, from its start to its end: ready when every socket listens, as its control descriptor tells; what it
// prints is kept, the last of it.
//
// P1  Its environment is empty: no secret of the edge's is in it.
// P2  `ended` always resolves, and `ready` with it: a process that ends before it is ready says why.

import { type Millis, millis } from '../base/index.ts'
import type { Cgroup } from './cgroups.ts'
import { ENVIRONMENT, type Jail } from './jail.ts'

export type ChildParts = {
  readonly program: string
  readonly jail: Jail
  /** Where its memory is limited; undefined: it is not. */
  readonly cgroup?: Pick<Cgroup, 'words'> | undefined
  /** Absolute; its sockets and modules are beside it. */
  readonly configPath: string
  readonly directory: string
  /** How many sockets there will be. */
  readonly sockets: number
  /** A start that takes longer has failed. */
  readonly startLimit: Millis
  /** Takes each line that it prints. */
  readonly onLine?: (line: string) => void
}

export type Ready =
  | { readonly kind: 'listening'; readonly startupMillis: number }
  /** `message` is what it printed, or what was wrong. */
  | { readonly kind: 'failed'; readonly reason: 'refused' | 'overdue'; readonly message: string }

export type Child = {
  readonly pid: number
  readonly ready: Promise<Ready>
  /** Resolves when the process is gone, with its last words. */
  readonly ended: Promise<string>
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}

const CONTROL_DESCRIPTOR = 3
/** What is kept of what a process prints; a script may print without end. */
const MAX_KEPT_CHARACTERS = 16_384

/** Starts a process; never throws. */
export function startChild(parts: ChildParts): Child {
  const { program, jail, cgroup, configPath, directory } = parts
  const began = performance.now()
  const command = [
    ...(cgroup?.words ?? []),
    ...jail.words(program, directory),
    program,
    'serve',
    configPath,
    `--control-fd=${CONTROL_DESCRIPTOR}`,
  ]
  let process: Bun.Subprocess<'ignore', 'pipe', 'pipe'>
  try {
    process = Bun.spawn(command, {
      cwd: directory,
      env: { ...ENVIRONMENT, PATH: '/usr/local/bin:/usr/bin:/bin' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    return {
      pid: 0,
      ready: Promise.resolve({ kind: 'failed', reason: 'refused', message }),
      ended: Promise.resolve(message),
      kill: () => undefined,
    }
  }
  const kept = { text: '' }
  const printed = Promise.all([
    takeLines(process.stderr, kept, parts.onLine),
    takeLines(process.stdout, kept, parts.onLine),
  ])
  const ended = process.exited.then(async () => {
    await printed
    return kept.text
  })
  return {
    pid: process.pid,
    ready: becomeReady(process, parts, ended, began),
    ended,
    kill: (signal) => process.kill(signal),
  }
}

async function becomeReady(
  process: Bun.Subprocess<'ignore', 'pipe', 'pipe'>,
  { sockets, startLimit }: ChildParts,
  ended: Promise<string>,
  began: number,
): Promise<Ready> {
  const { promise: overdue, resolve } = Promise.withResolvers<Ready>()
  const timer = setTimeout(() => {
    process.kill('SIGKILL')
    resolve({ kind: 'failed', reason: 'overdue', message: `it did not start within ${startLimit / 1000} s` })
  }, startLimit)
  const refused = ended.then((message): Ready => ({ kind: 'failed', reason: 'refused', message }))
  const listening = countListening(process.stdio[CONTROL_DESCRIPTOR], sockets).then((all): Ready | Promise<Ready> =>
    all ? { kind: 'listening', startupMillis: Math.max(1, Math.round(performance.now() - began)) } : refused,
  )
  try {
    return await Promise.race([listening, refused, overdue])
  } finally {
    clearTimeout(timer)
  }
}

/** Whether that many sockets came to listen before the descriptor was closed. */
async function countListening(descriptor: number | null | undefined, sockets: number): Promise<boolean> {
  if (typeof descriptor !== 'number') return false
  let text = ''
  for await (const chunk of Bun.file(descriptor).stream()) {
    text += Buffer.from(chunk).toString('latin1')
    if (text.split('"event":"listen"').length > sockets) return true
  }
  return false
}

async function takeLines(
  stream: ReadableStream<Uint8Array>,
  kept: { text: string },
  onLine: ((line: string) => void) | undefined,
): Promise<void> {
  const decoder = new TextDecoder()
  let open = ''
  for await (const chunk of stream) {
    const text = decoder.decode(chunk, { stream: true })
    kept.text = (kept.text + text).slice(-MAX_KEPT_CHARACTERS)
    if (onLine === undefined) continue
    const lines = (open + text).split('\n')
    open = (lines.pop() ?? '').slice(0, MAX_KEPT_CHARACTERS)
    for (const line of lines) onLine(line)
  }
  if (open !== '') onLine?.(open)
}

/** How long a process has to listen: several times what two hundred scripts take. */
export const START_LIMIT: Millis = millis(10_000)
