// DELETE …/scripts/{script_name}/deployments/{deployment_id}: forgets an earlier one; the one that runs stays.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { refuseScript, SCRIPT_PATH, scriptOperation } from './script.ts'

export const deleteDeployment = scriptOperation({
  method: 'delete',
  path: `${SCRIPT_PATH}/deployments/{deployment_id}`,
  summary: 'Forget a deployment',
  permission: 'workers_scripts:edit',
  result: z.null(),
  handle: ({ script, params, services }) => {
    const removed = services.administration.scripts.removeDeployment(script.name, params.deployment_id ?? '')
    return removed.ok ? succeed(null) : refuseScript(removed.problem)
  },
})
