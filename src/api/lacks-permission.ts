// 9109, with what the token lacks: its owner cannot know which permission group an operation asks for.

import type { Result } from '../base/index.ts'
import { refuse } from './envelope.ts'
import type { ApiProblem } from './errors.ts'
import { PERMISSION_GROUPS, type Permission } from './permissions.ts'

/** The refusal of a token that may not do it; without a permission, nothing single would have been enough. */
export function refuseLacking(permission?: Permission): Result<never, readonly ApiProblem[]> {
  const groups = PERMISSION_GROUPS.filter(({ permissions }) => permission && permissions.includes(permission))
  if (groups.length === 0) return refuse('lacks-permission')
  const names = groups.map(({ name }) => name).join(' or ')
  // The first half is Cloudflare's, which clients show.
  const message = `Unauthorized to access requested resource; the token needs ${names} for it`
  return refuse('lacks-permission', { message })
}
