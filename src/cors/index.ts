// The door of `cors`: the Fetch standard's CORS protocol as a gateway sees it, pure.

// Sharing: who may be answered with whose copy

export { ALLOW_ORIGIN, grantOf, hasGrant, isForEverybody, withoutOldGrants } from './grant.ts'
export { isNote, NOTE_STATUS, namesOfNote, noteFields } from './note.ts'
export {
  type AskedBy,
  type Confirmation,
  type Copy,
  type Keeping,
  type Known,
  makeSharing,
  type OriginsAnswer,
  SHARING,
  SHARING_REASONS,
  type Sharing,
  type SharingReason,
  type SharingVerdict,
} from './sharing.ts'

// What an Origin is

export { isSerializedOrigin, parseWebOrigin, type WebOrigin } from './web-origin.ts'
