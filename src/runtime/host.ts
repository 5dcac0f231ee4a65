// Runs Workers and Snippets on workerd: a process for each zone that has scripts and visitors for them.  docs/decisions/0080
//
//   dispatch ──► zone's process ──► stage 0 ──goes on──► doorway ──► stage 1 ──goes on──► … ──► gateway
//                                      └──answers──► the visitor
//
// H1  A script that fails, hangs or eats memory takes its zone's process with it, never the edge or another zone's.
// H2  Nothing is started for a zone until a visit needs it.

import { type Bytes, bytes, type Clock, type EventSink, fail, type Millis, millis } from '../base/index.ts'
import type { Script } from '../scripts/index.ts'
import type { CgroupPlace } from './cgroup-place.ts'
import { type Cgroups, findCgroups } from './cgroups.ts'
import { checkScript } from './check.ts'
import type {
  Gateway,
  ScriptedZone,
  ScriptFailure,
  ScriptOutcome,
  ScriptRuntime,
  SocketEntrance,
  Subrequest,
  TailItem,
  TailListener,
  Visit,
} from './contract.ts'
import { openDoorway } from './doorway.ts'
import type { Generation, GenerationEnd } from './generation.ts'
import { findJail, type Jail } from './jail.ts'
import { Permits, permitsOf } from './permits.ts'
import { openRunDirectory, type RunDirectory } from './run-directory.ts'
import { HEAD_LIMIT } from './serve.ts'
import { Stacks } from './stacks.ts'
import { failure, LOSSES, Stages, stageFields } from './stages.ts'
import { Strikes, suspectsOf } from './strikes.ts'
import { Tails } from './tails.ts'
import { type LiveVisit, Visits } from './visits.ts'
import { Watchdog } from './watchdog.ts'
import { Wire } from './wire/wire.ts'
import type { WorkerdBinary } from './workerd-binary.ts'
import { Unavailable, ZoneProcess } from './zone-process.ts'

export type RuntimeOptions = {
  readonly workerd: WorkerdBinary
  /** Sockets are below it, where they fit. */
  readonly dataDirectory: string
  readonly clock: Clock
  readonly events: EventSink
  /** Whether failures tell where the script threw, and every invocation is told to listeners: for development. */
  readonly keepStacks?: boolean
  /** Whether an operator is told which limits this machine does not have. */
  readonly tellLimits?: boolean
  /** Takes what scripts and workerd print. */
  readonly onLine?: (zone: string, line: string) => void
  /** What the scripts of one zone may have together: a limit where there are cgroups, and a reason to replace the process before. */
  readonly memory?: Bytes
  /** The memory of its own beyond which a process is replaced. */
  readonly recycleAt?: Bytes
  /** Where cgroups are; found out when absent. */
  readonly cgroups?: CgroupPlace
  /** A process that nobody has visited for so long is ended. */
  readonly idleAfter?: Millis
  /** A top level that is not done by then never will be. */
  readonly checkLimit?: Millis
}

const DEFAULT_MEMORY_BYTES = bytes(10 ** 9)
/** Of its memory, a process that has so much is replaced: the next one takes over before the system ends this one. */
const RECYCLE_SHARE = 0.6
/** What Cloudflare gives an isolate.  CF workers/platform/limits §Memory */
const MAX_HEAP_MEGABYTES = 128
const CHECK_LIMIT = millis(12_000)
/** Each start keeps a core busy for some 50 ms. */
const STARTS_AT_ONCE = 4
const CHECKS_AT_ONCE = 2
const IDLE = millis(300_000)
/** Idle processes are looked for so many times within the time that makes one idle. */
const SWEEPS = 10
/** Cloudflare's own limit to how deep scripts may call each other.  CF workers/platform/limits §Subrequests */
const MAX_DEPTH = 16

/** What a jail is tried with. */
const TRIAL: Script = {
  ...{ id: 'trial', name: 'trial', kind: 'worker', mainModule: 'trial.js' },
  modules: [{ name: 'trial.js', type: 'esm', content: Buffer.from('export default { fetch() {} }') }],
  ...{ bindings: [], compatibilityDate: '2026-11-01', compatibilityFlags: [] },
}

/** The runtime; when there is no workerd, one that says so at every turn. */
export function makeRuntime(options: RuntimeOptions): ScriptRuntime {
  const { workerd } = options
  return workerd.kind === 'absent' ? absentRuntime(workerd.why) : new Runtime(options, workerd.path)
}

function tooDeep({ depth }: Visit): ScriptFailure | undefined {
  return depth > MAX_DEPTH ? failure('worker-loop', `scripts of ${depth} zones have called each other`) : undefined
}

