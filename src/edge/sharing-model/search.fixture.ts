// All histories up to a length, over an alphabet of steps, state by state.  Where A, B and C could change places, only those are searched in
// which A comes before B and B before C: every other one is one of these with the names changed.

import { ASKERS, type Asker, type Behaviour } from './behaviours.fixture.ts'
import type { Checker, History, Step } from './checker.fixture.ts'

/** `A`, `A+`, ... */
const SINGLES: readonly Step[] = ASKERS.flatMap((asker) =>
  [false, true].map((afterExpiry) => ({ askers: [asker], afterExpiry })),
)

/** Two at the same time: Origins among themselves, and with requests that have none. */
const PAIRS: readonly Step[] = (
  [
    ['A', 'B'],
    ['B', 'A'],
    ['A', 'none'],
    ['none', 'B'],
    ['B', 'null'],
    ['null', 'A'],
    ['A', 'A'],
  ] as const
).flatMap((askers) => [false, true].map((afterExpiry) => ({ askers, afterExpiry })))

/** With epochs, before which the origin server may have changed its mind. */
const EPOCHS: readonly Step[] = (['A', 'B', 'none'] as const).flatMap((asker) => [
  { askers: [asker], afterExpiry: false },
  { askers: [asker], afterExpiry: false, afterEpoch: true },
])

export const ALPHABETS = {
  epochs: EPOCHS,
  plain: SINGLES.filter(({ afterExpiry }) => !afterExpiry),
  singles: SINGLES,
  all: [...SINGLES, ...PAIRS],
} as const

const INTERCHANGEABLE: readonly Asker[] = ['A', 'B', 'C']

function isCanonical(history: History): boolean {
  let met = 0
  for (const { askers } of history) {
    for (const asker of askers) {
      const place = INTERCHANGEABLE.indexOf(asker)
      if (place > met) return false
      if (place === met) met += 1
    }
  }
  return true
}

export type Searched = {
  /** Histories that were played to their end. */
  readonly played: number
  /** Distinct states that they led to. */
  readonly states: number
  /** Whether every state was reached that any history, however long, can reach. */
  readonly isWhole: boolean
  readonly fault: string | undefined
}

/**
 * Searches all histories up to a length, a step longer each round; a fault is told with the history that leads to it.  Of
 * histories that lead to one state only the first is continued: the others would go on alike.
 */
export async function search(
  checker: Checker,
  behaviour: Behaviour,
  length: number,
  alphabet: readonly Step[],
): Promise<Searched> {
  const met = new Set<string>()
  let played = 0
  let frontier: History[] = [[]]
  for (let round = 0; round < length && frontier.length > 0; round += 1) {
    const next: History[] = []
    for (const history of continued(frontier, alphabet, behaviour.symmetric)) {
      played += 1
      const fault = await checker.findFault(behaviour, history)
      if (fault !== undefined) {
        const told = `${behaviour.name}: ${history.map(nameOf).join(' ')}: ${fault}`
        return { played, states: met.size, isWhole: false, fault: told }
      }
      const state = checker.signature(history)
      if (!met.has(state)) next.push(history)
      met.add(state)
      // Promises alone would let nobody else run.
      if (played % 256 === 0) await new Promise<void>((resolve) => setImmediate(resolve))
    }
    frontier = next
  }
  return { played, states: met.size, isWhole: frontier.length === 0, fault: undefined }
}

function* continued(frontier: readonly History[], alphabet: readonly Step[], isSymmetric: boolean): Generator<History> {
  for (const history of frontier) {
    for (const step of alphabet) {
      // Nothing can have expired before the first step.
      if (history.length === 0 && (step.afterExpiry || step.afterEpoch === true)) continue
      const longer = [...history, step]
      if (!isSymmetric || isCanonical(longer)) yield longer
    }
  }
}

function nameOf({ askers, afterExpiry, afterEpoch }: Step): string {
  return askers.join('|') + (afterExpiry ? '+' : '') + (afterEpoch === true ? '*' : '')
}
