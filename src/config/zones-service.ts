// Zones as the API makes, changes and removes them, with their `origins`.

import { epochMillis, fail, ok, type Result } from '../base/index.ts'
import { newZone } from './apply-file.ts'
import { DEVELOPMENT_MODE, developmentModeAt } from './development-mode.ts'
import { findOwner } from './ownership.ts'
import { quote } from './problems.ts'
import type { Publisher } from './publish.ts'
import type { NotRecorded } from './record-change.ts'
import { parseOriginUrl, parsePattern, parseZoneName } from './texts.ts'
import {
  type KeptValue,
  type OriginUrls,
  originsPath,
  readOrigins,
  readZone,
  type ZoneDocuments,
  type ZoneRecord,
  type ZoneType,
  zonePath,
} from './zone-documents.ts'
import { zoneId } from './zone-id.ts'

/** A zone as it is now. */
export type ZoneView = ZoneRecord & {
  readonly id: string
  /** Seconds that Development Mode is still on; negative: since it ended; 0: never. */
  readonly developmentMode: number
}

/** A zone as a list needs it, for finding those that are then viewed. */
export type ZoneHead = Pick<ZoneDocuments, 'id' | 'record'>

export type ZoneProblem =
  | { readonly kind: 'unknown' }
  /** The name is none, or there is such a zone. */
  | { readonly kind: 'bad-name'; readonly message: string }
  | { readonly kind: 'exists'; readonly message: string }
  /** A place in the body and what is wrong there. */
  | { readonly kind: 'bad-origin'; readonly pattern: string; readonly message: string }
  | NotRecorded

export type ZoneChange = Partial<Pick<ZoneRecord, 'paused' | 'type' | 'vanity_name_servers'>>

export interface ZonesService {
  /** In the order in which they serve. */
  list(): readonly ZoneHead[]
  find(id: string): ZoneView | undefined
  create(name: string, type: ZoneType): Result<ZoneView, ZoneProblem>
  change(id: string, change: ZoneChange): Result<ZoneView, ZoneProblem>
  /** Removes the zone and all that it has. */
  remove(id: string): Result<ZoneView, ZoneProblem>
  origins(id: string): OriginUrls
  /** Replaces all of `origins`. */
  setOrigins(id: string, origins: Readonly<Record<string, unknown>>): Result<OriginUrls, ZoneProblem>
}

export function makeZonesService(publisher: Publisher): ZonesService {
  const { clock, documents } = publisher

  const view = ({ id, record, settings }: ZoneDocuments): ZoneView => {
    const { timeRemaining } = developmentModeAt(settings.get(DEVELOPMENT_MODE), clock.now())
    return { ...record, id, developmentMode: timeRemaining === false ? 0 : timeRemaining }
  }
  const find = (id: string): ZoneView | undefined => {
    const zone = publisher.findZone(id)
    return zone && view(zone)
  }
  const found = (id: string): Result<ZoneView, ZoneProblem> => {
    const zone = find(id)
    return zone === undefined ? fail({ kind: 'unknown' }) : ok(zone)
  }

  return {
    list: () => publisher.zones(),
    find,
    create: (text, type) => {
      const name = parseZoneName(text)
      if (!name.ok || !isDomain(name.value)) {
        const message = `${quote(text)} ${name.ok ? 'is an address; write a name such as "example.com"' : name.problem}`
        return fail({ kind: 'bad-name', message })
      }
      const id = zoneId(name.value)
      if (publisher.findZone(id) !== undefined) {
        return fail({ kind: 'exists', message: `${name.value} already exists; use the zone ${id}` })
      }
      const recorded = publisher.record((draft): Result<undefined, ZoneProblem> => {
        // Of a zone that an earlier file had made, nothing is left over.
        removeAll(draft, id)
        draft.write(zonePath(id), { ...newZone(name.value, 'api', clock.now()), type } satisfies ZoneRecord)
        return ok(undefined)
      })
      return recorded.ok ? found(id) : recorded
    },
    change: (id, change) => {
      const recorded = publisher.record((draft): Result<undefined, ZoneProblem> => {
        const record = publisher.findZone(id) && readZone(draft, id)
        if (record === undefined) return fail({ kind: 'unknown' })
        draft.write(zonePath(id), { ...record, ...change, modified_on: clock.now() } satisfies ZoneRecord)
        return ok(undefined)
      })
      return recorded.ok ? found(id) : recorded
    },
    remove: (id) => {
      const zone = find(id)
      if (zone === undefined) return fail({ kind: 'unknown' })
      const recorded = publisher.record((draft): Result<undefined, ZoneProblem> => {
        removeAll(draft, id)
        return ok(undefined)
      })
      return recorded.ok ? ok(zone) : recorded
    },
    origins: (id) => readOrigins(documents, id),
    setOrigins: (id, origins) => {
      const zone = find(id)
      if (zone === undefined) return fail({ kind: 'unknown' })
      const judged = judgeOrigins(origins, zone.name, publisher.zones())
      if (!judged.ok) return judged
      const recorded = publisher.record((draft): Result<undefined, ZoneProblem> => {
        draft.write(originsPath(id), { value: judged.value, modified_on: epochMillis(clock.now()) } satisfies KeptValue)
        return ok(undefined)
      })
      return recorded.ok ? judged : recorded
    },
  }
}

function removeAll(draft: Parameters<Parameters<Publisher['record']>[0]>[0], id: string): void {
  draft.remove(zonePath(id))
  for (const [path] of draft.list(`${zonePath(id)}/`)) draft.remove(path)
}

/** An address would make a zone that no name of DNS can have. */
function isDomain(name: string): boolean {
  return !name.startsWith('[') && !/^[0-9.]+$/.test(name)
}

/** The entries with their patterns in lower case, or what is wrong with the first that is wrong. */
function judgeOrigins(
  origins: Readonly<Record<string, unknown>>,
  zoneName: string,
  zones: readonly ZoneDocuments[],
): Result<OriginUrls, ZoneProblem> {
  const byName = new Map(zones.map(({ record }) => [record.name, record.name]))
  const entries = new Map<string, string>()
  for (const [written, url] of Object.entries(origins)) {
    const bad = (message: string) => fail({ kind: 'bad-origin', pattern: written, message } as const)
    const pattern = parsePattern(written)
    if (!pattern.ok) return bad(`${quote(written)} ${pattern.problem}`)
    if (entries.has(pattern.value)) return bad(`${quote(written)} is ${pattern.value} once more; remove one of them`)
    const owner = pattern.value === '*' ? zoneName : (findOwner(byName, pattern.value) ?? zoneName)
    if (owner !== zoneName) return bad(`${quote(written)} belongs to the zone ${owner}; write it there`)
    if (typeof url !== 'string') return bad(`${quote(url)} is not a string; write "http://HOST:PORT"`)
    const address = parseOriginUrl(url)
    if (!address.ok) return bad(`${quote(url)} ${address.problem}`)
    entries.set(pattern.value, url)
  }
  return ok(Object.fromEntries(entries))
}
