// Compiles a configuration, and what the API has changed since, into the snapshot that the data plane sees.

import type { EpochMillis } from '../base/index.ts'
import { type CacheSettings, DEFAULT_CACHE_SETTINGS } from '../cache/index.ts'
import { compileRules } from '../rulesets/index.ts'
import type { ZoneScripts } from '../scripts/index.ts'
import type { ResolvedConfig, ZoneConfig } from './resolved.ts'
import { makeRouteFinder, type RoutedZone, type ZonePlaces } from './routes.ts'
import type { Snapshot, ZoneSnapshot } from './snapshot.ts'
import { zoneId } from './zone-id.ts'

/** What is not in the file: the state of a zone that the API and time change, by zone id. */
export type ZoneState = {
  readonly developmentModeUntil: EpochMillis | undefined
  readonly paused?: boolean
  readonly scripts?: ZoneScripts | undefined
}
export type RuntimeState = ReadonlyMap<string, ZoneState>

/** The snapshot; frozen, so that nobody can change what another reads. */
export function makeSnapshot(config: Pick<ResolvedConfig, 'zones'>, state: RuntimeState, revision: number): Snapshot {
  const routed = config.zones.map((zone) => ({
    zone: compileZone(zone, state.get(zoneId(zone.name))),
    origins: zone.origins,
  }))
  return snapshotOf(routed, revision)
}

/** The snapshot of zones that are compiled already; `places` are theirs, when they are known. */
export function snapshotOf(routed: readonly RoutedZone[], revision: number, places?: ZonePlaces): Snapshot {
  let zones: readonly ZoneSnapshot[] | undefined
  return Object.freeze({
    revision,
    // Made for those who ask: freezing ten thousand takes longer than all the rest.
    get zones() {
      zones ??= Object.freeze(routed.map(({ zone }) => zone))
      return zones
    },
    findRoute: makeRouteFinder(routed, places),
  })
}

/** One zone, ready to serve. */
export function compileZone(config: ZoneConfig, state: ZoneState | undefined): ZoneSnapshot {
  return Object.freeze({
    id: zoneId(config.name),
    name: config.name,
    rules: compileRules({ zoneName: config.name, ...config.rules, snippetRules: snippetRulesOf(state?.scripts) }),
    cacheSettings: Object.freeze(cacheSettingsOf(config)),
    developmentModeUntil: state?.developmentModeUntil,
    paused: state?.paused ?? false,
    maxUpload: config.settings.maxUpload,
    origins: config.origins.map(({ target }) => target),
    scripts: state?.scripts,
  })
}

/** The rules of the zone's snippets, as the phase of rules has them. */
function snippetRulesOf(scripts: ZoneScripts | undefined) {
  return scripts?.snippets.map(({ script, expression, enabled }) => ({
    ...{ id: script.name, snippet_name: script.name, expression, enabled },
  }))
}

/** What the zone says; rules are laid over it for each request. */
function cacheSettingsOf({ settings }: ZoneConfig): CacheSettings {
  return {
    ...DEFAULT_CACHE_SETTINGS,
    level: settings.cacheLevel,
    browserTtl: { mode: 'zone', default: settings.browserCacheTtl },
    corsVariants: settings.corsVariants,
    sortQuery: settings.sortQueryStringForCache,
    alwaysOnline: settings.alwaysOnline,
    originErrorPagePassthru: settings.originErrorPagePassThru,
    readTimeout: settings.proxyReadTimeout,
  }
}
