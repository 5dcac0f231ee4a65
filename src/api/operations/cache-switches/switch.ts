// Switches with endpoints of their own: Cloudflare's tiers and reserve, and the variants of images.  All but the last are kept
// and shown, so that tools can go on, and every answer to a change says that this edge does not act on them.
//
//   path                                          id in the result
//   argo/tiered_caching                           tiered_caching
//   argo/smart_routing                            smart_routing
//   cache/tiered_cache_smart_topology_enable      the same; never set: 404 with code 1142
//   cache/regional_tiered_cache                   tc_regional
//   cache/cache_reserve                           cache_reserve
//   cache/variants                                variants

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import type { SettingState } from '../../../config/index.ts'
import { type Outcome, refuse, succeed } from '../../envelope.ts'
import { type ApiZone, type BodyRule, type Operation, type Received, zoneOperation } from '../../operation.ts'
import { answerSetting, refuseSetting, SETTING_RESULT, showSetting } from '../settings/setting.ts'

type Switch = {
  readonly path: string
  readonly id: string
  /** 'missing': a switch that was never set is answered 404. */
  readonly neverSet: 'initial' | 'missing'
  /** Whether POST does what PATCH does. */
  readonly postable: boolean
  readonly removable: boolean
}

const PLAIN = { neverSet: 'initial', postable: false, removable: false } as const

const SWITCHES: readonly Switch[] = [
  { path: 'argo/tiered_caching', id: 'tiered_caching', ...PLAIN },
  { path: 'argo/smart_routing', id: 'smart_routing', ...PLAIN },
  {
    path: 'cache/tiered_cache_smart_topology_enable',
    id: 'tiered_cache_smart_topology_enable',
    neverSet: 'missing',
    postable: true,
    removable: true,
  },
  { path: 'cache/regional_tiered_cache', id: 'tc_regional', ...PLAIN },
  { path: 'cache/cache_reserve', id: 'cache_reserve', ...PLAIN },
  { path: 'cache/variants', id: 'variants', neverSet: 'missing', postable: false, removable: true },
]

type Edit = { readonly value: unknown }

const BODY: BodyRule<Edit, Received & { readonly zone: ApiZone }> = {
  schema: z.object({ value: z.unknown() }),
  parse: (json) => {
    if (typeof json === 'object' && json !== null && 'value' in json) return ok({ value: json.value })
    return refuse('invalid-body', { message: 'value is missing; send {"value": ...}', pointer: '' })
  },
}

/** Every operation on every switch. */
export const SWITCH_OPERATIONS: readonly Operation[] = SWITCHES.flatMap((each) => [
  readSwitch(each),
  editSwitch(each),
  ...(each.removable ? [removeSwitch(each)] : []),
])

function pathOf({ path }: Switch): string {
  return `/zones/{zone_id}/${path}`
}

function readSwitch(each: Switch): Operation {
  return zoneOperation({
    method: 'get',
    path: pathOf(each),
    summary: `Read ${each.id}`,
    permission: 'zone_settings:read',
    result: SETTING_RESULT,
    handle: ({ zone, services }) => {
      const state = services.administration.dedicated.find(zone.id, each.id)
      if (state === undefined) return refuse('unknown-zone')
      return isMissing(each, state) ? refuseMissing(each) : answerSetting(state)
    },
  })
}

function editSwitch(each: Switch): Operation {
  return zoneOperation({
    method: 'patch',
    ...(each.postable && { alsoBy: ['post'] as const }),
    path: pathOf(each),
    summary: `Change ${each.id}`,
    permission: 'zone_settings:edit',
    body: BODY,
    result: SETTING_RESULT,
    handle: ({ zone, services, body }) => {
      const changed = services.administration.dedicated.change(zone.id, [{ id: each.id, value: body.value }])
      if (!changed.ok) return refuseSetting(changed.problem)
      const [state] = changed.value
      return state === undefined ? refuse('unknown-zone') : answerSetting(state)
    },
  })
}

function removeSwitch(each: Switch): Operation {
  return zoneOperation({
    method: 'delete',
    path: pathOf(each),
    summary: `Remove ${each.id}`,
    permission: 'zone_settings:edit',
    result: SETTING_RESULT.omit({ value: true }),
    handle: ({ zone, services }) => {
      const state = services.administration.dedicated.find(zone.id, each.id)
      if (state !== undefined && isMissing(each, state)) return refuseMissing(each)
      const reset = services.administration.dedicated.reset(zone.id, each.id)
      if (!reset.ok) return refuseSetting(reset.problem)
      // CF quirk: the answer to a removal has no value.
      return succeed({ ...showSetting(reset.value), value: undefined })
    },
  })
}

function isMissing({ neverSet }: Switch, { modifiedOn }: SettingState): boolean {
  return neverSet === 'missing' && modifiedOn === undefined
}

/** CF quirk, kept verbatim: clients show this sentence. */
function refuseMissing({ id }: Switch): Outcome {
  const message = `Unable to retrieve ${id} setting value. The zone setting does not exist.`
  return refuse('setting-never-set', { message })
}
