// What the operations on settings share: the result's shape, and the table of what can go wrong.

import { z } from '@hono/zod-openapi'
import type { SettingProblem, SettingState } from '../../../config/index.ts'
import { type Notice, type Outcome, refuse, succeed } from '../../envelope.ts'

export const SETTING_PATH = '/zones/{zone_id}/settings/{setting_id}'
export const SETTINGS_PATH = '/zones/{zone_id}/settings'

export const SETTING_RESULT = z.object({
  id: z.string(),
  value: z.unknown(),
  editable: z.boolean(),
  modified_on: z.string().nullable(),
  time_remaining: z.union([z.number(), z.literal(false)]).optional(),
})

/** Ours: something that was kept and does nothing. */
const KEPT_CODE = 1190

/** The sentence that nothing is silently believed to work. */
export function keptNotice(what: string): Notice {
  return { code: KEPT_CODE, message: `${what} kept but not implemented: this edge does not act on it` }
}

export function showSetting({ id, value, editable, modifiedOn, timeRemaining }: SettingState): object {
  return {
    id,
    value,
    editable,
    modified_on: modifiedOn === undefined ? null : new Date(modifiedOn).toISOString(),
    ...(timeRemaining !== undefined && { time_remaining: timeRemaining }),
  }
}

/** The answer with one setting; of one that only is remembered, the client is told so. */
export function answerSetting(state: SettingState): Outcome {
  return succeed(showSetting(state), { messages: noticesOf([state]) })
}

export function answerSettings(states: readonly SettingState[]): Outcome {
  return succeed(states.map(showSetting), { messages: noticesOf(states) })
}

/** One sentence for each setting that somebody set and the edge does not act on. */
export function noticesOf(states: readonly SettingState[]): readonly Notice[] {
  return states
    .filter(({ effect, modifiedOn }) => effect === 'kept' && modifiedOn !== undefined)
    .map(({ id }) => keptNotice(`${id} is`))
}

/** `item`: where in the body the setting stands, with its `id` and `value`. */
export function refuseSetting(problem: SettingProblem, item = ''): Outcome {
  switch (problem.kind) {
    case 'unknown':
      return refuse('unknown-setting', {
        message: `this version has no setting ${JSON.stringify(problem.id.slice(0, 60))}; see /zones/{zone_id}/settings`,
        ...(item !== '' && { pointer: `${item}/id` }),
      })
    case 'bad-value':
      return refuse('invalid-body', { message: problem.message, pointer: `${item}/value` })
    case 'not-recorded':
      return refuse('setting-not-recorded')
  }
}
