// What the operations on rulesets share: where they are kept, who may touch them, and how an edit becomes a version.
// CF ruleset-engine/rulesets-api
//
//   zones/<zone>/rulesets/<phase>               as it is now
//   zones/<zone>/ruleset_versions/<phase>/<n>   as it was at each version that nobody deleted
//
// An edit reads, judges and writes in one transaction, so that of fifty at once none is lost.

import { z } from '@hono/zod-openapi'
import { fail, ok, type Result } from '../../../base/index.ts'
import type { DocumentsDraft } from '../../../config/index.ts'
import {
  type EditContext,
  isPhase,
  PHASES,
  type Phase,
  type RulesetDocument,
  type RulesetProblem,
} from '../../../rulesets/index.ts'
import { type Identity, isPermitted } from '../../auth.ts'
import { readDryRun } from '../../dry-run.ts'
import { type Notice, type Outcome, refuse, succeed } from '../../envelope.ts'
import type { ApiProblem } from '../../errors.ts'
import type { Services, ZoneCall } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { newId } from '../../token-document.ts'

export const RULESETS_PATH = '/zones/{zone_id}/rulesets'
export const RULESET_PATH = `${RULESETS_PATH}/{ruleset_id}`
export const ENTRY_POINT_PATH = `${RULESETS_PATH}/phases/{phase}/entrypoint`

const SUMMARY = {
  id: z.string(),
  name: z.string(),
  description: z.string(),
  kind: z.literal('zone'),
  phase: z.string(),
  version: z.string(),
  last_updated: z.string(),
}
export const SUMMARY_RESULT = z.object(SUMMARY)
const RULE_RESULT = z.looseObject({ id: z.string(), ref: z.string(), version: z.string(), enabled: z.boolean() })
export const RULESET_RESULT = z.object({ ...SUMMARY, rules: z.array(RULE_RESULT) })

const POSITION = z.union([
  z.object({ before: z.string() }),
  z.object({ after: z.string() }),
  z.object({ index: z.int().min(1) }),
])
const RULE = z.looseObject({ action: z.string(), expression: z.string(), enabled: z.boolean().optional() })
/** For the document; rulesets/ itself judges bodies. */
export const RULE_SCHEMA = RULE.extend({ position: POSITION.optional() })
export const RULESET_SCHEMA = z.object({
  name: z.string().optional(),
  description: z.string().optional(),
  kind: z.literal('zone').optional(),
  phase: z.string().optional(),
  rules: z.array(RULE).optional(),
})

type Problems = readonly ApiProblem[]
type Draft = Pick<DocumentsDraft, 'read' | 'list'>
type Verb = 'read' | 'edit'

type Fault = { readonly pointer: string; readonly message: string; readonly kind?: 'missing-parameters' }

export function refuseInvalid(problems: readonly Fault[]): Result<never, Problems> {
  return fail(
    problems.map(({ pointer, message, kind }) => {
      return { kind: kind === undefined ? 'invalid-ruleset' : 'missing-action-parameters', message, pointer }
    }),
  )
}

export function mayTouch(identity: Identity, zone: string, phase: Phase, verb: Verb): boolean {
  return isPermitted(identity, `${PHASES[phase]}:${verb}`, { zone })
}

/** The phase of a path, when there is one of this name and the sender may touch it. */
export function findPhase({ identity, zone, params }: ZoneCall<unknown>, verb: Verb): Result<Phase, Problems> {
  const { phase = '' } = params
  if (!isPhase(phase)) return mayTouchAny(identity, zone.id, verb) ? noPhase(phase) : refuse('lacks-permission')
  return mayTouch(identity, zone.id, phase, verb) ? ok(phase) : refuse('lacks-permission')
}

function mayTouchAny(identity: Identity, zone: string, verb: Verb): boolean {
  return Object.keys(PHASES).some((phase) => isPhase(phase) && mayTouch(identity, zone, phase, verb))
}

function noPhase(phase: string): Result<never, Problems> {
  return refuse('unknown-entry-point', { message: `there is no phase ${JSON.stringify(phase.slice(0, 60))}` })
}

/** The ruleset of a path's id, when there is one and the sender may touch it. */
export function findRuleset(call: ZoneCall<unknown>, draft: Draft, verb: Verb): Result<RulesetDocument, Problems> {
  const { identity, zone, params } = call
  const found = listRulesets(draft, zone.id).find(({ id }) => id === params.ruleset_id)
  if (found === undefined) {
    if (!mayTouchAny(identity, zone.id, verb)) return refuse('lacks-permission')
    const id = JSON.stringify((params.ruleset_id ?? '').slice(0, 60))
    return refuse('unknown-ruleset', { message: `could not find a ruleset with the id ${id} in the zone ${zone.name}` })
  }
  return mayTouch(identity, zone.id, found.phase, verb) ? ok(found) : refuse('lacks-permission')
}

