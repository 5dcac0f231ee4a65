// PATCH …/scripts/{script_name}/secrets-bulk: sets and removes secrets at once; null removes one.  RFC 7396

import { z } from '@hono/zod-openapi'
import { schemaBody } from '../../schema-body.ts'
import { ANY_RESULT, SCRIPT_PATH, scriptOperation } from './script.ts'
import { changeSecrets } from './secrets.ts'

const SECRET = z.looseObject({ name: z.string().optional(), text: z.string(), type: z.string().optional() })
const SCHEMA = z.object({ secrets: z.record(z.string(), SECRET.nullable()) })

export const bulkSecrets = scriptOperation({
  method: 'patch',
  path: `${SCRIPT_PATH}/secrets-bulk`,
  summary: 'Set and remove secrets',
  permission: 'workers_scripts:edit',
  body: schemaBody(SCHEMA),
  result: z.array(ANY_RESULT),
  handle: (call) => {
    const entries = Object.entries(call.body.secrets)
    const set = entries.flatMap(([name, secret]) => (secret === null ? [] : [{ type: 'secret_text', ...secret, name }]))
    const remove = entries.flatMap(([name, secret]) => (secret === null ? [name] : []))
    return changeSecrets(call, set, remove)
  },
})
