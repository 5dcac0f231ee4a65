// …/scripts/{script_name}/schedules: cron triggers.  There are none, and asking for one is refused.

import { z } from '@hono/zod-openapi'
import { refuse, succeed } from '../../envelope.ts'
import { schemaBody } from '../../schema-body.ts'
import { SCRIPT_PATH, scriptOperation } from './script.ts'

const PATH = `${SCRIPT_PATH}/schedules`
const RESULT = z.object({ schedules: z.array(z.object({ cron: z.string() })) })

export const getSchedules = scriptOperation({
  method: 'get',
  path: PATH,
  summary: 'List cron triggers',
  permission: 'workers_scripts:read',
  result: RESULT,
  handle: () => succeed({ schedules: [] }),
})

export const putSchedules = scriptOperation({
  method: 'put',
  path: PATH,
  summary: 'Replace cron triggers by none',
  permission: 'workers_scripts:edit',
  body: schemaBody(z.array(z.looseObject({ cron: z.string() }))),
  result: RESULT,
  handle: ({ body }) => {
    if (body.length === 0) return succeed({ schedules: [] })
    const crons = body.slice(0, 5).map(({ cron }) => JSON.stringify(cron.slice(0, 60)))
    const message = `this edge has no cron triggers, so ${crons.join(', ')} would never run; remove "triggers"`
    return refuse('unsupported-feature', { message })
  },
})
