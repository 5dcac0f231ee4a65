// Zones as the API makes, changes and removes them, with their `origins`.

import { epochMillis, fail, ok, type Result } from '../base/index.ts'
import { newZone } from './apply-file.ts'
import { DEVELOPMENT_MODE, developmentModeAt } from './development-mode.ts'
import { judgeOrigins } from './origins-judgement.ts'
import { quote } from './problems.ts'
import type { Publisher } from './publish.ts'
import { parseZoneName } from './texts.ts'
import {
  type KeptValue,
  originsPath,
  readOrigins,
  readZone,
  type ZoneDocuments,
  type ZoneRecord,
  zonePath,
} from './zone-documents.ts'
import { zoneId } from './zone-id.ts'
import type { ZoneProblem, ZonesService, ZoneView } from './zones-contract.ts'

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
