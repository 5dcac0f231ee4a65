// Plays a history against the real pipeline, store and selector, and says at which step a promise was broken.
//
// P1  An answer is one that the origin server says to this very asker, or a plain `*` that it has said to somebody while no
//     answer had shown that it looks at who asks.
// P2  Who asked before and asks again, with nothing expired or contradicted meanwhile, is answered from the store.
// P3  Where all answers are a plain `*` (and under collapse), one request to the origin server serves everybody.
// P4  A request is answered by one request to the origin server at most; by two when a 304 said something else.
// P5  A shared `*` that had expired goes to an Origin only after an answer to some Origin, or where requests without Origin are told `*`, too.
// P6  After an epoch no grant goes out that the origin server has not said since.
//
// `signature` tells two states apart that could go on differently: what the store has, and what the promises look back at.
//
// One edge serves all histories: each has a URL of its own, and so state of its own.

import { EdgeError } from '../../base/index.ts'
import { zoneId } from '../../config/index.ts'
import type { Sharing } from '../../cors/sharing/index.ts'
import type { OriginAnswer, OriginRequest } from '../../origin/index.ts'
import { makeEdge, makeExchange, type TestEdge } from '../edge.fixture.ts'
import { answerFromMemory } from '../hot-path.ts'
import { handle } from '../pipeline.ts'
import { ASKERS, type Asker, type Behaviour, originField, type Said, type Says } from './behaviours.fixture.ts'

/**
 * `A` asks; `A+` asks after everything expired; `A|B` ask at the same time; `A*` asks after a CORS epoch began, which is also
 * when the origin server changes its mind.
 */
export type Step = { readonly askers: readonly Asker[]; readonly afterExpiry: boolean; readonly afterEpoch?: true }
export type History = readonly Step[]

export type Mode = 'per_origin' | 'collapse'

const HISTORIES_PER_EDGE = 50
const MAX_AGE_SECONDS = 10
const STALE_SECONDS = 1_000_000
const HOST = 'http://example.com'
const ZONE_ID = zoneId('example.com')

/** What the origin server said, to whom, in which step. */
type Logged = { readonly asker: Asker; readonly said: Says; readonly status: number; readonly step: number }

type Play = {
  readonly behaviour: Behaviour
  readonly path: string
  phase: number
  step: number
  readonly log: Logged[]
  /** How long the log was when the last epoch began. */
  epoch: number
  /** Asks wait here while a step's askers are gathered. */
  gate: Promise<void> | undefined
}

export class Checker {
  #edge: TestEdge
  readonly #mode: Mode
  readonly #sharing: Sharing | undefined
  #play: Play | undefined
  #count = 0

  constructor(mode: Mode, sharing?: Sharing) {
    this.#mode = mode
    this.#sharing = sharing
    this.#edge = this.#makeEdge()
  }

