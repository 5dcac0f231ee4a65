// GET …/scripts/{script_name}/deployments/{deployment_id}

import { refuse, succeed } from '../../envelope.ts'
import { ANY_RESULT, SCRIPT_PATH, scriptOperation } from './script.ts'
import { showDeployment } from './version.ts'

export const getDeployment = scriptOperation({
  method: 'get',
  path: `${SCRIPT_PATH}/deployments/{deployment_id}`,
  summary: 'Read a deployment',
  permission: 'workers_scripts:read',
  result: ANY_RESULT,
  handle: ({ script, params, services }) => {
    const deployments = services.administration.scripts.deployments(script.name)
    const found = deployments.find(({ id }) => id === params.deployment_id)
    return found === undefined ? refuse('unknown-deployment') : succeed(showDeployment(found))
  },
})
