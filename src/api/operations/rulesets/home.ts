// Rulesets live in a zone or in the account, under the same operations.  CF ruleset-engine/about/rulesets
//
//   zone      one ruleset a phase, its entry point: kind "zone"
//   account   one entry point a phase, kind "root", and any number of kind "custom", which rules of an entry point execute
//
// Those of the account concern every zone, and run before the zone's own.

import {
  accountValidator,
  isPhase,
  PHASES,
  type Phase,
  type RulesetDocument,
  type ValidateRuleset,
} from '../../../rulesets/index.ts'
import { accountOperation } from '../../account-operation.ts'
import { type Identity, isPermitted, type Permission } from '../../auth.ts'
import type { Outcome } from '../../envelope.ts'
import { type BodyRule, type Call, type Method, type Operation, type Received, zoneOperation } from '../../operation.ts'

export type Verb = 'read' | 'edit'

/** Where rulesets are. */
export type Home = {
  /** What its documents' paths begin with: "zones/<id>". */
  readonly path: string
  /** For messages: "zone example.com". */
  readonly title: string
  /** The kind of an entry point. */
  readonly entryKind: 'zone' | 'root'
  readonly kinds: readonly RulesetDocument['kind'][]
  /** Whether rules can be run, beside these rulesets of the same home; `validate` says it of a zone's. */
  validator(validate: ValidateRuleset, beside: () => readonly RulesetDocument[]): ValidateRuleset
  permissionFor(phase: Phase, verb: Verb): Permission
  mayTouch(identity: Identity, phase: Phase, verb: Verb): boolean
}

export type HomeCall<Body> = Call<Body> & { readonly home: Home }

type Spec<Body> = {
  readonly method: Method
  /** Behind ".../rulesets". */
  readonly path: string
  readonly summary: string
  readonly body?: BodyRule<Body, Received>
  readonly status?: 204
  readonly query?: readonly string[]
  readonly result: Operation['result']
  handle(call: HomeCall<Body>): Outcome
}

/** The operation for zones, and the same for the account. */
export function rulesetOperation<Body = undefined>(spec: Spec<Body>): readonly Operation[] {
  const { path, handle, ...rest } = spec
  const verb = spec.method === 'get' ? 'read' : 'edit'
  return [
    zoneOperation<Body>({
      ...rest,
      // Which permission is needed, the phase says.
      permission: undefined,
      path: `/zones/{zone_id}/rulesets${path}`,
      admits: ({ identity, zone }) => mayTouchAny(zoneHome(zone), identity, verb),
      handle: ({ zone, ...call }) => handle({ ...call, home: zoneHome(zone) }),
    }),
    accountOperation<Body>({
      ...rest,
      permission: undefined,
      path: `/accounts/{account_id}/rulesets${path}`,
      summary: `${spec.summary}, of the account`,
      admits: ({ identity, account }) => mayTouchAny(accountHome(account), identity, verb),
      handle: ({ account, ...call }) => handle({ ...call, home: accountHome(account) }),
    }),
  ]
}

function zoneHome({ id, name }: { readonly id: string; readonly name: string }): Home {
  return {
    path: `zones/${id}`,
    title: `zone ${name}`,
    entryKind: 'zone',
    kinds: ['zone'],
    validator: (validate) => validate,
    permissionFor: (phase, verb) => `${PHASES[phase]}:${verb}`,
    mayTouch: (identity, phase, verb) => isPermitted(identity, `${PHASES[phase]}:${verb}`, { zone: id }),
  }
}

function accountHome({ id }: { readonly id: string }): Home {
  return {
    path: `accounts/${id}`,
    title: 'account',
    entryKind: 'root',
    kinds: ['root', 'custom'],
    validator: (_, beside) => accountValidator(beside().filter(({ kind }) => kind === 'custom')),
    permissionFor: (_, verb) => `account_rulesets:${verb}`,
    mayTouch: (identity, _, verb) => isPermitted(identity, `account_rulesets:${verb}`, 'every'),
  }
}

/** Those who may touch no ruleset here learn nothing of them. */
function mayTouchAny(home: Home, identity: Identity, verb: Verb): boolean {
  return PHASE_NAMES.some((phase) => home.mayTouch(identity, phase, verb))
}

const PHASE_NAMES = Object.keys(PHASES).filter(isPhase)
