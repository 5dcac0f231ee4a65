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
import { compileRules, makeRuleContext, type RulesProgram } from '../rulesets/index.ts'
import type { CfKnobs } from '../runtime/index.ts'
import type { ZoneScripts } from '../scripts/index.ts'
import { NOBODY } from './nobody.ts'

export type ZonePlan = {
  readonly zone: ZoneSnapshot
  /** The settings that cache rules are laid over. */
  readonly base: CacheSettings
  /** With the cache rules that matched; before they were asked, with those that match every request. */
  readonly settings: CacheSettings
  readonly decideEligible: DecideEligible
  readonly keys: KeyMaker
  /** The key is made of URL, Origin and override fields alone: nobody's other fields change it. */
  readonly isKeyedByOriginOnly: boolean
  /** What is for every Origin is kept once (cors_variants: collapse). */
  readonly sharesCopies: boolean
  readonly rules: RulesProgram
  /** undefined: none, or the zone is paused. */
  readonly scripts: ZoneScripts | undefined
  readonly shortcut: Shortcut
  /** What the trail says of cache rules that match every request. */
  readonly sentences: readonly string[]
}

/** How a hit in memory may be answered without the pipeline. */
export type Shortcut =
  /** No rule bears on a hit. */
  | 'plain'
  /** Only rules that a hit can be asked about without a promise: cache settings, and the fields of the answer. */
  | 'with-rules'
  /** Rules change what the request is: the pipeline decides. */
  | 'none'

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
  const normal = firstPlan(zone, zone.cacheSettings)
  const development = firstPlan(zone, { ...zone.cacheSettings, developmentMode: true })
  const until = zone.developmentModeUntil
  return {
    normal,
    development,
    at: until === undefined ? () => normal : (now) => (now < until ? development : normal),
  }
}

/** Plans under other settings than the zone's, by plan and settings: rules give the same object for the same matches. */
const DERIVED = new WeakMap<ZonePlan, WeakMap<CacheSettings, ZonePlan>>()

/** The plan under the settings that rules made of its own. */
export function planUnder(plan: ZonePlan, settings: CacheSettings): ZonePlan {
  if (settings === plan.settings) return plan
  let derived = DERIVED.get(plan)
  if (derived === undefined) {
    derived = new WeakMap()
    DERIVED.set(plan, derived)
  }
  let under = derived.get(settings)
  if (under === undefined) {
    under = makePlan(plan, settings)
    derived.set(settings, under)
  }
  return under
}

/** Settings under what a script said, by settings and signature: makePlan and its key maker are made once for each. */
const UNDER_KNOBS = new WeakMap<CacheSettings, Map<string, CacheSettings>>()
/** What a script says may have a time or a random text in it. */
const MAX_KNOBS = 256

/** The plan under what a script said about caching, which beats the rules. */
export function planUnderKnobs(plan: ZonePlan, { parameters, signature }: CfKnobs): ZonePlan {
  if (Object.keys(parameters).length === 0) return plan
  const known = UNDER_KNOBS.get(plan.settings) ?? new Map<string, CacheSettings>()
  UNDER_KNOBS.set(plan.settings, known)
  let settings = known.get(signature)
  if (settings === undefined) {
    if (known.size >= MAX_KNOBS) known.clear()
    settings = { ...plan.settings, ...parameters }
    known.set(signature, settings)
  }
  return planUnder(plan, settings)
}

/** The zone's plan for what its scripts fetch from elsewhere: its settings, without the rules about its own URLs. */
const OUTSIDE = new WeakMap<ZonePlan, ZonePlan>()

export function outsidePlan(plan: ZonePlan): ZonePlan {
  const known = OUTSIDE.get(plan)
  if (known !== undefined) return known
  const made = makePlan({ ...plan, rules: NO_RULES, sentences: [] }, plan.base)
  OUTSIDE.set(plan, made)
  return made
}

const NO_RULES = compileRules({
  zoneName: '',
  rulesets: new Map(),
  urlNormalization: { scope: 'none', type: 'rfc3986' },
})

/** Paused: everything passes, whatever settings and rules say. */
function passThrough(zone: ZoneSnapshot): ZonePlans {
  const base: CacheSettings = { ...DEFAULT_CACHE_SETTINGS, developmentMode: true }
  const plan = makePlan({ zone, base, rules: NO_RULES, scripts: undefined, sentences: [] }, base)
  return { normal: plan, development: plan, at: () => plan }
}

/** Rules that match every request are asked here, once. */
function firstPlan(zone: ZoneSnapshot, base: CacheSettings): ZonePlan {
  const { rules } = zone
  const sentences: string[] = []
  const isSettled = rules.cacheSettings?.isUnconditional === true
  const settings = isSettled ? rules.cacheSettings?.run(makeRuleContext(NOBODY), base, sentences) : undefined
  return makePlan({ zone, base, rules, scripts: zone.scripts, sentences }, settings ?? base)
}

type PlanParts = Pick<ZonePlan, 'zone' | 'base' | 'rules' | 'scripts' | 'sentences'>

function makePlan(of: PlanParts, settings: CacheSettings): ZonePlan {
  const { zone, base, rules, scripts, sentences } = of
  const { custom, byDeviceType } = settings.key
  return {
    ...{ zone, base, settings, rules, scripts, sentences },
    decideEligible: makeEligibility(settings),
    keys: makeKeyMaker(settings, zone.id),
    isKeyedByOriginOnly: custom === undefined && !byDeviceType,
    sharesCopies: settings.corsVariants === 'collapse',
    shortcut: shortcutOf(rules),
  }
}

function shortcutOf(rules: RulesProgram): Shortcut {
  const { redirect, urlRewrite, config, originRules, managedRequest, requestHeaders, snippetRules } = rules
  const changeRequest = [redirect, urlRewrite, config, originRules, managedRequest, requestHeaders, snippetRules]
  if (changeRequest.some((phase) => phase !== undefined)) return 'none'
  const { cacheSettings, managedResponse, responseHeaders } = rules
  const conditional = cacheSettings?.isUnconditional === true ? undefined : cacheSettings
  const bearOnHits = [conditional, managedResponse, responseHeaders]
  return bearOnHits.some((phase) => phase !== undefined) ? 'with-rules' : 'plain'
}
