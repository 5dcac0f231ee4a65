// What ends a benchmark run early: a sentence for its reader, with the remedy, and no stack trace.

/** A fault of the machine, the options or a contender that the reader of the run can mend. */
export class BenchFailure extends Error {
  override name = 'BenchFailure'
}
