// …/scripts/{script_name}/domains: what wrangler asks for the custom domains of its configuration: first what would change,
// then the change.  Both name all the domains of the Worker.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { schemaBody } from '../../schema-body.ts'
import { mayAttach } from './domains.ts'
import { refuseRoute, showDomain } from './route.ts'
import { ANY_RESULT, SCRIPT_PATH, scriptOperation } from './script.ts'

const MAX_DOMAINS_PER_SCRIPT = 100
const HOST = z.looseObject({ hostname: z.string() })
const HOSTS = z.array(HOST).max(MAX_DOMAINS_PER_SCRIPT)

export const planDomains = scriptOperation({
  method: 'post',
  path: `${SCRIPT_PATH}/domains/changeset`,
  summary: 'Read what attaching custom domains would change',
  permission: 'workers_scripts:edit',
  body: schemaBody(HOSTS),
  result: ANY_RESULT,
  handle: (call) => {
    const { script, services, body, query } = call
    const hostnames = body.map(({ hostname }) => hostname.toLowerCase())
    const allowed = mayAttach(call, hostnames)
    if (!allowed.ok) return allowed
    const there = services.administration.workerDomains.list()
    const ours = there.filter((domain) => domain.script === script.name)
    const added = hostnames.filter((hostname) => !there.some((domain) => domain.hostname === hostname))
    const taken = there.filter((domain) => domain.script !== script.name && hostnames.includes(domain.hostname))
    const gone = ours.filter(({ hostname }) => !hostnames.includes(hostname))
    return succeed({
      added: added.map((hostname) => ({ hostname, service: script.name, environment: 'production' })),
      removed: query.get('replace_state') === 'true' ? gone.map(showDomain) : [],
      updated: taken.map((domain) => ({ ...showDomain(domain), modified: true })),
      conflicting: [],
    })
  },
})

const RECORDS = z.looseObject({ origins: HOSTS })

export const putScriptDomains = scriptOperation({
  method: 'put',
  path: `${SCRIPT_PATH}/domains/records`,
  summary: 'Replace all custom domains of a Worker',
  permission: 'workers_scripts:edit',
  body: schemaBody(RECORDS),
  result: z.array(ANY_RESULT),
  handle: (call) => {
    const { workerDomains } = call.services.administration
    const hostnames = call.body.origins.map(({ hostname }) => hostname)
    const old = workerDomains.list().filter(({ script }) => script === call.script.name)
    const allowed = mayAttach(call, [...hostnames, ...old.map(({ hostname }) => hostname)])
    if (!allowed.ok) return allowed
    const attached = workerDomains.attach(call.script.name, hostnames, true)
    return attached.ok ? succeed(attached.value.map(showDomain)) : refuseRoute(attached.problem)
  },
})
