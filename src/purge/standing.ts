// What all purges together say of a stored response, without looking at any purge twice.
//
// Every selector becomes one name in an index (`tag:a`, `prefix:host/a`), and a response is looked up under each name
// that it could have been purged by: O(path depth + tags), whatever the number of purges.  match.ts states the same
// relation selector by selector; a test holds the two together.
//
// I1  A purge later than the response's revision beats every invalidation.
// I2  An invalidated response is stale since the first invalidation after its revision: later ones restart nothing.
//     An epoch makes it stale too, and beats an invalidation: it says the same and more.
// I3  A zone holds at most MAX_ZONE_MARKS marks an action: one more turns them all into `everything`, which drops more
//     than was asked but never less.

import { type EpochMillis, epochMillis } from '../base/index.ts'
import type { StoredResponse } from '../cache/index.ts'
import { boundaryPaths, hostNames, uriOf } from './location-names.ts'
import { type Marks, makeInvalidationMarks, makePurgeMarks } from './marks.ts'
import type { JournalEntry, PurgeAction, Selector, Standing } from './selector.ts'

/** Names a zone may have outstanding; about 100 bytes each.  Sweeps forget them within seconds. */
const MAX_ZONE_MARKS = 500_000

const STANDS: Standing = { kind: 'stands' }
const PURGED: Standing = { kind: 'purged' }

export interface StandingIndex {
  /**
   * Makes the entry effective.  Entries come in the order of their revisions.  Answers, when I3 took hold, the entry
   * that now stands for all of this zone and action.
   */
  note(entry: JournalEntry): JournalEntry | undefined
  /** What the entries later than the response's revision say of it. */
  standing(response: StoredResponse): Standing
  /** Forgets the entries up to a revision: of one action, or of both. */
  forget(upTo: number, action?: PurgeAction): void
  readonly size: number
}

type ZoneMarks = {
  readonly purges: Marks<number>
  readonly invalidations: Marks<EpochMillis>
  readonly epochs: Marks<EpochMillis>
}

export function makeStandingIndex(maxZoneMarks = MAX_ZONE_MARKS): StandingIndex {
  const zones = new Map<string, ZoneMarks>()

  return {
    note: (entry) => {
      const zone = zones.get(entry.zone) ?? makeZoneMarks()
      zones.set(entry.zone, zone)
      return noteEntry(zone, entry, maxZoneMarks)
    },
    standing: (response) => {
      const zone = zones.get(response.location.zone)
      return zone === undefined ? STANDS : standingIn(zone, response)
    },
    forget: (upTo, action) => {
      for (const [name, zone] of zones) {
        for (const [kind, marks] of marksOf(zone)) if (action === undefined || action === kind) marks.forget(upTo)
        if (sizeOf(zone) === 0) zones.delete(name)
      }
    },
    get size() {
      let size = 0
      for (const zone of zones.values()) size += sizeOf(zone)
      return size
    },
  }
}

function makeZoneMarks(): ZoneMarks {
  return { purges: makePurgeMarks(), invalidations: makeInvalidationMarks(), epochs: makeInvalidationMarks() }
}

function marksOf(zone: ZoneMarks): readonly (readonly [PurgeAction, Marks<unknown>])[] {
  return [
    ['purge', zone.purges],
    ['invalidate', zone.invalidations],
    ['cors-epoch', zone.epochs],
  ]
}

function sizeOf(zone: ZoneMarks): number {
  return zone.purges.size + zone.invalidations.size + zone.epochs.size
}

function noteEntry(zone: ZoneMarks, entry: JournalEntry, maxMarks: number): JournalEntry | undefined {
  if (entry.action === 'purge' && entry.selectors.some((selector) => selector.kind === 'everything')) {
    // It outdates all that came before.  An invalidation of everything does not: of invalidations the first counts (I2).
    for (const [, marks] of marksOf(zone)) marks.clear()
  }
  const marks = chooseMarks(zone, entry.action)
  for (const selector of entry.selectors) marks.note(nameOf(selector), entry.revision, epochMillis(entry.at))
  return marks.size > maxMarks ? collapse(marks, entry) : undefined
}

function chooseMarks(zone: ZoneMarks, action: PurgeAction): Marks<unknown> {
  switch (action) {
    case 'purge':
      return zone.purges
    case 'invalidate':
      return zone.invalidations
    case 'cors-epoch':
      return zone.epochs
  }
}

function collapse(marks: Marks<unknown>, newest: JournalEntry): JournalEntry {
  const at = marks.since ?? epochMillis(newest.at)
  marks.clear()
  marks.note(EVERYTHING, newest.revision, at)
  return { ...newest, at, selectors: [{ kind: 'everything' }] }
}

const EVERYTHING = 'everything'

/** The name in the index: the kind keeps a tag and a host of one spelling apart. */
function nameOf(selector: Selector): string {
  switch (selector.kind) {
    case 'everything':
      return EVERYTHING
    case 'host':
      return `host:${selector.host}`
    case 'tag':
      return `tag:${selector.tag}`
    case 'prefix':
      return `prefix:${selector.prefix}`
    case 'key':
      return `key:${selector.key}`
    case 'uri':
      return `uri:${selector.uri}`
  }
}

function standingIn(zone: ZoneMarks, response: StoredResponse): Standing {
  const names = namesOf(response)
  for (const name of zone.purges.size === 0 ? [] : names) {
    if (zone.purges.find(name, response.revision) !== undefined) return PURGED
  }
  const stale = firstOf(zone.invalidations, names, response.revision)
  const epoch = firstOf(zone.epochs, names, response.revision)
  if (epoch !== undefined) return { kind: 'grants-void', at: Math.min(epoch, stale ?? epoch) }
  return stale === undefined ? STANDS : { kind: 'invalidated', at: stale }
}

/** The earliest mark of any of the names later than a revision. */
function firstOf(marks: Marks<EpochMillis>, names: readonly string[], revision: number): EpochMillis | undefined {
  let first: EpochMillis | undefined
  for (const name of marks.size === 0 ? [] : names) {
    const at = marks.find(name, revision)
    if (at !== undefined && (first === undefined || at < first)) first = at
  }
  return first
}

/** Every name under which an entry could have named the response. */
function namesOf(response: StoredResponse): readonly string[] {
  const { location } = response
  const names = [EVERYTHING, `key:${response.key}`, `uri:${uriOf(location)}`]
  for (const tag of response.tags) names.push(`tag:${tag}`)
  const paths = boundaryPaths(location.path)
  for (const host of hostNames(location)) {
    names.push(`host:${host}`)
    for (const path of paths) names.push(`prefix:${host}${path}`)
  }
  return names
}
