// What the machine refuses at a start, as distinct from what is wrong with the configuration (problems.ts).

/** The machine does not give what the configuration asks for; the message says what and what to do. */
export class StartFailure extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'StartFailure'
  }
}
