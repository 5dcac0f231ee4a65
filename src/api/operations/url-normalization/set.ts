// PUT /zones/{zone_id}/url_normalization: how URLs are to be normalised.

import { ok } from '../../../base/index.ts'
import { type ApiZone, type BodyRule, type Received, zoneOperation } from '../../operation.ts'
import { readBody } from '../../schema-body.ts'
import { refuseSetting } from '../settings/setting.ts'
import { answerNormalization, NORMALIZATION_ID, NORMALIZATION_PATH, NORMALIZATION_RESULT } from './get.ts'

const BODY: BodyRule<unknown, Received & { readonly zone: ApiZone }> = {
  schema: NORMALIZATION_RESULT,
  parse: (json) => {
    const body = readBody(NORMALIZATION_RESULT, json)
    return body.ok ? ok(body.value) : body
  },
}

export const setUrlNormalization = zoneOperation({
  method: 'put',
  path: NORMALIZATION_PATH,
  summary: 'Change how URLs are normalised',
  permission: 'zone_settings:edit',
  body: BODY,
  result: NORMALIZATION_RESULT,
  handle: ({ zone, services, body }) => {
    const changed = services.administration.dedicated.change(zone.id, [{ id: NORMALIZATION_ID, value: body }])
    return changed.ok ? answerNormalization(changed.value[0]) : refuseSetting(changed.problem)
  },
})
