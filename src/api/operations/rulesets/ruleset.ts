// What the operations on rulesets share: where they are kept, who may touch them, and how an edit becomes a version.
// CF ruleset-engine/rulesets-api
//
//   zones/<zone>/rulesets/<place>               as it is now
//   zones/<zone>/ruleset_versions/<place>/<n>   as it was at each version that nobody deleted
//   accounts/<account>/...                      the same
//
// The place is the phase; of custom rulesets, of which a phase may have many, the id.
//
// An edit reads, judges and writes in one transaction, so that of fifty at once none is lost.

import { z } from '@hono/zod-openapi'
import { fail, ok, type Result } from '../../../base/index.ts'
import type { DocumentsDraft } from '../../../config/index.ts'
import {
  type EditContext,
  executedBy,
  isPhase,
  type Phase,
  type RulesetDocument,
  type RulesetProblem,
} from '../../../rulesets/index.ts'
import { readDryRun } from '../../dry-run.ts'
import { type Notice, type Outcome, refuse, succeed } from '../../envelope.ts'
import type { ApiProblem } from '../../errors.ts'
import { refuseLacking } from '../../lacks-permission.ts'
import type { Services } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { newId } from '../../token-document.ts'
import type { Home, HomeCall, Verb } from './home.ts'

export const RULESET_PATH = '/{ruleset_id}'
export const ENTRY_POINT_PATH = '/phases/{phase}/entrypoint'

const RULESET_KINDS = ['zone', 'root', 'custom'] as const

const SUMMARY = {
  id: z.string(),
  name: z.string(),
  description: z.string(),
  kind: z.enum(RULESET_KINDS),
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
  kind: z.enum(RULESET_KINDS).optional(),
  phase: z.string().optional(),
  rules: z.array(RULE).optional(),
})

type Problems = readonly ApiProblem[]
type Draft = Pick<DocumentsDraft, 'read' | 'list' | 'paths'>

type Fault = { readonly pointer: string; readonly message: string; readonly kind?: 'missing-parameters' }

export function refuseInvalid(problems: readonly Fault[]): Result<never, Problems> {
  return fail(
    problems.map(({ pointer, message, kind }) => {
      return { kind: kind === undefined ? 'invalid-ruleset' : 'missing-action-parameters', message, pointer }
    }),
  )
}

/** The phase of a path, when there is one of this name and the sender may touch it. */
export function findPhase({ identity, home, params }: HomeCall<unknown>, verb: Verb): Result<Phase, Problems> {
  const { phase = '' } = params
  if (isPhase(phase))
    return home.mayTouch(identity, phase, verb) ? ok(phase) : refuseLacking(home.permissionFor(phase, verb))
  return refuse('unknown-entry-point', { message: `there is no phase ${JSON.stringify(phase.slice(0, 60))}` })
}

/** The ruleset of a path's id, when there is one and the sender may touch it. */
export function findRuleset(call: HomeCall<unknown>, draft: Draft, verb: Verb): Result<RulesetDocument, Problems> {
  const { identity, home, params } = call
  const found = listRulesets(draft, home).find(({ id }) => id === params.ruleset_id)
  if (found === undefined) {
    const id = JSON.stringify((params.ruleset_id ?? '').slice(0, 60))
    return refuse('unknown-ruleset', { message: `could not find a ruleset with the id ${id} in the ${home.title}` })
  }
  return home.mayTouch(identity, found.phase, verb) ? ok(found) : refuseLacking(home.permissionFor(found.phase, verb))
}

/** The entry point of a phase, or why there is none. */
export function getEntryPoint(draft: Draft, home: Home, phase: Phase): Result<RulesetDocument, Problems> {
  const found = readEntryPoint(draft, home, phase)
  const message = `could not find entrypoint ruleset in the ${phase} phase`
  return found === undefined ? refuse('unknown-entry-point', { message }) : ok(found)
}

export function readEntryPoint(draft: Pick<Draft, 'read'>, home: Home, phase: Phase): RulesetDocument | undefined {
  // Only this file writes here.
  return draft.read(`${home.path}/rulesets/${phase}`) as RulesetDocument | undefined
}

/** By phase, and within one by id. */
export function listRulesets(draft: Pick<Draft, 'list'>, home: Home): readonly RulesetDocument[] {
  const all = draft.list(`${home.path}/rulesets/`).map(([, ruleset]) => ruleset as RulesetDocument)
  return all.toSorted((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1))
}

/** Tells where in a list a ruleset stands; the cursor of a page. */
export function sortKeyOf({ phase, id }: RulesetDocument): string {
  return `${phase}.${id}`
}

