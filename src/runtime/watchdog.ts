// Finds processes in which a script holds the processor and lets nothing else run, and ends them: workerd itself has no
// limit on processor time, and a loop without end in one script stops its whole process.  docs/decisions/0081
//
//   quiet ──uses the processor──► asked ("ping") ──answers──► quiet
//                                    └──no answer, half a second long, and it has used as much processor time──► killed
//
// Only processes that use the processor are asked at all, so an idle zone costs a look at /proc a second.

import { type Millis, millis } from '../base/index.ts'
import type { Generation } from './generation.ts'
import { privateMemory, processorTime } from './process-times.ts'

/** What is known of one process. */
export type Pulse = {
  /** When it was looked at last, and its processor time then; undefined where nobody can tell. */
  readonly at: number
  readonly used: Millis | undefined
  /** The question that is open: when it was asked, and the processor time then. */
  readonly asked: { readonly at: number; readonly used: Millis | undefined } | undefined
}

export type PulseDecision = 'leave' | 'ask' | 'kill'

// DEVIATION CF workers/platform/limits: processor time is not limited by invocation; what holds the processor for half a second
// without a pause is ended with its zone's process, and what pauses may go on; docs/decisions/0081.
/** How long a script may hold the processor, at least. */
const UNANSWERED_MILLIS = 500
/** Of which it must have had this much of the processor; the rest may have been others'. */
const HELD_MILLIS = 350
/** Where processor time is not known, silence alone decides, and later. */
const UNANSWERED_BLIND_MILLIS = 2_000
/** A process that uses less than this share of a processor is not stuck. */
const SUSPICIOUS_SHARE = 0.15

/** What to do about a process, `used` being its processor time now. */
export function decidePulse({ at, used: before, asked }: Pulse, now: number, used: Millis | undefined): PulseDecision {
  if (asked === undefined) {
    if (used === undefined || before === undefined) return 'ask'
    return used - before >= SUSPICIOUS_SHARE * (now - at) ? 'ask' : 'leave'
  }
  const silence = now - asked.at
  if (used === undefined || asked.used === undefined) return silence >= UNANSWERED_BLIND_MILLIS ? 'kill' : 'leave'
  return silence >= UNANSWERED_MILLIS && used - asked.used >= HELD_MILLIS ? 'kill' : 'leave'
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
    const pulse = this.#pulses.get(generation) ?? { at: now, used, asked: undefined }
    const decision = decidePulse(pulse, now, used)
    if (decision === 'kill') {
      this.#parts.onSpinning(generation)
      return
    }
    if (decision === 'ask') this.#ask(generation)
    this.#pulses.set(generation, { at: now, used, asked: decision === 'ask' ? { at: now, used } : pulse.asked })
  }

  #ask(generation: Generation): void {
    const answered = (): void => {
      const pulse = this.#pulses.get(generation)
      if (pulse !== undefined) this.#pulses.set(generation, { ...pulse, asked: undefined })
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