  #makeEdge(): TestEdge {
    const zone = { settings: { cors_variants: this.#mode }, cache: { cache: true } }
    const edge = makeEdge(zone, (request) => this.#answer(request))
    return this.#sharing === undefined ? edge : Object.assign(edge, { sharing: this.#sharing })
  }

  /** The promise that a history breaks, with the step; undefined when it keeps all. */
  async findFault(behaviour: Behaviour, history: History): Promise<string | undefined> {
    this.#count += 1
    // A store that is full forgets, and the model does not know of that.
    if (this.#count % HISTORIES_PER_EDGE === 0) this.#edge = this.#makeEdge()
    const play: Play = { behaviour, path: `/${this.#count}`, phase: 0, step: 0, log: [], epoch: 0, gate: undefined }
    this.#play = play
    for (const [index, step] of history.entries()) {
      play.step = index
      if (step.afterExpiry) {
        this.#edge.clock.advance((MAX_AGE_SECONDS + 1) * 1000)
        play.phase = Math.min(play.phase + 1, behaviour.phases.length - 1)
      }
      if (step.afterEpoch === true) this.#beginEpoch(play)
      const before = play.log.length
      const delivered = await this.#ask(play, step.askers)
      const fault = this.#judge(play, history, step, delivered, before)
      if (fault !== undefined) return `step ${index + 1}: ${fault}`
      await this.#edge.background.settled()
      // What the model has looked at need not be kept.
      this.#edge.asked.length = 0
      this.#edge.reported.length = 0
    }
    return undefined
  }

  #beginEpoch(play: Play): void {
    this.#edge.journal.append(ZONE_ID, 'cors-epoch', [{ kind: 'everything' }])
    play.phase = Math.min(play.phase + 1, play.behaviour.phases.length - 1)
    play.epoch = play.log.length
  }

  /** The state that the last history has led to.  Two histories with one signature have the same futures. */
  signature(history: History): string {
    const play = this.#play
    if (play === undefined) throw new Error('nothing was played')
    const { behaviour, phase, log } = play
    const now = this.#edge.clock.now()
    const stored = [...this.#edge.store.responses()]
      .filter(({ location }) => location.path === play.path)
      .map((response) => {
        const { key, status, fields, requestFields, selecting, freshness, responseTime } = response
        const isFresh = now - responseTime < freshness.lifetime
        const told = fields.filter(([name]) => name !== 'date')
        return [
          key.replace(play.path, ''),
          status,
          told,
          requestFields,
          selecting,
          isFresh,
          this.#edge.journal.standing(response).kind,
        ]
      })
    const next = { askers: [], afterExpiry: false }
    const ahead = [...history, next]
    play.step = history.length
    const since = log.slice(lastExpiry(play, ahead))
    return JSON.stringify([
      [phase, behaviour.phases.some((say) => say.length > 1) ? log.length % 2 : 0],
      stored.map((one) => JSON.stringify(one)).sort(),
      [...new Set(log.map(({ asker, said, status }) => JSON.stringify([asker, said, status])))].sort(),
      log.some((logged) => teaches(behaviour, logged)),
      [
        since.length > 0,
        since.some(({ asker }) => asker !== 'none'),
        log.slice(play.epoch).some((one) => teaches(behaviour, one)),
      ],
      [
        play.epoch > 0,
        [...new Set(log.slice(play.epoch).map(({ said, status }) => JSON.stringify([said, status])))].sort(),
      ],
      ASKERS.map((asker) => this.#mustNotAsk(play, ahead, { askers: [asker], afterExpiry: false }, log.length)),
    ])
  }

  async #ask(play: Play, askers: readonly Asker[]): Promise<readonly Said[]> {
    const { promise, resolve } = Promise.withResolvers<void>()
    play.gate = askers.length > 1 ? promise : undefined
    const answers = askers.map((asker) => this.#send(play, asker))
    if (askers.length > 1) {
      // Each has reached the origin server, or waits for who has.
      for (let turn = 0; turn < 2; turn += 1) await new Promise<void>((done) => setImmediate(done))
      resolve()
    }
    return Promise.all(answers.map(async (answer) => readAnswer(await answer)))
  }

  #send({ path }: Play, asker: Asker): Response | Promise<Response> {
    const origin = originField(asker)
    const headers: [string, string][] = [['host', 'example.com']]
    if (origin !== null) headers.push(['origin', origin])
    const request = new Request(HOST + path, { headers })
    return (
      answerFromMemory(request, NO_PEER, 'http', this.#edge) ?? handle(makeExchange(this.#edge, request), this.#edge)
    )
  }

  // The origin server

  async #answer(request: OriginRequest): Promise<OriginAnswer> {
    const play = this.#play
    if (play === undefined || request.target !== play.path) throw new Error('nobody asks for this')
    const { behaviour } = play
    const asker = askerOf(request.headers.get('origin'))
    const said = sayNow(play, asker, play.log.length)
    const isConfirmed =
      said !== 'down' && behaviour.confirms !== undefined && request.headers.get('if-none-match') === `"${said.body}"`
    const status = said === 'down' ? 0 : isConfirmed ? 304 : said.status
    play.log.push({ asker, said, status, step: play.step })
    await play.gate
    if (said === 'down') throw new EdgeError('origin-refused')
    return isConfirmed ? notModified(behaviour, said) : fullAnswer(behaviour, said)
  }

  // The judgement

  #judge(play: Play, history: History, step: Step, delivered: readonly Said[], before: number): string | undefined {
    for (const [index, answer] of delivered.entries()) {
      const asker = step.askers[index] ?? 'none'
      if (!isHis(play, asker, answer) && !isSharedStar(play, asker, answer, before)) {
        return `P1: ${asker} was given ${JSON.stringify(answer)}`
      }
      if (!isOfThisEpoch(play, answer)) return `P6: ${asker} was given a grant of before the epoch`
      if (!isConfirmedStar(play, history, asker, answer)) return `P5: ${asker} was given a * that nobody had confirmed`
    }
    const asked = play.log.slice(before)
    if (this.#mustNotAsk(play, history, step, before) && asked.length > 0) {
      return `P2: ${step.askers.join('|')} had been answered before`
    }
    if (
      this.#mode === 'collapse' &&
      isAllStar(play.behaviour) &&
      new Set(play.log.slice(lastExpiry(play, history)).map(({ step: at }) => at)).size > 1
    ) {
      return 'P3: one answer would have been enough'
    }
    const mayRepeat = (said: Says): boolean => play.epoch > 0 || (said !== 'down' && contradicts(play.behaviour, said))
    const contradicted = asked.filter(({ status, said }) => status === 304 && mayRepeat(said)).length
    if (play.behaviour.staleWhileRevalidate !== true && asked.length > step.askers.length + contradicted)
      return `P4: the origin server was asked ${asked.length} times`
    return undefined
  }

  /** P2: this asker was answered since the last expiry, and no answer since has ended the sharing. */
  #mustNotAsk({ behaviour, log, step: now }: Play, history: History, step: Step, before: number): boolean {
    const [asker] = step.askers
    if (step.askers.length > 1 || asker === undefined || isAnew(step)) return false
    // There a copy can be refreshed in another's name, or stand in for no answer.
    if (behaviour.staleWhileRevalidate === true || behaviour.phases.some(isDownSomewhere)) return false
    for (let at = now - 1; at >= 0; at -= 1) {
      const earlier = history[at]
      if (earlier?.askers.includes(asker) === true) {
        const since = log.slice(0, before).filter((logged) => logged.step >= at)
        const his = since.find((logged) => logged.step === at && logged.asker === asker)
        if (his !== undefined && his.status !== 304 && his.said !== 'down' && !isPlainStar(his.said)) return true
        return !since.some((logged) => teaches(behaviour, logged))
      }
      if (earlier === undefined || isAnew(earlier)) return false
    }
    return false
  }
}

/** P6: what an answer grants was said since the epoch began, by a 200 or a 304 that has it. */
function isOfThisEpoch({ behaviour, log, epoch }: Play, { allow, timing }: Said): boolean {
  if (epoch === 0 || (allow === null && timing === null)) return true
  return log.slice(epoch).some(({ said, status }) => {
    if (said === 'down' || (status === 304 && behaviour.confirms !== 'with-fields')) return false
    return said.allow === allow && said.timing === timing
  })
}

const NO_PEER = { requestIP: () => null }

function askerOf(field: string | null): Asker {
  if (field === null) return 'none'
  if (field === 'null') return 'null'
  return field.charAt('https://'.length).toUpperCase() as Asker
}

function sayNow({ behaviour, phase }: Play, asker: Asker, turn: number): Says {
  const say = behaviour.phases[phase]
  if (say === undefined) throw new Error('there is no such phase')
  return say(asker, turn)
}

function lifetimeOf({ staleWhileRevalidate }: Behaviour): string {
  return `max-age=${MAX_AGE_SECONDS}${staleWhileRevalidate === true ? `, stale-while-revalidate=${STALE_SECONDS}` : ''}`
}

function fullAnswer(behaviour: Behaviour, said: Said): OriginAnswer {
  const headers = new Headers({
    'cache-control': lifetimeOf(behaviour),
    'content-type': 'text/css',
    'content-length': String(said.body.length),
  })
  if (behaviour.confirms !== undefined) headers.set('etag', `"${said.body}"`)
  setCors(headers, said)
  return { status: said.status, headers, body: new Response(said.body).body }
}

function notModified(behaviour: Behaviour, said: Said): OriginAnswer {
  const headers = new Headers({ 'cache-control': lifetimeOf(behaviour), etag: `"${said.body}"` })
  if (behaviour.confirms === 'with-fields') setCors(headers, said)
  if (behaviour.confirmsWithVary !== undefined) headers.set('vary', behaviour.confirmsWithVary)
  return { status: 304, headers, body: null }
}

function setCors(headers: Headers, { allow, credentials, timing, vary }: Said): void {
  if (allow !== null) headers.set('access-control-allow-origin', allow)
  if (credentials !== null) headers.set('access-control-allow-credentials', credentials)
  if (timing !== null) headers.set('timing-allow-origin', timing)
  if (vary !== null) headers.set('vary', vary)
}

async function readAnswer(response: Response): Promise<Said> {
  const { headers, status } = response
  return {
    status,
    allow: headers.get('access-control-allow-origin'),
    credentials: headers.get('access-control-allow-credentials'),
    timing: headers.get('timing-allow-origin'),
    vary: headers.get('vary'),
    body: await response.text(),
  }
}

// What the model knows of CORS, in its own words

/** The standard's grant to everybody, with nothing beside it that looks at who asks. */
function isPlainStar({ allow, credentials, timing, vary }: Said): boolean {
  return allow === '*' && credentials === null && (timing === null || timing === '*') && !/\borigin\b/i.test(vary ?? '')
}

/** Whether a 200 to this asker shows that the origin server looks at who asks. */
function teaches(behaviour: Behaviour, { asker, said, status }: Logged): boolean {
  if (said === 'down') return false
  if (status === 304) return contradicts(behaviour, said)
  if (isPlainStar(said)) return false
  if (said.allow !== null || said.credentials !== null || /\borigin\b/i.test(said.vary ?? '')) return true
  return asker !== 'none' && status < 400
}

/** Whether a 304 shows it. */
function contradicts({ confirms, confirmsWithVary }: Behaviour, said: Said): boolean {
  if (/\borigin\b/i.test(confirmsWithVary ?? '')) return true
  return confirms === 'with-fields' && said.allow !== null && !isPlainStar(said)
}

function isSame(one: Said, other: Said): boolean {
  return (
    one.status === other.status &&
    one.allow === other.allow &&
    one.credentials === other.credentials &&
    one.timing === other.timing &&
    one.body === other.body
  )
}

/** P1: the origin server says this to this asker; or it did, and old answers may be confirmed or stand in. */
function isHis(play: Play, asker: Asker, answer: Said): boolean {
  const { behaviour, phase, log } = play
  for (const turn of [0, 1]) {
    const said = behaviour.phases[phase]?.(asker, turn)
    if (said === undefined) continue
    if (said === 'down' ? isErrorPage(answer) : isSame(said, answer)) return true
  }
  if (behaviour.confirms !== undefined && isMerged(play, asker, answer)) return true
  const mayBeOlder = behaviour.staleWhileRevalidate === true || behaviour.phases.some(isDownSomewhere)
  return (
    mayBeOlder && log.some((logged) => logged.asker === asker && logged.said !== 'down' && isSame(logged.said, answer))
  )
}

/** RFC 9111 §3.2: fields that a 304 does not have stay.  Each was said to this very asker. */
function isMerged({ log }: Play, asker: Asker, answer: Said): boolean {
  const his = log.flatMap((logged) => (logged.asker === asker && logged.said !== 'down' ? [logged.said] : []))
  return (['allow', 'credentials', 'timing', 'body'] as const).every((name) =>
    his.some((said) => said[name] === answer[name]),
  )
}

function isDownSomewhere(say: (asker: Asker, turn: number) => Says): boolean {
  return say('A', 0) === 'down'
}

/** The edge's own page, which grants nothing. */
function isErrorPage({ status, allow, credentials, timing }: Said): boolean {
  return status >= 500 && allow === null && credentials === null && timing === null
}

/** P1: somebody was told so, and nothing spoke against it: neither before this step, nor to this asker in it. */
function isSharedStar({ behaviour, log, epoch }: Play, asker: Asker, answer: Said, before: number): boolean {
  if (!isPlainStar(answer)) return false
  const isBehind = behaviour.staleWhileRevalidate === true
  const heard = log.filter(
    (logged, index) => index >= epoch && (index < before || (logged.asker === asker && !isBehind)),
  )
  if (heard.some((logged) => teaches(behaviour, logged))) return false
  return log.some(({ said, status }) => said !== 'down' && status !== 304 && isSame(said, answer) && isPlainStar(said))
}

/** Whether everything stored must be asked about again from this step on. */
function isAnew(step: Step | undefined): boolean {
  return step?.afterExpiry === true || step?.afterEpoch === true
}

/** The index in the log of the first answer since the last expiry. */
function lastExpiry({ log, step }: Play, history: History): number {
  let last = 0
  for (let at = 0; at <= step; at += 1) if (isAnew(history[at])) last = at
  const first = log.findIndex((logged) => logged.step >= last)
  return first < 0 ? log.length : first
}

function isConfirmedStar(play: Play, history: History, asker: Asker, answer: Said): boolean {
  const { behaviour, log } = play
  if (asker === 'none' || !isPlainStar(answer) || behaviour.staleWhileRevalidate === true) return true
  if (behaviour.phases.some(isDownSomewhere)) return true
  // One that says `*` to nobody in particular says it again with every confirmation.
  const isSaidToAll = log.some(({ asker: other, said, status }) => {
    return other === 'none' && status !== 304 && said !== 'down' && isPlainStar(said)
  })
  return isSaidToAll || log.slice(lastExpiry(play, history)).some(({ asker: other }) => other !== 'none')
}

function isAllStar({ phases, confirmsWithVary, staleWhileRevalidate }: Behaviour): boolean {
  if (confirmsWithVary !== undefined || staleWhileRevalidate === true) return false
  return phases.every((say) =>
    ASKERS.every((asker) => {
      const said = say(asker, 0)
      const again = say(asker, 1)
      return said !== 'down' && again !== 'down' && isPlainStar(said) && isPlainStar(again)
    }),
  )
}
