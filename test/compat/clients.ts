// The official SDK in its two lines, behind one interface where their calls differ.

import Cloudflare from 'cloudflare'
import Cloudflare4 from 'cloudflare-4'

export type Rule = { readonly id?: string; readonly ref?: string; readonly description?: string }
export type Ruleset = { readonly id: string; readonly version: string; readonly rules?: readonly Rule[] }

export type SdkOptions = { readonly apiToken: string; readonly baseURL: string; readonly maxRetries?: number }
export type PurgeBody = Readonly<Record<string, unknown>>

const PHASE = 'http_request_cache_settings'

/** What the tests do with an SDK; each call is one of the SDK's own. */
export type Sdk = {
  purge(zone: string, body: PurgeBody): Promise<unknown>
  verify(): Promise<{ readonly id: string; readonly status: string }>
  createToken(body: object): Promise<{ readonly id?: string; readonly value?: string }>
  getToken(id: string): Promise<object>
  updateToken(id: string, body: object): Promise<object>
  deleteToken(id: string): Promise<{ readonly id: string } | null>
  rollToken(id: string): Promise<string>
  tokens(): AsyncIterable<{ readonly id?: string }>
  permissionGroups(): AsyncIterable<{ readonly id?: string; readonly name?: string }>
  putEntryPoint(zone: string, body: object): Promise<Ruleset>
  /** The entry point of any phase. */
  putPhase(zone: string, phase: string, body: object): Promise<Ruleset>
  setNormalization(zone: string, scope: 'incoming' | 'both', type: 'cloudflare' | 'rfc3986'): Promise<object>
  resetNormalization(zone: string): Promise<unknown>
  editManaged(zone: string, body: object): Promise<object>
  getEntryPoint(zone: string): Promise<Ruleset>
  entryPointVersions(zone: string): AsyncIterable<{ readonly version: string }>
  rulesets(zone: string): AsyncIterable<{ readonly id: string }>
  createRuleset(zone: string, body: object): Promise<Ruleset>
  getRuleset(zone: string, id: string): Promise<Ruleset>
  updateRuleset(zone: string, id: string, body: object): Promise<Ruleset>
  deleteRuleset(zone: string, id: string): Promise<unknown>
  version(zone: string, id: string, version: string): Promise<Ruleset>
  deleteVersion(zone: string, id: string, version: string): Promise<unknown>
  addRule(zone: string, id: string, rule: object): Promise<Ruleset>
  editRule(zone: string, id: string, rule: string, body: object): Promise<Ruleset>
  deleteRule(zone: string, id: string, rule: string): Promise<Ruleset>
}

/** A body that the SDK's types do not need to know. */
// biome-ignore lint/suspicious/noExplicitAny: what is sent is under test, wrong shapes included
const untyped = (body: object): any => body

/** The SDK's own type has every action of every phase. */
const ruleset = async (answer: PromiseLike<unknown>): Promise<Ruleset> => (await answer) as Ruleset

