// What a token may be allowed to do, and the permission groups by which policies say it.
// CF fundamentals/api/reference/permissions; the ids are Cloudflare's own, since scripts have them written in.
//
// A group that may write may read, too.

/** One permission: a thing, and whether it is read or changed. */
export const PERMISSIONS = [
  'cache_purge:edit',
  'zone:read',
  'zone:edit',
  'zone_settings:read',
  'zone_settings:edit',
  'dns:read',
  'dns:edit',
  'page_rules:read',
  'page_rules:edit',
  'cache_rules:read',
  'cache_rules:edit',
  'transform_rules:read',
  'transform_rules:edit',
  'origin_rules:read',
  'origin_rules:edit',
  'config_rules:read',
  'config_rules:edit',
  'redirect_rules:read',
  'redirect_rules:edit',
  'firewall:read',
  'firewall:edit',
  'snippets:read',
  'snippets:edit',
  'workers_routes:read',
  'workers_routes:edit',
  'workers_scripts:read',
  'workers_scripts:edit',
  'account_rulesets:read',
  'account_rulesets:edit',
  'account:read',
  'account:edit',
  'user:read',
  'memberships:read',
  'api_tokens:read',
  'api_tokens:edit',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** What a permission is about, and so which resources of a policy it needs. */
export type Scope = 'zone' | 'account' | 'user'

export const SCOPE_NAMES = {
  zone: 'com.cloudflare.api.account.zone',
  account: 'com.cloudflare.api.account',
  user: 'com.cloudflare.api.user',
} as const satisfies Record<Scope, string>

export type PermissionGroup = {
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly permissions: readonly Permission[]
}

type Thing = Permission extends `${infer Name}:${string}` ? Name : never

function read(id: string, name: string, scope: Scope, thing: Thing): PermissionGroup {
  return { id, name: `${name} Read`, scope, permissions: PERMISSIONS.filter((each) => each === `${thing}:read`) }
}

function write(id: string, name: string, scope: Scope, thing: Thing): PermissionGroup {
  return { id, name: `${name} Write`, scope, permissions: PERMISSIONS.filter((each) => each.startsWith(`${thing}:`)) }
}

export const CACHE_PURGE_GROUP: PermissionGroup = {
  id: 'e17beae8b8cb423a99b1730f21238bed',
  name: 'Cache Purge',
  scope: 'zone',
  permissions: ['cache_purge:edit'],
}

/** Ids that begin with "5ade" are ours. */
export const PERMISSION_GROUPS: readonly PermissionGroup[] = [
  CACHE_PURGE_GROUP,
  read('c8fed203ed3043cba015a93ad1616f1f', 'Zone', 'zone', 'zone'),
  write('e6d2666161e84845a636613608cee8d5', 'Zone', 'zone', 'zone'),
  read('517b21aee92c4d89936c976ba6e4be55', 'Zone Settings', 'zone', 'zone_settings'),
  write('3030687196b94b638145a3953da2b699', 'Zone Settings', 'zone', 'zone_settings'),
  read('82e64a83756745bbbb1c9c2701bf816b', 'DNS', 'zone', 'dns'),
  write('4755a26eedb94da69e1066d98aa820be', 'DNS', 'zone', 'dns'),
  read('5ade000000000000000000000000000c', 'Page Rules', 'zone', 'page_rules'),
  write('5ade000000000000000000000000000d', 'Page Rules', 'zone', 'page_rules'),
  read('5ade0000000000000000000000000001', 'Cache Rules', 'zone', 'cache_rules'),
  write('9ff81cbbe65c400b97d92c3c1033cab6', 'Cache Rules', 'zone', 'cache_rules'),
  read('5ade0000000000000000000000000002', 'Transform Rules', 'zone', 'transform_rules'),
  write('0ac90a90249747bca6b047d97f0803e9', 'Transform Rules', 'zone', 'transform_rules'),
  read('5ade0000000000000000000000000003', 'Origin Rules', 'zone', 'origin_rules'),
  write('a4308c6855c84eb2873e01b6cc85cbb3', 'Origin Rules', 'zone', 'origin_rules'),
  read('5ade0000000000000000000000000004', 'Config Rules', 'zone', 'config_rules'),
  write('5ade0000000000000000000000000005', 'Config Rules', 'zone', 'config_rules'),
  read('5ade0000000000000000000000000006', 'Dynamic URL Redirects', 'zone', 'redirect_rules'),
  write('5ade0000000000000000000000000007', 'Dynamic URL Redirects', 'zone', 'redirect_rules'),
  read('4ec32dfcb35641c5bb32d5ef1ab963b4', 'Firewall Services', 'zone', 'firewall'),
  write('43137f8d07884d3198dc0ee77ca6e79b', 'Firewall Services', 'zone', 'firewall'),
  read('5ade0000000000000000000000000008', 'Snippets', 'zone', 'snippets'),
  write('5ade0000000000000000000000000009', 'Snippets', 'zone', 'snippets'),
  read('2072033d694d415a936eaeb94e6405b8', 'Workers Routes', 'zone', 'workers_routes'),
  write('28f4b596e7d643029c524985477ae49a', 'Workers Routes', 'zone', 'workers_routes'),
  read('1a71c399035b4950a1bd1466bbe4f420', 'Workers Scripts', 'account', 'workers_scripts'),
  write('e086da7e2179491d91ee5f35b3ca210a', 'Workers Scripts', 'account', 'workers_scripts'),
  read('c1fde68c7bcc44588cbb6ddbc16d6480', 'Account Settings', 'account', 'account'),
  write('1af1fa2adc104452b74a9a3364202f20', 'Account Settings', 'account', 'account'),
  read('5ade000000000000000000000000000a', 'Account Rulesets', 'account', 'account_rulesets'),
  write('5ade000000000000000000000000000b', 'Account Rulesets', 'account', 'account_rulesets'),
  read('8acbe5bb0d54464ab867149d7f7cf8ac', 'User Details', 'user', 'user'),
  read('3518d0f75557482e952c6762d3e64903', 'Memberships', 'user', 'memberships'),
  read('0cc3a61731504c89b99ec1be78b77aa0', 'API Tokens', 'user', 'api_tokens'),
  write('686d18d5ac6c441c867cbf6771e58a0a', 'API Tokens', 'user', 'api_tokens'),
]

const GROUPS_BY_ID = new Map(PERMISSION_GROUPS.map((group) => [group.id, group]))

export function findPermissionGroup(id: string): PermissionGroup | undefined {
  return GROUPS_BY_ID.get(id)
}

/** What a permission is about. */
export function scopeOf(permission: Permission): Scope {
  return PERMISSION_GROUPS.find(({ permissions }) => permissions.includes(permission))?.scope ?? 'account'
}
