// Findings counted by zone, kind and URL, and the few earlier answers that the next one is held against.
//
// Everything here is bounded, because URLs and Origins come from strangers: what was longest untouched goes first.
//
// B1  At most MAX_FINDINGS a zone, MAX_URLS URLs, MAX_ORIGINS Origins of a URL are held.
// B2  A finding is told once a minute at most, and no more than MAX_TOLD_PER_MINUTE findings are told in a minute.

import { type EpochMillis, epochMillis } from '../../base/index.ts'
import { fieldValue } from '../../http/index.ts'
import { parseWebOrigin } from '../index.ts'
import {
  type Finding,
  type FindingKind,
  likenessOf,
  lookedAt,
  MANY_ORIGINS,
  recognise,
  remember,
  type Sighting,
} from './findings.ts'
import { grantOf } from './grant.ts'

/** A finding, counted. */
export type CountedFinding = {
  readonly kind: FindingKind
  readonly url: string
  readonly count: number
  readonly firstSeen: EpochMillis
  readonly lastSeen: EpochMillis
  /** The answers that last showed it: one, or two that contradict each other. */
  readonly evidence: readonly Sighting[]
}

export interface FindingsBook {
  /** Takes an answer of the origin server in; answers the findings that are due to be told. */
  note(zone: string, host: string, answer: Sighting): readonly CountedFinding[]
  /**
   * Counts an answer that is alike (`likenessOf`) to the last two of its URL: it shows what the last one showed, and most
   * answers that are not stored are so.  Undefined: it must be noted.
   */
  repeat(zone: string, url: string, likeness: string, at: EpochMillis): readonly CountedFinding[] | undefined
  /** The findings of a zone, the latest first. */
  list(zone: string): readonly CountedFinding[]
  /** The latest finding of a URL, or undefined. */
  latestOf(zone: string, url: string): FindingKind | undefined
}

export const MAX_FINDINGS = 1_000
const MAX_URLS = 2_048
/** Longer ones are not looked at. */
const MAX_URL_CHARACTERS = 2_048
const MAX_HOSTS = 1_024
const MAX_LIKENESS_CHARACTERS = 1_024
/** Counted no further: from here on it is many. */
const MAX_ORIGINS = MANY_ORIGINS
const MINUTE_MILLIS = 60_000
export const MAX_TOLD_PER_MINUTE = 60

type Page = {
  remembered: readonly Sighting[] /** Their hashes: they are only counted. */
  readonly origins: Set<number>
  latest: FindingKind | undefined
  likeness: string | undefined
  /** What the last answer showed, if the one before was alike: the next one that is alike shows it again. */
  settled: readonly Finding[] | undefined
}
type Seen = Pick<Sighting, 'url' | 'at'>
type Counted = { -readonly [Name in keyof CountedFinding]: CountedFinding[Name] } & { toldAt: number }

export function makeFindingsBook(): FindingsBook {
  const pages = new Map<string, Page>()
  const hosts = new Map<string, Sighting>()
  const zones = new Map<string, Map<string, Counted>>()
  let minute = 0
  let told = 0

  function mayTell(at: number): boolean {
    const now = Math.floor(at / MINUTE_MILLIS)
    if (now !== minute) told = 0
    minute = now
    if (told >= MAX_TOLD_PER_MINUTE) return false
    told += 1
    return true
  }

  function countAll(zone: string, found: readonly Finding[], url: string, at: EpochMillis): readonly CountedFinding[] {
    const due: CountedFinding[] = []
    for (const { kind, answers } of found) {
      const counted = count(zone, kind, answers, { url, at })
      if (at - counted.toldAt < MINUTE_MILLIS || !mayTell(at)) continue
      counted.toldAt = at
      due.push(shown(counted))
    }
    return due
  }

  function count(zone: string, kind: FindingKind, evidence: readonly Sighting[], seen: Seen): Counted {
    const findings = zones.get(zone) ?? new Map<string, Counted>()
    zones.set(zone, findings)
    const key = `${kind} ${seen.url}`
    const known = findings.get(key)
    const counted = known ?? { ...firstCount(kind, seen), evidence, toldAt: Number.NEGATIVE_INFINITY }
    counted.count += 1
    counted.lastSeen = seen.at
    counted.evidence = evidence
    touch(findings, key, counted, MAX_FINDINGS)
    return counted
  }

  return {
    note: (zone, host, answer) => {
      // No page is told what is answered to an Origin that no browser sends, and it may be as long as a stranger likes.
      if (parseWebOrigin(answer.askedBy).kind === 'invalid') return NOTHING
      const seen = { ...answer, fields: lookedAt(answer.fields) }
      if (seen.url.length > MAX_URL_CHARACTERS) return NOTHING
      const key = `${zone} ${seen.url}`
      if (!pages.has(key) && !concernsCors(seen)) return NOTHING
      const page = pages.get(key) ?? makePage()
      touch(pages, key, page, MAX_URLS)
      if (seen.askedBy !== null && page.origins.size < MAX_ORIGINS) page.origins.add(hashOf(seen.askedBy))
      const { remembered, origins } = page
      const place = `${zone} ${host}`
      const found = recognise(seen, { remembered, grantedElsewhere: hosts.get(place), origins: origins.size })
      page.remembered = remember(remembered, seen)
      if (grantOf(seen.fields) !== 'none') touch(hosts, place, seen, MAX_HOSTS)
      const likeness = likenessOf(seen.askedBy, seen.status, (name) => fieldValue(answer.fields, name) ?? null)
      page.settled = page.likeness === likeness ? found : undefined
      page.likeness = likeness.length <= MAX_LIKENESS_CHARACTERS ? likeness : undefined
      for (const { kind } of found) page.latest = kind
      return countAll(zone, found, seen.url, seen.at)
    },
    repeat: (zone, url, likeness, at) => {
      const page = pages.get(`${zone} ${url}`)
      if (page?.settled === undefined || page.likeness !== likeness) return undefined
      return countAll(zone, page.settled, url, at)
    },
    list: (zone) => [...(zones.get(zone)?.values() ?? [])].reverse().map(shown),
    latestOf: (zone, url) => pages.get(`${zone} ${url}`)?.latest,
  }
}

const NOTHING: readonly CountedFinding[] = []
const NO_SIGHTINGS: readonly Sighting[] = []

function makePage(): Page {
  return {
    remembered: NO_SIGHTINGS,
    origins: new Set<number>(),
    latest: undefined,
    likeness: undefined,
    settled: undefined,
  }
}

/** Most answers of most sites have nothing to do with other Origins, and cost nothing here. */
function concernsCors({ askedBy, fields }: Sighting): boolean {
  return askedBy !== null || grantOf(fields) !== 'none'
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

function firstCount(kind: FindingKind, { url, at }: Seen): Omit<CountedFinding, 'evidence'> {
  return { kind, url, count: 0, firstSeen: epochMillis(at), lastSeen: epochMillis(at) }
}

function shown({ toldAt: _, ...finding }: Counted): CountedFinding {
  return finding
}

/** Puts a value at the young end of a map, and lets the oldest go when there are too many. */
function touch<Value>(map: Map<string, Value>, key: string, value: Value, limit: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= limit) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
