// GET /zones/{zone_id}/settings/{setting_id}: a setting as it is now.

import { zoneOperation } from '../../operation.ts'
import { answerSetting, refuseSetting, SETTING_PATH, SETTING_RESULT } from './setting.ts'

export const getSetting = zoneOperation({
  method: 'get',
  path: SETTING_PATH,
  summary: 'Read a setting of a zone',
  permission: 'zone_settings:read',
  result: SETTING_RESULT,
  handle: ({ zone, params, services }) => {
    const id = params.setting_id ?? ''
    const state = services.administration.settings.find(zone.id, id)
    return state === undefined ? refuseSetting({ kind: 'unknown', id }) : answerSetting(state)
  },
})
