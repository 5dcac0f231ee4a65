// Chance that can be had again: the same seed, the same run.  For every test that tries what nobody thought of.

/** Numbers in [0, 1), by mulberry32. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export function pick<Item>(random: () => number, from: readonly Item[]): Item {
  return from[Math.floor(random() * from.length)] as Item
}

/** A whole number from 0, below `count`. */
export function below(random: () => number, count: number): number {
  return Math.floor(random() * count)
}