function absentRuntime(why: string): ScriptRuntime {
  const absent = failure('worker-unavailable', why, true)
  return {
    unavailable: why,
    validate: async () => fail({ message: why }),
    apply: () => undefined,
    attach: () => undefined,
    dispatch: async () => absent,
    openSocket: async () => absent,
    tail: () => () => undefined,
    close: async () => undefined,
  }
}

/** What stands around a process. */
type Walls = { readonly jail: Jail; readonly cgroups: Cgroups | undefined }

class Runtime implements ScriptRuntime {
  readonly unavailable = undefined
  readonly #options: RuntimeOptions
  readonly #program: string
  readonly #zones = new Map<string, ZoneProcess>()
  readonly #visits = new Visits()
  readonly #strikes = new Strikes()
  readonly #tails = new Tails()
  readonly #stacks = new Stacks()
  readonly #starts = new Permits(STARTS_AT_ONCE)
  readonly #checks = new Permits(CHECKS_AT_ONCE)
  readonly #permits = new Permits(permitsOf(process.env))
  readonly #wire = new Wire(HEAD_LIMIT)
  readonly #stages: Stages
  readonly #watchdog: Watchdog
  readonly #sweeper: ReturnType<typeof setInterval>
  readonly #run: RunDirectory
  readonly #memory: Bytes
  #walls: Promise<Walls> | undefined
  #gateway: Gateway | undefined
  #folders = 0

  constructor(options: RuntimeOptions, program: string) {
    this.#options = options
    this.#program = program
    this.#memory = options.memory ?? DEFAULT_MEMORY_BYTES
    this.#run = openRunDirectory(options.dataDirectory)
    this.#stages = new Stages({
      processOf: (zone) => this.#zoneProcess(zone),
      ...{ strikes: this.#strikes, clock: options.clock, wire: this.#wire },
      stackOf: async (ray) => (options.keepStacks === true ? this.#stacks.of(ray) : undefined),
      gateway: () => this.#getGateway(),
    })
    this.#watchdog = new Watchdog({
      generations: () => [...this.#zones.values()].flatMap((zone) => zone.generations),
      onSpinning: (generation) => {
        generation.suspects ??= suspectsOf(generation.services, generation.asking)
        generation.kill('spinning')
      },
      onLarge: (generation) => this.#recycle(generation),
      recycleAt: options.recycleAt ?? bytes(Math.floor(this.#memory * RECYCLE_SHARE)),
    })
    const idleAfter = options.idleAfter ?? IDLE
    this.#sweeper = setInterval(() => {
      for (const zone of this.#zones.values()) zone.sweep(idleAfter)
    }, idleAfter / SWEEPS)
    this.#sweeper.unref()
  }

  attach(gateway: Gateway): void {
    this.#gateway = gateway
  }

