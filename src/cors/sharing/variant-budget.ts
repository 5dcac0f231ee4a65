// How many Origins may have copies of one URL.  Origin is whatever a stranger writes, and each value would be one copy more:
// a million of them must not fill the store, nor push out the copies of Origins that really ask.
//
//   first VOUCHED_FROM Origins of a URL          a copy at once
//   up to MAX_ORIGINS                            a copy when the Origin asks a second time
//   more                                         served uncached, until somebody's lease has run out
//
// An Origin that was granted nothing gets one of MAX_UNGRANTED places, since no page reads such an answer.  A place is leased
// until its copy expires; an Origin that still asks then renews it with the validation, and one that never comes back gives
// it up.  So those who were here before an attack keep their places, and the attack gets what is left of them.
//
// The second time is noticed by a table of marks of fixed size (a doorkeeper, as in TinyLFU).  Two Origins may share a mark:
// that gives a copy too early, and says nothing of whose copy it is, for which keys compare every byte.
//
// DEVIATION CF cache/how-to/cache-keys: no limit of copies by Origin is documented there; docs/decisions/0113.
//
// Pure: who asks brings the time.  Asked only when an answer of the origin server arrives.

import type { EpochMillis } from '../../base/index.ts'

export type Admission =
  /** Keep it. */
  | 'admitted'
  /** Too many Origins have copies of this URL, and this one has not asked before. */
  | 'not-vouched-for'
  /** Too many Origins have copies of this URL. */
  | 'over-budget'

/** One sentence each, for the trail. */
export const ADMISSION_REASONS: Readonly<Record<Exclude<Admission, 'admitted'>, string>> = {
  'not-vouched-for': 'many Origins have copies of this URL: a new one is kept when it asks again',
  'over-budget': 'as many Origins as may have copies of this URL have one',
}

export interface VariantBudget {
  /**
   * Whether the answer to an Origin may be kept for it.  `until`: when that copy will expire.  `hasCopy`: it takes the place
   * of one that is there.
   */
  admit(url: string, origin: string, lease: Lease): Admission
}

export type Lease = {
  readonly now: EpochMillis
  readonly until: EpochMillis
  readonly isGranted: boolean
  readonly hasCopy: boolean
}

/** Places of one URL for Origins that were granted something; about as many sites as embed one file under one name. */
export const MAX_ORIGINS = 1_024
/** Places for Origins that were granted nothing. */
export const MAX_UNGRANTED = 16
/** So many come in without having asked before. */
export const VOUCHED_FROM = 128
/** A lease is no longer than this, however long the copy lives: an hour without a visitor is a free place. */
const MAX_LEASE_MILLIS = 3_600_000
/** URLs that are kept account of; the longest untouched goes first. */
const MAX_URLS = 4_096
/** Longer ones are known by their hash. */
const MAX_URL_CHARACTERS = 2_048
/** Places altogether: about 100 bytes each. */
const MAX_PLACES = 262_144
const MARKS = 65_536

type Account = { readonly granted: Map<number, number>; readonly ungranted: Map<number, number> }

export function makeVariantBudget(): VariantBudget {
  const accounts = new Map<string, Account>()
  const marks = new Uint32Array(MARKS)
  let places = 0

  function accountOf(url: string): Account {
    const known = accounts.get(url)
    const account = known ?? { granted: new Map<number, number>(), ungranted: new Map<number, number>() }
    if (known !== undefined) accounts.delete(url)
    accounts.set(url, account)
    for (const [oldest, { granted, ungranted }] of accounts) {
      if (oldest === url || (accounts.size <= MAX_URLS && places <= MAX_PLACES)) break
      places -= granted.size + ungranted.size
      accounts.delete(oldest)
    }
    return account
  }

  /** Whether the Origin has asked for the URL lately; from now on it has. */
  function hasAsked(mark: number): boolean {
    const slot = mark % MARKS
    if (marks[slot] === mark) return true
    marks[slot] = mark
    return false
  }

  return {
    admit: (url, origin, { now, until, isGranted, hasCopy }) => {
      // A hash stands for a long one: two that meet in it share a limit.
      const account = accountOf(url.length <= MAX_URL_CHARACTERS ? url : String(hashOf(url, 0x811c9dc5)))
      const leases = isGranted ? account.granted : account.ungranted
      const limit = isGranted ? MAX_ORIGINS : MAX_UNGRANTED
      const name = hashOf(origin, 0x811c9dc5)
      const before = leases.size
      const isHeld = leases.has(name)
      if (!isHeld && !hasCopy) {
        if (isGranted && leases.size >= VOUCHED_FROM && !hasAsked(hashOf(url, name))) return 'not-vouched-for'
        if (leases.size >= limit && !freeOne(leases, now)) return 'over-budget'
      }
      // The young end of the map: the oldest lease is the first to be looked at.
      leases.delete(name)
      leases.set(name, Math.min(until, now + MAX_LEASE_MILLIS))
      // Copies that were there before this process count as well, and push out the oldest lease, not the copy.
      if (leases.size > limit) leases.delete(leases.keys().next().value ?? name)
      places += leases.size - before
      return 'admitted'
    },
  }
}

/** Looks so far for a lease that has run out: the rest has its turn with the next Origin. */
const MAX_LOOKS = 8

/** Ends a lease that has run out, if there is one among the oldest; those that have not go to the young end. */
function freeOne(leases: Map<number, number>, now: number): boolean {
  let looks = 0
  for (const [name, until] of leases) {
    if (until <= now) {
      leases.delete(name)
      return true
    }
    looks += 1
    if (looks === MAX_LOOKS) return false
    leases.delete(name)
    leases.set(name, until)
  }
  return false
}

/** FNV-1a, 32 bits, from a basis. */
function hashOf(text: string, basis: number): number {
  let hash = basis
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
