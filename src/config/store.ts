// The configuration while it runs: the file's, what the API changed since, and the snapshot that both amount to.
//
//   change ──► setting table (durable) ──► new snapshot ──► listeners
//
// C1  A change is durable before it is in the snapshot, and in the snapshot before `change` returns.
// C2  The file is applied at each start: what it names is set to what it says, what it does not name stays as the API left
//     it.  Applying it twice is applying it once.
// C3  A snapshot's revision is higher than that of each earlier one of this process.

import { type Clock, type EventSink, fail, ok, type Result } from '../base/index.ts'
import { makeSnapshot, type RuntimeState } from './compile.ts'
import { DEVELOPMENT_MODE, developmentModeEnd, developmentModeState } from './development-mode.ts'
import { quote } from './problems.ts'
import type { ResolvedConfig } from './resolved.ts'
import type { SettingProblem, SettingState, ZoneSettingsService } from './setting-contract.ts'
import { openSettingTable, type SettingTable } from './setting-table.ts'
import type { Snapshot } from './snapshot.ts'
import { zoneId } from './zone-id.ts'

export type ConfigStoreOptions = {
  /** The store's file; its folder exists. */
  readonly path: string
  readonly config: Pick<ResolvedConfig, 'zones'>
  readonly clock: Clock
  readonly events: EventSink
}

export interface ConfigStore {
  snapshot(): Snapshot
  /** Calls the listener with each new snapshot; answers how to stop. */
  onChange(listener: (snapshot: Snapshot) => void): () => void
  readonly settings: ZoneSettingsService
  close(): void
}

/** Opens the store and applies the file's configuration to it; throws when it cannot be kept. */
export function openConfigStore(options: ConfigStoreOptions): ConfigStore {
  const { config, clock, events } = options
  const table = openSettingTable(options)
  try {
    applyFile(config, table, clock)
  } catch (cause) {
    table.close()
    throw cause
  }
  const ids = new Set(config.zones.map(({ name }) => zoneId(name)))
  const listeners = new Set<(snapshot: Snapshot) => void>()
  let snapshot = makeSnapshot(config, readState(ids, table), 1)

  const publish = (): void => {
    snapshot = makeSnapshot(config, readState(ids, table), snapshot.revision + 1)
    for (const listener of listeners) listener(snapshot)
  }
  const find: ZoneSettingsService['find'] = (zone, id) =>
    ids.has(zone) && id === DEVELOPMENT_MODE ? developmentModeState(table.get(zone, id), clock.now()) : undefined
  const change: ZoneSettingsService['change'] = (zone, id, value) => {
    if (find(zone, id) === undefined) return fail({ kind: 'unknown' })
    if (value !== 'on' && value !== 'off') return fail(badSwitch(value))
    const kept = keep({ table, clock, events }, zone, id, value)
    if (!kept.ok) return kept
    publish()
    return kept
  }

  return {
    snapshot: () => snapshot,
    onChange: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    settings: { find, change },
    close: () => {
      listeners.clear()
      table.close()
    },
  }
}

/** C2.  `on` in the file means from each start, for its three hours. */
function applyFile({ zones }: Pick<ResolvedConfig, 'zones'>, table: SettingTable, clock: Clock): void {
  for (const { name, settings } of zones) {
    const id = zoneId(name)
    const value = settings.developmentMode
    const isSet =
      value === undefined || (value === 'off' && (table.get(id, DEVELOPMENT_MODE)?.value ?? 'off') === 'off')
    if (!isSet) table.set(id, DEVELOPMENT_MODE, value, clock.now())
  }
}

function readState(ids: ReadonlySet<string>, table: SettingTable): RuntimeState {
  return new Map(
    [...ids].map((id) => [id, { developmentModeUntil: developmentModeEnd(table.get(id, DEVELOPMENT_MODE)) }]),
  )
}

function keep(
  { table, clock, events }: { readonly table: SettingTable; readonly clock: Clock; readonly events: EventSink },
  zone: string,
  id: string,
  value: 'on' | 'off',
): Result<SettingState, SettingProblem> {
  const now = clock.now()
  try {
    table.set(zone, id, value, now)
  } catch (cause) {
    // Fail closed: what would not survive a restart is not done, and its sender is told.
    events({ kind: 'unexpected', where: 'configuration store', reason: String(cause) })
    return fail({ kind: 'not-recorded' })
  }
  return ok(developmentModeState(table.get(zone, id), now))
}

function badSwitch(value: unknown): SettingProblem {
  return { kind: 'bad-value', message: `${quote(value)} is not a value of this setting; use "on" or "off"` }
}
