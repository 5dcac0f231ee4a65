// DELETE …/scripts/{script_name}/secrets/{secret_name}: removes one secret.

import { z } from '@hono/zod-openapi'
import { refuse, succeed } from '../../envelope.ts'
import { scriptOperation } from './script.ts'
import { changeSecrets, SECRETS_PATH, secretsOf } from './secrets.ts'

export const deleteSecret = scriptOperation({
  method: 'delete',
  path: `${SECRETS_PATH}/{secret_name}`,
  summary: 'Remove a secret',
  permission: 'workers_scripts:edit',
  result: z.null(),
  handle: async (call) => {
    const { script, params } = call
    const name = params.secret_name ?? ''
    if (!secretsOf(script.newest).some((secret) => secret.name === name)) return refuse('unknown-secret')
    const changed = await changeSecrets(call, [], [name])
    return changed.ok ? succeed(null) : changed
  },
})
