// How much processor time work takes, in which other processes have no part: for tests that hold a parser to linear time.

/** Quadratic work on inputs of a hundred thousand characters takes seconds; linear work, a few of these. */
export const LINEAR_BUDGET_MILLIS = 500

/** Milliseconds of this thread. */
export function processorMillis(work: () => unknown): number {
  const start = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(start)
  return (user + system) / 1000
}
