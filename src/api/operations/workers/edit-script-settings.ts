// PATCH …/scripts/{script_name}/script-settings: changes what is of the Worker and of no version.

import { z } from '@hono/zod-openapi'
import { refuse, succeed } from '../../envelope.ts'
import { schemaBody } from '../../schema-body.ts'
import { findUnsupported, readScriptSettings } from '../../upload/upload.ts'
import { SCRIPT_SETTINGS_PATH } from './get-script-settings.ts'
import { ANY_RESULT, refuseScript, scriptOperation } from './script.ts'

const SCHEMA = z.looseObject({
  logpush: z.boolean().nullish(),
  tags: z.array(z.string()).nullish(),
  observability: z.looseObject({}).nullish(),
})

export const editScriptSettings = scriptOperation({
  method: 'patch',
  path: SCRIPT_SETTINGS_PATH,
  summary: 'Change the settings that are of no version',
  permission: 'workers_scripts:edit',
  body: schemaBody(SCHEMA),
  result: ANY_RESULT,
  handle: ({ script, services, body }) => {
    const lacking = findUnsupported(body)
    if (lacking !== undefined) return refuse(lacking.kind, lacking)
    const changed = services.administration.scripts.configure(script.name, readScriptSettings(body))
    return changed.ok ? succeed(changed.value.settings) : refuseScript(changed.problem)
  },
})
