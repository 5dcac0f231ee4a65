// The rules of varyant.json: `rulesets`, `url_normalization` and `managed_headers` of a zone, in the API's JSON.
//
// They are judged as the API judges them, and become the same documents (apply-rulesets.ts).

import {
  isPhase,
  type ManagedTransforms,
  type Phase,
  RUN_PHASES,
  type RuleInput,
  readRuleset,
  type StoredRule,
  type UrlNormalization,
  validateRuleset,
} from '../rulesets/index.ts'
import { type ConfigPath, listed, pathOfPointer, quote, quoteJson, sentence } from './problems.ts'
import type { WrittenZone, ZoneRules } from './resolved.ts'
import type { ZoneDocument } from './schema.ts'
import { DEDICATED_RULES } from './setting-rules.ts'
import { ruleId } from './zone-id.ts'

export const NO_RULES: ZoneRules = { rulesets: new Map() }

type WrittenRules = Pick<WrittenZone, 'rulesets' | 'urlNormalization' | 'managedTransforms'>

/** What a zone of the file says of rules; what is wrong with it is added to `problems`. */
export function readRules(document: ZoneDocument, path: ConfigPath, problems: string[]): WrittenRules {
  const { rulesets, url_normalization, managed_headers } = document
  return {
    ...(rulesets !== undefined && { rulesets: readRulesets(rulesets, [...path, 'rulesets'], problems) }),
    ...(url_normalization !== undefined && {
      urlNormalization: readNormalization(url_normalization, [...path, 'url_normalization'], problems),
    }),
    ...(managed_headers !== undefined && {
      managedTransforms: readManaged(managed_headers, [...path, 'managed_headers'], problems),
    }),
  }
}

/** The rules of a file as they are run without a store. */
export function rulesOfFile(zone: string, { rulesets, ...rest }: WrittenRules): ZoneRules {
  const stored = [...(rulesets ?? [])].map(([phase, inputs]) => {
    const rules = inputs.map(({ id, ref, definition }, index): StoredRule => {
      const own = id ?? ruleId(zone, phase, String(index))
      return { ...definition, id: own, ref: ref ?? own }
    })
    return [phase, rules] as const
  })
  return { rulesets: new Map(stored), ...rest }
}

function readRulesets(json: Readonly<Record<string, unknown>>, path: ConfigPath, problems: string[]) {
  const rulesets = new Map<Phase, readonly RuleInput[]>()
  for (const [phase, rules] of Object.entries(json)) {
    const place = [...path, phase]
    if (!isPhase(phase)) {
      problems.push(sentence(place, `${quote(phase)} is no phase; use ${listed(RUN_PHASES)}`))
      continue
    }
    const read = readRuleset({ rules })
    // The reader stands at { rules }: its pointers begin with "/rules".
    const at = (pointer: string) => pathOfPointer(place, pointer.slice('/rules'.length))
    if (!read.ok) {
      for (const { pointer, message } of read.problem) problems.push(sentence(at(pointer), message))
      continue
    }
    const inputs = read.value.rules ?? []
    for (const { pointer, message } of validateRuleset(
      phase,
      inputs.map(({ definition }) => definition),
    )) {
      problems.push(sentence(pathOfPointer(place, pointer), message))
    }
    rulesets.set(phase, inputs)
  }
  return rulesets
}

function readNormalization(json: unknown, path: ConfigPath, problems: string[]): UrlNormalization {
  const remedy = DEDICATED_RULES.get('url_normalization')?.remedyFor(json)
  if (remedy !== undefined) problems.push(sentence(path, `${quoteJson(json)} cannot stand here; ${remedy}`))
  return json as UrlNormalization
}

function readManaged(
  json: NonNullable<ZoneDocument['managed_headers']>,
  path: ConfigPath,
  problems: string[],
): ManagedTransforms {
  const idsOf = (list: keyof typeof json): readonly string[] => {
    const ids = (json[list] ?? []).flatMap(({ id, enabled }) => (enabled ? [id] : []))
    const remedy = DEDICATED_RULES.get(list)?.remedyFor(ids)
    if (remedy !== undefined) problems.push(sentence([...path, list], `${quoteJson(ids)} cannot be on; ${remedy}`))
    return ids
  }
  return { request: idsOf('managed_request_headers'), response: idsOf('managed_response_headers') }
}
