// Chance that can be repeated: the same seed, the same choices.

export type Random = {
  /** A whole number from 0, below `count`. */
  below(count: number): number
  /** True once in `count` times. */
  once(count: number): boolean
  pick<Value>(values: readonly Value[]): Value
}

/** Chance from a seed; two numbers that differ give streams that have nothing in common. */
export function makeRandom(seed: number, stream = 0): Random {
  let state = mix(mix(seed >>> 0) ^ Math.imul(stream + 1, 0x9e3779b1))
  const below = (count: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    return Math.floor((mix(state) / 2 ** 32) * count)
  }
  return {
    below,
    once: (count) => below(count) === 0,
    pick: (values) => values[below(values.length)] as (typeof values)[number],
  }
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
