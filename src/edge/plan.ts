// A zone, compiled for serving: what its settings mean is worked out once here, not for each request.

import type { EpochMillis } from '../base/index.ts'
import {
  type CacheSettings,
  DEFAULT_CACHE_SETTINGS,
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
  /** What is for every Origin is kept once (cors_variants: collapse). */
  readonly sharesCopies: boolean
}

/** The plan of a zone, and the one that serves while Development Mode is on. */
export type ZonePlans = {
  readonly normal: ZonePlan
  readonly development: ZonePlan
  /** The plan for a request at `now`: Development Mode ends by itself. */
  at(now: EpochMillis): ZonePlan
}

/** A zone that a change did not touch keeps its plans, and so what was prepared by them. */
const PLANS = new WeakMap<ZoneSnapshot, ZonePlans>()

export function plansOf(zone: ZoneSnapshot): ZonePlans {
  const known = PLANS.get(zone)
  if (known !== undefined) return known
  const plans = makePlans(zone)
  PLANS.set(zone, plans)
  return plans
}

export function makePlans(zone: ZoneSnapshot): ZonePlans {
  if (zone.paused) return passThrough(zone)
  const normal = makePlan(zone, zone.cacheSettings)
  const development = makePlan(zone, { ...zone.cacheSettings, developmentMode: true })
  const until = zone.developmentModeUntil
  return {
    normal,
    development,
    at: until === undefined ? () => normal : (now) => (now < until ? development : normal),
  }
}

/** Paused: everything passes, whatever settings and rules say. */
function passThrough(zone: ZoneSnapshot): ZonePlans {
  const plan = makePlan(zone, { ...DEFAULT_CACHE_SETTINGS, developmentMode: true })
  return { normal: plan, development: plan, at: () => plan }
}

function makePlan(zone: ZoneSnapshot, settings: CacheSettings): ZonePlan {
  const { custom, byDeviceType } = settings.key
  return {
    zone,
    settings,
    decideEligible: makeEligibility(settings),
    keys: makeKeyMaker(settings, zone.id),
    isKeyedByOriginOnly: custom === undefined && !byDeviceType,
    sharesCopies: settings.corsVariants === 'collapse',
  }
}
