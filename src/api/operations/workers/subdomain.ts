// …/scripts/{script_name}/subdomain: whether a Worker is to be served below workers.dev.
//
// DEVIATION CF workers/configuration/routing/workers-dev: it is kept and shown, and nothing is served there.  wrangler asks
// for it whenever a Worker has no route, and a deployment must not fail for that.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { schemaBody } from '../../schema-body.ts'
import { refuseScript, SCRIPT_PATH, scriptOperation } from './script.ts'

const PATH = `${SCRIPT_PATH}/subdomain`
const RESULT = z.object({ enabled: z.boolean(), previews_enabled: z.boolean() })
const SCHEMA = z.object({ enabled: z.boolean(), previews_enabled: z.boolean().optional() })
const OFF = { enabled: false, previews_enabled: false }

export const getSubdomain = scriptOperation({
  method: 'get',
  path: PATH,
  summary: 'Read whether a Worker is served below workers.dev',
  permission: 'workers_scripts:read',
  result: RESULT,
  handle: ({ script }) => succeed(script.subdomain),
})

export const setSubdomain = scriptOperation({
  method: 'post',
  path: PATH,
  summary: 'Say whether a Worker is to be served below workers.dev',
  permission: 'workers_scripts:edit',
  body: schemaBody(SCHEMA),
  result: RESULT,
  handle: ({ script, services, body: { enabled, previews_enabled = false } }) => {
    const set = services.administration.scripts.setSubdomain(script.name, { enabled, previews_enabled })
    return set.ok ? succeed(set.value.subdomain) : refuseScript(set.problem)
  },
})

export const deleteSubdomain = scriptOperation({
  method: 'delete',
  path: PATH,
  summary: 'Switch the serving of a Worker below workers.dev off',
  permission: 'workers_scripts:edit',
  result: RESULT,
  handle: ({ script, services }) => {
    const set = services.administration.scripts.setSubdomain(script.name, OFF)
    return set.ok ? succeed(set.value.subdomain) : refuseScript(set.problem)
  },
})
