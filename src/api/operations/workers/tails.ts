// …/scripts/{script_name}/tails: live traces of a Worker, over a WebSocket whose URL the answer has.  CF workers/observability

import { z } from '@hono/zod-openapi'
import { refuse, succeed } from '../../envelope.ts'
import type { BodyRule } from '../../operation.ts'
import { schemaBody } from '../../schema-body.ts'
import { FILTERS } from '../../tails/filters.ts'
import type { Tail } from '../../tails/tails.ts'
import { ANY_RESULT, instant, SCRIPT_PATH, scriptOperation } from './script.ts'

const PATH = `${SCRIPT_PATH}/tails`
const SCHEMA = z.looseObject({ filters: FILTERS.nullish() }).optional()

/** The SDK sends no body; wrangler one with filters, as text/plain. */
const BODY: BodyRule<z.output<typeof SCHEMA>, unknown> = { ...schemaBody(SCHEMA), reads: 'untyped' }

export const createTail = scriptOperation({
  method: 'post',
  path: PATH,
  summary: 'Start a tail',
  permission: 'workers_scripts:read',
  body: BODY,
  result: ANY_RESULT,
  handle: async ({ script, services, body, host }) => {
    const { tails, tailUrl } = services
    const created = tails.create(script.name, body?.filters ?? [])
    if (!created.ok) return refuse('too-many-scripts', { message: created.problem })
    const url = await tailUrl(created.value, host)
    if (url !== undefined) return succeed({ ...showTail(created.value), url })
    tails.end(script.name, created.value.id)
    return refuse('scripts-unavailable', { message: 'the listener of tails cannot be started; the log has the reason' })
  },
})

export const listTails = scriptOperation({
  method: 'get',
  path: PATH,
  summary: 'List the tails of a Worker',
  permission: 'workers_scripts:read',
  result: z.array(ANY_RESULT),
  handle: ({ script, services }) => succeed(services.tails.list(script.name).map(showTail)),
})

export const deleteTail = scriptOperation({
  method: 'delete',
  path: `${PATH}/{tail_id}`,
  summary: 'End a tail',
  permission: 'workers_scripts:read',
  result: z.null(),
  handle: ({ script, services, params }) =>
    services.tails.end(script.name, params.tail_id ?? '') ? succeed(null) : refuse('unknown-tail'),
})

function showTail({ id, expiresAt }: Tail): object {
  return { id, expires_at: instant(expiresAt) }
}
