// One running process of a zone, with the scripts that it was started with: who is being served by it, and how it ends.
//
//   starting ──ready──► serving ──retire──► draining ──quiet, or too many of them──► SIGTERM ──too long──► SIGKILL
//                          └── ended by itself, by the watchdog, by its memory
//
// G1  A process that is draining gets nothing new; what it has begun it finishes, `waitUntil` too, for a while.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Millis, millis } from '../base/index.ts'
import type { Script } from '../scripts/index.ts'
import type { Cgroup, Cgroups } from './cgroups.ts'
import { HEAP_EXHAUSTED } from './check.ts'
import { type Child, START_LIMIT, startChild } from './child.ts'
import type { Jail } from './jail.ts'
import { innermost } from './process-times.ts'
import { PING_SOCKET, processConfig, socketName } from './workerd-config.ts'

/** Why a process is no more. */
export type GenerationEnd =
  /** It was told to. */
  | 'retired'
  /** The watchdog: a script would not let go of the processor. */
  | 'spinning'
  /** A script's heap, or all of the process, grew to its limit. */
  | 'memory'
  /** Something else: a crash, or somebody killed it. */
  | 'crashed'

/** A request that a script is answering. */
export type Service = {
  readonly script: Script
  /** In milliseconds of the edge's process. */
  readonly since: number
}

export type GenerationParts = {
  readonly number: number
  readonly scripts: readonly Script[]
  readonly program: string
  readonly jail: Jail
  readonly cgroups?: Cgroups | undefined
  /** Of the zone; sockets and files of this generation are in it, under names of their own. */
  readonly directory: string
  readonly doorway: string
  readonly maxHeapMegabytes: number
  isTailed(script: Script): boolean
  onLine(line: string): void
}

/** Quiet for this long, a draining process has no `waitUntil` left either. */
const QUIET_MILLIS = 2_000
/** After SIGTERM; it finishes answers that it has begun. */
const TERM_MILLIS = 30_000

export class Generation {
  readonly number: number
  readonly scripts: readonly Script[]
  /** Requests that wait for an answer's head. */
  readonly services = new Set<Service>()
  /** What its scripts have asked and not been answered, by script id. */
  readonly asking = new Map<string, number>()
  readonly ended: Promise<GenerationEnd>
  lastUsed = performance.now()
  isRecycling = false
  /** Who may have brought it down; written when it goes down, while it is still known who was being served. */
  suspects: readonly Script[] | undefined
  #child: Child
  #cgroup: Cgroup | undefined
  #indexes: ReadonlyMap<string, number>
  #directory: string
  #pid = 0
  #cause: GenerationEnd | undefined
  #isOver = false
  #isTerminating = false
  #timer: ReturnType<typeof setTimeout> | undefined

