// DELETE /accounts/{account_id}/workers/scripts/{script_name}, and the same by the older name `services`: the Worker goes
// with its versions, routes and custom domains.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { refuseScript, SCRIPT_PATH, scriptOperation, WORKERS_PATH } from './script.ts'

function makeDelete(path: string) {
  return scriptOperation({
    method: 'delete',
    path,
    summary: 'Delete a Worker, with its routes and domains',
    permission: 'workers_scripts:edit',
    result: z.null(),
    handle: ({ script, services }) => {
      const removed = services.administration.scripts.remove(script.name)
      if (!removed.ok) return refuseScript(removed.problem)
      services.tails.endAllOf(script.name)
      return succeed(null)
    },
  })
}

export const deleteScript = makeDelete(SCRIPT_PATH)
export const deleteService = makeDelete(`${WORKERS_PATH}/services/{script_name}`)
