// May a token do it?  Policies: explicit deny, then explicit allow, then implicit deny.
// CF fundamentals/api/how-to/create-via-api
//
// Pure.

import { findPermissionGroup, type Permission, SCOPE_NAMES, scopeOf } from './permissions.ts'

export type Policy = {
  readonly id: string
  readonly effect: 'allow' | 'deny'
  /** Resource names to "*", or an account's name to the zones in it. */
  readonly resources: Readonly<Record<string, '*' | Readonly<Record<string, '*'>>>>
  readonly permission_groups: readonly { readonly id: string; readonly name: string }[]
}

/** On what: one zone, every zone there is or will be, or at least one of them. */
export type Target = { readonly zone: string } | 'every' | 'some'

/** Whether the policies allow the permission on the target; permissions that are not about zones have no target. */
export function isAllowed(policies: readonly Policy[], permission: Permission, target: Target): boolean {
  const concerning = policies.filter((policy) => holds(policy, permission))
  const allows = concerning.filter(({ effect }) => effect === 'allow').flatMap(resourcesOf)
  const denies = concerning.filter(({ effect }) => effect === 'deny').flatMap(resourcesOf)
  const scope = scopeOf(permission)
  if (scope !== 'zone') {
    const prefix = `${SCOPE_NAMES[scope]}.`
    const isOfScope = (name: string): boolean => name.startsWith(prefix) && !name.startsWith(ZONE_PREFIX)
    return !denies.some(isOfScope) && allows.some(isOfScope)
  }
  if (target === 'every') return allows.includes(EVERY_ZONE) && !denies.some((name) => name.startsWith(ZONE_PREFIX))
  if (target === 'some') {
    return !denies.includes(EVERY_ZONE) && allows.some((name) => name.startsWith(ZONE_PREFIX) && !denies.includes(name))
  }
  const names = [EVERY_ZONE, ZONE_PREFIX + target.zone]
  return !denies.some((name) => names.includes(name)) && allows.some((name) => names.includes(name))
}

/** What the policies would allow, one by one: for judging whether somebody may hand it out. */
export function allowancesOf(policies: readonly Policy[]): readonly (readonly [Permission, Target])[] {
  return policies
    .filter(({ effect }) => effect === 'allow')
    .flatMap((policy) => {
      const permissions = policy.permission_groups.flatMap(({ id }) => findPermissionGroup(id)?.permissions ?? [])
      return permissions.flatMap((permission) => targetsOf(policy, permission).map((on) => [permission, on] as const))
    })
}

export const ZONE_PREFIX = `${SCOPE_NAMES.zone}.`
export const EVERY_ZONE = `${ZONE_PREFIX}*`

function targetsOf(policy: Policy, permission: Permission): readonly Target[] {
  if (scopeOf(permission) !== 'zone') return ['every']
  const zones = resourcesOf(policy).filter((name) => name.startsWith(ZONE_PREFIX))
  return zones.map((name) => (name === EVERY_ZONE ? 'every' : { zone: name.slice(ZONE_PREFIX.length) }))
}

function holds({ permission_groups }: Policy, permission: Permission): boolean {
  return permission_groups.some(({ id }) => findPermissionGroup(id)?.permissions.includes(permission) === true)
}

/** The names of a policy's resources; an account with zones in it stands for those zones only. */
function resourcesOf({ resources }: Policy): readonly string[] {
  return Object.entries(resources).flatMap(([name, value]) => (value === '*' ? [name] : Object.keys(value)))
}