  async validate(script: Script) {
    await this.#checks.take(1)
    try {
      return await checkScript(script, {
        ...{ program: this.#program, ...(await this.#getWalls()), directory: this.#folder('c') },
        ...{ limit: this.#options.checkLimit ?? CHECK_LIMIT, maxHeapMegabytes: MAX_HEAP_MEGABYTES },
      })
    } finally {
      this.#checks.give(1)
    }
  }

  apply(configuration: { readonly zones: readonly ScriptedZone[] }): void {
    // To name all zones of many takes longer than most changes.
    if (this.#zones.size === 0) return
    const named = new Map(configuration.zones.map((zone) => [zone.id, zone]))
    for (const [id, process] of this.#zones) process.use(named.get(id) ?? { ...process.zone, scripts: undefined })
  }

  async dispatch(visit: Visit): Promise<ScriptOutcome> {
    const count = visit.stages.length
    const looping = tooDeep(visit)
    if (looping !== undefined) return looping
    if (visit.depth === 0) await this.#permits.take(count)
    // What scripts have asked for must not wait for what scripts hold.
    else if (!this.#permits.tryTake(count)) return failure('worker-limit', 'too many requests of scripts are under way')
    const live = this.#visits.open(visit)
    try {
      return await this.#stages.run(live, 0, visit)
    } finally {
      this.#visits.close(visit)
      this.#permits.give(count)
    }
  }

  async openSocket(visit: Visit): Promise<SocketEntrance | ScriptFailure> {
    const refused = tooDeep(visit) ?? this.#stages.refusalOf(visit.stages[0])
    if (refused !== undefined) return refused
    const [script] = visit.stages
    if (script === undefined) throw new RangeError('a visit has at least one stage')
    try {
      const running = await (await this.#zoneProcess(visit.zone)).get(script)
      const path = running.generation.socketOf(running.script)
      if (path === undefined) throw new Unavailable('the process has no socket for it')
      this.#visits.open(visit)
      this.#visits.close(visit)
      return { kind: 'entrance', path, headers: stageFields(visit, visit) }
    } catch (cause) {
      if (cause instanceof Unavailable) return failure('worker-unavailable', `${script.name}: ${cause.message}`, true)
      throw cause
    }
  }

  tail(script: string, listener: TailListener): () => void {
    const stop = this.#tails.listen(script, listener)
    this.#restartTailed(script)
    return () => {
      stop()
      this.#restartTailed(script)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper)
    this.#watchdog.close()
    await Promise.all([...this.#zones.values()].map((zone) => zone.close()))
    this.#wire.close()
    this.#run.remove()
  }

  // Processes

  async #zoneProcess(zone: ScriptedZone): Promise<ZoneProcess> {
    const known = this.#zones.get(zone.id)
    if (known !== undefined) return known
    const walls = await this.#getWalls()
    const meanwhile = this.#zones.get(zone.id)
    if (meanwhile !== undefined) return meanwhile
    const process = new ZoneProcess(zone, {
      ...{ program: this.#program, ...walls, directory: this.#folder('z'), maxHeapMegabytes: MAX_HEAP_MEGABYTES },
      isTailed: (script) => this.#options.keepStacks === true || this.#tails.isTailed(script),
      openDoorway: (path, owner) => openDoorway(path, owner, this.#doorwayParts()),
      inTurn: (start) => this.#inTurn(start),
      onSpawn: (pid, cgroup) => this.#run.note(pid, cgroup),
      onStart: () => this.#watchdog.wake(),
      onEnd: (generation, end) => this.#afterEnd(process, generation, end),
      onLine: ({ name }, line) => this.#options.onLine?.(name, line),
      onFailedStart: ({ name }, reason) => this.#tell(`the scripts of ${name} could not be started: ${reason}`),
    })
    this.#zones.set(zone.id, process)
    return process
  }

  #doorwayParts() {
    return {
      gateway: () => this.#getGateway(),
      visits: this.#visits,
      goOn: (live: LiveVisit, stage: number, subrequest: Subrequest) => this.#stages.goOn(live, stage, subrequest),
      onTail: (script: Script, items: readonly TailItem[]) => {
        this.#stacks.take(items)
        this.#tails.emit(script, items)
      },
      events: this.#options.events,
    }
  }

  #afterEnd({ zone }: ZoneProcess, generation: Generation, end: GenerationEnd): void {
    this.#run.forget(generation.spawnedPid)
    if (end === 'retired') return
    const suspects =
      end === 'crashed' ? [] : (generation.suspects ?? suspectsOf(generation.services, generation.asking))
    const now = this.#options.clock.now()
    const off = suspects.filter((script) => this.#strikes.strike(script, now)).map(({ name }) => name)
    const blamed = suspects.length === 0 ? '' : ` (${suspects.map(({ name }) => name).join(', ')})`
    const punished = off.length === 0 ? '' : `; switched off for a while: ${off.join(', ')}`
    this.#tell(`the scripts of ${zone.name} were stopped: ${LOSSES[end]}${blamed}${punished}`)
  }

  #recycle(generation: Generation): void {
    for (const zone of this.#zones.values()) zone.recycle(generation)
  }

  /** Those who run a script by that name start anew, listened to or not. */
  #restartTailed(name: string): void {
    for (const zone of this.#zones.values()) {
      for (const generation of zone.generations) {
        if (generation.scripts.some((script) => script.kind === 'worker' && script.name === name))
          zone.recycle(generation)
      }
    }
  }

  async #inTurn<Value>(start: () => Promise<Value>): Promise<Value> {
    await this.#starts.take(1)
    try {
      return await start()
    } finally {
      this.#starts.give(1)
    }
  }

  #getWalls(): Promise<Walls> {
    this.#walls ??= this.#findWalls()
    return this.#walls
  }

  async #findWalls(): Promise<Walls> {
    const jail = await findJail((each) => this.#canRunIn(each))
    const cgroups = findCgroups(this.#memory, this.#options.cgroups)
    if (typeof cgroups !== 'string') return { jail, cgroups }
    if (this.#options.tellLimits === true) this.#tell(`the memory of scripts has no limit of its own: ${cgroups}`)
    return { jail, cgroups: undefined }
  }

  /** Whether a script in the jail starts and answers on its socket. */
  async #canRunIn(jail: Jail): Promise<boolean> {
    const checked = await checkScript(TRIAL, {
      ...{ program: this.#program, jail, directory: this.#folder('t') },
      ...{ limit: CHECK_LIMIT, maxHeapMegabytes: MAX_HEAP_MEGABYTES },
    })
    return checked.ok && checked.value.handlers.includes('fetch')
  }

  #folder(kind: string): string {
    this.#folders += 1
    return this.#run.folder(`${kind}${this.#folders}`)
  }

  #getGateway(): Gateway {
    if (this.#gateway === undefined) throw new TypeError('attach() comes before the first visit')
    return this.#gateway
  }

  #tell(message: string): void {
    this.#options.events({ kind: 'notice', message })
  }
}
