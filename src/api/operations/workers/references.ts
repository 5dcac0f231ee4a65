// What wrangler asks before it deletes a Worker: who depends on it.  Workers here cannot depend on each other, and the
// account has none of the other products.

import { z } from '@hono/zod-openapi'
import { accountOperation } from '../../account-operation.ts'
import { succeed } from '../../envelope.ts'
import { ANY_RESULT, SCRIPT_PATH, scriptOperation, WORKERS_PATH } from './script.ts'

export const getReferences = scriptOperation({
  method: 'get',
  path: `${SCRIPT_PATH}/references`,
  summary: 'List what depends on a Worker',
  permission: 'workers_scripts:read',
  result: ANY_RESULT,
  handle: () => succeed({ services: { incoming: [], outgoing: [] }, durable_objects: [], dispatch_outbounds: [] }),
})

function makeEmptyList(path: string, summary: string) {
  return accountOperation({
    method: 'get',
    path,
    summary,
    permission: 'workers_scripts:read',
    result: z.array(ANY_RESULT),
    handle: () => succeed([], { resultInfo: { page: 1, per_page: 20, count: 0, total_count: 0, total_pages: 0 } }),
  })
}

export const listTailConsumers = makeEmptyList(
  `${WORKERS_PATH}/tails/by-consumer/{script_name}`,
  'List the Workers whose traces a Worker receives: none',
)
export const listDurableObjects = makeEmptyList(
  `${WORKERS_PATH}/durable_objects/namespaces`,
  'List namespaces of Durable Objects: none',
)
export const listKvNamespaces = makeEmptyList(
  '/accounts/{account_id}/storage/kv/namespaces',
  'List namespaces of Workers KV: none',
)
