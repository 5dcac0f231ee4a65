// A change of documents that may be refused: a refusal changes nothing, and what cannot be kept is not done.

import { type EventSink, fail, ok, type Result } from '../base/index.ts'
import { NotKept } from './blobs.ts'
import type { Documents, DocumentsDraft } from './documents.ts'

/** What a change could not be: not made durable.  Nothing has changed. */
export type NotRecorded = { readonly kind: 'not-recorded' }

/** Carries a problem out of the change, which that undoes. */
class Refused<Problem> extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super('refused')
    this.problem = problem
  }
}

/** Carries whatever the work itself threw: a fault of ours, not of the disk. */
class Broken extends Error {}

/** Does the work as one transaction, durable when it is ok; throws what the work throws. */
export function recordChange<Value, Problem>(
  { documents, events }: { readonly documents: Documents; readonly events: EventSink },
  work: (draft: DocumentsDraft) => Result<Value, Problem>,
): Result<Value, Problem | NotRecorded> {
  try {
    return ok(
      documents.change((draft) => {
        const result = attempt(work, draft)
        if (!result.ok) throw new Refused(result.problem)
        return result.value
      }),
    )
  } catch (cause) {
    if (cause instanceof Refused) return fail(cause.problem as Problem)
    const fault = cause instanceof Broken ? cause.cause : cause
    if (cause instanceof Broken && !(fault instanceof NotKept)) throw fault
    // Fail closed: what would not survive a restart is not done, and its sender is told.
    events({ kind: 'unexpected', where: 'configuration store', reason: String(fault) })
    return fail({ kind: 'not-recorded' })
  }
}

function attempt<Outcome>(work: (draft: DocumentsDraft) => Outcome, draft: DocumentsDraft): Outcome {
  try {
    return work(draft)
  } catch (cause) {
    throw new Broken('the work failed', { cause })
  }
}
