// A run of the oracle: scenarios one after the other until enough of them were compared.

import { compare } from './compare.ts'
import { makeScenario, type Scenario } from './scenario.ts'
import { openTheatre, type Theatre } from './theatre.ts'

export type OracleOptions = {
  /** Chromium's binary. */
  readonly chromium: string
  /** Further settings of the zone. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly seed: number
  /** Comparisons with a verdict that assumes nothing. */
  readonly comparisons: number
  /** The number of the first scenario; 0 when absent. */
  readonly first?: number
  say?(line: string): void
}

export type Disagreement = {
  readonly number: number
  readonly scenario: Scenario
  readonly differences: readonly string[]
}

export type OracleRun = {
  readonly compared: number
  readonly assumed: number
  readonly unknown: number
  readonly behaviours: number
  readonly disagreements: readonly Disagreement[]
  readonly version: string
}

/** What earlier scenarios left in the store is dropped after so many, so that no walk over it grows. */
const SCENARIOS_A_CLEARING = 50
const COMPARISONS_A_LINE = 100

/** Plays scenarios of this seed until enough were compared. */
export async function runOracle(options: OracleOptions): Promise<OracleRun> {
  const theatre = await openTheatre(options.chromium, options.settings)
  try {
    return await playAll(options, theatre)
  } finally {
    await theatre.close()
  }
}

/** Plays scenarios in a theatre that is open. */
export async function playAll(
  { seed, comparisons, first = 0, say }: Omit<OracleOptions, 'chromium' | 'settings'>,
  theatre: Theatre,
): Promise<OracleRun> {
  const counts = { compared: 0, assumed: 0, unknown: 0 }
  const behaviours = new Set<string>()
  const disagreements: Disagreement[] = []
  for (let number = first; counts.compared < comparisons; number += 1) {
    const scenario = makeScenario(seed, number)
    const { differences, kind } = await compare(scenario, `s${number}`, theatre)
    counts[kind] += 1
    behaviours.add(scenario.behaviour.name)
    if (differences.length > 0) disagreements.push({ number, scenario, differences })
    if ((number - first) % SCENARIOS_A_CLEARING === SCENARIOS_A_CLEARING - 1)
      await theatre.api('/purge_cache', { purge_everything: true })
    if (kind === 'compared' && counts.compared % COMPARISONS_A_LINE === 0)
      say?.(`${counts.compared} compared, ${disagreements.length} disagree`)
  }
  return { ...counts, behaviours: behaviours.size, disagreements, version: theatre.version }
}
