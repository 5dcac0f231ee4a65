// One stage of a visit after the other: asks a script for its answer, once more where that is safe, and goes on from one that
// passes its request on.
//
//   run(0) ──► script ──passes on──► doorway ──► goOn ──► run(1) ──► … ──► gateway
//
// A GET or HEAD whose process went away is asked again on the next one, unless its own script may have been the reason.

import { type Clock, FAULTS } from '../base/index.ts'
import type { Script } from '../scripts/index.ts'
import type { Gateway, ScriptedZone, ScriptFailure, ScriptFault, ScriptOutcome, Subrequest, Visit } from './contract.ts'
import type { GenerationEnd } from './generation.ts'
import { RAY_FIELD, VISIT_FIELD } from './guard-source.ts'
import { askStage, type StageAnswer } from './serve.ts'
import { type Strikes, suspectsOf } from './strikes.ts'
import type { LiveVisit } from './visits.ts'
import type { Wire } from './wire/wire.ts'
import { CF_FIELD, PROTO_FIELD } from './workerd-config.ts'
import { type Running, Unavailable, type ZoneProcess } from './zone-process.ts'

export type StagesParts = {
  processOf(zone: ScriptedZone): Promise<ZoneProcess>
  /** Where the script of a visit threw, when somebody keeps that. */
  stackOf(ray: string): Promise<string | undefined>
  gateway(): Gateway
  readonly strikes: Strikes
  readonly clock: Clock
  readonly wire: Wire
}

export class Stages {
  readonly #parts: StagesParts

  constructor(parts: StagesParts) {
    this.#parts = parts
  }

  /** Asks the stage at `index`, and tells what came of it; never rejects. */
  async run(live: LiveVisit, index: number, request: StageInput): Promise<ScriptOutcome> {
    const { visit } = live
    const script = visit.stages[index]
    if (script === undefined) throw new RangeError(`a visit has no stage ${index}`)
    const refused = this.refusalOf(script)
    if (refused !== undefined) return { ...refused, isUntouched: isUntouched(request) }
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

  /** Why a script is not asked at all: it is not to run, or is switched off; undefined: it is. */
  refusalOf(script: Script | undefined): ScriptFailure | undefined {
    if (script?.refusal !== undefined) return failure('worker-unavailable', script.refusal, true)
    const isOff = script !== undefined && this.#parts.strikes.isOff(script, this.#parts.clock.now())
    return isOff ? failure(limitOf(script), `${script.name} is switched off for its failures`, true) : undefined
  }

  async #outcomeOf(answer: Asked, script: Script, visit: Visit, request: StageInput): Promise<ScriptOutcome> {
    switch (answer.kind) {
      case 'answered':
        return { kind: 'answered', response: answer.response }
      case 'threw': {
        const stack = await this.#parts.stackOf(visit.ray)
        const outcome = failure(exceptionOf(script), script.name)
        return stack === undefined ? outcome : { ...outcome, stack }
      }
      case 'lost':
        // workerd drops the visitor when what the script did not catch was the end of another connection.
        if (answer.isAlive) return failure(exceptionOf(script), `${script.name}: ${answer.why}`)
        return answer.isSuspect
          ? failure(limitOf(script, answer.end), `${script.name}: ${answer.why}`, isUntouched(request))
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
      running = await (await this.#parts.processOf(live.visit.zone)).get(script)
    } catch (cause) {
      if (!(cause instanceof Unavailable)) throw cause
      return { kind: 'lost', why: cause.message, isSuspect: false, isAlive: false, end: undefined }
    }
    const { generation } = running
    const socket = generation.socketOf(running.script) ?? ''
    const service = generation.begin(running.script)
    stageFields(request, live.visit)
    const answer = await askStage(this.#parts.wire, socket, request)
    if (answer.kind !== 'lost') {
      generation.finish(service)
      return answer
    }
    generation.suspects ??= suspectsOf(generation.services, generation.asking)
    generation.finish(service)
    const end = (await Promise.race([generation.ended, Bun.sleep(END_PATIENCE_MILLIS)])) ?? undefined
    const isFaulty = end === 'spinning' || end === 'memory'
    const isSuspect = isFaulty && generation.suspects.some(({ id }) => id === running.script.id)
    const isAlive = end === undefined && generation.isServing
    return { kind: 'lost', why: end === undefined ? String(answer.cause) : LOSSES[end], isSuspect, isAlive, end }
  }

  /** A stage goes on: the next one is asked, or the gateway when there is none. */
  async goOn(live: LiveVisit, stage: number, subrequest: Subrequest): Promise<Response> {
    const gateway = this.#parts.gateway()
    if (subrequest.knobs.signature !== '') live.knobs = subrequest.knobs
    const next = live.visit.stages[stage + 1]
    if (next === undefined) return gateway.throughZone({ ...subrequest, knobs: live.knobs })
    const { request, headers, scheme } = subrequest
    const { method, body, signal } = request
    const url = `${scheme}://${request.url.slice('http://'.length)}`
    const outcome = await this.run(live, stage + 1, { method, url, headers, body, signal, scheme })
    if (outcome.kind === 'answered') return outcome.response
    if (mayFailOpen(outcome, live.visit, stage + 1)) return gateway.throughZone({ ...subrequest, knobs: live.knobs })
    return failedAnswer(outcome.fault)
  }
}

/** The fields of a request as workerd is to get them: changed in place. */
export function stageFields({ headers, scheme }: Pick<StageInput, 'headers' | 'scheme'>, { ray, cf }: Visit): Headers {
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
  | {
      readonly kind: 'lost'
      readonly why: string
      readonly isSuspect: boolean
      /** Whether the process lives on: it let go of this request alone. */
      readonly isAlive: boolean
      readonly end: GenerationEnd | undefined
    }

/** A process that has ended is known to have within this time of its connections' end. */
const END_PATIENCE_MILLIS = 500

/** Why a process is gone, in words. */
export const LOSSES: Readonly<Record<GenerationEnd, string>> = {
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

/** A visit that has no answer. */
export function failure(fault: ScriptFault, detail: string, untouched = false): ScriptFailure {
  return { kind: 'failed', fault, detail, isUntouched: untouched }
}

/** Cloudflare tells a Snippet's memory from its time, and a Worker's not.  CF rules/snippets/errors */
function limitOf({ kind }: Script, end?: GenerationEnd): ScriptFault {
  if (kind === 'worker') return 'worker-limit'
  return end === 'memory' ? 'snippet-memory' : 'snippet-limit'
}

function exceptionOf({ kind }: Script): ScriptFault {
  return kind === 'snippet' ? 'snippet-exception' : 'worker-exception'
}
