// The process that runs a zone's scripts, from the zone's view: none until somebody asks, one while it is used, two for a
// moment when its scripts change.
//
//   none ──a visit──► starting ──► serving ──its scripts change──► starting the next ──► serving it; the last one drains
//    ▲                                └──five minutes without a visit──► none
//    └──────────ended by itself: after a while, at the next visit──────────┘
//
// Z1  A visit runs the version that the configuration named when it came, for which it waits, or a newer one; what it began
//     with it ends with.
// Z2  At most one start at a time.  Changes that come meanwhile are one change.

import { join } from 'node:path'
import type { Millis } from '../base/index.ts'
import type { Script } from '../scripts/index.ts'
import { FORGIVEN_AFTER_MILLIS, PATIENCE_MILLIS, restartDelay } from './back-off.ts'
import type { ScriptedZone } from './contract.ts'
import { Generation, type GenerationEnd, type GenerationParts } from './generation.ts'

export type ZoneProcessParts = Pick<
  GenerationParts,
  'program' | 'jail' | 'cgroups' | 'directory' | 'maxHeapMegabytes' | 'isTailed'
> & {
  /** Opens the doorway of the zone; called at the first start. */
  openDoorway(path: string, zone: ZoneProcess): { close(): void }
  /** Takes its turn: so many processes start at once, and no more. */
  inTurn<Value>(start: () => Promise<Value>): Promise<Value>
  onSpawn(pid: number, cgroup?: string): void
  onStart(generation: Generation): void
  onEnd(generation: Generation, end: GenerationEnd): void
  onLine(zone: ScriptedZone, line: string): void
  onFailedStart(zone: ScriptedZone, reason: string): void
}

// DEVIATION CF workers/reference/how-workers-works: a deployment starts the globals of all scripts of the zone anew, since
// they share a process; docs/decisions/0080.
/** Draining processes beyond this many are ended without waiting for quiet: many changes in a row are no reason for many processes. */
const MAX_DRAINING = 2

/** A process, and the version of the script that it runs. */
export type Running = { readonly generation: Generation; readonly script: Script }

/** A process is not to be had: the sentence says why. */
export class Unavailable extends Error {}

export class ZoneProcess {
  zone: ScriptedZone
  readonly #parts: ZoneProcessParts
  #wanted: readonly Script[] = []
  #current: Generation | undefined
  #starting: Promise<Generation> | undefined
  readonly #draining: Generation[] = []
  #doorway: { close(): void } | undefined
  #count = 0
  #failures = 0
  #lastStart = 0
  #notBefore = 0
  #isClosed = false

  constructor(zone: ScriptedZone, parts: ZoneProcessParts) {
    this.zone = zone
    this.#parts = parts
    this.#wanted = scriptsOf(zone)
  }

  /** Every process that is up. */
  get generations(): readonly Generation[] {
    return this.#current === undefined ? this.#draining : [this.#current, ...this.#draining]
  }

  /** The generation of a number, or undefined when it is gone. */
  find(number: number): Generation | undefined {
    return this.generations.find((generation) => generation.number === number)
  }

