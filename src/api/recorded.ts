// A change of documents whose outcome is an answer: a refusal changes nothing, and what cannot be kept is not done.

import { type DocumentsDraft, recordChange } from '../config/index.ts'
import { type Outcome, refuse } from './envelope.ts'
import type { Services } from './operation.ts'

/** The outcome of the work, done as one transaction; durable when it is a success. */
export function recorded(
  services: Pick<Services, 'documents' | 'events'>,
  work: (draft: DocumentsDraft) => Outcome,
): Outcome {
  const done = recordChange(services, work)
  if (done.ok) return done
  return 'kind' in done.problem ? refuse('not-recorded') : { ok: false, problem: done.problem }
}
