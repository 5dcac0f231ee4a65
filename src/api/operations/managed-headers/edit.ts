// PATCH /zones/{zone_id}/managed_headers: switches managed transforms; those that are not listed stay as they are.

import { z } from '@hono/zod-openapi'
import { MANAGED_TRANSFORMS } from '../../../rulesets/index.ts'
import { refuse } from '../../envelope.ts'
import { type ApiZone, type BodyRule, type Received, zoneOperation } from '../../operation.ts'
import { readBody } from '../../schema-body.ts'
import { refuseSetting } from '../settings/setting.ts'
import { answerManaged, enabledIds, MANAGED_LISTS, MANAGED_PATH, MANAGED_RESULT } from './headers.ts'

const WANTED = z
  .array(z.object({ id: z.string(), enabled: z.boolean({ error: 'enabled is not a boolean; use true or false' }) }), {
    error: 'this is not an array of transforms; send [{"id": "...", "enabled": true}]',
  })
  .optional()
const SCHEMA = z.object({ managed_request_headers: WANTED, managed_response_headers: WANTED })

const BODY: BodyRule<z.output<typeof SCHEMA>, Received & { readonly zone: ApiZone }> = {
  schema: SCHEMA,
  parse: (json) => readBody(SCHEMA, json),
}

/** Why this edge cannot do what the transform does, or undefined. */
function refusalOf(id: string): string | undefined {
  return MANAGED_TRANSFORMS.find((each) => each.id === id)?.refusal
}

/** Two of the transforms that cannot both be on, or undefined. */
function conflictIn(on: ReadonlySet<string>): readonly [string, string] | undefined {
  for (const { id, conflicts = [] } of MANAGED_TRANSFORMS) {
    const other = on.has(id) ? conflicts.find((each) => on.has(each)) : undefined
    if (other !== undefined) return [id, other]
  }
  return undefined
}

export const editManagedHeaders = zoneOperation({
  method: 'patch',
  path: MANAGED_PATH,
  summary: 'Switch managed transforms',
  permission: 'zone_settings:edit',
  body: BODY,
  result: MANAGED_RESULT,
  handle: ({ zone, services: { administration }, body }) => {
    const changes = []
    for (const [list, known] of MANAGED_LISTS) {
      const wanted = body[list] ?? []
      const unknown = wanted.findIndex(({ id }) => !known.some((each) => each === id))
      if (unknown >= 0) {
        const message = `${JSON.stringify(wanted[unknown]?.id)} is no managed transform; use ${known.join(', ')}`
        return refuse('invalid-body', { message, pointer: `/${list}/${unknown}/id` })
      }
      const impossible = wanted.findIndex(({ id, enabled }) => enabled && refusalOf(id) !== undefined)
      if (impossible >= 0) {
        const id = wanted[impossible]?.id ?? ''
        return refuse('invalid-body', {
          message: `${id} cannot be enabled: ${refusalOf(id)}`,
          pointer: `/${list}/${impossible}/enabled`,
        })
      }
      const on = new Set(enabledIds(administration, zone.id, list))
      for (const { id, enabled } of wanted) enabled ? on.add(id) : on.delete(id)
      const conflict = conflictIn(on)
      if (conflict !== undefined) {
        const message = `${conflict.join(' and ')} contradict each other; disable one of them`
        return refuse('invalid-body', { message, pointer: `/${list}` })
      }
      if (wanted.length > 0) changes.push({ id: list, value: [...on] })
    }
    const changed = administration.dedicated.change(zone.id, changes)
    return changed.ok ? answerManaged(administration, zone.id) : refuseSetting(changed.problem)
  },
})
