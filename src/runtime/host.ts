// Runs Workers and Snippets on workerd: a process for each zone that has scripts and visitors for them.  docs/decisions/0080
//
//   dispatch ──► zone's process ──► stage 0 ──goes on──► doorway ──► stage 1 ──goes on──► … ──► gateway
//                                      └──answers──► the visitor
//
// H1  A script that fails, hangs or eats memory takes its zone's process with it, never the edge or another zone's.
// H2  Nothing is started for a zone until a visit needs it.

import { type Bytes, bytes, type Clock, type EventSink, FAULTS, fail, type Millis, millis } from '../base/index.ts'
import type { Script } from '../scripts/index.ts'
import { checkScript } from './check.ts'
import type {
  Gateway,
  ScriptedZone,
  ScriptFailure,
  ScriptFault,
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
import { RAY_FIELD, VISIT_FIELD } from './guard-source.ts'
import { findJail, type Jail } from './jail.ts'
import { Permits, permitsOf } from './permits.ts'
import { openRunDirectory, type RunDirectory } from './run-directory.ts'
import { askStage, type StageAnswer, stageUrl } from './serve.ts'
import { Stacks } from './stacks.ts'
import { Strikes, suspectsOf } from './strikes.ts'
import { Tails } from './tails.ts'
import { type LiveVisit, Visits } from './visits.ts'
import { Watchdog } from './watchdog.ts'
import type { WorkerdBinary } from './workerd-binary.ts'
import { CF_FIELD, PROTO_FIELD } from './workerd-config.ts'
import { type Running, Unavailable, ZoneProcess } from './zone-process.ts'

export type RuntimeOptions = {
  readonly workerd: WorkerdBinary
  /** Sockets are below it, where they fit. */
  readonly dataDirectory: string
  readonly clock: Clock
  readonly events: EventSink
  /** Whether failures tell where the script threw, and every invocation is told to listeners: for development. */
  readonly keepStacks?: boolean
  /** Takes what scripts and workerd print. */
  readonly onLine?: (zone: string, line: string) => void
  readonly recycleAt?: Bytes
  readonly checkLimit?: Millis
}

/** The plateau of one busy script is about 290 MB, of which 45 MB are the program's own. */
const RECYCLE_BYTES = bytes(600 * 10 ** 6)
/** What Cloudflare gives an isolate.  CF workers/platform/limits §Memory */
const MAX_HEAP_MEGABYTES = 128
const CHECK_LIMIT = millis(12_000)
/** Each start keeps a core busy for some 50 ms. */
const STARTS_AT_ONCE = 4
const CHECKS_AT_ONCE = 2
const SWEEP_MILLIS = 30_000
/** Cloudflare's own limit to how deep scripts may call each other.  CF workers/platform/limits §Subrequests */
const MAX_DEPTH = 16

/** The runtime; when there is no workerd, one that says so at every turn. */
export function makeRuntime(options: RuntimeOptions): ScriptRuntime {
  const { workerd } = options
  return workerd.kind === 'absent' ? absentRuntime(workerd.why) : new Runtime(options, workerd.path)
}

function absentRuntime(why: string): ScriptRuntime {
  const failure: ScriptFailure = { kind: 'failed', fault: 'worker-unavailable', detail: why, isUntouched: true }
  return {
    unavailable: why,
    validate: async () => fail({ message: why }),
    apply: () => undefined,
    attach: () => undefined,
    dispatch: async () => failure,
    openSocket: async () => undefined,
    tail: () => () => undefined,
    close: async () => undefined,
  }
}

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
  readonly #session = new Bun.FetchSession({ proxy: false })
  readonly #watchdog: Watchdog
  readonly #sweeper: ReturnType<typeof setInterval>
  readonly #run: RunDirectory
  #jail: Promise<Jail> | undefined
  #gateway: Gateway | undefined
  #folders = 0

  constructor(options: RuntimeOptions, program: string) {
    this.#options = options
    this.#program = program
    this.#run = openRunDirectory(options.dataDirectory)
    this.#watchdog = new Watchdog({
      generations: () => [...this.#zones.values()].flatMap((zone) => zone.generations),
      onSpinning: (generation) => {
        generation.suspects ??= suspectsOf(generation.services, generation.asking)
        generation.kill('spinning')
      },
      onLarge: (generation) => this.#recycle(generation),
      recycleAt: options.recycleAt ?? RECYCLE_BYTES,
    })
    this.#sweeper = setInterval(() => {
      for (const zone of this.#zones.values()) zone.sweep()
    }, SWEEP_MILLIS)
    this.#sweeper.unref()
  }

  attach(gateway: Gateway): void {
    this.#gateway = gateway
  }

  async validate(script: Script) {
    await this.#checks.take(1)
    try {
      return await checkScript(script, {
        ...{ program: this.#program, jail: await this.#getJail(), directory: this.#folder('c') },
        ...{ limit: this.#options.checkLimit ?? CHECK_LIMIT, maxHeapMegabytes: MAX_HEAP_MEGABYTES },
      })
    } finally {
      this.#checks.give(1)
    }
  }

  apply({ zones }: { readonly zones: readonly ScriptedZone[] }): void {
    const named = new Map(zones.map((zone) => [zone.id, zone]))
    for (const [id, process] of this.#zones) process.use(named.get(id) ?? { ...process.zone, scripts: undefined })
  }

  async dispatch(visit: Visit): Promise<ScriptOutcome> {
    const count = visit.stages.length
    if (visit.depth > MAX_DEPTH) return failure('worker-loop', `scripts of ${visit.depth} zones have called each other`)
    if (visit.depth === 0) await this.#permits.take(count)
    // What scripts have asked for must not wait for what scripts hold.
    else if (!this.#permits.tryTake(count)) return failure('worker-limit', 'too many requests of scripts are under way')
    const live = this.#visits.open(visit)
    try {
      return await this.#runStage(live, 0, visit)
    } finally {
      this.#visits.close(visit)
      this.#permits.give(count)
    }
  }

  async openSocket(visit: Visit): Promise<SocketEntrance | undefined> {
    const [script] = visit.stages
    if (script === undefined || this.#strikes.isOff(script, this.#options.clock.now())) return undefined
    try {
      const running = await (await this.#zoneProcess(visit.zone)).get(script)
      const path = running.generation.socketOf(running.script)
      if (path === undefined) return undefined
      this.#visits.open(visit)
      this.#visits.close(visit)
      return { path, headers: stageFields(visit, visit) }
    } catch (cause) {
      if (cause instanceof Unavailable) return undefined
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
    this.#session.close()
    this.#run.remove()
  }

  // A visit

  async #runStage(live: LiveVisit, index: number, request: StageInput): Promise<ScriptOutcome> {
    const { visit } = live
    const script = visit.stages[index]
    if (script === undefined) throw new RangeError(`a visit has no stage ${index}`)
    if (this.#strikes.isOff(script, this.#options.clock.now())) {
      return failure(limitOf(script), `${script.name} is switched off for its failures`, isUntouched(request))
    }
    const first = await this.#ask(live, script, request)
    const isRepeatable = request.body === null && (request.method === 'GET' || request.method === 'HEAD')
    const answer =
      first.kind === 'lost' && isRepeatable && !first.isSuspect ? await this.#ask(live, script, request) : first
    const fault = live.faults.get(index)
    if (fault === undefined) return this.#outcomeOf(answer, script, visit, request)
    // The script has gone beyond a limit: what it made of our refusal is not its answer.
    if (answer.kind === 'answered') await answer.response.body?.cancel().catch(() => undefined)
    return failure(fault, script.name)
  }

  async #outcomeOf(answer: Asked, script: Script, visit: Visit, request: StageInput): Promise<ScriptOutcome> {
    switch (answer.kind) {
      case 'answered':
        return { kind: 'answered', response: answer.response }
      case 'threw': {
        const stack = this.#options.keepStacks === true ? await this.#stacks.of(visit.ray) : undefined
        const outcome = failure(exceptionOf(script), script.name)
        return stack === undefined ? outcome : { ...outcome, stack }
      }
      case 'lost':
        return answer.isSuspect
          ? failure(limitOf(script), `${script.name}: ${answer.why}`, isUntouched(request))
          : failure('worker-unavailable', `${script.name}: ${answer.why}`, isUntouched(request))
      case 'overdue':
        return failure(limitOf(script), `${script.name} did not begin to answer in time`)
      case 'gone':
        return failure('worker-unavailable', 'the client is gone')
    }
  }

  async #ask(live: LiveVisit, script: Script, request: StageInput): Promise<Asked> {
    let running: Running
    try {
      running = await (await this.#zoneProcess(live.visit.zone)).get(script)
    } catch (cause) {
      if (!(cause instanceof Unavailable)) throw cause
      return { kind: 'lost', why: cause.message, isSuspect: false }
    }
    const { generation } = running
    const socket = generation.socketOf(running.script) ?? ''
    const service = generation.begin(running.script)
    const headers = stageFields(request, live.visit)
    const answer = await askStage(this.#session.fetch, { ...request, headers, socket, url: stageUrl(request) })
    if (answer.kind !== 'lost') {
      generation.finish(service)
      return answer
    }
    generation.suspects ??= suspectsOf(generation.services, generation.asking)
    generation.finish(service)
    const end = await Promise.race([generation.ended, Bun.sleep(END_PATIENCE_MILLIS)])
    const isFaulty = end === 'spinning' || end === 'memory'
    const isSuspect = isFaulty && generation.suspects.some(({ id }) => id === running.script.id)
    return { kind: 'lost', why: end === undefined ? String(answer.cause) : LOSSES[end], isSuspect }
  }

  /** A stage goes on: the next one is asked, or the gateway when there is none. */
  async #goOn(live: LiveVisit, stage: number, subrequest: Subrequest): Promise<Response> {
    const gateway = this.#getGateway()
    if (subrequest.knobs.signature !== '') live.knobs = subrequest.knobs
    const next = live.visit.stages[stage + 1]
    if (next === undefined) return gateway.throughZone({ ...subrequest, knobs: live.knobs })
    const { request, headers, scheme } = subrequest
    const { method, body, signal } = request
    const url = `${scheme}://${request.url.slice('http://'.length)}`
    const outcome = await this.#runStage(live, stage + 1, { method, url, headers, body, signal, scheme })
    if (outcome.kind === 'answered') return outcome.response
    if (mayFailOpen(outcome, live.visit, stage + 1)) return gateway.throughZone({ ...subrequest, knobs: live.knobs })
    return failedAnswer(outcome.fault)
  }

  // Processes

  async #zoneProcess(zone: ScriptedZone): Promise<ZoneProcess> {
    const known = this.#zones.get(zone.id)
    if (known !== undefined) return known
    const jail = await this.#getJail()
    const meanwhile = this.#zones.get(zone.id)
    if (meanwhile !== undefined) return meanwhile
    const process = new ZoneProcess(zone, {
      ...{ program: this.#program, jail, directory: this.#folder('z'), maxHeapMegabytes: MAX_HEAP_MEGABYTES },
      isTailed: (script) => this.#options.keepStacks === true || this.#tails.isTailed(script),
      openDoorway: (path, owner) => openDoorway(path, owner, this.#doorwayParts()),
      inTurn: (start) => this.#inTurn(start),
      onSpawn: (pid) => this.#run.note(pid),
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
      goOn: (live: LiveVisit, stage: number, subrequest: Subrequest) => this.#goOn(live, stage, subrequest),
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

  #getJail(): Promise<Jail> {
    this.#jail ??= findJail((jail) => canStart(jail, this.#program, this.#run.path))
    return this.#jail
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

/** The fields of a request as workerd is to get them: changed in place. */
function stageFields({ headers, scheme }: Pick<StageInput, 'headers' | 'scheme'>, { ray, cf }: Visit): Headers {
  headers.set(RAY_FIELD, ray)
  headers.set(PROTO_FIELD, scheme)
  headers.set(CF_FIELD, cf)
  headers.delete(VISIT_FIELD)
  return headers
}

/** What is asked of one stage. */
type StageInput = Pick<Visit, 'method' | 'url' | 'headers' | 'body' | 'signal' | 'scheme'>

type Asked =
  | Exclude<StageAnswer, { kind: 'lost' }>
  | { readonly kind: 'lost'; readonly why: string; readonly isSuspect: boolean }

/** A process that has ended is known to have within this time of its connections' end. */
const END_PATIENCE_MILLIS = 500

const LOSSES: Readonly<Record<GenerationEnd, string>> = {
  retired: 'the process was stopped',
  spinning: 'a script held the processor without end',
  memory: 'a script used too much memory',
  crashed: 'the process ended unexpectedly',
}

/** What a snippet gets to see of a later stage that failed. */
function failedAnswer(fault: ScriptFault): Response {
  const { status, number } = FAULTS[fault]
  const headers = { 'cache-control': 'private, no-store', 'content-type': 'text/plain; charset=utf-8' }
  return new Response(`error code: ${number}\n`, { status, headers })
}

/** Whether a visit may go on without the script that failed. */
export function mayFailOpen({ fault, isUntouched: untouched }: ScriptFailure, visit: Visit, stage: number): boolean {
  const isWorkers = stage === visit.stages.length - 1 && visit.stages[stage]?.kind === 'worker'
  return isWorkers && visit.failOpen && untouched && (fault === 'worker-limit' || fault === 'worker-unavailable')
}

function isUntouched({ body }: StageInput): boolean {
  return body === null || !body.locked
}

function failure(fault: ScriptFault, detail: string, untouched = false): ScriptFailure {
  return { kind: 'failed', fault, detail, isUntouched: untouched }
}

function limitOf({ kind }: Script): ScriptFault {
  return kind === 'snippet' ? 'snippet-limit' : 'worker-limit'
}

function exceptionOf({ kind }: Script): ScriptFault {
  return kind === 'snippet' ? 'snippet-exception' : 'worker-exception'
}

async function canStart(jail: Jail, program: string, directory: string): Promise<boolean> {
  try {
    const trial = Bun.spawn([...jail.words(program, directory), program, '--version'], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    return (await trial.exited) === 0
  } catch {
    // Fail open: this jail is not to be had here; the next one is tried.
    return false
  }
}
