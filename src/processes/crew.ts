// The members: the processes that serve visitors, started, told and replaced by the control process.
//
//   spawned ──hello──► begins ──ready──► counts, serves ──exit──► replaced
//              │          └── hears every step from here on
//              └── is sent all that there is
//
// K1  A member listens only after it has done every step up to the one that lets it; from then on the barrier counts it.
// K2  `settled` resolves when every member that serves has done every step so far.  One that does not within
//     PATIENCE_MILLIS is killed, and is gone before `settled` resolves: nobody is served by an older configuration then.
// K3  A member that ends is replaced, at once and then at longer and longer intervals, while the others serve.

import { fileURLToPath } from 'node:url'
import type { EventSink } from '../base/index.ts'
import type { Compaction } from '../purge/index.ts'
import { Barrier } from './barrier.ts'
import type { Beginning, FromMember, Question, SeenAnswer, Step, Told, ToMember } from './messages.ts'
import { relayLines } from './whole-lines.ts'

export type CrewParts = {
  readonly size: number
  /** All that a member serves by, now. */
  begin(place: number): Beginning
  /** A member wrote to the disk: what this process has in memory is to be looked at again. */
  onTold(told: Told): void
  /** Nobody else has a memory of these bodies any more. */
  onUnreferenced(digests: readonly string[]): void
  onSeen(seen: readonly SeenAnswer[]): void
  /** A member has ended, and what it had begun is nobody's. */
  onGone(): void
  /** Takes whole lines of a member's log. */
  readonly relay: (lines: string) => void
  readonly events: EventSink
}

const MEMBER_MAIN = fileURLToPath(new URL('./member.main.ts', import.meta.url))

/** A member that has not done a step by then is killed. */
const PATIENCE_MILLIS = 5_000
/** From the request to stop; what is under way at a member has ten seconds. */
const STOP_MILLIS = 14_000
/** How long a place stays empty after so many members in a row that did not live long. */
const DELAYS_MILLIS = [0, 250, 1_000, 4_000, 10_000] as const
const LONG_LIFE_MILLIS = 30_000

type Member = {
  readonly place: number
  readonly process: Bun.Subprocess<'ignore', 'ignore', 'pipe'>
  readonly startedAt: number
  state: 'starting' | 'hears' | 'counts'
  /** The last step that it has done, or that was in what it began with. */
  done: number
  readonly questions: Map<number, (answer: number | undefined) => void>
}

/** What became of the first member of a place. */
type FirstStart = { readonly resolve: () => void; readonly reject: (cause: unknown) => void }

export class Crew {
  readonly #parts: CrewParts
  readonly #barrier = new Barrier<Member>()
  readonly #members = new Map<number, Member>()
  readonly #first = new Map<number, FirstStart>()
  readonly #failures = new Map<number, number>()
  /** Who waits until a place is served again. */
  readonly #awaited = new Map<number, () => void>()
  readonly #respawns = new Set<ReturnType<typeof setTimeout>>()
  #questions = 0
  #renewing: Promise<void> | undefined
  #stopping = false

  constructor(parts: CrewParts) {
    this.#parts = parts
  }

  /** Starts every member; rejects when one cannot serve. */
  async start(): Promise<void> {
    const places = Array.from({ length: this.#parts.size }, (_, index) => index + 1)
    const started = places.map((place) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      this.#first.set(place, { resolve, reject })
      this.#spawn(place)
      return promise
    })
    await Promise.all(started)
  }

  // Telling

  /** Tells every member, in order. */
  broadcast(step: Step): void {
    this.#broadcast(step)
  }

  #broadcast(step: Step, teller?: Member): number {
    return this.#tell((member) => (member === teller ? NO_CHANGE : step))
  }