/** The entry point of a phase, or why there is none. */
export function getEntryPoint(draft: Draft, zone: string, phase: Phase): Result<RulesetDocument, Problems> {
  const found = readEntryPoint(draft, zone, phase)
  const message = `could not find entrypoint ruleset in the ${phase} phase`
  return found === undefined ? refuse('unknown-entry-point', { message }) : ok(found)
}

export function readEntryPoint(draft: Pick<Draft, 'read'>, zone: string, phase: Phase): RulesetDocument | undefined {
  // Only this file writes here.
  return draft.read(rulesetPath(zone, phase)) as RulesetDocument | undefined
}

export function listRulesets(draft: Pick<Draft, 'list'>, zone: string): readonly RulesetDocument[] {
  return draft.list(`zones/${zone}/rulesets/`).map(([, ruleset]) => ruleset as RulesetDocument)
}

/** Every version that is kept, the oldest first. */
export function listVersions(draft: Pick<Draft, 'list'>, zone: string, phase: Phase): readonly RulesetDocument[] {
  return draft.list(versionsPath(zone, phase)).map(([, ruleset]) => ruleset as RulesetDocument)
}

export function findVersion(
  { zone, params }: ZoneCall<unknown>,
  draft: Draft,
  phase: Phase,
): Result<RulesetDocument, Problems> {
  const version = params.version ?? ''
  const found = listVersions(draft, zone.id, phase).find((each) => each.version === version)
  const message = `could not find version ${JSON.stringify(version.slice(0, 60))} of the ruleset`
  return found === undefined ? refuse('unknown-ruleset-version', { message }) : ok(found)
}

/** A document that is to be, or why not. */
export type Edit = (draft: Draft, context: EditContext) => Result<RulesetDocument, Problems>

/** Carries out an edit: a new version, shown whole; of a dry run nothing is kept or shown. */
export function carryOut(call: ZoneCall<unknown>, edit: Edit): Outcome {
  const { services, query, zone } = call
  const dryRun = readDryRun(query)
  if (!dryRun.ok) return dryRun
  const context = contextOf(services)
  if (dryRun.value) {
    const edited = edit(services.documents, context)
    return edited.ok ? succeed(null, { messages: noticesOf(services, edited.value) }) : edited
  }
  return recorded(services, (draft) => {
    const edited = edit(draft, context)
    if (!edited.ok) return edited
    draft.write(rulesetPath(zone.id, edited.value.phase), edited.value)
    draft.write(versionPath(zone.id, edited.value), edited.value)
    return succeed(edited.value, { messages: noticesOf(services, edited.value) })
  })
}

/** Ours: a rule that may not do what its author thinks. */
const DOUBT_CODE = 1191

function noticesOf({ rulesetWarnings }: Services, { phase, rules }: RulesetDocument): readonly Notice[] {
  return rulesetWarnings(phase, rules).map((message) => ({ code: DOUBT_CODE, message }))
}

/** Carries out a removal; `path` names all that goes.  204, dry or not. */
export function remove(call: ZoneCall<unknown>, find: (draft: Draft) => Result<readonly string[], Problems>): Outcome {
  const dryRun = readDryRun(call.query)
  if (!dryRun.ok) return dryRun
  if (dryRun.value) {
    const found = find(call.services.documents)
    return found.ok ? succeed(null, { status: 204 }) : found
  }
  return recorded(call.services, (draft) => {
    const found = find(draft)
    if (!found.ok) return found
    for (const path of found.value) draft.remove(path)
    return succeed(null, { status: 204 })
  })
}

/** The paths of a ruleset and of all its versions. */
export function pathsOf(draft: Draft, zone: string, phase: Phase): readonly string[] {
  return [rulesetPath(zone, phase), ...draft.list(versionsPath(zone, phase)).map(([path]) => path)]
}

export function versionPath(zone: string, { phase, version }: RulesetDocument): string {
  // So that versions are in their order among paths.
  return versionsPath(zone, phase) + version.padStart(9, '0')
}

/** A problem of an edit, as the API tells it. */
export function told(edited: Result<RulesetDocument, RulesetProblem>): Result<RulesetDocument, Problems> {
  if (edited.ok) return edited
  if (edited.problem.kind === 'invalid') return refuseInvalid(edited.problem.problems)
  const id = JSON.stringify(edited.problem.id.slice(0, 60))
  return refuse('unknown-rule', { message: `could not find a rule with the id ${id} in the ruleset` })
}

function contextOf({ clock, validateRuleset }: Services): EditContext {
  // Microseconds, as clients that parse strictly expect.
  const now = new Date(clock.now()).toISOString().replace('Z', '000Z')
  return { now, newId, validate: validateRuleset }
}

function rulesetPath(zone: string, phase: Phase): string {
  return `zones/${zone}/rulesets/${phase}`
}

function versionsPath(zone: string, phase: Phase): string {
  return `zones/${zone}/ruleset_versions/${phase}/`
}
