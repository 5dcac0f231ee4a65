// Finds processes in which a script holds the processor and lets nothing else run, and ends them: workerd itself has no
// limit on processor time, and a loop without end in one script stops its whole process.  docs/decisions/0081
//
//   quiet ──uses the processor──► asked ("ping") ──answers──► quiet
//                                    └──no answer──► put behind others ──half a second of silence and use──► killed
//
// Only processes that use the processor are asked at all, so an idle zone costs a look at /proc a second.

import { type Millis, millis } from '../base/index.ts'
import type { Generation } from './generation.ts'
import { putBehind, putBeside } from './priority.ts'
import { privateMemory, processorTime } from './process-times.ts'

/** What is known of one process. */
export type Pulse = {
  /** When it was looked at last, and its processor time then; undefined where nobody can tell. */
  readonly at: number
  readonly used: Millis | undefined
  /** The question that is open: when it was asked, and the processor time then. */
  readonly asked: { readonly at: number; readonly used: Millis | undefined } | undefined
  /** Whether others come first, for the time being. */
  readonly isBehind: boolean
}

export type PulseDecision =
  | 'leave'
  | 'ask'
  /** It holds the processor longer than most scripts do: others come first. */
  | 'put-behind'
  | 'kill'

// DEVIATION CF workers/platform/limits: processor time is not limited by invocation; what holds the processor for half a second
// without a pause is ended with its zone's process, and what pauses may go on; docs/decisions/0081.
/** How long a script may hold the processor, at least. */
const UNANSWERED_MILLIS = 500
/** Of which it must have had this much of the processor; the rest may have been others'. */
const HELD_MILLIS = 350
/** From here on it is behind others: Cloudflare gives an ordinary request less.  A look is 100 ms, and timers are early. */
const BEHIND_AFTER_MILLIS = 90
const BEHIND_HELD_MILLIS = 60
/** Where processor time is not known, silence alone decides, and later. */
const UNANSWERED_BLIND_MILLIS = 2_000
/** A process that uses less than this share of a processor is not stuck. */
const SUSPICIOUS_SHARE = 0.15

/** What to do about a process, `used` being its processor time now. */
export function decidePulse(
  { at, used: before, asked }: Omit<Pulse, 'isBehind'>,
  now: number,
  used: Millis | undefined,
): PulseDecision {
  if (asked === undefined) {
    if (used === undefined || before === undefined) return 'ask'
    return used - before >= SUSPICIOUS_SHARE * (now - at) ? 'ask' : 'leave'
  }
  const silence = now - asked.at
  if (used === undefined || asked.used === undefined) return silence >= UNANSWERED_BLIND_MILLIS ? 'kill' : 'leave'
  const held = used - asked.used
  if (silence >= UNANSWERED_MILLIS && held >= HELD_MILLIS) return 'kill'
  return silence >= BEHIND_AFTER_MILLIS && held >= BEHIND_HELD_MILLIS ? 'put-behind' : 'leave'
}

/** How often busy processes are looked at, and how many looks pass before an idle one is. */
const LOOK_MILLIS = 100
const IDLE_LOOKS = 10
const MEMORY_LOOKS = 20

export type WatchdogParts = {
  /** Every process that serves or drains. */
  generations(): Iterable<Generation>
  /** A script holds the processor. */
  onSpinning(generation: Generation): void
  /** It has more memory of its own than it should. */
  onLarge(generation: Generation): void
  readonly recycleAt: number
}

export class Watchdog {
  readonly #parts: WatchdogParts
  readonly #pulses = new WeakMap<Generation, Pulse>()
  #timer: ReturnType<typeof setInterval> | undefined
  #looks = 0

  constructor(parts: WatchdogParts) {
    this.#parts = parts
  }

  /** Looks until nothing is left to look at; called when a process starts. */
  wake(): void {
    if (this.#timer !== undefined) return
    this.#timer = setInterval(() => this.#look(), LOOK_MILLIS)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    this.#looks += 1
    const isIdleLook = this.#looks % IDLE_LOOKS === 0
    const isMemoryLook = this.#looks % MEMORY_LOOKS === 0
    let count = 0
    for (const generation of this.#parts.generations()) {
      count += 1
      if (generation.isBusy || isIdleLook || this.#pulses.get(generation)?.asked !== undefined) this.#feel(generation)
      if (isMemoryLook && (privateMemory(generation.pid) ?? 0) > this.#parts.recycleAt) this.#parts.onLarge(generation)
    }
    if (count === 0) this.close()
  }

  #feel(generation: Generation): void {
    const now = performance.now()
    const used = processorTime(generation.pid)
    const pulse = this.#pulses.get(generation) ?? { at: now, used, asked: undefined, isBehind: false }
    const decision = decidePulse(pulse, now, used)
    if (decision === 'kill') {
      this.#parts.onSpinning(generation)
      return
    }
    if (decision === 'ask') this.#ask(generation)
    if (decision === 'put-behind') putBehind(generation.pid)
    this.#pulses.set(generation, {
      ...{ at: now, used, asked: decision === 'ask' ? { at: now, used } : pulse.asked },
      isBehind: pulse.isBehind || decision === 'put-behind',
    })
  }

  #ask(generation: Generation): void {
    const answered = (): void => {
      const pulse = this.#pulses.get(generation)
      if (pulse === undefined) return
      if (pulse.isBehind) putBeside(generation.pid)
      this.#pulses.set(generation, { ...pulse, asked: undefined, isBehind: false })
    }
    // A refused connection is an answer too: whatever is wrong, nothing spins.
    void fetch('http://ping.invalid/', { unix: generation.pingSocket, signal: AbortSignal.timeout(PING_LIMIT) }).then(
      answered,
      answered,
    )
  }
}

/** Far beyond the silence that decides. */
const PING_LIMIT = millis(60_000)
