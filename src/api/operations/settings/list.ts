// GET /zones/{zone_id}/settings: all settings of a zone, as older clients read them.

import { z } from '@hono/zod-openapi'
import { zoneOperation } from '../../operation.ts'
import { answerSettings, SETTING_RESULT, SETTINGS_PATH } from './setting.ts'

export const listSettings = zoneOperation({
  method: 'get',
  path: SETTINGS_PATH,
  summary: 'Read all settings of a zone',
  permission: 'zone_settings:read',
  result: z.array(SETTING_RESULT),
  handle: ({ zone, services }) => answerSettings(services.administration.settings.list(zone.id)),
})