  private constructor(parts: GenerationParts, child: Child, cgroup: Cgroup | undefined) {
    this.number = parts.number
    this.scripts = parts.scripts
    this.#directory = parts.directory
    this.#child = child
    this.#cgroup = cgroup
    this.#indexes = new Map(parts.scripts.map(({ id }, index) => [id, index]))
    this.ended = child.ended.then((printed) => this.#end(printed))
  }

  /** Starts one; rejects with what workerd printed when it does not come to serve. */
  static async start(parts: GenerationParts, onSpawn: (pid: number, cgroup?: string) => void): Promise<Generation> {
    const prefix = join(parts.directory, `g${parts.number}-`)
    const socketPath = (name: string): string => prefix + name
    const folder = `${prefix}files`
    const files = processConfig({ ...parts, generation: parts.number, socketPath })
    mkdirSync(folder, { mode: 0o700 })
    for (const { name, content } of files) writeFileSync(join(folder, name), content, { mode: 0o600 })
    const cgroup = parts.cgroups?.make(`${basename(parts.directory)}-g${parts.number}`)
    const child = startChild({
      cgroup,
      ...{ program: parts.program, jail: parts.jail, directory: parts.directory, onLine: parts.onLine },
      configPath: join(folder, 'config.capnp'),
      sockets: parts.scripts.length + 1,
      startLimit: START_LIMIT,
    })
    onSpawn(child.pid, cgroup?.path)
    const generation = new Generation(parts, child, cgroup)
    const ready = await child.ready
    // Secrets are in it, and nobody reads it again.
    rmSync(folder, { recursive: true, force: true })
    if (ready.kind === 'failed') {
      child.kill('SIGKILL')
      throw new Error(ready.message)
    }
    generation.#pid = innermost(child.pid)
    return generation
  }

  /** The process of workerd itself, whatever stands around it. */
  get pid(): number {
    return this.#pid
  }

  /** The process that was started: workerd, or what stands around it. */
  get spawnedPid(): number {
    return this.#child.pid
  }

  get isServing(): boolean {
    return !this.#isOver && this.#cause === undefined
  }

  /** Whether its sockets still listen: until SIGTERM. */
  get isAccepting(): boolean {
    return !this.#isOver && !this.#isTerminating && (this.#cause === undefined || this.#cause === 'retired')
  }

  has(script: Script): boolean {
    return this.#indexes.has(script.id)
  }

  /** The path of a script's socket. */
  socketOf(script: Script): string | undefined {
    const index = this.#indexes.get(script.id)
    return index === undefined ? undefined : this.#path(socketName(index))
  }

  get pingSocket(): string {
    return this.#path(PING_SOCKET)
  }

  /** Notes a request until its answer's head has come. */
  begin(script: Script): Service {
    const service = { script, since: performance.now() }
    this.services.add(service)
    return service
  }

  finish(service: Service): void {
    this.services.delete(service)
    this.lastUsed = performance.now()
  }

  /** Notes what a script asks, until it is answered. */
  countAsking(script: Script, by: 1 | -1): void {
    this.asking.set(script.id, (this.asking.get(script.id) ?? 0) + by)
    this.lastUsed = performance.now()
  }

  /** Whether anybody waits for it. */
  get isBusy(): boolean {
    if (this.services.size > 0) return true
    for (const count of this.asking.values()) if (count > 0) return true
    return false
  }

  /** How long nothing has been asked of it or by it. */
  get quiet(): Millis {
    return millis(this.isBusy ? 0 : performance.now() - this.lastUsed)
  }

  /** Serves nobody new: ends when it is quiet. */
  retire(): void {
    if (!this.isServing) return
    this.#cause = 'retired'
    this.#terminateWhenQuiet()
  }

  /** Ends now, but lets answers finish that have begun. */
  terminate(): void {
    this.#cause ??= 'retired'
    clearTimeout(this.#timer)
    if (this.#isOver || this.#isTerminating) return
    this.#isTerminating = true
    this.#signal('SIGTERM')
    this.#timer = setTimeout(() => this.#signal('SIGKILL'), TERM_MILLIS)
  }

  /** Ends at once. */
  kill(cause: GenerationEnd): void {
    this.#cause ??= cause
    this.#signal('SIGKILL')
  }

  #terminateWhenQuiet(): void {
    const left = QUIET_MILLIS - this.quiet
    if (left <= 0) this.terminate()
    else this.#timer = setTimeout(() => this.#terminateWhenQuiet(), Math.max(50, left))
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.#isOver) return
    if (this.#pid === this.#child.pid || this.#pid === 0) {
      this.#child.kill(signal)
      return
    }
    try {
      process.kill(this.#pid, signal)
    } catch {
      // Fail open: it has just ended by itself.
    }
  }

  #end(printed: string): GenerationEnd {
    this.#isOver = true
    clearTimeout(this.#timer)
    for (const name of [PING_SOCKET, ...this.scripts.map((_, index) => socketName(index))]) {
      rmSync(this.#path(name), { force: true })
    }
    const hasRunOut = printed.includes(HEAP_EXHAUSTED) || this.#cgroup?.hasRunOut() === true
    this.#cgroup?.remove()
    this.#cause ??= hasRunOut ? 'memory' : 'crashed'
    return this.#cause
  }

  #path(name: string): string {
    return join(this.#directory, `g${this.number}-${name}`)
  }
}
