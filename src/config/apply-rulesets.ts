// Applies the `rulesets` of varyant.json to the documents: the same rules as the API would store, and nothing when they are
// there already.
//
//   zones/<zone>/file_rulesets/<phase>   present: the file has set the rules of this phase

import { isDeepStrictEqual } from 'node:util'
import {
  isPhase,
  makeRuleset,
  type Phase,
  type RuleInput,
  type RulesetDocument,
  replaceRuleset,
} from '../rulesets/index.ts'
import type { DocumentsDraft } from './documents.ts'
import { ruleId } from './zone-id.ts'

/** Sets the rules of each phase that the file names, and takes back what it had set and names no longer. */
export function applyRulesets(
  draft: DocumentsDraft,
  zone: string,
  named: ReadonlyMap<Phase, readonly RuleInput[]>,
  now: number,
): void {
  for (const [phase, inputs] of named) {
    applyRuleset(draft, zone, phase, inputs, now)
    if (draft.read(markPath(zone, phase)) === undefined) draft.write(markPath(zone, phase), true)
  }
  for (const [path] of draft.list(markPath(zone, ''))) {
    const phase = path.slice(markPath(zone, '').length)
    if (isPhase(phase) && named.has(phase)) continue
    draft.remove(path)
    draft.remove(rulesetPath(zone, phase))
    for (const [version] of draft.list(versionsPrefix(zone, phase))) draft.remove(version)
  }
}

function applyRuleset(
  draft: DocumentsDraft,
  zone: string,
  phase: Phase,
  inputs: readonly RuleInput[],
  now: number,
): void {
  const old = draft.read(rulesetPath(zone, phase)) as RulesetDocument | undefined
  const rules = withKnownIds(inputs, old)
  if (old !== undefined && isAsWritten(rules, old)) return
  let made = 0
  const context = {
    now: new Date(now).toISOString().replace('Z', '000Z'),
    newId: () => ruleId(zone, phase, `${old?.version ?? '0'}:${made++}`),
    validate: () => [],
    mayNameIds: true,
  }
  const input = { name: undefined, description: undefined, kind: undefined, phase: undefined, rules }
  const edited = old === undefined ? makeRuleset(phase, input, context) : replaceRuleset(old, input, context)
  // What could be wrong was found when the file was read.
  if (!edited.ok) return
  draft.write(rulesetPath(zone, phase), edited.value)
  draft.write(versionsPrefix(zone, phase) + edited.value.version.padStart(9, '0'), edited.value)
}

/** A rule that the file gives no id keeps that of the rule that says the same, so that a restart changes nothing. */
function withKnownIds(inputs: readonly RuleInput[], old: RulesetDocument | undefined): readonly RuleInput[] {
  const free = new Map((old?.rules ?? []).map((rule) => [rule.id, rule]))
  for (const { id, ref } of inputs) {
    for (const rule of free.values()) if (rule.id === id || rule.ref === ref) free.delete(rule.id)
  }
  return inputs.map((input) => {
    if (input.id !== undefined || input.ref !== undefined) return input
    const same = [...free.values()].find((rule) => isSameDefinition(input, rule))
    if (same === undefined) return input
    free.delete(same.id)
    return { ...input, id: same.id, ref: same.ref }
  })
}

function isAsWritten(inputs: readonly RuleInput[], { rules }: RulesetDocument): boolean {
  return (
    inputs.length === rules.length &&
    inputs.every((input, index) => {
      const rule = rules[index]
      if (rule === undefined || !isSameDefinition(input, rule)) return false
      const isSameId = input.id === undefined || input.id === rule.id
      return isSameId && (input.ref === undefined ? input.id !== undefined : input.ref === rule.ref)
    })
  )
}

function isSameDefinition({ definition }: RuleInput, rule: RulesetDocument['rules'][number]): boolean {
  const { id: _, ref: __, version: ___, last_updated: ____, ...rest } = rule
  return isDeepStrictEqual({ ...definition }, rest)
}

/** Which phases the file has set. */
function markPath(zone: string, phase: string): string {
  return `zones/${zone}/file_rulesets/${phase}`
}

function rulesetPath(zone: string, phase: string): string {
  return `zones/${zone}/rulesets/${phase}`
}

function versionsPrefix(zone: string, phase: string): string {
  return `zones/${zone}/ruleset_versions/${phase}/`
}