  /** Takes the zone's new configuration.  A process that serves is replaced if its scripts have changed. */
  use(zone: ScriptedZone): void {
    this.zone = zone
    const wanted = scriptsOf(zone)
    if (isSameList(wanted, this.#wanted)) return
    this.#wanted = wanted
    this.#failures = 0
    this.#notBefore = 0
    if (wanted.length === 0) this.#retireCurrent()
    else if (this.#current !== undefined || this.#starting !== undefined) this.#replace()
  }

  /** A process that runs the script, started if need be; rejects with `Unavailable`. */
  async get(script: Script): Promise<Running> {
    const current = this.#current
    if (current?.isServing === true && current.has(script)) return { generation: current, script }
    for (;;) {
      const version = this.#wanted.find(({ id }) => id === script.id)
      const old = version === undefined ? this.#findOld(script) : undefined
      if (old !== undefined) return { generation: old, script }
      const wanted = version ?? this.#wanted.find(({ name, kind }) => name === script.name && kind === script.kind)
      if (wanted === undefined) throw new Unavailable('the script was removed a moment ago')
      const generation = await this.#start()
      if (generation.has(wanted)) return { generation, script: wanted }
    }
  }

  /** Replaces the process by a new one with the same scripts. */
  recycle(generation: Generation): void {
    if (generation !== this.#current || generation.isRecycling) return
    generation.isRecycling = true
    this.#replace()
  }

  /** Ends a process that nobody has used for so long. */
  sweep(idleAfter: Millis): void {
    if (this.#current !== undefined && this.#current.quiet >= idleAfter) this.#retireCurrent()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#starting?.catch(() => undefined)
    const all = this.generations
    this.#doorway?.close()
    for (const generation of all) generation.kill('retired')
    await Promise.all(all.map(({ ended }) => ended))
  }

  /** A process with a version that has just been replaced, for a visit that came before. */
  #findOld(script: Script): Generation | undefined {
    return this.#draining.findLast((each) => each.has(script) && each.isAccepting)
  }

  #replace(): void {
    this.#start().catch((cause: unknown) => {
      // Fail open: whoever needs the new version asks again, and is told.
      if (!(cause instanceof Unavailable)) throw cause
    })
  }

  /** The start that is under way, or a new one. */
  #start(): Promise<Generation> {
    this.#starting ??= this.#startWanted().finally(() => {
      this.#starting = undefined
      const current = this.#current
      if (current?.isServing === true && !this.#isClosed && !isSameList(current.scripts, this.#wanted)) {
        if (this.#wanted.length === 0) this.#retireCurrent()
        else this.#replace()
      }
    })
    return this.#starting
  }

  async #startWanted(): Promise<Generation> {
    const wait = this.#notBefore - performance.now()
    if (wait > PATIENCE_MILLIS)
      throw new Unavailable(`it ended ${this.#failures} times in a row and is to be started later`)
    if (wait > 0) await Bun.sleep(wait)
    const { directory } = this.#parts
    const doorway = join(directory, 'door')
    this.#doorway ??= this.#parts.openDoorway(doorway, this)
    this.#count += 1
    const number = this.#count
    const parts: GenerationParts = {
      ...this.#parts,
      ...{ number, doorway, directory },
      scripts: this.#wanted,
      onLine: (line) => this.#parts.onLine(this.zone, line),
    }
    let generation: Generation
    try {
      generation = await this.#parts.inTurn(() => Generation.start(parts, this.#parts.onSpawn))
    } catch (cause) {
      this.#noteFailure()
      const reason = cause instanceof Error ? cause.message : String(cause)
      this.#parts.onFailedStart(this.zone, reason)
      throw new Unavailable(`workerd did not start: ${reason}`)
    }
    this.#takeOver(generation)
    return generation
  }

  #takeOver(generation: Generation): void {
    if (this.#isClosed) generation.kill('retired')
    this.#retireCurrent()
    this.#current = generation
    this.#lastStart = performance.now()
    this.#parts.onStart(generation)
    void generation.ended.then((end) => this.#afterEnd(generation, end))
  }

  #afterEnd(generation: Generation, end: GenerationEnd): void {
    const at = this.#draining.indexOf(generation)
    if (at >= 0) this.#draining.splice(at, 1)
    if (this.#current === generation) {
      this.#current = undefined
      if (end !== 'retired') this.#noteFailure()
    }
    this.#parts.onEnd(generation, end)
  }

  #noteFailure(): void {
    const now = performance.now()
    this.#failures = now - this.#lastStart > FORGIVEN_AFTER_MILLIS ? 1 : this.#failures + 1
    this.#notBefore = now + restartDelay(this.#failures)
  }

  #retireCurrent(): void {
    const last = this.#current
    if (last === undefined) return
    this.#current = undefined
    if (!last.isServing) return
    this.#draining.push(last)
    last.retire()
    for (const oldest of this.#draining.slice(0, -MAX_DRAINING)) oldest.terminate()
  }
}

/** Each version that may run, once: what a process runs. */
function scriptsOf({ scripts }: ScriptedZone): readonly Script[] {
  if (scripts === undefined) return []
  const all = [...scripts.workers, ...scripts.snippets.filter(({ enabled }) => enabled).map(({ script }) => script)]
  const running = all.filter(({ refusal }) => refusal === undefined)
  return [...new Map(running.map((script) => [script.id, script])).values()]
}

function isSameList(a: readonly Script[], b: readonly Script[]): boolean {
  return a.length === b.length && a.every(({ id }, index) => id === b[index]?.id)
}
