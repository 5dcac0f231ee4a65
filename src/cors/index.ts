// The door of `cors`: the Fetch standard's CORS protocol as a gateway sees it, pure.

// Sharing: who may be answered with whose copy

export { ALLOW_ORIGIN, hasGrant, isForEverybody, withoutOldGrants } from './grant.ts'
export { isNote, NOTE_STATUS, namesOfNote, noteFields } from './note.ts'
export {
  type AskedBy,
  type Copy,
  type Keeping,
  type Known,
  makeSharing,
  type OriginsAnswer,
  SHARING,
  SHARING_REASONS,
  type Sharing,
  type SharingReason,
} from './sharing.ts'

// Findings: what is wrong with how an origin server does CORS

export { FINDING_KINDS, FINDINGS, type FindingKind, type Sighting } from './findings.ts'
export { type CountedFinding, type FindingsBook, makeFindingsBook } from './findings-book.ts'

// The shield: how many Origins may have copies

export { ADMISSION_REASONS, makeVariantBudget, type VariantBudget } from './variant-budget.ts'

// What an Origin is

export { isSerializedOrigin, parseWebOrigin, type WebOrigin } from './web-origin.ts'
