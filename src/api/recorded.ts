// A change of documents whose outcome is an answer: a refusal changes nothing, and what cannot be kept is not done.

import type { DocumentsDraft } from '../config/index.ts'
import { type Outcome, refuse } from './envelope.ts'
import type { Services } from './operation.ts'

/** Carries a refusal out of the transaction, which it undoes. */
class Refused extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super('refused')
    this.outcome = outcome
  }
}

/** Carries whatever the work itself threw: a fault of ours, not of the disk. */
class Broken extends Error {}

/** The outcome of the work, done as one transaction; durable when it is a success. */
export function recorded(
  { documents, events }: Pick<Services, 'documents' | 'events'>,
  work: (draft: DocumentsDraft) => Outcome,
): Outcome {
  try {
    return documents.change((draft) => {
      const outcome = attempt(work, draft)
      if (!outcome.ok) throw new Refused(outcome)
      return outcome
    })
  } catch (cause) {
    if (cause instanceof Refused) return cause.outcome
    if (cause instanceof Broken) throw cause.cause
    // Fail closed: what would not survive a restart is not done, and its sender is told.
    events({ kind: 'unexpected', where: 'configuration store', reason: String(cause) })
    return refuse('not-recorded')
  }
}

function attempt(work: (draft: DocumentsDraft) => Outcome, draft: DocumentsDraft): Outcome {
  try {
    return work(draft)
  } catch (cause) {
    throw new Broken('the work failed', { cause })
  }
}
