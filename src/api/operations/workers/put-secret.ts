// PUT …/scripts/{script_name}/secrets: sets one secret.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { schemaBody } from '../../schema-body.ts'
import { ANY_RESULT, scriptOperation } from './script.ts'
import { changeSecrets, SECRETS_PATH } from './secrets.ts'

const SCHEMA = z.object({ name: z.string(), text: z.string(), type: z.string().default('secret_text') })

export const putSecret = scriptOperation({
  method: 'put',
  path: SECRETS_PATH,
  summary: 'Set a secret',
  permission: 'workers_scripts:edit',
  body: schemaBody(SCHEMA),
  result: ANY_RESULT,
  handle: async (call) => {
    const changed = await changeSecrets(call, [call.body], [])
    return changed.ok ? succeed({ name: call.body.name, type: call.body.type }) : changed
  },
})