export function makeNewest(options: SdkOptions): Sdk {
  const { cache, user, rulesets, urlNormalization, managedTransforms } = new Cloudflare(options)
  const { versions, rules, phases } = rulesets
  return {
    purge: (zone_id, body) => cache.purge(untyped({ zone_id, ...body })),
    verify: () => user.tokens.verify(),
    createToken: (body) => user.tokens.create(untyped(body)),
    getToken: (id) => user.tokens.get(id),
    updateToken: (id, body) => user.tokens.update(id, untyped(body)),
    deleteToken: (id) => user.tokens.delete(id),
    rollToken: (id) => user.tokens.value.update(id),
    tokens: () => user.tokens.list(),
    permissionGroups: () => user.tokens.permissionGroups.list(),
    putEntryPoint: (zone_id, body) => ruleset(phases.update(PHASE, untyped({ zone_id, ...body }))),
    putPhase: (zone_id, phase, body) => ruleset(phases.update(phase as typeof PHASE, untyped({ zone_id, ...body }))),
    setNormalization: (zone_id, scope, type) => urlNormalization.update({ zone_id, scope, type }),
    resetNormalization: (zone_id) => urlNormalization.delete({ zone_id }),
    editManaged: async (zone_id, body) => managedTransforms.edit(untyped({ zone_id, ...body })),
    getEntryPoint: (zone_id) => ruleset(phases.get(PHASE, { zone_id })),
    entryPointVersions: (zone_id) => phases.versions.list(PHASE, { zone_id }),
    rulesets: (zone_id) => rulesets.list({ zone_id, per_page: 1 }),
    createRuleset: (zone_id, body) => ruleset(rulesets.create(untyped({ zone_id, ...body }))),
    getRuleset: (zone_id, id) => ruleset(rulesets.get(id, { zone_id })),
    updateRuleset: (zone_id, id, body) => ruleset(rulesets.update(id, untyped({ zone_id, ...body }))),
    deleteRuleset: (zone_id, id) => rulesets.delete(id, { zone_id }),
    version: (zone_id, ruleset_id, version) => ruleset(versions.get(version, { zone_id, ruleset_id })),
    deleteVersion: (zone_id, ruleset_id, version) => versions.delete(version, { zone_id, ruleset_id }),
    addRule: (zone_id, id, rule) => ruleset(rules.create(id, untyped({ zone_id, ...rule }))),
    editRule: (zone_id, ruleset_id, rule, body) => ruleset(rules.edit(rule, untyped({ zone_id, ruleset_id, ...body }))),
    deleteRule: (zone_id, ruleset_id, rule) => ruleset(rules.delete(rule, { zone_id, ruleset_id })),
  }
}

export function makeFourth(options: SdkOptions): Sdk {
  const { cache, user, rulesets, urlNormalization, managedTransforms } = new Cloudflare4(options)
  const { versions, rules, phases } = rulesets
  return {
    purge: (zone_id, body) => cache.purge(untyped({ zone_id, ...body })),
    verify: () => user.tokens.verify(),
    createToken: (body) => user.tokens.create(untyped(body)),
    getToken: (id) => user.tokens.get(id),
    updateToken: (id, body) => user.tokens.update(id, untyped(body)),
    deleteToken: (id) => user.tokens.delete(id),
    rollToken: (id) => user.tokens.value.update(id, { body: {} }),
    tokens: () => user.tokens.list(),
    permissionGroups: () => user.tokens.permissionGroups.list(),
    putEntryPoint: (zone_id, body) => ruleset(phases.update(PHASE, untyped({ zone_id, ...body }))),
    putPhase: (zone_id, phase, body) => ruleset(phases.update(phase as typeof PHASE, untyped({ zone_id, ...body }))),
    setNormalization: (zone_id, scope, type) => urlNormalization.update({ zone_id, scope, type }),
    resetNormalization: (zone_id) => urlNormalization.delete({ zone_id }),
    editManaged: async (zone_id, body) => managedTransforms.edit(untyped({ zone_id, ...body })),
    getEntryPoint: (zone_id) => ruleset(phases.get(PHASE, { zone_id })),
    entryPointVersions: (zone_id) => phases.versions.list(PHASE, { zone_id }),
    rulesets: (zone_id) => rulesets.list({ zone_id, per_page: 1 }),
    createRuleset: (zone_id, body) => ruleset(rulesets.create(untyped({ zone_id, ...body }))),
    getRuleset: (zone_id, id) => ruleset(rulesets.get(id, { zone_id })),
    updateRuleset: (zone_id, id, body) => ruleset(rulesets.update(id, untyped({ zone_id, ...body }))),
    deleteRuleset: (zone_id, id) => rulesets.delete(id, { zone_id }),
    version: (zone_id, id, version) => ruleset(versions.get(id, version, { zone_id })),
    deleteVersion: (zone_id, id, version) => versions.delete(id, version, { zone_id }),
    addRule: (zone_id, id, rule) => ruleset(rules.create(id, untyped({ zone_id, ...rule }))),
    editRule: (zone_id, id, rule, body) => ruleset(rules.edit(id, rule, untyped({ zone_id, ...body }))),
    deleteRule: (zone_id, id, rule) => ruleset(rules.delete(id, rule, { zone_id })),
  }
}