/** The id of a ruleset, in any home, one of whose rules executes the one with this id. */
export function findExecuting(draft: Draft, id: string): string | undefined {
  const paths = [...draft.paths('accounts/'), ...draft.paths('zones/')].filter(
    (path) => path.split('/')[2] === 'rulesets',
  )
  const rulesets = paths.map((path) => draft.read(path) as RulesetDocument)
  return rulesets.find(({ rules }) => rules.some((rule) => executedBy(rule) === id))?.id
}

/** Every version that is kept, the oldest first. */
export function listVersions(draft: Pick<Draft, 'list'>, home: Home, place: string): readonly RulesetDocument[] {
  return draft.list(versionsPath(home, place)).map(([, ruleset]) => ruleset as RulesetDocument)
}

/** The version of a path, of the ruleset at that place. */
export function findVersion(call: HomeCall<unknown>, draft: Draft, place: string): Result<RulesetDocument, Problems> {
  const version = call.params.version ?? ''
  const found = listVersions(draft, call.home, place).find((each) => each.version === version)
  const message = `could not find version ${JSON.stringify(version.slice(0, 60))} of the ruleset`
  return found === undefined ? refuse('unknown-ruleset-version', { message }) : ok(found)
}

/** Where a ruleset is kept, below its home. */
export function placeOf({ kind, phase, id }: RulesetDocument): string {
  return kind === 'custom' ? id : phase
}

/** A document that is to be, or why not. */
export type Edit = (draft: Draft, context: EditContext) => Result<RulesetDocument, Problems>

/** Carries out an edit: a new version, shown whole; of a dry run nothing is kept or shown. */
export function carryOut(call: HomeCall<unknown>, edit: Edit): Outcome {
  const { services, query, home } = call
  const dryRun = readDryRun(query)
  if (!dryRun.ok) return dryRun
  if (dryRun.value) {
    const edited = editIn(call, services.documents, edit)
    return edited.ok ? succeed(null, { messages: noticesOf(services, edited.value) }) : edited
  }
  return recorded(services, (draft) => {
    const edited = editIn(call, draft, edit)
    if (!edited.ok) return edited
    draft.write(`${home.path}/rulesets/${placeOf(edited.value)}`, edited.value)
    draft.write(versionPath(home, edited.value), edited.value)
    return succeed(edited.value, { messages: noticesOf(services, edited.value) })
  })
}

function editIn({ services, home }: HomeCall<unknown>, draft: Draft, edit: Edit): Result<RulesetDocument, Problems> {
  const edited = edit(draft, contextOf(services, home, draft))
  if (!edited.ok || edited.value.kind !== 'custom') return edited
  const nested = edited.value.rules.findIndex(({ action }) => action === 'execute')
  if (nested === -1) return edited
  const message = 'only rules of an entry point execute rulesets; put this one into that of the phase'
  return refuseInvalid([{ pointer: `/rules/${nested}/action`, message }])
}

/** Ours: a rule that may not do what its author thinks. */
const DOUBT_CODE = 1191

function noticesOf({ rulesetWarnings }: Services, { phase, rules }: RulesetDocument): readonly Notice[] {
  return rulesetWarnings(phase, rules).map((message) => ({ code: DOUBT_CODE, message }))
}

/** Carries out a removal; `path` names all that goes.  204, dry or not. */
export function remove(call: HomeCall<unknown>, find: (draft: Draft) => Result<readonly string[], Problems>): Outcome {
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
export function pathsOf(draft: Draft, home: Home, ruleset: RulesetDocument): readonly string[] {
  const place = placeOf(ruleset)
  return [`${home.path}/rulesets/${place}`, ...draft.list(versionsPath(home, place)).map(([path]) => path)]
}

export function versionPath(home: Home, ruleset: RulesetDocument): string {
  // So that versions are in their order among paths.
  return versionsPath(home, placeOf(ruleset)) + ruleset.version.padStart(9, '0')
}

function versionsPath(home: Home, place: string): string {
  return `${home.path}/ruleset_versions/${place}/`
}

/** A problem of an edit, as the API tells it. */
export function told(edited: Result<RulesetDocument, RulesetProblem>): Result<RulesetDocument, Problems> {
  if (edited.ok) return edited
  if (edited.problem.kind === 'invalid') return refuseInvalid(edited.problem.problems)
  const id = JSON.stringify(edited.problem.id.slice(0, 60))
  return refuse('unknown-rule', { message: `could not find a rule with the id ${id} in the ruleset` })
}

function contextOf({ clock, validateRuleset }: Services, home: Home, draft: Draft): EditContext {
  // Microseconds, as clients that parse strictly expect.
  const now = new Date(clock.now()).toISOString().replace('Z', '000Z')
  return { now, newId, validate: home.validator(validateRuleset, () => listRulesets(draft, home)) }
}
