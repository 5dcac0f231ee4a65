// PATCH /zones/{zone_id}/settings/{setting_id}: change a setting; the very next request is served by it.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import { refuse } from '../../envelope.ts'
import { type ApiZone, type BodyRule, type Received, zoneOperation } from '../../operation.ts'
import { refuseSetting, SETTING_PATH, SETTING_RESULT, showSetting } from './setting.ts'

type Edit = { readonly value: unknown }

/** The value itself is for the setting to judge. */
const EDIT_BODY: BodyRule<Edit, Received & { readonly zone: ApiZone }> = {
  schema: z.object({ value: z.union([z.string(), z.number()]) }),
  parse: (json) => {
    if (typeof json === 'object' && json !== null && 'value' in json) return ok({ value: json.value })
    return refuse('invalid-body', { message: 'value is missing; send {"value": ...}', pointer: '' })
  },
}

export const editSetting = zoneOperation({
  method: 'patch',
  path: SETTING_PATH,
  summary: 'Change a setting of a zone',
  permission: 'zone_settings:edit',
  body: EDIT_BODY,
  result: SETTING_RESULT,
  handle: ({ zone, params, services, body }) => {
    const id = params.setting_id ?? ''
    const changed = services.settings.change(zone.id, id, body.value)
    return changed.ok ? showSetting(changed.value) : refuseSetting(id, changed.problem)
  },
})
