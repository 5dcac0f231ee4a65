// Membership in a set of numbers and ranges: sorted, merged, searched by halves.  For Ints, and for one family of IP.

export type Ordinal = number | bigint
export type OrdinalRange = readonly [low: Ordinal, high: Ordinal]

/** A test for membership; both ends of a range belong to it. */
export function makeRangeTest(ranges: readonly OrdinalRange[]): (value: Ordinal) => boolean {
  const merged = merge(ranges)
  const [first] = merged
  if (first === undefined) return () => false
  if (merged.every(([low, high]) => low === high)) {
    const set = new Set(merged.map(([low]) => low))
    return set.size === 1 ? (value) => value === first[0] : (value) => set.has(value)
  }
  if (merged.length === 1) return (value) => value >= first[0] && value <= first[1]
  return (value) => findRange(merged, value)
}

function merge(ranges: readonly OrdinalRange[]): readonly OrdinalRange[] {
  const sorted = [...ranges].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
  const merged: [Ordinal, Ordinal][] = []
  for (const [low, high] of sorted) {
    const last = merged[merged.length - 1]
    if (last === undefined || low > last[1]) merged.push([low, high])
    else if (high > last[1]) last[1] = high
  }
  return merged
}

function findRange(ranges: readonly OrdinalRange[], value: Ordinal): boolean {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const range = ranges[middle] as OrdinalRange
    if (value < range[0]) high = middle - 1
    else if (value > range[1]) low = middle + 1
    else return true
  }
  return false
}
