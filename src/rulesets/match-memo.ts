// Remembers an outcome by the set of rules that matched, so that equal matches give the same object: whoever receives it can
// hang on it what follows from it.
//
// M3  It holds a bounded number of outcomes, whatever visitors make match; the oldest goes first.

/** Far more than the combinations that ordinary traffic of a zone meets. */
const MAX_OUTCOMES = 512

export type MatchMemo<Outcome> = (places: readonly number[], make: () => Outcome) => Outcome

export function makeMatchMemo<Outcome>(): MatchMemo<Outcome> {
  const known = new Map<string, Outcome>()
  // One request is mostly like the one before it, and comparing is quicker than making a key.
  let last: { readonly places: readonly number[]; readonly outcome: Outcome } | undefined
  return (places, make) => {
    if (last !== undefined && isSame(last.places, places)) return last.outcome
    const key = places.join()
    const outcome = known.get(key) ?? make()
    if (known.size >= MAX_OUTCOMES && !known.has(key)) known.delete(known.keys().next().value ?? '')
    known.set(key, outcome)
    last = { places, outcome }
    return outcome
  }
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}
