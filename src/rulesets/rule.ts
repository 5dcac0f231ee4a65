// A rule of any phase, from the document to something that runs: its filter, its effect, and its sentence for the trail.

import type { RuleDocument } from './documents.ts'

/** The members of a rule that bear on running it. */
export type StoredRule = Pick<
  RuleDocument,
  'id' | 'ref' | 'description' | 'enabled' | 'action' | 'expression' | 'action_parameters'
>
