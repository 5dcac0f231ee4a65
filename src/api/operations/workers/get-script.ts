// GET /accounts/{account_id}/workers/scripts/{script_name}: the code of the version that runs.

import { z } from '@hono/zod-openapi'
import { answerCode, readVersion } from './content.ts'
import { SCRIPT_PATH, scriptOperation } from './script.ts'

export const getScript = scriptOperation({
  method: 'get',
  path: SCRIPT_PATH,
  summary: 'Download the code of a Worker; answers JavaScript, or a form of several modules',
  permission: 'workers_scripts:read',
  result: z.unknown(),
  handle: (call) => {
    const { script, services } = call
    const version = readVersion(call, script)
    return version.ok ? answerCode(services.administration.scripts.script(script.name, version.value)) : version
  },
})
