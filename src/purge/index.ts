// The door of `purge`: what to drop, how it is recorded, and whether a stored response still stands.

// Carrying out a purge
export { MAX_WALKED_VARIANTS, makePurger, type PurgeReceipt, type Purger, type PurgerParts } from './apply.ts'
// What a request asks for
export type { PurgeFile } from './file-item.ts'
// The journal
export { makeMemoryJournal } from './journal.ts'
export type { AppendListener, PurgeJournal } from './journal-contract.ts'
export { type JournalOptions, openJournal } from './journal-file.ts'
// Selectors and judgements
export { concerns } from './match.ts'
export type { PurgeProblem, PurgeProblemKind } from './problems.ts'
// How many requests the account may make
export {
  type Allowance,
  makePurgeAllowance,
  type PurgeAllowance,
  type PurgeRateLimit,
} from './rate-limit.ts'
export { MAX_ITEMS, type PurgeRequest, type PurgeZone } from './request.ts'
export type { JournalEntry, PurgeAction, Selector, Standing } from './selector.ts'
export type { CopiesOfOrigin, Survey, Taken } from './survey.ts'
export type { Addressed, PurgeTarget } from './target.ts'
