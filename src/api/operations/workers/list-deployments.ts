// GET …/scripts/{script_name}/deployments: the deployments that are kept, the newest first.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { ANY_RESULT, SCRIPT_PATH, scriptOperation } from './script.ts'
import { showDeployment } from './version.ts'

/** As many as Cloudflare answers. */
const MAX_SHOWN = 10

export const listDeployments = scriptOperation({
  method: 'get',
  path: `${SCRIPT_PATH}/deployments`,
  summary: 'List deployments',
  permission: 'workers_scripts:read',
  result: z.object({ deployments: z.array(ANY_RESULT) }),
  handle: ({ script, services }) => {
    const deployments = services.administration.scripts.deployments(script.name)
    return succeed({ deployments: deployments.slice(0, MAX_SHOWN).map(showDeployment) })
  },
})
