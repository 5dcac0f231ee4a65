// The name that an author most likely meant by one that does not exist.  Pure; linear in the names, each no longer than a bound.

const MAX_LENGTH = 80
/** One mistake for so many letters. */
const LETTERS_PER_MISTAKE = 4
const MAX_MISTAKES = 3

/** The nearest of the names, of several the first; undefined when none is near. */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  if (name.length > MAX_LENGTH) return undefined
  let limit = Math.min(MAX_MISTAKES, Math.floor(name.length / LETTERS_PER_MISTAKE)) + 1
  let nearest: string | undefined
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) >= limit || candidate.length > MAX_LENGTH) continue
    const distance = distanceBetween(name, candidate, limit)
    if (distance >= limit) continue
    limit = distance
    nearest = candidate
  }
  return nearest
}

/** How many letters must be put, taken, replaced, or swapped with their neighbour; at least `limit` where it is no less. */
function distanceBetween(a: string, b: string, limit: number): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const changed = (row[j - 1] ?? 0) + (isSame ? 0 : 1)
      const moved = isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(changed, moved, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    if (Math.min(...next) >= limit) return limit
    before = row
    row = next
  }
  return row[b.length] ?? limit
}
