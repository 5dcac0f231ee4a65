// What the operations on managed transforms share: the two lists as Cloudflare shows them.

import { z } from '@hono/zod-openapi'
import { type Administration, MANAGED_REQUEST_HEADERS, MANAGED_RESPONSE_HEADERS } from '../../../config/index.ts'
import { conflictsWith } from '../../../rulesets/index.ts'
import { type Outcome, succeed } from '../../envelope.ts'
import { noticesOf } from '../settings/setting.ts'

export const MANAGED_PATH = '/zones/{zone_id}/managed_headers'

export const MANAGED_LISTS = [
  ['managed_request_headers', MANAGED_REQUEST_HEADERS],
  ['managed_response_headers', MANAGED_RESPONSE_HEADERS],
] as const

const TRANSFORM = z.looseObject({ id: z.string(), enabled: z.boolean() })

export const MANAGED_RESULT = z.object({
  managed_request_headers: z.array(TRANSFORM),
  managed_response_headers: z.array(TRANSFORM),
})

/** The ids of a list that are on. */
export function enabledIds({ dedicated }: Administration, zone: string, list: string): readonly string[] {
  return (dedicated.find(zone, list)?.value ?? []) as readonly string[]
}

/** Both lists; of each transform whether it is on, and what it contradicts that is on. */
export function answerManaged(administration: Administration, zone: string): Outcome {
  const lists = MANAGED_LISTS.map(([list, ids]) => {
    const on = enabledIds(administration, zone, list)
    return [list, ids.map((id) => ({ id, enabled: on.includes(id), ...conflictsOf(id, on) }))] as const
  })
  const states = MANAGED_LISTS.flatMap(([list]) => administration.dedicated.find(zone, list) ?? [])
  return succeed(Object.fromEntries(lists), { messages: noticesOf(states) })
}

function conflictsOf(id: string, on: readonly string[]): object {
  const others = conflictsWith(id, on)
  return { has_conflict: others.length > 0, ...(others.length > 0 && { conflicts_with: others }) }
}
