// What the control process and the members say to each other, over the channel that each member has with it.  Plain data,
// for the structured clone.
//
//   control ──begin─► member: hello before it, ready after it        control ──serve─► member: listens
//           ──documents, journal, forget─► in the order in which they happened; `done` when each is in force
//           ──ask─► answer
//   member  ──tell─► control ──forget─► the others, and told when they are done
//
// The channel keeps the order, and that is what the promises of this room rest on: a member that has done a message has done
// every earlier one.

import type { DocumentChange, EdgeConfig } from '../config/index.ts'
import type { Sighting } from '../cors/sharing/index.ts'
import type { AllowedTarget } from '../origin/index.ts'
import type { Compaction, JournalEntry, JournalState } from '../purge/index.ts'

/** All that a member serves by, at one moment. */
export type Beginning = {
  readonly kind: 'begin'
  /** From 1; no two members that live have the same. */
  readonly place: number
  readonly config: Omit<EdgeConfig, 'locate'>
  readonly dataDirectory: string
  readonly memory: number
  readonly disk: number
  readonly allowPrivate: readonly AllowedTarget[]
  readonly documents: readonly DocumentChange[]
  readonly fileZones: readonly string[]
  readonly journal: JournalState
  /** The socket of the control process's own edge. */
  readonly keeper: string
}

export type Step =
  | { readonly kind: 'serve' }
  | { readonly kind: 'documents'; readonly changes: readonly DocumentChange[] }
  | { readonly kind: 'journal'; readonly entry: JournalEntry }
  | Forgetting

/** What is in memory under these keys is older than what is on disk. */
export type Forgetting = {
  readonly kind: 'forget'
  readonly keys: readonly string[]
  /** What is fetched for them now is outdated too. */
  readonly outdates: boolean
}

export type Question = 'oldest-fetch' | 'sweep' | 'flush'

export type ToMember =
  | Beginning
  | (Step & { readonly number: number })
  | { readonly kind: 'ask'; readonly number: number; readonly question: Question }
  | { readonly kind: 'compact'; readonly compaction: Compaction }
  | { readonly kind: 'told'; readonly number: number }
  | { readonly kind: 'stop' }

/** A member has written to the disk. */
export type Told = {
  readonly keys: readonly string[]
  /** Bodies whose files nothing may point to any more. */
  readonly digests: readonly string[]
  readonly outdates: boolean
}

export type SeenAnswer = { readonly zone: string; readonly host: string; readonly answer: Sighting }

export type FromMember =
  | { readonly kind: 'hello' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly number: number }
  | { readonly kind: 'answer'; readonly number: number; readonly value: number | undefined }
  /** `number`: it waits for `told`. */
  | (Told & { readonly kind: 'tell'; readonly number: number | undefined })
  | { readonly kind: 'findings'; readonly seen: readonly SeenAnswer[] }
  /** It cannot serve, and ends. */
  | { readonly kind: 'failed'; readonly reason: string; readonly code: string | undefined }
