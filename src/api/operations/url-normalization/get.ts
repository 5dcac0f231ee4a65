// GET /zones/{zone_id}/url_normalization: how URLs are normalised before rules see them.

import { z } from '@hono/zod-openapi'
import type { SettingState } from '../../../config/index.ts'
import { type Outcome, refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { noticesOf } from '../settings/setting.ts'

export const NORMALIZATION_PATH = '/zones/{zone_id}/url_normalization'
export const NORMALIZATION_ID = 'url_normalization'
export const NORMALIZATION_RESULT = z.object({
  scope: z.enum(['incoming', 'both', 'none']),
  type: z.enum(['cloudflare', 'rfc3986']),
})

export function answerNormalization(state: SettingState | undefined): Outcome {
  return state === undefined ? refuse('unknown-zone') : succeed(state.value, { messages: noticesOf([state]) })
}

export const getUrlNormalization = zoneOperation({
  method: 'get',
  path: NORMALIZATION_PATH,
  summary: 'Read how URLs are normalised',
  permission: 'zone_settings:read',
  result: NORMALIZATION_RESULT,
  handle: ({ zone, services }) =>
    answerNormalization(services.administration.dedicated.find(zone.id, NORMALIZATION_ID)),
})
