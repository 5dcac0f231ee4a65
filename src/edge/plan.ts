// A zone, compiled for serving: what its settings mean is worked out once here, not for each request.

import type { EpochMillis } from '../base/index.ts'
import {
  type CacheSettings,
  type DecideEligible,
  type KeyMaker,
  makeEligibility,
  makeKeyMaker,
} from '../cache/index.ts'
import type { ZoneSnapshot } from '../config/index.ts'

export type ZonePlan = {
  readonly zone: ZoneSnapshot
  readonly settings: CacheSettings
  readonly decideEligible: DecideEligible
  readonly keys: KeyMaker
  /** The key is made of URL, Origin and override fields alone: nobody's other fields change it. */
  readonly isKeyedByOriginOnly: boolean
}

/** The plan of a zone, and the one that serves while Development Mode is on. */
export type ZonePlans = {
  readonly normal: ZonePlan
  readonly development: ZonePlan
  /** The plan for a request at `now`: Development Mode ends by itself. */
  at(now: EpochMillis): ZonePlan
}

export function makePlans(zone: ZoneSnapshot): ZonePlans {
  const normal = makePlan(zone, zone.cacheSettings)
  const development = makePlan(zone, { ...zone.cacheSettings, developmentMode: true })
  const until = zone.developmentModeUntil
  return {
    normal,
    development,
    at: until === undefined ? () => normal : (now) => (now < until ? development : normal),
  }
}

function makePlan(zone: ZoneSnapshot, settings: CacheSettings): ZonePlan {
  const { custom, byDeviceType } = settings.key
  return {
    zone,
    settings,
    decideEligible: makeEligibility(settings),
    keys: makeKeyMaker(settings, zone.id),
    isKeyedByOriginOnly: custom === undefined && !byDeviceType,
  }
}
