// PATCH /zones/{zone_id}/settings: change several settings in one call, all or none, as older clients do.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import type { SettingChange } from '../../../config/index.ts'
import { type ApiZone, type BodyRule, type Received, zoneOperation } from '../../operation.ts'
import { readBody } from '../../schema-body.ts'
import { answerSettings, refuseSetting, SETTING_RESULT, SETTINGS_PATH } from './setting.ts'

const SCHEMA = z.object({ items: z.array(z.object({ id: z.string(), value: z.unknown() })).min(1) })

const BODY: BodyRule<readonly SettingChange[], Received & { readonly zone: ApiZone }> = {
  schema: SCHEMA,
  parse: (json) => {
    const body = readBody(SCHEMA, json)
    return body.ok ? ok(body.value.items.map(({ id, value }) => ({ id, value }))) : body
  },
}

export const editSettings = zoneOperation({
  method: 'patch',
  path: SETTINGS_PATH,
  summary: 'Change several settings of a zone',
  permission: 'zone_settings:edit',
  body: BODY,
  result: z.array(SETTING_RESULT),
  handle: ({ zone, services, body }) => {
    const changed = services.administration.settings.change(zone.id, body)
    if (changed.ok) return answerSettings(changed.value)
    const { problem } = changed
    const index = 'id' in problem ? body.findIndex(({ id }) => id === problem.id) : 0
    return refuseSetting(problem, `/items/${index}`)
  },
})
