// What the operations on a setting share: the result's shape, and the table of what can go wrong.

import { z } from '@hono/zod-openapi'
import type { SettingProblem, SettingState } from '../../../config/index.ts'
import { type Outcome, refuse, succeed } from '../../envelope.ts'

export const SETTING_PATH = '/zones/{zone_id}/settings/{setting_id}'

export const SETTING_RESULT = z.object({
  id: z.string(),
  value: z.union([z.string(), z.number()]),
  editable: z.boolean(),
  modified_on: z.string().nullable(),
  time_remaining: z.union([z.number(), z.literal(false)]).optional(),
})

export function showSetting({ id, value, editable, modifiedOn, timeRemaining }: SettingState): Outcome {
  return succeed({
    id,
    value,
    editable,
    modified_on: modifiedOn === undefined ? null : new Date(modifiedOn).toISOString(),
    ...(timeRemaining !== undefined && { time_remaining: timeRemaining }),
  })
}

export function refuseSetting(id: string, problem: SettingProblem): Outcome {
  switch (problem.kind) {
    case 'unknown':
      return refuse('unknown-setting', { message: `this version has no setting ${JSON.stringify(id.slice(0, 60))}` })
    case 'bad-value':
      return refuse('invalid-body', { message: problem.message, pointer: '/value' })
    case 'not-recorded':
      return refuse('setting-not-recorded')
  }
}
