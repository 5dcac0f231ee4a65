// GET /user/tokens/permission_groups: what policies can be made of.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { operation } from '../../operation.ts'
import { PERMISSION_GROUPS, SCOPE_NAMES } from '../../permissions.ts'

export const listPermissionGroups = operation({
  method: 'get',
  path: '/user/tokens/permission_groups',
  summary: 'List permission groups',
  permission: 'api_tokens:read',
  query: ['name', 'scope'],
  result: z.array(z.object({ id: z.string(), name: z.string(), scopes: z.array(z.string()) })),
  handle: ({ query }) => {
    const [name, scope] = [query.get('name')?.toLowerCase(), query.get('scope')]
    const groups = PERMISSION_GROUPS.map((group) => ({
      id: group.id,
      name: group.name,
      scopes: [SCOPE_NAMES[group.scope]],
    }))
    return succeed(
      groups.filter(
        (group) =>
          (name === undefined || group.name.toLowerCase().includes(name)) &&
          (scope === null || group.scopes.some((each) => each === scope)),
      ),
    )
  },
})
