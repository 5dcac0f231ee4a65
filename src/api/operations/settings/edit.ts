// PATCH /zones/{zone_id}/settings/{setting_id}: change a setting; the very next request is served by it.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import { ENABLED_SETTING } from '../../../config/index.ts'
import { refuse } from '../../envelope.ts'
import { type ApiZone, type BodyRule, type Received, zoneOperation } from '../../operation.ts'
import { answerSetting, refuseSetting, SETTING_PATH, SETTING_RESULT } from './setting.ts'

type Edit = { readonly value: unknown }

/** The value itself is for the setting to judge. */
const EDIT_BODY: BodyRule<Edit, Received & { readonly zone: ApiZone }> = {
  schema: z.object({ value: z.unknown() }),
  parse: (json, { params }) => {
    if (typeof json === 'object' && json !== null) {
      if ('value' in json) return ok({ value: json.value })
      if (params.setting_id === ENABLED_SETTING && 'enabled' in json) return ok({ value: json.enabled })
    }
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
    const changed = services.administration.settings.change(zone.id, [{ id, value: body.value }])
    if (!changed.ok) return refuseSetting(changed.problem)
    const [state] = changed.value
    return state === undefined ? refuseSetting({ kind: 'unknown', id }) : answerSetting(state)
  },
})
