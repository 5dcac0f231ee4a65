// The one error class of the system, and the assertion for numbered promises.

import { FAULTS, type FaultCode, type FaultRow } from './error-codes.ts'

/** A fault with a row in `error-codes.ts`; `detail` is safe to log and to show. */
export class EdgeError extends Error {
  readonly code: FaultCode
  readonly detail: string

  constructor(code: FaultCode, detail = '', options?: { readonly cause?: unknown }) {
    super(detail === '' ? FAULTS[code].title : `${FAULTS[code].title}: ${detail}`, options)
    this.name = 'EdgeError'
    this.code = code
    this.detail = detail
  }

  get row(): FaultRow {
    return FAULTS[this.code]
  }
}

/** A broken promise that a file header names, such as `I2`; no stage may catch it. */
export class InvariantError extends Error {
  constructor(name: string, detail: string) {
    super(`invariant ${name} broken: ${detail}`)
    this.name = 'InvariantError'
  }
}

export function invariant(holds: boolean, name: string, detail: string): asserts holds {
  if (!holds) throw new InvariantError(name, detail)
}