  /** Every member takes each turn, with a change or without one: so steps can be counted. */
  #tell(stepFor: (member: Member) => Step): number {
    const number = this.#barrier.next()
    for (const member of this.#members.values()) {
      if (member.state !== 'starting') this.#send(member, { ...stepFor(member), number })
    }
    return number
  }

  /** Resolves when every member that serves has done every step so far (K2). */
  settled(): Promise<void> {
    return this.#settled(this.#barrier.last)
  }

  async #settled(step: number, but?: Member): Promise<void> {
    if (this.#barrier.behind(step, but).length === 0) return
    const timer = setTimeout(() => {
      for (const late of this.#barrier.behind(step, but)) this.#giveUp(late)
    }, PATIENCE_MILLIS)
    await this.#barrier.passed(step, but)
    clearTimeout(timer)
  }

  #giveUp(member: Member): void {
    const message = `edge process ${member.place} did not take a change within ${PATIENCE_MILLIS / 1000} s and is ended`
    this.#parts.events({ kind: 'notice', message })
    member.process.kill('SIGKILL')
  }

  /** Asks every member that serves; a member that ends has nothing to say, and one that hangs is ended (K2). */
  ask(question: Question): Promise<readonly (number | undefined)[]> {
    void this.#settled(this.#tell(() => NO_CHANGE))
    const asked = [...this.#members.values()].filter(({ state }) => state === 'counts')
    return Promise.all(asked.map((member) => this.#ask(member, question)))
  }

  #ask(member: Member, question: Question): Promise<number | undefined> {
    this.#questions += 1
    const number = this.#questions
    return new Promise((resolve) => {
      member.questions.set(number, resolve)
      this.#send(member, { kind: 'ask', number, question })
    })
  }

  compact(compaction: Compaction): void {
    for (const member of this.#members.values()) {
      if (member.state !== 'starting') this.#send(member, { kind: 'compact', compaction })
    }
  }

  #send(member: Member, message: ToMember): void {
    try {
      member.process.send(message)
    } catch {
      // Fail closed: its channel is gone, so it is about to be; its exit is what counts.
      member.process.kill('SIGKILL')
    }
  }

  // Hearing

  #hear(member: Member, message: FromMember): void {
    switch (message.kind) {
      case 'hello':
        // In one turn: nothing can happen between what it begins with and what it hears.
        member.done = this.#barrier.last
        member.state = 'hears'
        this.#send(member, this.#parts.begin(member.place))
        return
      case 'ready':
        this.#barrier.join(member, member.done)
        member.state = 'counts'
        void this.#letServe(member)
        return
      case 'done':
        member.done = message.number
        this.#barrier.done(member, message.number)
        return
      case 'answer':
        member.questions.get(message.number)?.(message.value)
        member.questions.delete(message.number)
        return
      case 'tell':
        void this.#hearChange(member, message)
        return
      case 'findings':
        this.#parts.onSeen(message.seen)
        return
      case 'failed':
        this.#failed(member, message)
        return
    }
  }

  async #letServe(member: Member): Promise<void> {
    const step = this.#tell((each) => (each === member ? { kind: 'serve' } : NO_CHANGE))
    await this.#settled(step)
    if (this.#members.get(member.place) !== member) return
    this.#first.get(member.place)?.resolve()
    this.#first.delete(member.place)
    this.#awaited.get(member.place)?.()
    this.#awaited.delete(member.place)
  }

  /** What a member has told goes to this process, then to the others; then the teller may go on. */
  async #hearChange(teller: Member, told: Extract<FromMember, { kind: 'tell' }>): Promise<void> {
    this.#parts.onTold(told)
    await this.pass(told, teller)
    if (told.number !== undefined) this.#send(teller, { kind: 'told', number: told.number })
  }

  /** Tells what was written to the disk; resolves when every other member has dropped what it had. */
  async pass({ keys, digests, outdates }: Told, teller?: Member): Promise<void> {
    const step = this.#broadcast({ kind: 'forget', keys, outdates }, teller)
    await this.#settled(step, teller)
    if (digests.length > 0) this.#parts.onUnreferenced(digests)
  }

  // Coming and going

  #spawn(place: number): void {
    const child = Bun.spawn([process.execPath, ...process.execArgv, MEMBER_MAIN], {
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
      serialization: 'advanced',
      // A member opens no secrets and asks no API.
      env: { ...process.env, VARYANT_SECRET_KEY: undefined, VARYANT_API_TOKEN: undefined },
      ipc: (message: FromMember) => {
        if (this.#members.get(place) === member) this.#hear(member, message)
      },
    })
    const startedAt = performance.now()
    const member: Member = { place, process: child, startedAt, state: 'starting', done: 0, questions: new Map() }
    this.#members.set(place, member)
    void relayLines(child.stderr, this.#parts.relay).catch(() => {
      // Fail open: the process is gone, and the end of its log with it.
    })
    void child.exited.then(() => this.#gone(member))
  }

  #failed(member: Member, { reason, code }: Extract<FromMember, { kind: 'failed' }>): void {
    const first = this.#first.get(member.place)
    if (first === undefined) {
      this.#parts.events({ kind: 'unexpected', where: `edge process ${member.place}`, reason })
      return
    }
    this.#first.delete(member.place)
    first.reject(Object.assign(new Error(reason), code === undefined ? {} : { code }))
  }

  #gone(member: Member): void {
    const { place, process: ended } = member
    if (this.#members.get(place) === member) this.#members.delete(place)
    this.#barrier.leave(member)
    for (const resolve of member.questions.values()) resolve(undefined)
    if (this.#stopping) return
    this.#parts.onGone()
    const how = ended.signalCode === null ? `with code ${ended.exitCode}` : `by ${ended.signalCode}`
    const first = this.#first.get(place)
    this.#first.delete(place)
    if (first !== undefined) {
      first.reject(new Error(`edge process ${place} ended ${how} before it could serve`))
      return
    }
    const lived = performance.now() - member.startedAt
    const failures = lived > LONG_LIFE_MILLIS ? 0 : (this.#failures.get(place) ?? 0)
    this.#failures.set(place, failures + 1)
    this.#parts.events({ kind: 'notice', message: `edge process ${place} ended ${how}; another takes its place` })
    this.#respawn(place, DELAYS_MILLIS[failures] ?? Math.max(...DELAYS_MILLIS))
  }

  #respawn(place: number, delay: number): void {
    const timer = setTimeout(() => {
      this.#respawns.delete(timer)
      if (!this.#stopping) this.#spawn(place)
    }, delay)
    this.#respawns.add(timer)
  }

  /** Replaces every member by one that begins anew, one after the other, so that the others serve meanwhile. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  async #renew(): Promise<void> {
    for (const place of [...this.#members.keys()]) {
      const member = this.#members.get(place)
      if (this.#stopping || member === undefined) continue
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#awaited.set(place, resolve)
      await this.#drain([member])
      await promise
    }
  }

  /** Lets members finish what is under way, within a bound; resolves when all are gone. */
  async #drain(members: readonly Member[]): Promise<void> {
    for (const member of members) this.#send(member, { kind: 'stop' })
    const timer = setTimeout(() => {
      for (const { process: left } of members) left.kill('SIGKILL')
    }, STOP_MILLIS)
    await Promise.all(members.map((member) => member.process.exited))
    clearTimeout(timer)
  }

  /** Lets every member finish what is under way, within a bound; resolves when all are gone. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const timer of this.#respawns) clearTimeout(timer)
    for (const resolve of this.#awaited.values()) resolve()
    await this.#drain([...this.#members.values()])
  }
}

const NO_CHANGE: Step = { kind: 'forget', keys: [], outdates: false }
