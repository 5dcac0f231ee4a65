// GET …/scripts/{script_name}/content/v2: the code of a version as a form; `version` in the query names one.

import { z } from '@hono/zod-openapi'
import { answerForm, readVersion } from './content.ts'
import { SCRIPT_PATH, scriptOperation } from './script.ts'

export const getContent = scriptOperation({
  method: 'get',
  path: `${SCRIPT_PATH}/content/v2`,
  summary: 'Download the code of a Worker as a form',
  permission: 'workers_scripts:read',
  result: z.unknown(),
  handle: (call) => {
    const { script, services } = call
    const version = readVersion(call, script)
    return version.ok ? answerForm(services.administration.scripts.script(script.name, version.value)) : version
  },
})
