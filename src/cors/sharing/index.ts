// The door of `cors/sharing`: what answers of the origin server say of other Origins, and what a cache may make of it.  Pure.

// Who may be answered with whose copy

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

// What is wrong with how an origin server does CORS

export { FINDING_KINDS, FINDINGS, type FindingKind, type Sighting } from './findings.ts'
export { type CountedFinding, type FindingsBook, makeFindingsBook } from './findings-book.ts'

// How many Origins may have copies of one URL

export { ADMISSION_REASONS, makeVariantBudget, type VariantBudget } from './variant-budget.ts'
