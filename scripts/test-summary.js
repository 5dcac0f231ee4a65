// What a run of `bun test` said in its last lines, as counts.  Pure.

/** @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts */

/**
 * The counts in Bun's summary.  A run that ended badly has at least one failure, whatever its summary says: a file that
 * cannot be loaded, an error between two tests, or an end before any summary.
 *
 * @param {string} output everything that `bun test` wrote
 * @param {number | null} code its exit code; null when a signal ended it
 * @returns {Counts}
 */
export function parseSummary(output, code) {
  const passed = count(output, 'pass')
  const failed = count(output, 'fail')
  const skipped = (count(output, 'skip') ?? 0) + (count(output, 'todo') ?? 0)
  const complete = passed !== undefined && failed !== undefined
  const missed = (code !== 0 || !complete) && (failed ?? 0) === 0 ? 1 : 0
  return { passed: passed ?? 0, failed: (failed ?? 0) + missed, skipped }
}

/**
 * @param {readonly Counts[]} parts
 * @returns {Counts}
 */
export function sum(parts) {
  return parts.reduce(
    (total, part) => ({
      passed: total.passed + part.passed,
      failed: total.failed + part.failed,
      skipped: total.skipped + part.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}

/**
 * The last line of a run: `N passed, N failed`, and `, N skipped` when there are any.
 *
 * @param {Counts} counts
 */
export function finalLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/**
 * The number of the last summary line with this word: a test may print such a line itself, earlier.
 *
 * @param {string} output
 * @param {string} word
 */
function count(output, word) {
  const found = [...output.matchAll(new RegExp(`^ *(\\d+) ${word}$`, 'gm'))].at(-1)?.[1]
  return found === undefined ? undefined : Number(found)
}
