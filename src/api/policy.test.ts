// CF fundamentals/api/how-to/create-via-api: explicit deny, explicit allow, implicit deny.

import { describe, expect, test } from 'bun:test'
import { PERMISSION_GROUPS, type Permission } from './permissions.ts'
import { isAllowed, type Policy, type Target } from './policy.ts'

const A = 'a'.repeat(32)
const ZONE_A = `com.cloudflare.api.account.zone.${A}`
const ZONE_B = `com.cloudflare.api.account.zone.${'b'.repeat(32)}`
const EVERY_ZONE = 'com.cloudflare.api.account.zone.*'
const ACCOUNT = `com.cloudflare.api.account.${'c'.repeat(32)}`

function policy(effect: Policy['effect'], group: string, resources: Policy['resources']): Policy {
  const found = PERMISSION_GROUPS.find(({ name }) => name === group)
  if (found === undefined) throw new Error(`no group ${group}`)
  return { id: 'p', effect, resources, permission_groups: [found] }
}

type Row = [title: string, policies: Policy[], permission: Permission, target: Target, expected: boolean]

const table: Row[] = [
  ['nothing', [], 'zone:read', { zone: A }, false],
  ['an allowance', [policy('allow', 'Zone Read', { [ZONE_A]: '*' })], 'zone:read', { zone: A }, true],
  ['one of another zone', [policy('allow', 'Zone Read', { [ZONE_B]: '*' })], 'zone:read', { zone: A }, false],
  ['one of another group', [policy('allow', 'DNS Read', { [ZONE_A]: '*' })], 'zone:read', { zone: A }, false],
  ['reading, to write', [policy('allow', 'Zone Read', { [ZONE_A]: '*' })], 'zone:edit', { zone: A }, false],
  ['writing, to read', [policy('allow', 'Zone Write', { [ZONE_A]: '*' })], 'zone:read', { zone: A }, true],
  ['every zone', [policy('allow', 'Zone Read', { [EVERY_ZONE]: '*' })], 'zone:read', { zone: A }, true],
  [
    'zones of the account',
    [policy('allow', 'Zone Read', { [ACCOUNT]: { [EVERY_ZONE]: '*' } })],
    'zone:read',
    'every',
    true,
  ],
  ['the account alone', [policy('allow', 'Zone Read', { [ACCOUNT]: '*' })], 'zone:read', { zone: A }, false],
  ['a zone, for all', [policy('allow', 'Zone Read', { [ZONE_A]: '*' })], 'zone:read', 'every', false],
  ['a zone, for some', [policy('allow', 'Zone Read', { [ZONE_A]: '*' })], 'zone:read', 'some', true],
  [
    'a denial of the same',
    [policy('allow', 'Zone Read', { [EVERY_ZONE]: '*' }), policy('deny', 'Zone Read', { [ZONE_A]: '*' })],
    'zone:read',
    { zone: A },
    false,
  ],
  [
    'a denial of every zone',
    [policy('deny', 'Zone Read', { [EVERY_ZONE]: '*' }), policy('allow', 'Zone Read', { [ZONE_A]: '*' })],
    'zone:read',
    'some',
    false,
  ],
  [
    'a denial of another zone',
    [policy('allow', 'Zone Read', { [EVERY_ZONE]: '*' }), policy('deny', 'Zone Read', { [ZONE_B]: '*' })],
    'zone:read',
    { zone: A },
    true,
  ],
  ['an account', [policy('allow', 'Workers Scripts Write', { [ACCOUNT]: '*' })], 'workers_scripts:edit', 'every', true],
  [
    'a zone, for an account',
    [policy('allow', 'Workers Scripts Write', { [ZONE_A]: '*' })],
    'workers_scripts:edit',
    'every',
    false,
  ],
  [
    'an account, for a user',
    [policy('allow', 'API Tokens Read', { [ACCOUNT]: '*' })],
    'api_tokens:read',
    'some',
    false,
  ],
]

describe('policies', () => {
  test.each(table)('with %s', (_, policies, permission, target, expected) => {
    expect(isAllowed(policies, permission, target)).toBe(expected)
  })
})

test('no two groups share an id or a name', () => {
  expect(new Set(PERMISSION_GROUPS.map(({ id }) => id)).size).toBe(PERMISSION_GROUPS.length)
  expect(new Set(PERMISSION_GROUPS.map(({ name }) => name)).size).toBe(PERMISSION_GROUPS.length)
  expect(PERMISSION_GROUPS.filter(({ permissions }) => permissions.length === 0)).toEqual([])
})
