// GET /accounts/{account_id}/workers/workers/{script_name}: a Worker as newer clients read it, by name or by its tag.

import { accountOperation } from '../../account-operation.ts'
import { refuse, succeed } from '../../envelope.ts'
import { ANY_RESULT, instant, WORKERS_PATH } from './script.ts'

export const getWorker = accountOperation({
  method: 'get',
  path: `${WORKERS_PATH}/workers/{script_name}`,
  summary: 'Read a Worker',
  permission: 'workers_scripts:read',
  result: ANY_RESULT,
  handle: ({ params, services }) => {
    const wanted = params.script_name
    const { scripts } = services.administration
    const script = scripts.list().find(({ name, tag }) => name === wanted || tag === wanted)
    if (script === undefined) return refuse('unknown-script')
    return succeed({
      id: script.tag,
      name: script.name,
      created_on: instant(script.created_on),
      updated_on: instant(script.modified_on),
      deployed_on: instant(scripts.deployments(script.name)[0]?.created_on ?? script.created_on),
      logpush: script.settings.logpush,
      observability: script.settings.observability ?? { enabled: false },
      tags: script.settings.tags,
      tail_consumers: script.settings.tail_consumers,
      subdomain: script.subdomain,
      references: { dispatch_namespace_outbounds: [], domains: [], durable_objects: [], queues: [], workers: [] },
    })
  },
})
