// PUT /zones/{zone_id}/origin/cloud_regions/{origin_ip}: doing it twice is doing it once.

import { refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { schemaBody } from '../../schema-body.ts'
import {
  hasRoom,
  MAX_REGIONS,
  NOTICES,
  parseOriginIp,
  REGION_PATH,
  REGION_RESULT,
  REGION_SCHEMA,
  readRegion,
  regionPath,
} from './region.ts'

export const setCloudRegion = zoneOperation({
  method: 'put',
  path: REGION_PATH,
  summary: 'Set the cloud region of an origin',
  permission: 'zone_settings:edit',
  body: schemaBody(REGION_SCHEMA),
  result: REGION_RESULT,
  handle: ({ zone, params, body, services }) => {
    const address = parseOriginIp(params.origin_ip ?? '')
    if (!address.ok) return address
    const named = parseOriginIp(body.origin_ip)
    if (!named.ok) return named
    if (named.value !== address.value) {
      const message = `origin_ip is ${named.value}, and the path says ${address.value}; send one address`
      return refuse('invalid-body', { message, pointer: '/origin_ip' })
    }
    const region = { ...body, origin_ip: address.value, modified_on: new Date(services.clock.now()).toISOString() }
    return recorded(services, (draft) => {
      if (readRegion(draft, zone.id, address.value) === undefined && !hasRoom(draft, zone.id)) {
        return refuse('too-many-regions', { message: `a zone has ${MAX_REGIONS} at most; delete one first` })
      }
      draft.write(regionPath(zone.id, address.value), region)
      return succeed(region, { messages: NOTICES })
    })
  },
})
