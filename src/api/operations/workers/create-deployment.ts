// POST …/scripts/{script_name}/deployments: lets a version run: the newest one, or an earlier one to go back to.

import { z } from '@hono/zod-openapi'
import { refuse, succeed } from '../../envelope.ts'
import { schemaBody } from '../../schema-body.ts'
import { readAnnotations } from '../../upload/upload.ts'
import { checkScript } from './commit.ts'
import { ANY_RESULT, clientOf, refuseScript, SCRIPT_PATH, scriptOperation } from './script.ts'
import { showDeployment } from './version.ts'

const ALL_PER_CENT = 100

const SCHEMA = z.object({
  strategy: z.literal('percentage').default('percentage'),
  versions: z
    .array(z.object({ version_id: z.string(), percentage: z.number() }))
    .min(1)
    .max(2),
  annotations: z.record(z.string(), z.unknown()).nullish(),
})

export const createDeployment = scriptOperation({
  method: 'post',
  path: `${SCRIPT_PATH}/deployments`,
  summary: 'Deploy a version',
  permission: 'workers_scripts:edit',
  body: schemaBody(SCHEMA),
  result: ANY_RESULT,
  handle: async (call) => {
    const { body, services, script } = call
    const { scripts } = services.administration
    const running = body.versions.filter(({ percentage }) => percentage > 0)
    const [version] = running
    if (version === undefined || running.length > 1 || version.percentage !== ALL_PER_CENT) {
      const message = 'this edge runs one version at 100 per cent and does not split traffic; name one version'
      return refuse('unsupported-feature', { message, pointer: '/versions' })
    }
    const document = scripts.versions(script.name).find(({ id }) => id === version.version_id)
    if (document === undefined) return refuse('unknown-version', { pointer: '/versions/0/version_id' })
    // It started once; since then the runtime may be another.
    const checked = await checkScript(services, scripts.script(script.name, document))
    if (!checked.ok) return checked
    const by = { source: clientOf(call), annotations: readAnnotations(body.annotations) }
    const deployed = scripts.deploy(script.name, version.version_id, by)
    return deployed.ok ? succeed(showDeployment(deployed.value)) : refuseScript(deployed.problem)
  },
})
