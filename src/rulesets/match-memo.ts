// Remembers an outcome by the set of rules that matched, so that equal matches give the same object: whoever receives it can
// hang on it what follows from it.
//
// M3  It holds a bounded number of outcomes, whatever visitors make match; the oldest goes first.

/** Far more than the combinations that ordinary traffic of a zone meets. */
const MAX_OUTCOMES = 512

export type MatchMemo<Outcome> = (places: readonly number[], make: () => Outcome) => Outcome

export function makeMatchMemo<Outcome>(): MatchMemo<Outcome> {
  const known = new Map<string, Outcome>()
  return (places, make) => {
    const key = places.join()
    const found = known.get(key)
    if (found !== undefined) return found
    const outcome = make()
    if (known.size >= MAX_OUTCOMES) {
      for (const oldest of known.keys()) {
        known.delete(oldest)
        break
      }
    }
    known.set(key, outcome)
    return outcome
  }
}
