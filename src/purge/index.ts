// The door of `purge`: what to drop, how it is recorded, and whether a stored response still stands.

// The journal
export { type JournalOptions, openJournal } from './journal.ts'
export type { AppendListener, PurgeJournal } from './journal-contract.ts'
// Selectors and judgements
export { concerns } from './match.ts'
export { makeMemoryJournal } from './memory-journal.ts'
export type { JournalEntry, PurgeAction, Selector, Standing } from './selector.ts'
export { makeStandingIndex, type StandingIndex } from './standing.ts'
