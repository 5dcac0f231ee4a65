// What a verb says last: its result on stdout, or what went wrong on stderr.

/** Says it, and answers the exit code of success. */
export function say(text: string): 0 {
  process.stdout.write(text)
  return 0
}

/** Complains in one sentence, and answers the exit code. */
export function complain(code: 1 | 2, sentence: string): number {
  process.stderr.write(`varyant: ${sentence}\n`)
  return code
}
